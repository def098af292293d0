"""Whether an office is open right now, when it opens next, and from which day papers handed in now are counted."""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct

from dialogs.catalogue.schema import Office
from dialogs.workdays import Workdays

LONGEST_REST = 31
"""Days within which every office opens again."""


class State(StrEnum):
    OPEN = "open"
    LUNCH = "lunch"
    CLOSED = "closed"
    ALWAYS_OPEN = "always_open"
    UNKNOWN = "unknown"
    """The acts name no hours."""


class Opening(Struct, frozen=True):
    state: State
    until: datetime | None = None
    """Open: when it closes or goes to lunch. At lunch or closed: when it opens next."""
    closes: datetime | None = None
    """Open: when it closes for the day, lunch apart."""


def opening(office: Office, workdays: Workdays, now: datetime) -> Opening:
    if office.always_open:
        return Opening(State.ALWAYS_OPEN)
    if not office.hours:
        return Opening(State.UNKNOWN)
    today = _spans(office, workdays, now.date(), now.tzinfo)
    for opens, closes in today:
        if opens <= now < closes:
            return Opening(State.OPEN, closes, today[-1][1])
    to_come = next((opens for opens, _ in today if opens > now), None)
    if to_come and today[0][0] < now:
        return Opening(State.LUNCH, to_come)
    return Opening(State.CLOSED, to_come or _next_opening(office, workdays, now))


def counted_from(office: Office, workdays: Workdays, now: datetime) -> date:
    """The working day on which papers handed in now count as handed in. A Saturday on duty counts as Monday."""
    today = now.date()
    if not workdays.is_working(today):
        return workdays.next_working(today)
    spans = _spans(office, workdays, today, now.tzinfo)
    closes = spans[-1][1] if spans else datetime.combine(today, workdays.day_ends, now.tzinfo)
    return today if now < closes else workdays.add(today, 1)


def _spans(office: Office, workdays: Workdays, day: date, zone: tzinfo | None) -> list[tuple[datetime, datetime]]:
    """From when till when the office is open on that day: twice, if it has a lunch break."""
    if workdays.is_holiday(day):
        return []
    clocks: list[tuple[time, time]] = []
    for hours in office.hours:
        if workdays.weekday(day) in hours.days:
            if hours.lunch_from and hours.lunch_to:
                clocks += [(hours.opens, hours.lunch_from), (hours.lunch_to, hours.closes)]
            else:
                clocks.append((hours.opens, hours.closes))
    return [(datetime.combine(day, one, zone), datetime.combine(day, other, zone)) for one, other in clocks]


def _next_opening(office: Office, workdays: Workdays, now: datetime) -> datetime | None:
    for number in range(1, LONGEST_REST):
        if spans := _spans(office, workdays, now.date() + timedelta(number), now.tzinfo):
            return spans[0][0]
    return None
