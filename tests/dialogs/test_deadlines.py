"""What is to be done, and by when: which day counts, how many working days are left, and in which order."""

from datetime import date, datetime, time, timedelta

import pytest
from msgspec import structs

from dialogs import workdays
from dialogs.applications.application import Application, Hearing, Stage
from dialogs.deadlines import REMEMBERED, Deadline, Kind, deadlines
from dialogs.duties import rules
from dialogs.duties.duty import AnyDuty, Setting
from dialogs.matters.matter import Matter
from dialogs.people import Citizen
from tests.dialogs.open_matters import choice, invitation, offer, order, unsigned
from tests.dialogs.registry import ALMATY, DANA, PAVEL, application

LAW = rules.load(workdays.load(), reminder_at=None, quiet=None)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)
"""A Monday."""
TODAY = NOW.date()
DAY = timedelta(1)


def found(
    *open_here: Matter | AnyDuty,
    now: datetime = NOW,
    applications: tuple[tuple[Citizen, Application], ...] = (),
    persons: tuple[Citizen, ...] = (PAVEL,),
) -> tuple[Deadline, ...]:
    offers = [one for one in open_here if isinstance(one, Matter)]
    duties = [one for one in open_here if not isinstance(one, Matter)]
    return deadlines(offers, duties, applications, now, LAW, persons=persons)


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), ALMATY)


def hearing(day: date, stage: Stage = Stage.HEARING_SCHEDULED) -> Application:
    heard = Hearing(datetime.combine(day, time(9, 30), ALMATY), "Жаркент", "")
    return application("housing_assistance", stage, NOW - 3 * DAY, hearing=heard)


LAST = date(2026, 12, 11)
"""A Friday."""


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (offer(LAST), Kind.ANSWER),
        (offer(LAST, state="refusing"), Kind.REFUSING),
        (invitation(LAST), Kind.ARRIVE),
        (invitation(LAST, state="postponing", used=True), Kind.ARRIVE),
        (invitation(LAST, state="postponed", used=True), Kind.ARRIVE),
        (invitation(LAST, said="come"), Kind.ARRIVE),
        (invitation(LAST, said="decline"), Kind.DECLINED),
        (invitation(LAST, setting=None, place=None), Kind.ARRIVE),
        (invitation(LAST, setting=Setting.HOME), Kind.CALL),
        (unsigned(LAST + 9 * DAY, LAST, LAST + 20 * DAY), Kind.SIGN),
        (choice(LAST), Kind.CHOOSE),
        (choice(LAST, service="special_social_services_inpatient"), Kind.CHOOSE),
        (order(LAST + 6 * DAY, cancel_by=LAST), Kind.CANCEL),
        (order(LAST), Kind.TRAVEL),
    ],
)
def test_on_the_last_day_it_is_there_and_on_the_next_it_is_another_matter(one: Matter | AnyDuty, kind: Kind) -> None:
    (before,) = found(one)
    assert (before.kind, before.day, before.left) == (kind, LAST, 14)
    (last,) = found(one, now=at(LAST))
    assert (last.kind, last.day, last.left) == (kind, LAST, 0)
    assert [its for its in found(one, now=at(LAST + DAY)) if (its.kind, its.day) == (kind, LAST)] == []


@pytest.mark.parametrize(
    ("one", "then"),
    [
        (offer(LAST), []),
        (invitation(LAST), [(Kind.LAPSED, LAST)]),
        (unsigned(LAST, LAST, LAST + 9 * DAY), [(Kind.LAPSED, LAST)]),
        (unsigned(LAST + 9 * DAY, LAST, LAST + 20 * DAY), [(Kind.ARRIVE, LAST + 9 * DAY)]),
        (choice(LAST, service="special_social_services_home"), [(Kind.LAPSED, LAST)]),
        (order(LAST + 6 * DAY, cancel_by=LAST), [(Kind.TRAVEL, LAST + 6 * DAY)]),
        (order(LAST), []),
    ],
)
def test_what_follows_when_the_last_day_is_over(one: Matter | AnyDuty, then: list[tuple[Kind, date]]) -> None:
    """Also where no clock has rung yet."""
    assert [(its.kind, its.day) for its in found(one, now=at(LAST + DAY))] == then


def test_a_choice_is_blocked_on_the_morning_after_its_last_day() -> None:
    one = choice(LAST)
    midnight = datetime.combine(LAST + DAY, time(), ALMATY)
    assert [its.kind for its in found(one, now=midnight)] == [Kind.CHOOSE]
    assert [its.kind for its in found(one, now=at(LAST + DAY))] == [Kind.BLOCKED]


@pytest.mark.parametrize("one", [invitation(TODAY, state="lapsed"), choice(TODAY, state="lapsed")])
def test_what_is_over_is_shown_for_two_weeks(one: AnyDuty) -> None:
    assert len(found(one, now=at(TODAY + REMEMBERED))) == 1
    assert found(one, now=at(TODAY + REMEMBERED + DAY)) == ()


def test_a_blocked_choice_is_shown_until_it_is_reactivated_or_closed() -> None:
    one = choice(TODAY, state="blocked")
    assert [its.kind for its in found(one, now=at(TODAY + 5 * REMEMBERED))] == [Kind.BLOCKED]


def test_a_refused_order_is_shown_for_two_weeks_from_its_letter() -> None:
    one = order(None, state="refused")
    assert [its.kind for its in found(one)] == [Kind.REFUSED]
    assert found(one, now=one.sent + REMEMBERED + DAY) == ()


@pytest.mark.parametrize(
    "one",
    [
        *(offer(LAST, state=state) for state in ("consented", "refused", "cancelled", "withdrawn")),
        invitation(LAST, state="over"),
        choice(LAST, state="over"),
        order(LAST, state="over"),
        order(None, service="technical_aids_surdo"),
    ],
)
def test_what_is_done_is_not_there(one: Matter | AnyDuty) -> None:
    assert found(one) == ()


def test_who_comes_by_the_old_day_after_all_has_nothing_to_sign() -> None:
    (its,) = found(unsigned(LAST, LAST - 3 * DAY, LAST + 9 * DAY, said="come"))
    assert (its.kind, its.day) == (Kind.ARRIVE, LAST)


@pytest.mark.parametrize(
    ("today", "day", "left"),
    [
        (date(2026, 11, 23), date(2026, 11, 24), 1),
        (date(2026, 11, 27), date(2026, 11, 29), 0),  # Friday, Sunday
        (date(2026, 11, 28), date(2026, 11, 30), 1),  # Saturday, Monday
        (date(2026, 12, 11), date(2026, 12, 17), 3),  # the 16th is Independence Day
        (
            date(2026, 12, 30),
            date(2027, 1, 5),
            2,
        ),  # the year ends, the 1st and 2nd are off; Monday the 4th for Saturday
        (date(2028, 2, 25), date(2028, 3, 1), 3),  # the 29th of February is a Tuesday
    ],
)
def test_working_days_left(today: date, day: date, left: int) -> None:
    (its,) = found(invitation(day, sent=at(today)), now=at(today))
    assert its.left == left


def test_outside_the_calendar_nobody_counts() -> None:
    (its,) = found(order(date(2060, 1, 1)))
    assert its.left is None


def test_the_nearest_day_is_first_and_what_is_over_last() -> None:
    names = [
        its.about.id
        for its in found(
            choice(None, id="no day"),
            invitation(TODAY - 9 * DAY, state="lapsed", id="long over"),
            choice(TODAY - 2 * DAY, state="blocked", id="over"),
            invitation(TODAY + 2 * DAY, id="arrive"),
            choice(TODAY + 2 * DAY, id="choose"),
            unsigned(TODAY + 7 * DAY, TODAY + 2 * DAY, TODAY + 20 * DAY, id="sign"),
            offer(TODAY, id="today"),
            order(TODAY + 40 * DAY, cancel_by=TODAY + DAY, id="tomorrow"),
        )
    ]
    assert names == ["today", "tomorrow", "sign", "arrive", "choose", "no day", "over", "long over"]


def test_a_hearing_is_there_until_its_day_is_over() -> None:
    day = date(2026, 11, 26)
    known = ((PAVEL, hearing(day)),)
    (its,) = found(applications=known)
    assert (its.kind, its.day, its.at, its.left) == (Kind.HEARING, day, time(9, 30), 3)
    assert len(found(applications=known, now=datetime.combine(day, time(23, 59), ALMATY))) == 1
    assert found(applications=known, now=at(day + DAY)) == ()


def test_who_is_not_heard_any_more_is_not_told_of_it() -> None:
    day = TODAY + DAY
    silent = structs.replace(hearing(day), hearing=None)
    assert found(applications=((PAVEL, hearing(day, Stage.WITHDRAWN)), (PAVEL, silent))) == ()


def test_a_name_is_said_where_the_phone_serves_several_and_of_a_child() -> None:
    assert [its.whom for its in found(invitation(LAST))] == [""]
    assert [its.whom for its in found(invitation(LAST), persons=(PAVEL, DANA))] == ["Павел"]
    assert [its.whom for its in found(invitation(LAST), offer(LAST, DANA))] == ["Дана", "Павел"]
    assert [its.whom for its in found(choice(LAST, DANA), persons=())] == ["Дана"]
    (heard,) = found(applications=((DANA, hearing(LAST)),), persons=(DANA,))
    assert heard.whom == "Дана"


def test_nothing_personal_is_printed_by_mistake() -> None:
    (its,) = found(invitation(LAST, DANA))
    assert DANA.name not in repr(its)
