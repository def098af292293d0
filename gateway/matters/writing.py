"""Everything that one step of a matter brings about, to be written at once."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from dialogs.duties.duty import Setting
from gateway.channels import Letter
from gateway.esobes.events import Told
from gateway.figures.tallies import Tally
from gateway.journal.journal import Entry
from gateway.store import AuditLine


class Waiting(Struct, frozen=True):
    """A letter that leaves when it says it was created, and the line that the journal gets then."""

    letter: Letter
    entry: Entry


class Outgoing:
    """Letters of one step, with their lines of the journal: those that leave now, and those that wait."""

    def __init__(self, now: datetime) -> None:
        self._now = now.timestamp()
        self.leaving: list[Letter] = []
        self.waiting: list[Waiting] = []
        self.entries: list[Entry] = []

    def add(self, letter: Letter, entry: Entry) -> None:
        if letter.created > self._now:
            self.waiting.append(Waiting(letter, entry))
        else:
            self.leaving.append(letter)
            self.entries.append(entry)


class Note(Struct, frozen=True, array_like=True):
    """Something that the office has to look at."""

    at: datetime
    what: str
    """`declined`: the place is not needed; `disputed`: a day that acts in force disagree about; `shortened`: the
    calendar of working days would make a last day earlier that somebody was told."""
    duty: str
    """Its name; see `duty.name`."""
    person: str
    """See `people.mark`."""
    whose: str
    """The person's name."""
    specialist: str | None
    case: str | None
    day: date | None = None
    """Of a dispute: the new day; of a last day that stays: the earlier one, …"""
    last: date | None = None
    """…the last day, which counts as long as nobody moves it, …"""
    setting: Setting | None = None
    """…and of a dispute, where."""

    def __repr__(self) -> str:
        return f"Note({self.what} {self.duty})"


class Writing(Struct, frozen=True, kw_only=True):
    """What one step brings about."""

    cause: str = ""
    """Id of the message or event; empty: the clock, which repeats itself harmlessly."""
    letters: Sequence[Letter] = ()
    later: Sequence[Waiting] = ()
    unsend: Sequence[str] = ()
    """Names of letters that may still be waiting and are of no use any more."""
    relays: Sequence[Letter] = ()
    entries: Sequence[Entry] = ()
    events: Sequence[bytes] = ()
    audits: Sequence[AuditLine] = ()
    notes: Sequence[Note] = ()
    tallies: Sequence[Tally] = ()


def of_event(told: Told) -> Writing:
    """Whatever else an event brings about, it is kept as it came."""
    return Writing(cause=told.cause, events=(told.body,))
