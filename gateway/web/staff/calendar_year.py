"""A year of the calendar as it is drawn: months of weeks, and what is unusual about a day."""

from calendar import Calendar as Weeks
from collections.abc import Iterable
from datetime import date

from babel.dates import get_day_names, get_month_names
from msgspec import Struct

from dialogs.days import BABEL_LOCALE
from dialogs.entries import Entry
from dialogs.language import Language
from dialogs.workdays import SATURDAY, Workdays

_WEEKS = Weeks()


class Square(Struct, frozen=True):
    """One day."""

    day: date
    works: bool
    unusual: bool
    """A Monday to Friday that is off, or a Saturday or Sunday that is worked."""
    entered: bool
    """Staff have entered it."""
    today: bool
    name: str
    """How the entry is called that the day belongs to, for a link; empty: there is none."""

    @property
    def told(self) -> str:
        """The word for what is unusual; empty: nothing is."""
        if not (self.unusual or self.entered):
            return ""
        return "works" if self.works else "off"

    @property
    def look(self) -> str:
        rest = "" if self.works else "rest"
        marks = [mark for mark in ("unusual", "entered", "today") if getattr(self, mark)]
        return " ".join(filter(None, [rest, *marks]))


class Month(Struct, frozen=True):
    name: str
    weeks: list[list[Square | None]]
    worked: int


def weekdays(language: Language) -> list[tuple[str, str]]:
    """Short and in full, Monday first."""
    short, full = (get_day_names(width, "stand-alone", BABEL_LOCALE[language]) for width in ("short", "wide"))
    return [(short[number], full[number]) for number in range(7)]


def months(
    year: int, workdays: Workdays, entries: Iterable[tuple[str, Entry]], today: date, language: Language
) -> list[Month]:
    """`entries` with their names."""
    entered = {day: name for name, entry in entries for day in entry.days}
    names = get_month_names("wide", "stand-alone", BABEL_LOCALE[language])

    def square(day: date) -> Square:
        works = workdays.is_working(day)
        unusual = works is (day.isoweekday() >= SATURDAY)
        return Square(day, works, unusual, day in entered, day == today, entered.get(day, ""))

    found = []
    for number in range(1, 13):
        days = _WEEKS.monthdatescalendar(year, number)
        weeks = [[square(day) if day.month == number else None for day in week] for week in days]
        worked = sum(one.works for week in weeks for one in week if one is not None)
        found.append(Month(names[number], weeks, worked))
    return found
