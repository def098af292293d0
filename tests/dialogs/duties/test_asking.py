"""What a person may do about an invitation, day by day; every day is written with its weekday."""

from datetime import date, timedelta

import pytest

from dialogs.duties import asking
from dialogs.duties.asking import Act, Verdict
from dialogs.duties.duty import Invitation, Setting
from dialogs.duties.invitation import STATES
from tests.dialogs.duties.lives import AIGUL, LAW, PHONES, PLACE, day, moment, wanted

IN, SEMI = Setting.INPATIENT, Setting.SEMI_INPATIENT
FINE, FAR, DISPUTED, EARLY, LATE = Verdict.FINE, Verdict.FAR, Verdict.DISPUTED, Verdict.EARLY, Verdict.LATE


def invitation(
    arrive_by: date, setting: Setting | None = IN, state: str = "invited", *, used: bool = False
) -> Invitation:
    return Invitation(
        id="in-3",
        person=AIGUL,
        phones=PHONES,
        state=state,
        sent=moment("Mon 16 Nov 2026 10:00"),
        place=PLACE,
        setting=setting,
        arrive_by=arrive_by,
        used=used,
    )


@pytest.mark.parametrize(
    ("setting", "arrive_by", "until", "verdict"),
    [
        # inpatient: thirty calendar days
        (IN, "2026-11-30_Mon", "2026-11-29_Sun", EARLY),
        (IN, "2026-11-30_Mon", "2026-11-30_Mon", EARLY),
        (IN, "2026-11-30_Mon", "2026-12-01_Tue", FINE),
        (IN, "2026-11-30_Mon", "2026-12-16_Wed", FINE),  # the day of independence: calendar days
        (IN, "2026-11-30_Mon", "2026-12-29_Tue", FINE),
        (IN, "2026-11-30_Mon", "2026-12-30_Wed", FINE),
        (IN, "2026-11-30_Mon", "2026-12-31_Thu", FAR),
        (IN, "2026-11-26_Thu", "2026-12-26_Sat", FINE),  # a weekend
        (IN, "2026-11-27_Fri", "2026-12-27_Sun", FINE),
        (IN, "2026-11-27_Fri", "2026-12-28_Mon", FAR),
        (IN, "2026-12-15_Tue", "2027-01-14_Thu", FINE),  # over the year's end
        (IN, "2026-12-15_Tue", "2027-01-15_Fri", FAR),
        (IN, "2026-12-31_Thu", "2027-01-30_Sat", FINE),
        (IN, "2026-12-31_Thu", "2027-01-31_Sun", FAR),
        (IN, "2027-01-30_Sat", "2027-03-01_Mon", FINE),  # February has 28 days
        (IN, "2027-01-30_Sat", "2027-03-02_Tue", FAR),
        (IN, "2028-01-30_Sun", "2028-02-29_Tue", FINE),  # and 29 in a leap year
        (IN, "2028-01-30_Sun", "2028-03-01_Wed", FAR),
        # semi-inpatient: ten under both acts, eleven to fourteen under one of them
        (SEMI, "2026-11-30_Mon", "2026-11-30_Mon", EARLY),
        (SEMI, "2026-11-30_Mon", "2026-12-01_Tue", FINE),
        (SEMI, "2026-11-30_Mon", "2026-12-09_Wed", FINE),
        (SEMI, "2026-11-30_Mon", "2026-12-10_Thu", FINE),
        (SEMI, "2026-11-30_Mon", "2026-12-11_Fri", DISPUTED),
        (SEMI, "2026-11-30_Mon", "2026-12-12_Sat", DISPUTED),
        (SEMI, "2026-11-30_Mon", "2026-12-13_Sun", DISPUTED),
        (SEMI, "2026-11-30_Mon", "2026-12-14_Mon", DISPUTED),
        (SEMI, "2026-11-30_Mon", "2026-12-15_Tue", FAR),
        (SEMI, "2026-11-30_Mon", "2026-12-30_Wed", FAR),
        (SEMI, "2026-12-25_Fri", "2027-01-04_Mon", FINE),
        (SEMI, "2026-12-25_Fri", "2027-01-05_Tue", DISPUTED),
        (SEMI, "2026-12-25_Fri", "2027-01-08_Fri", DISPUTED),
        (SEMI, "2026-12-25_Fri", "2027-01-09_Sat", FAR),
        (SEMI, "2027-02-20_Sat", "2027-03-02_Tue", FINE),
        (SEMI, "2027-02-20_Sat", "2027-03-03_Wed", DISPUTED),
        (SEMI, "2028-02-20_Sun", "2028-03-01_Wed", FINE),
        (SEMI, "2028-02-20_Sun", "2028-03-02_Thu", DISPUTED),
        (SEMI, "2028-02-20_Sun", "2028-03-05_Sun", DISPUTED),
        (SEMI, "2028-02-20_Sun", "2028-03-06_Mon", FAR),
    ],
)
def test_how_far_an_arrival_can_be_put_off(setting: Setting, arrive_by: str, until: str, verdict: Verdict) -> None:
    last = day(arrive_by)
    for today in (last - timedelta(5), last):  # it is counted from the old last day, whenever it is asked
        assert asking.verdict(invitation(last, setting), Act.POSTPONE, today, LAW, day(until)) is verdict


@pytest.mark.parametrize(
    ("today", "verdict"),
    [
        ("2026-11-16_Mon", FINE),
        ("2026-11-29_Sun", FINE),
        ("2026-11-30_Mon", FINE),
        ("2026-12-01_Tue", LATE),
        ("2026-12-05_Sat", LATE),
    ],
)
@pytest.mark.parametrize("act", Act)
def test_until_when_something_can_be_said(act: Act, today: str, verdict: Verdict) -> None:
    until = date(2026, 12, 10) if act is Act.POSTPONE else None
    one = invitation(date(2026, 11, 30))
    assert asking.verdict(one, act, day(today), LAW, until) is verdict
    assert asking.verdict(one, act, day(today), LAW) is verdict


@pytest.mark.parametrize("setting", [Setting.HOME, Setting.TEMPORARY])
def test_at_home_and_for_a_temporary_stay_there_is_nothing_to_postpone(setting: Setting) -> None:
    one, today = invitation(date(2026, 11, 30), setting), date(2026, 11, 20)
    for until in (None, date(2026, 12, 1), date(2027, 1, 1)):
        assert asking.verdict(one, Act.POSTPONE, today, LAW, until) is Verdict.SETTING
    assert asking.verdict(one, Act.COME, today, LAW) is FINE
    assert asking.verdict(one, Act.DECLINE, today, LAW) is FINE


@pytest.mark.parametrize(
    ("state", "used", "verdict"),
    [
        ("invited", False, FINE),
        ("invited", True, Verdict.USED),  # E-Sobes would not have it, or it was not signed
        ("postponing", True, Verdict.PENDING),
        ("unsigned", True, Verdict.PENDING),
        ("postponed", True, Verdict.USED),
        ("lapsed", False, LATE),
        ("lapsed", True, LATE),
        ("over", False, Verdict.OVER),
        ("over", True, Verdict.OVER),
    ],
)
def test_it_can_be_postponed_once(state: str, used: bool, verdict: Verdict) -> None:
    for setting in (IN, SEMI):
        one = invitation(date(2026, 11, 30), setting, state, used=used)
        for until in (None, date(2026, 12, 5)):
            assert asking.verdict(one, Act.POSTPONE, date(2026, 11, 20), LAW, until) is verdict


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", [Act.COME, Act.DECLINE])
def test_whoever_is_invited_may_say_whether_they_come(state: str, act: Act) -> None:
    closed = {"lapsed": LATE, "over": Verdict.OVER}
    one = invitation(date(2026, 11, 30), state=state, used=True)
    assert asking.verdict(one, act, date(2026, 11, 20), LAW) is closed.get(state, FINE)


def test_what_e_sobes_has_not_told_of_cannot_be_postponed() -> None:
    one = invitation(date(2026, 11, 30), None)
    assert asking.verdict(one, Act.POSTPONE, date(2026, 11, 20), LAW) is Verdict.UNTOLD


@pytest.mark.parametrize(
    ("setting", "arrive_by", "today", "first", "last"),
    [
        (IN, "2026-11-30_Mon", "2026-11-20_Fri", "2026-12-01_Tue", "2026-12-30_Wed"),
        (IN, "2026-11-30_Mon", "2026-11-30_Mon", "2026-12-01_Tue", "2026-12-30_Wed"),
        (SEMI, "2026-12-25_Fri", "2026-12-20_Sun", "2026-12-26_Sat", "2027-01-04_Mon"),
        (SEMI, "2028-02-20_Sun", "2028-02-20_Sun", "2028-02-21_Mon", "2028-03-01_Wed"),
    ],
)
def test_the_days_to_choose_from_are_those_that_all_acts_allow(
    setting: Setting, arrive_by: str, today: str, first: str, last: str
) -> None:
    one = invitation(day(arrive_by), setting)
    found = asking.allowed(one, day(today), LAW)
    assert found == (day(first), day(last))
    for place in range(-3, 60):
        until = one.arrive_by + timedelta(place)
        fine = asking.verdict(one, Act.POSTPONE, day(today), LAW, until) is FINE
        assert fine == (found[0] <= until <= found[1])


def test_nothing_of_a_wish_is_shown_by_mistake() -> None:
    asked = wanted(date(2026, 12, 30), moment("Mon 16 Nov 2026 12:00"))
    assert PHONES[0] not in repr(asked)
    assert AIGUL.name not in repr(invitation(date(2026, 11, 30)))
