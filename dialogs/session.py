"""What the assistant remembers of one talk, written to bytes and read back, also if written long ago."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from dialogs.messages import Language

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


class Agreement(Struct, frozen=True, array_like=True):
    """To which version of the privacy notice the person agreed, and when."""

    version: int
    at: datetime


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
    linked: bool = False
    """A chat only: letters to its owner's phone come here as well."""
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
    lists_sent: tuple[int, int] = (0, 0)
    """A day, and how many lists went to a phone on it."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Session)


def new(ref: str) -> Session:
    return Session(version=VERSION, ref=ref)


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
