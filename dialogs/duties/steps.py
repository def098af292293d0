"""One step of a duty: what happened goes in, the changed duty and everything that follows from it comes out.

Time passes first, as with offers: what was due before the step is dealt with, whether or not a clock has rung.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from transitions import Machine

from dialogs.duties import choice, invitation, order
from dialogs.duties.course import Course, Due, Happening
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Postponement
from dialogs.duties.rules import Rules
from dialogs.matters.matter import Telling

D = TypeVar("D", bound=AnyDuty)

MACHINES: dict[type[AnyDuty], Machine] = {
    Invitation: invitation.MACHINE,
    Choice: choice.MACHINE,
    Order: order.MACHINE,
}
SCHEDULES: dict[type[AnyDuty], Callable[[Any, Rules], Iterable[Due]]] = {
    Invitation: invitation.schedule,
    Choice: choice.schedule,
    Order: order.schedule,
}
WANTING = frozenset(
    {
        "invited",
        "soon",
        "eve",
        "sign",
        "sign_soon",
        "sign_eve",
        "sign_last",
        "choose",
        "month_over",
        "choose_soon",
        "accepted",
        "cancel_soon",
        "arrive_soon",
    }
)
"""Letters that want something: of no use once the state in which they were written has passed."""


LETTERS = WANTING | {
    "invited_late",
    "choose_late",
    "moved",
    "passed_on",
    "cancelled",
    "sign_late",
    "conflict",
    "not_taken",
    "unsigned",
    "unsigned_lapsed",
    "blocked",
    "chosen",
    "choice_cancelled",
    "refused",
}
"""All that is ever told of duties."""


class Step(Struct, Generic[D], frozen=True):
    duty: D
    tellings: tuple[Telling, ...]
    relays: tuple[Postponement, ...] = ()
    notes: tuple[str, ...] = ()


def step(duty: D, happening: Happening | None, now: datetime, rules: Rules) -> Step[D]:
    """`happening` None: only time has passed."""
    course = Course(duty, now, rules)
    _pass_time(course)
    if happening is not None:
        course.happening = happening
        _happen(course, happening.name)
        _pass_time(course)
    kept = course.duty
    kept.wake = next_wake(kept, rules)
    wants = not calmed(duty, kept)
    tellings = tuple(
        told
        for at, number, told in course.tellings
        if told.name not in WANTING or (wants and (at, number) == (kept.state, kept.round))
    )
    return Step(kept, tellings, tuple(course.relays), tuple(course.notes))


def next_wake(duty: AnyDuty, rules: Rules) -> datetime | None:
    """When the clock has to look again."""
    return min((due for due, _ in SCHEDULES[type(duty)](duty, rules)), default=None)


def outdated(was: AnyDuty, duty: AnyDuty, *, instead: bool) -> frozenset[str]:
    """Letters of before that are of no use any more. `instead`: another letter says how things stand."""
    if (was.state, was.round) == (duty.state, duty.round) and not calmed(was, duty):
        return frozenset()
    if instead or duty.state == "over":
        return LETTERS
    awaited = duty.state in (*invitation.EXPECTED, "unsigned") and not calmed(was, duty)
    return WANTING - {"invited"} if awaited and was.round == duty.round else WANTING


def calmed(was: AnyDuty, duty: AnyDuty) -> bool:
    """Somebody has said that they do not need the place, or that they come without a postponement: nothing more is
    wanted of them."""
    if not isinstance(was, Invitation) or not isinstance(duty, Invitation) or was.said == duty.said:
        return False
    return duty.said == "decline" or (duty.said == "come" and duty.state == "unsigned")


def _pass_time(course: Course[Any]) -> None:
    """Of what is due at once only the last is done: it makes the others superfluous, or they are due once more."""
    schedule = SCHEDULES[type(course.duty)]
    while due := max((one for one in schedule(course.duty, course.rules) if one[0] <= course.now), default=None):
        _happen(course, due[1])


def _happen(course: Course[Any], name: str) -> None:
    before = len(course.tellings)
    MACHINES[type(course.duty)].events[name].trigger(course)
    course.duty.state = course.state
    told = [(course.state, course.duty.round, telling) for *_, telling in course.tellings[before:]]
    course.tellings[before:] = told
