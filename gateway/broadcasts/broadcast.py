"""The values of a broadcast: one text to many people, written once in both languages."""

from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

import msgspec
from msgspec import Struct

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from dialogs.language import Language


class Mode(StrEnum):
    """How much of it is real."""

    LIVE = "live"
    TEAM = "team"
    """It goes to the phones of staff only."""
    TEST = "test"
    """It goes nowhere: what becomes of each letter is played; see `simulated`."""


class Filter(Struct, frozen=True, omit_defaults=True):
    """Whom to look for among all that the assistant knows. Empty: whichever."""

    service: str = ""
    stage: str = ""
    """`invitation:invited`, `application:under_review`: the kind of an affair, and where it stands."""
    region: str = ""
    language: str = ""
    telegram: str = ""
    """Whether a chat is linked to the phone: `yes`, `no`."""


class Audience(Struct, frozen=True, kw_only=True):
    """Whom it goes to: a roll, as it was read from a file or found by a filter. It never changes; another is another
    roll."""

    roll: str
    """Its name; see `rolls`."""
    name: str
    """Of the file, as it was uploaded; empty: found by a filter."""
    filter: Filter | None = None
    columns: tuple[str, ...] = ()
    """Own columns of the list, as they are written."""
    read: int
    """Rows of the list that were looked at."""
    recipients: int
    faulty: int
    """Rows that cannot be sent to; each is told in the report."""
    duplicates: int
    """Of those, how many name a phone that an earlier row has named."""
    by: str
    at: datetime
    forgotten: bool = False
    """Nobody knows any more who they were."""


class Reading(Struct, frozen=True):
    """A list that is being read."""

    roll: str
    name: str
    since: datetime
    by: str
    filter: Filter | None = None
    """Whom to look for, where there is no file."""


class Change(Struct, frozen=True, array_like=True):
    """Something that was done with it."""

    at: datetime
    who: str
    what: str
    why: str = ""


WRITING = frozenset({"made", "written", "list", "asked"})
"""Changes after which somebody has had a hand in it."""


class Broadcast(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    """For staff."""
    author: str
    """Login of an account, or the name of a key of the API."""
    made: datetime
    behind: str = ""
    """Login of whoever has made the key by which a program writes: they may not approve it either."""
    mode: Mode = Mode.LIVE
    state: State = State.DRAFT
    texts: Texts = Texts()
    otherwise: Language = Language.KK
    """For whoever's language is not known."""
    audience: Audience | None = None
    reading: Reading | None = None
    refused: tuple[str, tuple[tuple[str, str], ...]] | None = None
    """Why the last list could not be read: the id of the words and their values."""
    starts: datetime | None = None
    """None: as soon as it may."""
    approver: str = ""
    round: int = 0
    """How often those to whom it had failed were sent to once more."""
    settled: bool = False
    """Of what has ended: nothing is under way any more."""
    began: datetime | None = None
    ended: datetime | None = None
    changes: tuple[Change, ...] = ()
    """Oldest first."""

    @property
    def writers(self) -> frozenset[str]:
        """Who may not approve it."""
        return frozenset({self.author, self.behind, *(one.who for one in self.changes if one.what in WRITING)})

    @property
    def wording(self) -> str:
        """A mark of what is written in it: with another word it is another one."""
        return _mark([self.title, self.texts, self.otherwise])

    @property
    def edition(self) -> str:
        """A mark of all that its recipients would notice: who decides about it has seen this one."""
        return _mark([self.texts, self.otherwise, self.audience.roll if self.audience else "", self.starts])


def _mark(of: list[object]) -> str:
    return blake2b(msgspec.json.encode(of), digest_size=8).hexdigest()


class BroadcastError(Exception):
    """What was asked cannot be done. `id`: the end of the id of its words."""

    def __init__(self, what: str, **values: str) -> None:
        super().__init__(what)
        self.what = what
        self.values = values


class UnknownError(BroadcastError):
    def __init__(self) -> None:
        super().__init__("unknown")
