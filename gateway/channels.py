"""What carries messages: the words that the gateway and every channel share."""

from typing import Protocol

from msgspec import Struct

from dialogs.messages import Button, Content, Surface
from dialogs.papers import Paper


class Inbound(Struct, frozen=True):
    """One message of a person, as a channel hands it in."""

    id: str
    """Unique for ever per provider message, so that a repeat is known: `tg:812`, `kannel:4f…`."""
    address: str
    """Where it came from and where the answer goes: `sms:+77011234567`, `tg:1234`, `chat:demo`."""
    content: Content
    message: int | None = None
    """Its number in the chat, where it has one."""


class Letter(Struct, frozen=True, omit_defaults=True):
    """One message to one address, on its way through the outbox."""

    id: str
    """Derived from what caused it (`{inbound id}:{n}`): the same cause writes the same letter."""
    address: str
    text: str
    created: float
    """Seconds since 1970."""
    buttons: tuple[Button, ...] = ()
    replaces: int | None = None
    ask_contact: bool = False
    until: float = 0.0
    """Seconds since 1970 after which it is of no use and does not leave any more; 0: a day after `created`."""
    proof: bool = False
    """The law asks for it, so what became of it is kept for good."""
    erases: int | None = None
    """Number of the person's own message that this answers and that nobody else should read: it is deleted first,
    where the channel can."""
    unasked: bool = False
    """Nobody has just asked for it, so it does not leave in quiet hours, however late it comes to that."""
    paper: Paper | None = None
    """A file that comes with it in a chat; no SMS carries one."""
    instead: str = ""
    """Name of an SMS that waits in the same shard and leaves in its place if it does not get through while it is of
    use. Once this one has arrived, that SMS is struck off."""
    broadcast: bool = False
    """It goes to many at once, and gives way to whatever goes to one person."""
    screen: str = ""
    """What its buttons are about: those of an earlier letter about the same are taken away. Empty: the talk."""


class Sent(Struct, frozen=True):
    """The provider has taken the letter."""

    provider: str = ""
    """The provider's own name for it, if it told one."""
    delivered: bool = False
    """The person has it already: no report will follow."""
    route: str = ""
    """Of an SMS: who carries it, …"""
    price: int = 0
    """…and for how many hundredths of a tenge."""


class Retry(Struct, frozen=True):
    """The provider surely has not got it, and may take it later."""

    reason: str
    after: float | None = None
    """Seconds before which it makes no sense."""
    everybody: bool = False
    """Nor does it for any other letter of this channel."""
    unclear: bool = False
    """It may have got it all the same, and is sent it again because twice does less harm than never."""


class Unclear(Struct, frozen=True):
    """The request went out and no answer came: nobody knows whether the provider has the letter."""

    reason: str


class Rejected(Struct, frozen=True):
    """The provider will never take this letter."""

    reason: str


class OptedOut(Struct, frozen=True):
    """The person blocked us there."""

    reason: str


class Withdrawn(Struct, frozen=True):
    """It must not leave any more, and what becomes of its recipient is written down elsewhere."""

    reason: str


Outcome = Sent | Retry | Rejected | OptedOut | Withdrawn
Attempt = Sent | Retry | Rejected | OptedOut | Unclear
"""What one try to hand a letter to a provider has come to."""


class Channel(Protocol):
    async def send(self, letter: Letter) -> Outcome: ...


def channel_of(address: str) -> str:
    """`sms`, `tg` or `chat`: an address begins with the name of the channel that serves it."""
    return address.partition(":")[0]


def surface(address: str) -> Surface:
    return Surface.SMS if channel_of(address) == "sms" else Surface.CHAT
