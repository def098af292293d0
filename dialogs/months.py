"""Months of the calendar: a month after the 31st of January is the last day of February."""

from calendar import monthrange
from datetime import date


def after(day: date, months: int) -> date:
    """The same number in a later month, or the last day of a month that does not have it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
