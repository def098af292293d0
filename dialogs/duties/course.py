"""What travels along a duty's table for one step."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar

from msgspec import Struct, structs

from dialogs.duties.duty import AnyDuty, Place, Postponement, Setting
from dialogs.duties.rules import Rules
from dialogs.matters import window
from dialogs.matters.matter import Telling

D = TypeVar("D", bound=AnyDuty)

MORNING = time(10)
"""What the law wants told leaves at this time also where the operator wants no reminders."""

Due = tuple[datetime, str]
"""When something is due, and the row that it triggers."""


class Happening(Struct, frozen=True, kw_only=True):
    """Something that a duty has to answer: the name of a row, and what comes with it."""

    name: str
    day: date | None = None
    """The last day to arrive, or the day on which a choice was opened."""
    place: Place | None = None
    setting: Setting | None = None
    outcome: str = ""
    wanted: Postponement | None = None
    sign_by: date | None = None
    url: str = ""
    reason: str = ""
    arrive_on: date | None = None
    leave_on: date | None = None


class Course(Generic[D]):
    __slots__ = ("duty", "happening", "notes", "now", "relays", "rules", "state", "tellings")

    def __init__(self, duty: D, now: datetime, rules: Rules) -> None:
        self.duty: D = structs.replace(duty)
        self.state: str = duty.state
        self.now = now
        self.rules = rules
        self.happening = Happening(name="")
        self.tellings: list[tuple[str, int, Telling]] = []
        """With the state and the round to which it led."""
        self.relays: list[Postponement] = []
        self.notes: list[str] = []
        """What the office has to look at: `declined`, `disputed`."""

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def was_heard_of(self) -> bool:
        """Its first letter does not wait for the morning any more."""
        duty = self.duty
        return duty.round > 1 or bool(duty.told) or (duty.round == 1 and duty.sent <= self.now)

    def tell(self, name: str) -> None:
        self.tellings.append((self.state, self.duty.round, Telling(name)))

    def has_told(self, name: str) -> bool:
        """In this very step."""
        return any(telling.name == name for *_, telling in self.tellings)

    def remind(self, name: str, last: date) -> None:
        """Once, and only if it can still leave by the last day on which it is of use. Those that were to leave before
        it do not any more."""
        self.duty.told = (*self.duty.told, name)
        if self.leaves().date() <= last:
            self.duty.sent = self.leaves()
            self.tell(name)

    def renew(self) -> None:
        """Another last day has reminders of its own."""
        self.duty.sent, self.duty.told, self.duty.round = self.leaves(), (), self.duty.round + 1

    def leaves(self) -> datetime:
        """When something unasked-for that is told now goes out."""
        return window.leaves(self.now, self.rules.quiet)


def reminders(duty: AnyDuty, days: dict[str, date | None], rules: Rules, at: time | None = None) -> Iterator[Due]:
    """Those that have not left yet, nor another that was to leave after them; and none on the day of the letter that
    they remind of, or before it."""
    at = at or rules.reminder_at
    later = False
    for name, day in sorted(((n, d) for n, d in days.items() if d), key=lambda one: (one[1], one[0]), reverse=True):
        later = later or name in duty.told
        if at is not None and day is not None and not later and day > duty.sent.date():
            yield datetime.combine(day, at, duty.sent.tzinfo), name


def midnight_after(day: date, duty: AnyDuty) -> datetime:
    """The first moment when it is over."""
    return datetime.combine(day + timedelta(1), time(), duty.sent.tzinfo)


def reminder(name: str, last: Callable[[D], date]) -> Callable[[Course[D]], None]:
    """`last`: the last day on which it is of use."""

    def remind(course: Course[D]) -> None:
        course.remind(name, last(course.duty))

    remind.__name__ = f"remind_{name}"
    return remind


def says(name: str) -> Callable[[Course[D]], None]:
    def say(course: Course[D]) -> None:
        course.tell(name)

    say.__name__ = f"say_{name}"
    return say


def nothing(_: Course[D]) -> None:
    """It comes too late or for the second time."""
