"""The values of a matter: an offer that waits for a person's answer while the law counts the days.

E-Sobes asks through us whether a person agrees. There are two kinds, and what silence means is opposite in them, so
each has a table of its own: `offer` (silence cancels) and `replacement` (silence means consent).
"""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from dialogs.language import Language


class Kind(StrEnum):
    PROACTIVE = "proactive"
    """Silence cancels it: order 287 ¶107 and those like it."""
    REPLACEMENT = "replacement"
    """Silence means consent: order 287 ¶6."""


class Answer(StrEnum):
    """What E-Sobes is told about an offer, in the words of its contract."""

    CONSENT = "consent"
    REFUSAL = "refusal"
    SILENCE = "silence"
    UNDELIVERABLE = "undeliverable"


class Person(Struct, frozen=True, array_like=True):
    """Whom the offer is for. Printed by mistake, it shows nothing."""

    iin: str
    name: str
    """Surname first, as in the papers."""
    birth_date: date
    language: Language

    def __str__(self) -> str:
        return f"••••••••{self.iin[-4:]}"

    __repr__ = __str__


class Given(Struct, frozen=True, array_like=True):
    """How an offer was answered, or that it was not. `at` is when the answer reached us."""

    answer: Answer
    at: datetime
    channel: str = "sms"
    """`sms` or `telegram`."""
    phone: str | None = None
    code: str | None = None
    text: str | None = None
    """What the person sent."""

    def __repr__(self) -> str:
        return f"{self.answer} at {self.at:%Y-%m-%d %H:%M}"


class Matter(Struct, array_like=True):
    """One offer to one person, as it is stored. Short on purpose: a million of them rest in Redis."""

    id: str
    kind: Kind
    service: str
    device: str | None
    person: Person
    phones: tuple[str, ...]
    """Those that the person can be asked at; one whose owner is a stranger to the person is struck off."""
    specialist: str | None
    case: str | None
    """The number of the case; with the specialist, a column of the SMS journal."""
    yes: str
    no: str
    """The codes: the same on every phone of the person."""
    state: str
    sent: datetime
    """When the question leaves; the window is counted from that day."""
    closes: datetime
    """The first moment after the last day."""
    wake: datetime | None
    """When the clock has to look at it next."""
    given: Given | None = None
    tries: int = 1
    """On how many days the question was to leave; more than one if no provider took it on the first."""
    reminded: bool = False
    relays: int = 0
    """How many answers were passed to E-Sobes: more than one if a refusal was turned."""
    size: str = ""
    """Diapers only: what is known of the size so far; see `sizes`."""

    def __repr__(self) -> str:
        return f"Matter({self.kind} {self.service} {self.state})"


class Telling(Struct, frozen=True):
    """A letter about a matter, not yet in words. `letters` puts it into words for each phone."""

    name: str
    """Which letter: `question`, `reminder`, `consented`…"""
    asked: bool = False
    """An answer to what somebody has just sent: it goes back the way that came, and at any hour. Any other goes to
    all phones of the person or the chats linked to them, and not at night."""
    minutes: int = 0
    """`refusing`: how long the way back is open."""
    held: str = ""
    """`conflict`: which answer E-Sobes holds already."""


class Relay(Struct, frozen=True):
    """What E-Sobes is to be told: `answer` about the offer, or a `note` that goes with a request."""

    number: int
    given: Given
    note: str | None = None
