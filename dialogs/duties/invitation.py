"""A place is free at an institution, till a day; otherwise the next person is taken (order 263 annexes 1 and 2 ¶7).

Who cannot come in time may put it off once. That counts when the notice is signed on the portal: until E-Sobes says
so, the old day is the last one.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from msgspec import structs

from dialogs import table
from dialogs.duties.course import Course, Due, midnight_after, nothing, reminder, reminders
from dialogs.duties.duty import Invitation
from dialogs.duties.rules import Rules

Arriving = Course[Invitation]
Row = table.Row[Arriving]


def differs(course: Arriving) -> bool:
    """E-Sobes invites anew, to another place or day."""
    said, duty = course.happening, course.duty
    return (said.day, said.place, said.setting) != (duty.arrive_by, duty.place, duty.setting)


def still_ahead(course: Arriving) -> bool:
    return differs(course) and course.happening.day is not None and course.happening.day >= course.today


def correct(course: Arriving) -> None:
    _learn(course)
    _renew(course)
    course.tell("invited_late" if course.duty.arrive_by < course.leaves().date() else "invited")


def is_new_to_us(course: Arriving) -> bool:
    return course.duty.place is None


def learn(course: Arriving) -> None:
    """Where to; the day has been moved since."""
    duty, said = course.duty, course.happening
    duty.place, duty.setting = said.place, said.setting


def _learn(course: Arriving) -> None:
    learn(course)
    course.duty.arrive_by = course.happening.day or course.duty.arrive_by
    wanted = course.duty.wanted
    if wanted is not None and wanted.sign_by is not None:
        course.duty.wanted = structs.replace(wanted, sign_by=min(wanted.sign_by, course.duty.arrive_by))


def _renew(course: Arriving) -> None:
    course.renew()
    course.duty.said = ""


def another_day(course: Arriving) -> bool:
    return course.happening.day not in (None, course.duty.arrive_by)


def move(course: Arriving) -> None:
    """The signed notice has come."""
    course.duty.arrive_by = course.happening.day or course.duty.arrive_by
    course.duty.used = True
    _renew(course)
    course.tell("moved")


def close(course: Arriving) -> None:
    """Who has arrived knows it; who never heard of the invitation hears nothing of its end."""
    course.duty.outcome = course.happening.outcome
    knows = course.was_heard_of or course.duty.said or course.duty.wanted is not None
    if knows and course.duty.outcome != "admitted":
        course.tell(course.duty.outcome)


def come(course: Arriving) -> None:
    course.duty.said = "come"


def decline(course: Arriving) -> None:
    """The institution is told by the person: there is no way for us. No more reminders."""
    if course.duty.said != "decline":
        course.duty.said = "decline"
        course.notes.append("declined")


def dispute(course: Arriving) -> None:
    """The office hears of a day once."""
    if course.duty.disputed != course.happening.day:
        course.duty.disputed = course.happening.day
        course.notes.append("disputed")


def is_unused(course: Arriving) -> bool:
    """The law gives one time."""
    return not course.duty.used


def postpone(course: Arriving) -> None:
    wanted = course.happening.wanted
    assert wanted is not None  # noqa: S101 - it comes with what the person wants
    course.duty.wanted, course.duty.used, course.duty.said = wanted, True, ""
    course.relays.append(wanted)


def take(course: Arriving) -> None:
    """E-Sobes has taken it: it waits for its signature. Who has meanwhile said that they come, or need the place no
    longer, was told not to sign."""
    _learn_signing(course)
    if not course.duty.said:
        course.duty.sent = course.leaves()
        course.tell("sign")


def _learn_signing(course: Arriving) -> None:
    duty, said = course.duty, course.happening
    assert duty.wanted is not None  # noqa: S101 - that is what it has taken
    until = said.day or duty.wanted.until
    sign_by = min(said.sign_by or duty.arrive_by, duty.arrive_by)
    duty.wanted = structs.replace(duty.wanted, until=until, sign_by=sign_by, url=said.url)


def refused(name: str) -> Callable[[Arriving], None]:
    """Staff may send it again, and hear the same again: the person has been told."""

    def refuse(course: Arriving) -> None:
        if name not in course.duty.told:
            course.duty.told = (*course.duty.told, name)
            course.tell(name)

    refuse.__name__ = name
    return refuse


def is_wanted(course: Arriving) -> bool:
    """E-Sobes would not have it at first, and staff have sent it once more."""
    return course.duty.wanted is not None and course.duty.wanted.sign_by is None


def take_late(course: Arriving) -> None:
    """The last day was over when E-Sobes could be reached."""
    _learn_signing(course)
    course.tell("sign_late")


def unsigned(course: Arriving) -> None:
    """Who has said whether they come by the old day knows it. The letter names the day that counts: nobody is
    reminded of it an hour later."""
    if not course.duty.said:
        course.duty.sent = course.leaves()
        course.tell("unsigned")


def unsigned_lapsed(course: Arriving) -> None:
    """A letter that has just told of a day which is over says it all."""
    if not course.duty.said and not course.has_told("invited_late"):
        course.tell("unsigned_lapsed")


def is_over(course: Arriving) -> bool:
    return course.duty.arrive_by < course.today


def last_to_arrive(duty: Invitation) -> date:
    return duty.arrive_by


def last_to_sign(duty: Invitation) -> date:
    return (duty.wanted.sign_by if duty.wanted else None) or duty.arrive_by


STATES = ("invited", "postponing", "unsigned", "postponed", "lapsed", "over")
EXPECTED = ("invited", "postponing", "postponed")
"""The person is to arrive by the last day, as things stand."""
OPEN = (*EXPECTED, "unsigned", "lapsed")

ROWS: tuple[Row, ...] = (
    Row("opened", "invited", when=differs, do=correct),
    Row("opened", "postponing", when=differs, do=correct),
    Row("opened", "unsigned", when=differs, do=correct),
    Row("opened", "postponed", when=is_new_to_us, do=learn),
    Row("opened", "lapsed", "invited", when=still_ahead, do=correct),
    Row("changed", "postponed", when=another_day, do=move),
    Row("changed", "invited", "postponed", do=move),
    Row("changed", "postponing", "postponed", do=move),
    Row("changed", "unsigned", "postponed", do=move),
    Row("changed", "lapsed", "postponed", when=another_day, do=move),
    *(Row("closed", state, "over", do=close) for state in OPEN),
    *(Row("come", state, do=come) for state in (*EXPECTED, "unsigned")),
    *(Row("decline", state, do=decline) for state in (*EXPECTED, "unsigned")),
    Row("dispute", "invited", do=dispute),
    Row("postpone", "invited", "postponing", when=is_unused, do=postpone),
    Row("taken", "postponing", "unsigned", do=take),
    Row("taken", "invited", "unsigned", when=is_wanted, do=take),
    Row("taken", "lapsed", when=is_wanted, do=take_late),
    Row("conflict", "postponing", "invited", do=refused("conflict")),
    Row("conflict", "lapsed", do=refused("conflict")),
    Row("not_taken", "postponing", "invited", do=refused("not_taken")),
    Row("not_taken", "lapsed", do=refused("not_taken")),
    *(Row("soon", state, do=reminder("soon", last_to_arrive)) for state in (*EXPECTED, "unsigned")),
    *(Row("eve", state, do=reminder("eve", last_to_arrive)) for state in (*EXPECTED, "unsigned")),
    *(Row("last_over", state, "lapsed") for state in EXPECTED),
    Row("sign_soon", "unsigned", do=reminder("sign_soon", last_to_sign)),
    Row("sign_eve", "unsigned", do=reminder("sign_eve", last_to_sign)),
    Row("sign_last", "unsigned", do=reminder("sign_last", last_to_sign)),
    Row("sign_over", "unsigned", "lapsed", when=is_over, do=unsigned_lapsed),
    Row("sign_over", "unsigned", "invited", do=unsigned),
)

MACHINE = table.machine(STATES, ROWS, "invited", otherwise=nothing)


def schedule(duty: Invitation, rules: Rules) -> Iterator[Due]:
    if (duty.state in EXPECTED and duty.said != "decline") or (duty.state == "unsigned" and duty.said == "come"):
        days = {"soon": _workdays_before(duty, rules), "eve": _days_before(duty, rules)}
        yield from reminders(duty, days, rules)
    if duty.state in EXPECTED:
        yield midnight_after(duty.arrive_by, duty), "last_over"
    elif duty.state == "unsigned":
        last = last_to_sign(duty)
        if not duty.said:
            days = {
                "sign_soon": rules.before(last, rules.workdays_before or 1),
                "sign_eve": rules.before(last, 1),
                "sign_last": last,
            }
            yield from reminders(duty, days, rules)
        yield midnight_after(last, duty), "sign_over"


def _workdays_before(duty: Invitation, rules: Rules) -> date | None:
    return rules.before(duty.arrive_by, rules.workdays_before) if rules.workdays_before else None


def _days_before(duty: Invitation, rules: Rules) -> date | None:
    return duty.arrive_by - timedelta(rules.days_before) if rules.days_before else None
