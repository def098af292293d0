"""Opening hours are those of the acts, on their days; where the acts name none, none are invented."""

from datetime import date, time, timedelta
from itertools import combinations

import pytest

from dialogs.catalogue.catalogue import Catalogue
from dialogs.catalogue.schema import Hours, Status

TODAY = date(2026, 11, 21)
WEEK = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("office", "hours"),
    [
        ("state_corp", [Hours(WEEK, time(9), time(18))]),
        ("state_corp_duty", [Hours(WEEK, time(9), time(20)), Hours([6], time(9), time(13))]),
        ("department", [Hours(WEEK, time(9), time(17, 30), time(13), time(14, 30))]),
        ("akim", [Hours(WEEK, time(9), time(17, 30), time(13), time(14, 30))]),
        ("department_care", [Hours(WEEK, time(9), time(17))]),
    ],
    ids=["84 annex 2 row 7", "84 annex 2 row 7: on duty", "84 annex 2 row 7: reception", "akim", "197 annex 4 row 8"],
)
def test_the_hours_are_those_of_the_act(catalogue: Catalogue, office: str, hours: list[Hours]) -> None:
    assert catalogue.office(office, TODAY).hours == hours


@pytest.mark.parametrize("office", ["contact_centre", "department_aids", "guardianship", "shelter"])
def test_no_hours_are_invented(catalogue: Catalogue, office: str) -> None:
    known = catalogue.office(office, TODAY)
    assert not known.hours
    assert not known.always_open


def test_the_clock_times_of_the_departments_end_with_order_194(catalogue: Catalogue) -> None:
    before = catalogue.office("department_aids", date(2026, 5, 25))
    assert before.hours == [Hours(WEEK, time(9), time(18), time(13), time(15))]
    assert before.status is Status.UNCERTAIN
    assert not catalogue.office("department_aids", date(2026, 5, 26)).hours


def test_the_phones_are_those_of_the_contact_centre(catalogue: Catalogue) -> None:
    assert catalogue.office("contact_centre", TODAY).phones == ["1414", "8 800 080 7777"]


def test_the_days_of_one_office_adjoin(catalogue: Catalogue) -> None:
    for one, other in combinations(catalogue.offices, 2):
        if one.id == other.id:
            first, second = sorted((one, other), key=lambda office: office.since)
            assert first.until is not None
            assert second.since == first.until + timedelta(1), one.id
