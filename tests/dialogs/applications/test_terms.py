"""When an answer is due, in working days; and from which day on it is late."""

from datetime import date, datetime, timedelta, timezone

import pytest
from msgspec import structs

from dialogs.applications.application import Hearing, Stage
from dialogs.applications.terms import AWAITED, due_on, overdue
from dialogs.dialogue import Dialogue
from tests.dialogs.applications.cases import KINDS, NOW, SERVICES, UNKNOWN, case
from tests.dialogs.registry import ALMATY

MONDAY = date(2026, 11, 23)
NO_TERM = {"special_social_services_temporary", "provider_register"}


@pytest.mark.parametrize(
    ("kind", "registered", "due"),
    [
        ("aid", date(2026, 11, 23), date(2026, 11, 30)),  # Monday + 5 → Monday
        ("aid", date(2026, 11, 20), date(2026, 11, 27)),  # Friday + 5 → Friday
        ("aid", date(2026, 12, 11), date(2026, 12, 21)),  # Friday; Wednesday 16 December is off → Monday
        ("sanatorium", date(2026, 12, 30), date(2027, 1, 11)),  # 1, 4 and 7 January are off → Monday
        ("assistant", date(2026, 11, 23), date(2026, 11, 30)),
        ("sign_language", date(2026, 11, 23), date(2026, 11, 30)),
        ("inpatient", date(2026, 11, 23), date(2026, 12, 14)),  # 15 → Monday
        ("semi_inpatient", date(2026, 11, 23), date(2026, 12, 14)),
        ("home", date(2026, 11, 27), date(2026, 12, 21)),  # 15, over 16 December → Monday
        ("local_aid", date(2026, 11, 23), date(2026, 12, 3)),  # 8 → Thursday
        ("schooling", date(2026, 11, 23), date(2026, 12, 3)),
        ("housing", date(2026, 11, 23), date(2026, 12, 1)),  # 6 → Tuesday
        ("nuclear", date(2026, 11, 23), date(2026, 12, 22)),  # 20, the longest: for what it is, is not known
        ("certificate", date(2026, 11, 23), date(2026, 11, 30)),
        ("property", date(2026, 11, 23), date(2026, 11, 30)),
        ("migrant", date(2026, 11, 23), date(2026, 11, 25)),  # 2 → Wednesday
    ],
)
def test_it_is_due_so_many_working_days_after_it_was_registered(
    dialogue: Dialogue, kind: str, registered: date, due: date
) -> None:
    its = structs.replace(case(KINDS[kind], Stage.UNDER_REVIEW), registered_on=registered)
    assert due_on(its, dialogue.guide) == due


def test_where_the_law_names_no_term_none_is_promised(dialogue: Dialogue) -> None:
    for service in (*NO_TERM, UNKNOWN):
        assert due_on(case(service, Stage.UNDER_REVIEW), dialogue.guide) is None
    for service in set(SERVICES) - NO_TERM:
        assert due_on(case(service, Stage.UNDER_REVIEW), dialogue.guide) is not None, service


def test_what_e_sobes_says_counts_first(dialogue: Dialogue) -> None:
    its = structs.replace(case(KINDS["aid"], Stage.UNDER_REVIEW), due_on=date(2026, 12, 24))
    assert due_on(its, dialogue.guide) == date(2026, 12, 24)
    assert due_on(structs.replace(its, service=UNKNOWN), dialogue.guide) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("channel", "due"),
    [
        ("egov", date(2026, 11, 27)),  # from filing, on Saturday
        ("EGOV", date(2026, 11, 27)),
        ("state_corp", date(2026, 11, 30)),
        ("State Corp", date(2026, 11, 30)),
        ("office", date(2026, 11, 30)),
        ("akim", date(2026, 11, 30)),  # no term of its own: the latest of all
        ("sms", date(2026, 11, 30)),
        ("", date(2026, 11, 30)),
        ("голубиная почта", date(2026, 11, 30)),
    ],
)
def test_the_term_is_that_of_the_way_it_came(dialogue: Dialogue, channel: str, due: date) -> None:
    filed = datetime(2026, 11, 20, 20, 30, tzinfo=timezone.utc)  # noqa: UP017 - at home it is Saturday, 01:30
    its = structs.replace(
        case(KINDS["aid"], Stage.UNDER_REVIEW), submitted_at=filed, registered_on=MONDAY, channel=channel
    )
    assert due_on(its, dialogue.guide) == due


def test_of_a_time_whose_rules_nobody_has_read_nothing_is_said(dialogue: Dialogue) -> None:
    its = case(KINDS["assistant"], Stage.UNDER_REVIEW)
    for registered in (date(2025, 3, 3), date(2019, 3, 4), date(2050, 12, 31), date(2099, 1, 1)):
        due_on(structs.replace(its, registered_on=registered), dialogue.guide)
    assert due_on(structs.replace(its, registered_on=date(2025, 3, 3)), dialogue.guide) is None


@pytest.mark.parametrize("stage", Stage)
def test_it_is_late_from_the_day_after_and_only_while_the_office_has_to_answer(
    dialogue: Dialogue, stage: Stage
) -> None:
    its = structs.replace(case(KINDS["aid"], stage), registered_on=date(2026, 11, 16), hearing=None)
    assert due_on(its, dialogue.guide) == MONDAY
    assert not overdue(its, MONDAY, dialogue.guide)
    assert overdue(its, MONDAY + timedelta(1), dialogue.guide) == (stage in AWAITED)


def test_a_holiday_is_no_day_on_which_it_becomes_late(dialogue: Dialogue) -> None:
    its = structs.replace(case(KINDS["aid"], Stage.UNDER_REVIEW), registered_on=date(2026, 12, 9))
    assert due_on(its, dialogue.guide) == date(2026, 12, 17)  # not Wednesday the 16th
    assert not overdue(its, date(2026, 12, 17), dialogue.guide)
    assert overdue(its, date(2026, 12, 18), dialogue.guide)


def test_where_the_office_may_lengthen_the_term_nothing_is_late_before_it_is_late_for_certain(
    dialogue: Dialogue,
) -> None:
    its = structs.replace(case(KINDS["nuclear"], Stage.UNDER_REVIEW), registered_on=date(2026, 10, 23))
    due = due_on(its, dialogue.guide)
    assert due == date(2026, 11, 23)  # Republic Day, Sunday the 25th, moves to Monday
    assert not overdue(its, date(2026, 12, 24), dialogue.guide)
    assert overdue(its, date(2026, 12, 25), dialogue.guide)
    assert overdue(structs.replace(its, due_on=due), date(2026, 11, 24), dialogue.guide)


def test_before_a_hearing_nothing_is_late(dialogue: Dialogue) -> None:
    its = structs.replace(case(KINDS["aid"], Stage.HEARING_SCHEDULED), registered_on=date(2026, 11, 2))
    today = NOW.date()
    for day, late in ((today, False), (today + timedelta(3), False), (today - timedelta(1), True)):
        at = datetime(day.year, day.month, day.day, 10, tzinfo=ALMATY)
        assert overdue(structs.replace(its, hearing=Hearing(at, "", "")), today, dialogue.guide) is late
