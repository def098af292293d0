"""Which days are worked, and which day is the fifth working day from now: people wait for their answer till then."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from pathlib import Path

import msgspec
from holidays.countries.kazakhstan import Kazakhstan
from msgspec import Struct

FIRST_YEAR = 2023
"""The oldest act in the catalogue that counts working days holds from this year on."""
LAST_YEAR = 2050
HERE = Path(__file__).parent
KURBAN_AIT = "Құрбан айт"
SATURDAY = 6


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


class Workdays:
    """Every question is one look into a table: the tables are made once."""

    def __init__(self, off: Iterable[date], worked: Mapping[date, int], known: Iterable[int], ends: time) -> None:
        """`off`: holidays and the rest days they moved; `worked`: Saturdays and Sundays worked, with the weekday
        whose hours they have."""
        self.day_ends = ends
        """Until then papers count for today where an office has no hours of its own."""
        self._off = frozenset(off) - worked.keys()
        self._worked = dict(worked)
        self.known = frozenset(known)
        """Years that somebody has looked through."""
        self._first = date(FIRST_YEAR, 1, 1)
        self._days: list[date] = []
        self._passed: list[int] = []
        """How many working days there are up to each day, that day included."""
        for number in range((date(LAST_YEAR, 12, 31) - self._first).days + 1):
            day = self._first + timedelta(number)
            if day in self._worked or (day.isoweekday() < SATURDAY and day not in self._off):
                self._days.append(day)
            self._passed.append(len(self._days))

    def is_working(self, day: date) -> bool:
        return self._days[self._up_to(day) - 1] == day

    def is_holiday(self, day: date) -> bool:
        """Off for everybody, also for those who work on Saturdays."""
        return day in self._off

    def weekday(self, day: date) -> int:
        """Monday = 1 … Sunday = 7; a Sunday worked instead of a Friday counts as that Friday."""
        return self._worked.get(day) or day.isoweekday()

    def next_working(self, day: date) -> date:
        """The day itself, if it is worked."""
        return day if self.is_working(day) else self.add(day, 1)

    def add(self, day: date, days: int) -> date:
        """The n-th working day after `day`, which itself is not counted."""
        if days < 1:
            raise ValueError(f"working days are counted from 1, not {days}")
        number = self._up_to(day) + days - 1
        if number >= len(self._days):
            raise CalendarError(f"the calendar ends in {LAST_YEAR}")
        return self._days[number]

    def before(self, day: date, days: int) -> date:
        """The n-th working day before `day`, which itself is not counted."""
        if days < 1:
            raise ValueError(f"working days are counted from 1, not {days}")
        number = self._up_to(day) - self.is_working(day) - days
        if number < 0:
            raise CalendarError(f"the calendar begins in {FIRST_YEAR}")
        return self._days[number]

    def between(self, first: date, last: date) -> int:
        """How many working days are left on `first`, which is not counted, until `last`, which is."""
        return max(0, self._up_to(last) - self._up_to(first))

    def _up_to(self, day: date) -> int:
        number = (day - self._first).days
        if not 0 <= number < len(self._passed):
            raise CalendarError(f"{day} is outside the calendar of {FIRST_YEAR}–{LAST_YEAR}")
        return self._passed[number]


def load(file: Path = HERE / "calendar.toml") -> Workdays:
    try:
        ours = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Ours)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CalendarError(f"{file.name}: {error}") from None
    announced = {year.year: year.kurban_ait for year in ours.year if year.kurban_ait}
    off = {day for day, names in _holidays().items() if names != KURBAN_AIT or day.year not in announced}
    off |= set(announced.values())
    off |= {move.rest for move in ours.moved} | {correction.day for correction in ours.off}
    off -= {correction.day for correction in ours.works}
    worked = {move.worked: move.rest.isoweekday() for move in ours.moved}
    return Workdays(off, worked, (year.year for year in ours.year), ours.working_day.ends)


def _holidays() -> Mapping[date, str]:
    """Holidays of the law, and the working days after them that are off because they fell on a day of rest."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return Kazakhstan(years=years, language="kk", islamic_show_estimated=False)
