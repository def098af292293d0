"""From when until when a person can answer an offer. Every day is a day in Kazakhstan: times carry its zone."""

from datetime import date, datetime, time, timedelta

from dialogs.matters.rules import Rules

Quiet = tuple[time, time]
"""From when until when nothing unasked-for is sent; it may go over midnight. Twice the same time = never."""


def is_quiet(clock: time, quiet: Quiet | None) -> bool:
    if quiet is None:
        return False
    begins, ends = quiet
    return begins <= clock < ends if begins <= ends else clock >= begins or clock < ends


def leaves(now: datetime, quiet: Quiet | None) -> datetime:
    """When something unasked-for that is ready now may go out."""
    if quiet is None or not is_quiet(now.time(), quiet):
        return now
    day = now.date() if now.time() < quiet[1] else now.date() + timedelta(1)
    return datetime.combine(day, quiet[1], now.tzinfo)


def closes(sent: datetime, rules: Rules) -> datetime:
    """The first moment after the last day. The day of sending is not counted."""
    last = rules.workdays.add(sent.date(), rules.window)
    return datetime.combine(last + timedelta(1), time(), sent.tzinfo)


def last_day(closes: datetime) -> date:
    return closes.date() - timedelta(1)


def reminder(closes: datetime, rules: Rules) -> datetime | None:
    """On the last day, unless there is to be none."""
    if rules.reminder_at is None:
        return None
    return datetime.combine(last_day(closes), rules.reminder_at, closes.tzinfo)
