"""Which days are worked, and which day is the fifth working day from now: people wait for their answer till then."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from pathlib import Path

import msgspec
from holidays.countries.kazakhstan import Kazakhstan
from msgspec import Struct

from dialogs.entries import Entry, EntryKind

FIRST_YEAR = 2023
"""The oldest act in the catalogue that counts working days holds from this year on."""
LAST_YEAR = 2050
HERE = Path(__file__).parent
KURBAN_AIT = "Құрбан айт"
FRIDAY, SATURDAY = 5, 6


class CalendarError(Exception):
    """The calendar file is wrong, or a day lies outside the calendar."""


class WorkingDay(Struct, frozen=True, forbid_unknown_fields=True):
    ends: time
    source: str


class Year(Struct, frozen=True, forbid_unknown_fields=True):
    year: int
    source: str
    kurban_ait: date | None = None


class Moved(Struct, frozen=True, forbid_unknown_fields=True):
    rest: date
    worked: date
    source: str


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    day: date
    source: str


class Ours(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `calendar.toml`."""

    working_day: WorkingDay
    year: list[Year]
    moved: list[Moved] = []
    works: list[Correction] = []
    off: list[Correction] = []


class Tables(Struct, frozen=True, eq=False):
    """What all questions are looked up in."""

    off: frozenset[date]
    """Holidays, and days of rest that were moved."""
    worked: Mapping[date, int]
    """Saturdays and Sundays worked, with the weekday whose hours they have."""
    known: frozenset[int]
    """Years that somebody has looked through."""
    ends: time
    days: list[date]
    passed: list[int]
    """How many working days there are up to each day, that day included."""


class Workdays:
    """Every question is one look into a table. The tables are made once, and exchanged when staff enter a day."""

    def __init__(self, off: Iterable[date], worked: Mapping[date, int], known: Iterable[int], ends: time) -> None:
        """`off`: holidays and the rest days they moved; `worked`: Saturdays and Sundays worked, with the weekday
        whose hours they have."""
        self._first = date(FIRST_YEAR, 1, 1)
        self._tables = self._made(frozenset(off) - worked.keys(), dict(worked), frozenset(known), ends)
        self.edition = 0
        """How often they were exchanged: what was counted with another number may be counted otherwise now."""

    def exchange(self, other: "Workdays") -> None:
        """From now on whoever holds this counts as the other does. One assignment: nobody sees half of each."""
        self._tables = other._tables
        self.edition += 1

    @property
    def known(self) -> frozenset[int]:
        """Years that somebody has looked through."""
        return self._tables.known

    @property
    def day_ends(self) -> time:
        """Until then papers count for today where an office has no hours of its own."""
        return self._tables.ends

    def is_working(self, day: date) -> bool:
        return self._tables.days[self._up_to(day) - 1] == day

    def is_holiday(self, day: date) -> bool:
        """Off for everybody, also for those who work on Saturdays."""
        return day in self._tables.off

    def weekday(self, day: date) -> int:
        """Monday = 1 … Sunday = 7; a Sunday worked instead of a Friday counts as that Friday."""
        return self._tables.worked.get(day) or day.isoweekday()

    def next_working(self, day: date) -> date:
        """The day itself, if it is worked."""
        return day if self.is_working(day) else self.add(day, 1)

    def add(self, day: date, days: int) -> date:
        """The n-th working day after `day`, which itself is not counted."""
        if days < 1:
            raise ValueError(f"working days are counted from 1, not {days}")
        number = self._up_to(day) + days - 1
        if number >= len(self._tables.days):
            raise CalendarError(f"the calendar ends in {LAST_YEAR}")
        return self._tables.days[number]

    def before(self, day: date, days: int) -> date:
        """The n-th working day before `day`, which itself is not counted."""
        if days < 1:
            raise ValueError(f"working days are counted from 1, not {days}")
        number = self._up_to(day) - self.is_working(day) - days
        if number < 0:
            raise CalendarError(f"the calendar begins in {FIRST_YEAR}")
        return self._tables.days[number]

    def between(self, first: date, last: date) -> int:
        """How many working days are left on `first`, which is not counted, until `last`, which is."""
        return max(0, self._up_to(last) - self._up_to(first))

    def _up_to(self, day: date) -> int:
        number, passed = (day - self._first).days, self._tables.passed
        if not 0 <= number < len(passed):
            raise CalendarError(f"{day} is outside the calendar of {FIRST_YEAR}–{LAST_YEAR}")
        return passed[number]

    def _made(self, off: frozenset[date], worked: dict[date, int], known: frozenset[int], ends: time) -> Tables:
        days: list[date] = []
        passed: list[int] = []
        for number in range((date(LAST_YEAR, 12, 31) - self._first).days + 1):
            day = self._first + timedelta(number)
            if day in worked or (day.isoweekday() < SATURDAY and day not in off):
                days.append(day)
            passed.append(len(days))
        return Tables(off, worked, known, ends, days, passed)


class Base(Struct, frozen=True):
    """What the law and `calendar.toml` say, before anything that staff enter."""

    off: frozenset[date]
    worked: Mapping[date, int]
    kurban_ait: Mapping[int, date]
    """Of each year, announced or estimated, where it is off by itself."""
    known: frozenset[int]
    ends: time

    def workdays(self, entries: Iterable[Entry] = ()) -> Workdays:
        """Staff entries win."""
        off, worked, known = set(self.off), dict(self.worked), set(self.known)
        for entry in sorted(entries, key=lambda one: one.kind is not EntryKind.YEAR):
            if entry.kind is EntryKind.YEAR:
                known.add(entry.year)
                if entry.day is not None:
                    off.discard(self.kurban_ait.get(entry.year, entry.day))
                    off.add(entry.day)
                continue
            assert entry.day is not None  # noqa: S101 - only a year goes without
            day = entry.works or (entry.day if entry.kind is EntryKind.WORKED else None)
            if day is not None:
                off.discard(day)
                if entry.works or day.isoweekday() >= SATURDAY:
                    worked[day] = entry.day.isoweekday() if entry.works else FRIDAY
            if entry.kind is not EntryKind.WORKED:
                off.add(entry.day)
                worked.pop(entry.day, None)
        return Workdays(off, worked, known, self.ends)


def load(file: Path = HERE / "calendar.toml") -> Workdays:
    return base(file).workdays()


def base(file: Path = HERE / "calendar.toml") -> Base:
    try:
        ours = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Ours)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CalendarError(f"{file.name}: {error}") from None
    announced = {year.year: year.kurban_ait for year in ours.year if year.kurban_ait}
    holidays = _holidays()
    estimated = {day.year: day for day, names in holidays.items() if names == KURBAN_AIT}
    off = {day for day, names in holidays.items() if names != KURBAN_AIT or day.year not in announced}
    off |= set(announced.values())
    off |= {move.rest for move in ours.moved} | {correction.day for correction in ours.off}
    off -= {correction.day for correction in ours.works}
    worked = {move.worked: move.rest.isoweekday() for move in ours.moved}
    known = frozenset(year.year for year in ours.year)
    return Base(frozenset(off), worked, estimated | announced, known, ours.working_day.ends)


def _holidays() -> Mapping[date, str]:
    """Holidays of the law, and the working days after them that are off because they fell on a day of rest."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return Kazakhstan(years=years, language="kk", islamic_show_estimated=False)
