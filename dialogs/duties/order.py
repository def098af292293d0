"""What a supplier has answered to an order. A bed in a sanatorium can be given up until some working days before the
arrival; after that, who does not come goes back to the general queue (order 283 ¶44 and 45)."""

from collections.abc import Iterator
from datetime import date, timedelta

from dialogs import table
from dialogs.duties.course import Course, Due, midnight_after, nothing, reminder, reminders
from dialogs.duties.duty import Order
from dialogs.duties.rules import Rules

Ordered = Course[Order]
Row = table.Row[Ordered]


def is_accepted(course: Ordered) -> bool:
    return course.happening.outcome == "accepted"


def says_something_new(course: Ordered) -> bool:
    said, duty = course.happening, course.duty
    return (said.arrive_on, said.leave_on, said.place) != (duty.arrive_on, duty.leave_on, duty.place)


def is_news(course: Ordered) -> bool:
    return is_accepted(course) and says_something_new(course)


def is_another_time(course: Ordered) -> bool:
    return is_accepted(course) and course.happening.arrive_on not in (None, course.duty.arrive_on)


def accept(course: Ordered) -> None:
    duty, said = course.duty, course.happening
    duty.place, duty.reason, duty.arrive_on, duty.leave_on = said.place, "", said.arrive_on, said.leave_on
    duty.cancel_by = course.rules.last_to_cancel(duty.service, duty.arrive_on)
    course.renew()
    course.tell("accepted")


def refuse(course: Ordered) -> None:
    """Also after it was accepted: the law lets a sanatorium do so."""
    duty, said = course.duty, course.happening
    duty.place, duty.reason = said.place or duty.place, said.reason
    duty.arrive_on = duty.leave_on = duty.cancel_by = None
    course.renew()
    course.tell("refused")


def last_to_cancel(duty: Order) -> date:
    return duty.cancel_by or duty.sent.date()


def day_of_arrival(duty: Order) -> date:
    return duty.arrive_on or duty.sent.date()


STATES = ("new", "accepted", "refused", "over")

ROWS: tuple[Row, ...] = (
    Row("answered", "new", "accepted", when=is_accepted, do=accept),
    Row("answered", "new", "refused", do=refuse),
    Row("answered", "accepted", when=is_news, do=accept),
    Row("answered", "accepted", when=is_accepted),
    Row("answered", "accepted", "refused", do=refuse),
    Row("answered", "refused", "accepted", when=is_accepted, do=accept),
    Row("answered", "over", "accepted", when=is_another_time, do=accept),
    Row("cancel_soon", "accepted", do=reminder("cancel_soon", last_to_cancel)),
    Row("arrive_soon", "accepted", do=reminder("arrive_soon", day_of_arrival)),
    Row("day_over", "accepted", "over"),
)

MACHINE = table.machine(STATES, ROWS, "new", otherwise=nothing)


def schedule(duty: Order, rules: Rules) -> Iterator[Due]:
    if duty.state != "accepted" or duty.arrive_on is None:
        return
    days: dict[str, date | None] = {}
    if duty.cancel_by is not None:
        days["cancel_soon"] = rules.before(duty.cancel_by, 1)
    if rules.days_before:
        days["arrive_soon"] = duty.arrive_on - timedelta(rules.days_before)
    yield from reminders(duty, days, rules)
    yield midnight_after(duty.arrive_on, duty), "day_over"
