"""Files that a chat can get, as values. What is in them is put together only when they leave: see `gateway.papers`.

A paper knows its language, and what it takes from elsewhere are finished words. Printed by mistake, none shows whose
it is.
"""

from datetime import date, datetime, time

from msgspec import Struct

from dialogs.duties.duty import Place, Reason
from dialogs.language import Language
from dialogs.matters.matter import Person


class Notice(Struct, frozen=True, array_like=True, tag="notice"):
    """That somebody cannot arrive in time: what the person, or who acts for them, signs on the portal."""

    language: Language
    place: Place
    """To whom."""
    person: Person
    by_representative: bool
    """Who acts for the person signs it."""
    reason: Reason
    before: date
    """The last day to arrive, as it is."""
    until: date
    """The last day to arrive, as it is asked for."""
    on: date
    """The day of the notice."""

    def __repr__(self) -> str:
        return "Notice()"


class Entry(Struct, frozen=True, array_like=True):
    """One thing to do. Without a time it takes the whole day."""

    name: str
    """The same for the same thing, whenever the calendar is made: taken in a second time, it changes and does not
    double."""
    title: str
    day: date
    at: time | None = None
    """In Kazakhstan."""
    details: str = ""
    place: str = ""

    def __repr__(self) -> str:
        return f"Entry({self.day})"


class Calendar(Struct, frozen=True, array_like=True, tag="calendar"):
    """Days not to be missed, for the calendar of a phone."""

    language: Language
    entries: tuple[Entry, ...]
    made: datetime
    """What was made later holds."""

    def __repr__(self) -> str:
        return f"Calendar({len(self.entries)})"


Paper = Notice | Calendar
