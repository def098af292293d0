"""The vocabulary of a talk: what a person can do, and what they are answered.

A person's message reaches the core as a `Content`. `understand` turns it into an `Event`, the name of a row in
the conversation table with its arguments. The core answers with a `Reply`: words by their catalogue ids, not yet in
any language, and the choices offered. `render` makes `Message`s of it, ready for a phone.
"""

from datetime import date, time
from enum import StrEnum
from typing import Union

from msgspec import Struct

from dialogs.papers import Paper


class Surface(StrEnum):
    """Where the words appear: a chat has buttons and room, an SMS has neither."""

    CHAT = "chat"
    SMS = "sms"


class Text(Struct, frozen=True, tag=True):
    """Words that the person typed."""

    text: str


class Pressed(Struct, frozen=True, tag=True):
    """A button: `choice` is the id that the button was offered with, perhaps long ago."""

    choice: str
    message: int | None = None
    """Number of the chat message under which the button stands."""


class Contact(Struct, frozen=True, tag=True):
    """A phone number handed over by the chat program. `own`: it belongs to the sender's account."""

    phone: str
    own: bool


class Unreadable(Struct, frozen=True, tag=True):
    """Something the assistant cannot read: `photo`, `voice`, `sticker`, `file`, `location`, `edited`,
    `other`."""

    kind: str


class Kept(Struct, frozen=True, tag=True):
    """Nobody wrote: what the person was promised can be told now. `promise`: `status`."""

    promise: str


class Handed(Struct, frozen=True, tag=True):
    """Nobody wrote: what a specialist did with the person's question. `what`: `taken`, `returned` to the others who
    wait, `closed`."""

    what: str


class Interrupted(Struct, frozen=True, tag=True):
    """What somebody wrote was answered elsewhere, and a question of the talk may stand open above it."""


Content = Text | Pressed | Contact | Unreadable | Kept | Handed | Interrupted


class Event(Struct, frozen=True):
    """What the message means: the trigger of a conversation row, and its arguments."""

    name: str
    args: tuple[str, ...] = ()


Plain = str | int | date | time

Value = Union[Plain, "Say"]
"""A placeholder's value. Dates, and texts within a text, become words in the person's language."""


class Say(Struct, frozen=True):
    """One paragraph by its id in the word catalogues."""

    id: str
    values: tuple[tuple[str, Value], ...] = ()
    """Pairs rather than a mapping, so that a whole reply can be the key of a cache."""
    count: int | None = None
    """Set where the text has plural forms."""
    item: bool = False
    """A line of a list rather than a paragraph of its own."""
    number: int | None = None
    """Of a line of a list, where a button names it."""
    ticked: bool = False
    maybe: bool = False
    """Not everybody needs it."""
    careful: bool = False
    """The office still has to confirm it."""


def say(text: str, /, **values: Value) -> Say:
    return Say(text, tuple(values.items()))


class Choice(Struct, frozen=True):
    """One thing the person can answer. `id` is the event and its arguments, joined by colons."""

    id: str
    label: Say
    spare: bool = False
    """Left out of an SMS that would get longer by it: its text says how else."""
    row: str = ""
    """In a chat, neighbours that name the same row stand side by side, whatever their width."""


class Reply(Struct, frozen=True):
    say: tuple[Say, ...]
    choices: tuple[Choice, ...] = ()
    notices: int = 0
    """So many paragraphs at the start are about the last message; the others, about where the person stands."""
    in_place: bool = False
    """In a chat, change the message whose button was pressed instead of writing a new one."""
    ask_contact: bool = False
    """In a chat, show the button that shares one's own phone number."""
    paper: Paper | None = None
    """In a chat, a file that comes with it."""


class Button(Struct, frozen=True, omit_defaults=True):
    id: str
    label: str
    row: str = ""
    """Neighbours that name the same row stand side by side."""


class Message(Struct, frozen=True):
    """Finished words for one phone."""

    text: str
    buttons: tuple[Button, ...] = ()
    replaces: int | None = None
    ask_contact: bool = False
    to_phone: str | None = None
    """Set when the message goes by SMS to this phone instead of back to where the question came from."""
    paper: Paper | None = None
    """In a chat, a file that comes with it."""
