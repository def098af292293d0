"""What the assistant remembers of one talk, written to bytes and read back, also if written long ago."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from dialogs.messages import Language

VERSION = 2


class Agreement(Struct, frozen=True, array_like=True):
    """To which version of the privacy notice the person agreed, and when."""

    version: int
    at: datetime


class Session(Struct, omit_defaults=True):
    """Short on purpose: a million of these rest in Redis. Everything at its default takes no room."""

    state: str = "language"
    language: Language | None = None
    ref: str = ""
    """A random name for the journal: once the session is forgotten, the lines lead to nobody."""
    agreed: Agreement | None = None
    quiet: bool = False
    """The person stopped optional messages."""
    group: str = ""
    service: str = ""
    answers: dict[str, str] = {}
    ticks: dict[str, list[str]] = {}
    """Service → ids of the papers the person has ticked off."""
    found: list[str] = []
    """Services offered by the last search."""
    offered: list[str] = []
    """Ids of the choices on the screen, in their order: what an SMS «1» means."""
    page: int = 0
    """Which portion of a long SMS answer the person is reading."""
    pending: str = ""
    """What the person asked before the language was known."""
    missed: int = 0
    """How many messages in a row were not understood."""
    pace: tuple[int, int] = (0, 0)
    """Minute, and number of messages in it."""
    sent_lists: tuple[int, int] = (0, 0)
    """Day, and number of lists sent to a phone on it."""
    version: int = 0


_encode = msgspec.json.Encoder().encode
_decode_current = msgspec.json.Decoder(Session).decode
_decode_any = msgspec.json.Decoder(dict[str, Any]).decode

RENAMED_STATES: dict[int, dict[str, str]] = {
    1: {
        "start.language": "language",
        "docs.group": "documents.groups",
        "docs.ask": "documents.question",
        "docs.list": "documents.answer",
    },
}
"""Version → states that the next version calls by another name."""
