"""What staff enter in the calendar of working days, on top of what stands in `calendar.toml`."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class EntryKind(StrEnum):
    MOVED = "moved"
    """The government moved a day of rest: `works` is worked like the weekday of `day`, and `day` is off."""
    OFF = "off"
    WORKED = "worked"
    YEAR = "year"
    """Somebody has looked the year through; `day`: Kurban Ait, if it was announced."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: EntryKind
    source: str
    """Which order says so."""
    day: date | None = None
    works: date | None = None
    year: int = 0

    @property
    def days(self) -> tuple[date, ...]:
        """That it is about."""
        return tuple(day for day in (self.day, self.works) if day is not None)
