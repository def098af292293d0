"""A day to choose: a small calendar of buttons for a chat, a few days by number for an SMS.

In the calendar each column is a weekday, and a page is a month. What is no day to choose is there as well, so that
the columns stand straight: pressed, it shows the same page once more, in every month but its own.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from dialogs import months
from dialogs.messages import Choice, Say, say
from dialogs.workdays import Workdays

DAY = "day"
"""The event of a day: `day:2026-12-20`."""
PAGE = "days"
"""The event of another page, counted from 0: `days:1`."""
WEEK = 7
LATEST_PAGE = 99


def calendar(first: date, last: date, page: int = 0) -> tuple[Choice, ...]:
    """The days from `first` to `last` that lie in one month, with its name above and the way to the other months
    below; weeks without a day to choose are left out."""
    if first > last:
        return ()
    count = pages(first, last)
    page = min(max(page, 0), count - 1)
    month = months.after(first.replace(day=1), page)
    here = f"{PAGE}:{page}"
    heading = say("days.heading", month=_named(month), year=month.year)
    return (
        Choice(here, heading, row="heading"),
        *(Choice(here, Say(f"days.weekday.{number}"), row="weekdays") for number in range(1, WEEK + 1)),
        *_weeks(max(first, month), min(last, months.end(month)), here),
        *_others(month, page, count),
    )


def pages(first: date, last: date) -> int:
    """How many months a calendar has."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _weeks(first: date, last: date, here: str) -> Iterator[Choice]:
    start = first - timedelta(first.weekday())
    for number in range((last - start).days // WEEK + 1):
        for day in (start + timedelta(WEEK * number + column) for column in range(WEEK)):
            if first <= day <= last:
                yield Choice(f"{DAY}:{day}", say("days.number", number=day.day), row=f"week{number}")
            else:
                yield Choice(here, Say("days.blank"), row=f"week{number}")


def _others(month: date, page: int, count: int) -> Iterator[Choice]:
    if page > 0:
        earlier = say("days.earlier", month=_named(months.after(month, -1)))
        yield Choice(f"{PAGE}:{page - 1}", earlier, row="months")
    if page + 1 < count:
        later = say("days.later", month=_named(months.after(month, 1)))
        yield Choice(f"{PAGE}:{page + 1}", later, row="months")


def _named(month: date) -> Say:
    return Say(f"days.month.{month.month}")


def suggestions(first: date, last: date, workdays: Workdays) -> tuple[date, ...]:
    """Up to three working days: a week and two weeks after what is put off to `first` or later, and the last."""
    if first > last:
        return ()
    weeks = [day for number in (1, 2) if (day := first + timedelta(WEEK * number - 1)) < last]
    wished = (workdays.next_working(day) for day in weeks or [first])
    found = {day for day in (*wished, workdays.before(last + timedelta(1), 1)) if first <= day <= last}
    return tuple(sorted(found))


def suggested(days: tuple[date, ...]) -> tuple[Choice, ...]:
    """For an SMS; a typed day does as well, so they never cost another SMS."""
    return tuple(Choice(f"{DAY}:{day}", say("days.day", day=day), spare=True) for day in days)


def chosen(said: str) -> date | None:
    """The day of a button; None if that was made up."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def turned(said: str) -> int:
    """The page of a button."""
    return min(int(said), LATEST_PAGE) if said.isascii() and said.isdecimal() and len(said) < WEEK else 0
