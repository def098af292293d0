"""What the assistant remembers of one talk, written to bytes and read back, also if written long ago."""

from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from dialogs.language import Language

VERSION = 2

RENAMED_STATES: dict[int, dict[str, str]] = {
    1: {
        "start.language": "language",
        "docs.group": "documents.groups",
        "docs.ask": "documents.question",
        "docs.list": "documents.answer",
    },
}
"""Version → states that the next version calls by another name."""

RENAMED_FIELDS: dict[int, dict[str, str]] = {
    1: {"lang": "language", "slug": "service"},
}
"""Version → fields that the next version calls by another name."""


NOT_ONCE = (0, 0)
"""This very value takes no room."""


class Agreement(Struct, frozen=True, array_like=True):
    """To which version of the privacy notice the person agreed, and when."""

    version: int
    at: datetime


class Challenge(Struct, frozen=True, array_like=True):
    """A one-time code that somebody has to send back to show that an IIN is theirs."""

    id: str
    iin: str
    digest: str
    """Of the code; see `topics.who`."""
    until: float
    """Seconds since 1970."""
    tries: int = 0
    """Wrong codes so far."""

    def __repr__(self) -> str:
        return "Challenge()"


class Proven(Struct, frozen=True, array_like=True):
    """Somebody who was shown, by a one-time code, to be the one who writes from here."""

    iin: str
    until: float
    """Seconds since 1970; after that it has to be shown anew."""

    def __repr__(self) -> str:
        return "Proven()"


class Wish(Struct, frozen=True, array_like=True):
    """What somebody was asked to confirm last: a service, for whom. E-Sobes need not answer once more for it."""

    iin: str
    service: str
    name: str = ""
    """The given name, where a phone serves several persons."""
    phone: str | None = None
    """The person's own, where the chat is linked to none."""

    def __repr__(self) -> str:
        return f"Wish({self.service})"


class Arriving(Struct, frozen=True, array_like=True):
    """What is being decided about an invitation."""

    invitation: str = ""
    """Its key; empty: it has to be said which."""
    wish: str = ""
    """What the person wanted when they had to be asked which: `come`, `cannot`, `decline`, `arrive`."""
    reason: str = ""
    """Why they cannot come in time."""
    until: date | None = None
    """The day that they would rather have as the last one."""


class Guard(Struct, frozen=True, array_like=True):
    """What guessing of IINs and codes has cost so far. It outlives being forgotten."""

    day: int = 0
    begun: int = 0
    """Codes asked for on that day."""
    strikes: int = 0
    """Codes that were guessed at until no try was left."""
    locked: float = 0.0
    """Seconds since 1970 until which nothing is asked or taken."""


class Loop(Struct, frozen=True, array_like=True):
    """How long somebody has got nowhere, so that two robots do not go on for ever; see `loops`."""

    idle: int = 0
    """What has led nowhere since something did."""
    pauses: int = 0
    """So far."""
    until: int = 0
    """Minutes since 1970 until which nothing is answered that leads nowhere."""


NO_LOOP = Loop()
"""This very value takes no room."""


class Session(Struct, omit_defaults=True):
    """Short on purpose: a million of these rest in Redis. Everything at its default takes no room."""

    version: int = 0
    ref: str = ""
    """A random name for the journal: once the session is forgotten, its lines lead to nobody."""
    state: str = "language"
    language: Language | None = None
    agreed: Agreement | None = None
    quiet: bool = False
    """The person stopped optional messages."""
    challenge: Challenge | None = None
    proven: list[Proven] = []
    guard: Guard = Guard()
    aim: str = ""
    """What the person wanted when they had to show first who they are: `status`, `request`."""
    wish: Wish | None = None
    whom: str = ""
    """For whom, of those behind this phone; see `Citizen.key`. For as long as the talk lasts."""
    application: str = ""
    """The application being read; see `Application.key`."""
    deadline: str = ""
    """What the person reads of all that is to be done; see `Deadline.key`…"""
    escort: str = ""
    """…and who travels with a child there; see `bring.Escort`."""
    register: dict[str, str] = {}
    """What is looked for in the register of organisations: `setting`, `category`, `region`, `text`, `page`, `bin`."""
    promised: float = 0.0
    """Seconds since 1970 when the person was promised to be written to as soon as E-Sobes answers; 0: nothing is
    promised."""
    inbox: str = ""
    """Whether the person's question is with the specialists: `waiting`, `taken`; see `topics.specialist`."""
    closed: str = ""
    """A half-asked question that was closed after a long silence: its state, to which the person may return."""
    arrival: Arriving | None = None
    """For as long as the talk is about it."""
    letter: float = 0.0
    """Seconds since 1970 when the newest letter about an invitation came that was there when the person wrote last;
    see `duties.screen`."""
    behind: str = ""
    """Where the person was when they asked for help, or for somebody who helps."""
    repeats: tuple[int, int] = NOT_ONCE
    """What was asked last, as a number that stands for it, and how many times in a row."""
    group: str = ""
    service: str = ""
    answers: dict[str, str] = {}
    """Question → option, in the order in which they were given."""
    general: bool = False
    """The person would not be asked about themselves: the list holds what anybody may need."""
    ticks: dict[str, list[str]] = {}
    """Service → ids of the papers that the person has ticked off."""
    found: list[str] = []
    """Services that the last search offered."""
    offered: list[str] = []
    """Ids of the choices on the screen, in their order: what an SMS «1» means."""
    page: int = 0
    """Which portion of a long SMS the person is reading."""
    pending: str = ""
    """What the person asked before the language was known."""
    missed: int = 0
    """How many messages in a row were not understood."""
    pace: tuple[int, int] = (0, 0)
    """A minute, and how many messages came in it."""
    lately: tuple[int, int] = NOT_ONCE
    """By SMS: what was said last, as a number that stands for it, and how much was answered lately…"""
    loop: Loop = NO_LOOP
    """…and whether it leads anywhere."""
    lists_sent: tuple[int, int] = (0, 0)
    """A day, and how many lists went to a phone on it."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Session)


def new(ref: str) -> Session:
    return Session(version=VERSION, ref=ref)


def remains(session: Session) -> Session:
    """Of somebody who was forgotten: only what keeps others from harm. It has no name, and begins anew."""
    return Session(
        version=VERSION,
        guard=session.guard,
        pace=session.pace,
        lists_sent=session.lists_sent,
    )


def write(session: Session) -> bytes:
    return _encoder.encode(session)


def read(stored: bytes) -> Session:
    session = _decoder.decode(stored)
    return session if session.version == VERSION else _migrated(msgspec.json.decode(stored))


def _migrated(stored: dict[str, Any]) -> Session:
    for version in range(stored.get("version", 1), VERSION):
        names = RENAMED_FIELDS[version]
        stored = {names.get(name, name): value for name, value in stored.items()}
        stored["state"] = RENAMED_STATES[version].get(stored["state"], stored["state"])
    return msgspec.convert({**stored, "version": VERSION}, Session)
