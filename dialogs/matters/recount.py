"""What another calendar does to an offer that is open: its last day is counted anew from the day of sending.

The last day that somebody was told is a promise: it may become later, and never earlier. Whoever was not told yet,
because the question waits for the morning, is told what the calendar says now.
"""

from datetime import date, datetime, timedelta

from msgspec import structs

from dialogs.matters import steps, window
from dialogs.matters.matter import Matter
from dialogs.matters.rules import Rules

OPEN = frozenset({"asked", "refusing", "refused"})
"""Until the window closes a consent still counts."""
LEAVING = timedelta(minutes=1)
"""A question that leaves sooner cannot be written anew any more."""


def last_day(matter: Matter, now: datetime, rules: Rules) -> date | None:
    """By this calendar; None: nothing is counted any more."""
    if matter.state not in OPEN or matter.closes <= now:
        return None
    return window.last_day(window.closes(matter.sent, rules))


def is_told(matter: Matter, now: datetime) -> bool:
    return matter.sent <= now + LEAVING


def recounted(matter: Matter, now: datetime, rules: Rules) -> Matter | None:
    """As it is then; None: nothing changes."""
    last, told = last_day(matter, now, rules), is_told(matter, now)
    if last is None or last == window.last_day(matter.closes) or (told and last < window.last_day(matter.closes)):
        return None
    after = structs.replace(matter, closes=window.closes(matter.sent, rules))
    if matter.wake is None or matter.wake > now:  # what is due already, the clock deals with in a moment
        after.wake = steps.next_wake(after, rules, now)
    return after
