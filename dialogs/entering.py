"""Whether an entry in the calendar of working days makes sense beside everything that stands there already."""

from collections.abc import Iterable
from datetime import date

from dialogs.entries import Entry, EntryKind
from dialogs.messages import Say, Value, say
from dialogs.workdays import LAST_YEAR, Workdays

LONGEST_SOURCE = 200
AHEAD = 2
"""Years after this one that an entry may be about: what lies farther is a slip of the hand."""


def refusal(entry: Entry, held: Iterable[Entry], workdays: Workdays, today: date, reach: int) -> Say | None:
    """Why it cannot stand there; None: it can. `held`: what staff have entered, `workdays`: with all of it. `reach`:
    the longest term that is counted, in working days; what lies before it touches nobody any more."""
    if not entry.source.strip():
        return _no("source")
    if len(entry.source) > LONGEST_SOURCE:
        return _no("source_long", number=LONGEST_SOURCE)
    missing = entry.day is None and entry.kind is not EntryKind.YEAR
    if missing or (entry.kind is EntryKind.MOVED) != (entry.works is not None):
        return _no("day")
    last = date(min(today.year + AHEAD, LAST_YEAR), 12, 31)
    if max((*entry.days, date(entry.year, 1, 1) if entry.year else today)) > last:
        return _no("far", day=last)
    return _too_late(entry, workdays, today, reach) or _contradicts(entry, held) or _in_vain(entry, workdays)


def too_late_to_take_back(entry: Entry, workdays: Workdays, today: date, reach: int) -> Say | None:
    return _too_late(entry, workdays, today, reach)


def _too_late(entry: Entry, workdays: Workdays, today: date, reach: int) -> Say | None:
    first = workdays.before(today, reach)
    if entry.kind is EntryKind.YEAR:
        return _no("year_past", year=entry.year) if entry.year < first.year else None
    return _no("past", day=first) if min(entry.days) < first else None


def _contradicts(entry: Entry, held: Iterable[Entry]) -> Say | None:
    """Two entries never speak of one day: which of them holds, nobody could say."""
    for other in held:
        if entry.kind is EntryKind.YEAR and other.kind is EntryKind.YEAR and entry.year == other.year:
            return _no("year_again", year=entry.year)
        for day in entry.days:
            if day in other.days:
                return _no("contradicts", day=day, source=other.source)
    return None


def _in_vain(entry: Entry, workdays: Workdays) -> Say | None:
    if entry.kind is EntryKind.YEAR:
        return _vain_year(entry, workdays)
    assert entry.day is not None  # noqa: S101 - only a year goes without
    works = workdays.is_working(entry.day)
    if entry.kind is EntryKind.WORKED:
        return _no("worked_already", day=entry.day) if works else None
    if entry.works is not None and entry.works == entry.day:
        return _no("same", day=entry.day)
    if not works:
        return _no("off_already", day=entry.day)
    if entry.works is not None and workdays.is_working(entry.works):
        return _no("worked_already", day=entry.works)
    return None


def _vain_year(entry: Entry, workdays: Workdays) -> Say | None:
    if entry.day is not None and entry.day.year != entry.year:
        return _no("kurban_year", year=entry.year)
    if entry.day is None and entry.year in workdays.known:
        return _no("year_known", year=entry.year)
    if entry.day is not None and entry.year in workdays.known and workdays.is_holiday(entry.day):
        return _no("kurban_known", day=entry.day)
    return None


def _no(why: str, **values: Value) -> Say:
    return say(f"staff.calendar.refused.{why}", **values)
