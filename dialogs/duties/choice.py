"""Somebody has to choose who provides a service, on the social portal and with their signature.

Devices, sanatorium, assistants: two calendar months; after the first a reminder, after both the choice is blocked
until the person reactivates it (order 287 ¶119 to 123, 283 ¶35 to 39). Special social services: some
working days (263).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dialogs import table
from dialogs.duties.course import MORNING, Course, Due, midnight_after, nothing, reminder, reminders, says
from dialogs.duties.duty import Choice
from dialogs.duties.rules import Rules
from dialogs.months import after

Choosing = Course[Choice]
Row = table.Row[Choosing]


def differs(course: Choosing) -> bool:
    return course.happening.day not in (None, course.duty.opened_on)


def begins_anew(course: Choosing) -> bool:
    """It was reactivated."""
    return course.happening.day is not None and course.happening.day > course.duty.opened_on


def is_too_late(course: Choosing) -> bool:
    """The working days are over before anybody can read of them. Of months, the letter about the block tells."""
    service, last = course.duty.service, course.duty.last
    return service in course.rules.law.days.services and last is not None and last < course.leaves().date()


def open_anew(course: Choosing) -> None:
    duty = course.duty
    duty.opened_on = course.happening.day or duty.opened_on
    duty.last = course.rules.last_to_choose(duty.service, duty.opened_on)
    course.renew()
    duty.outcome = ""
    course.tell("choose_late" if is_too_late(course) else "choose")


def close(course: Choosing) -> None:
    """Nothing is said of a choice that the person never heard of."""
    course.duty.outcome = course.happening.outcome
    if course.was_heard_of:
        course.tell("chosen" if course.duty.outcome == "chosen" else "choice_cancelled")


def last_to_choose(duty: Choice) -> date:
    return duty.last or duty.opened_on


STATES = ("open", "blocked", "lapsed", "over")

ROWS: tuple[Row, ...] = (
    Row("opened", "open", when=differs, do=open_anew),
    Row("opened", "blocked", "open", when=begins_anew, do=open_anew),
    Row("opened", "lapsed", "open", when=begins_anew, do=open_anew),
    Row("opened", "over", "open", when=begins_anew, do=open_anew),
    Row("closed", "open", "over", do=close),
    Row("closed", "blocked", "over", do=close),
    Row("closed", "lapsed", "over", do=close),
    Row("month_over", "open", do=reminder("month_over", last_to_choose)),
    Row("choose_soon", "open", do=reminder("choose_soon", last_to_choose)),
    Row("months_over", "open", "blocked", do=says("blocked")),
    Row("days_over", "open", "lapsed"),
)

MACHINE = table.machine(STATES, ROWS, "open", otherwise=nothing)


def schedule(duty: Choice, rules: Rules) -> Iterator[Due]:
    if duty.state != "open" or duty.last is None:
        return
    if duty.service in rules.law.months.services:
        reminded = after(duty.opened_on, rules.law.months.reminder)
        yield from reminders(duty, {"month_over": reminded}, rules, rules.reminder_at or MORNING)
        morning = rules.reminder_at or MORNING
        yield datetime.combine(duty.last + timedelta(1), morning, duty.sent.tzinfo), "months_over"
    else:
        yield from reminders(duty, {"choose_soon": rules.before(duty.last, 1)}, rules)
        yield midnight_after(duty.last, duty), "days_over"
