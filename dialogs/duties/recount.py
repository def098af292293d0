"""What another calendar does to a duty that is open.

To choose an organisation, and to give a bed up in time, working days are counted; the last day to arrive is named by
E-Sobes, and months are those of the calendar. The last day that somebody was told becomes later, and never earlier.
Reminders that have not left are counted from it by themselves.
"""

from datetime import date, datetime

from msgspec import structs

from dialogs.duties import steps
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order
from dialogs.duties.rules import Rules


def told_day(duty: AnyDuty) -> date | None:
    """The last day as it stands, where working days are counted for it; None of what is counted otherwise."""
    match duty:
        case Invitation():
            return None
        case Choice():
            return duty.last if duty.state == "open" else None
        case Order():
            return duty.cancel_by if duty.state == "accepted" else None


def last_day(duty: AnyDuty, now: datetime, rules: Rules) -> date | None:
    """By this calendar; None: nothing is counted in working days any more."""
    told = told_day(duty)
    if told is None or told < now.date():
        return None
    if isinstance(duty, Choice):
        if duty.service in rules.law.months.services:
            return None
        return rules.last_to_choose(duty.service, duty.opened_on)
    return rules.last_to_cancel(duty.service, duty.arrive_on) if isinstance(duty, Order) else None


def recounted(duty: AnyDuty, now: datetime, rules: Rules) -> AnyDuty | None:
    """With a later last day, or with reminders on other days; None: nothing changes."""
    last, told = last_day(duty, now, rules), told_day(duty)
    after = duty
    if last is not None and told is not None and last > told:
        if isinstance(duty, Choice):
            after = structs.replace(duty, last=last)
        elif isinstance(duty, Order):
            after = structs.replace(duty, cancel_by=last)
    if duty.wake is None or duty.wake <= now:  # what is due already, the clock deals with in a moment
        return after if after is not duty else None
    wake = steps.next_wake(after, rules)
    return None if after is duty and wake == duty.wake else after


def shortened(duty: AnyDuty, now: datetime, rules: Rules) -> date | None:
    """The earlier last day by this calendar. It is kept on a portal that is not ours: what was told may be too late
    there, and the office has to know."""
    last, told = last_day(duty, now, rules), told_day(duty)
    return last if last is not None and told is not None and last < told else None
