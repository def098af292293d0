"""Opening hours around lunch, evenings, weekends, holidays and moved days."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from dialogs import workdays
from dialogs.catalogue.schema import Hours, Office, Source
from dialogs.hours import Opening, State, counted_from, opening

WORKDAYS = workdays.load()
ALMATY = ZoneInfo("Asia/Almaty")
SOURCE = Source(act="84", at="annex 2 row 7")
WEEK = [1, 2, 3, 4, 5]


def office(*hours: Hours, always_open: bool = False) -> Office:
    return Office(id="office", source=SOURCE, since=date(2023, 7, 1), hours=list(hours), always_open=always_open)


DEPARTMENT = office(Hours(days=WEEK, opens=time(9), closes=time(17, 30), lunch_from=time(13), lunch_to=time(14, 30)))
DUTY = office(
    Hours(days=WEEK, opens=time(9), closes=time(20)),
    Hours(days=[6], opens=time(9), closes=time(13)),
)
EGOV = office(always_open=True)
SHELTER = office()


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("now", "state", "until", "closes"),
    [
        ("2026-11-23 08:59", State.CLOSED, "2026-11-23 09:00", None),
        ("2026-11-23 09:00", State.OPEN, "2026-11-23 13:00", "2026-11-23 17:30"),
        ("2026-11-23 13:00", State.LUNCH, "2026-11-23 14:30", None),
        ("2026-11-23 14:30", State.OPEN, "2026-11-23 17:30", "2026-11-23 17:30"),
        ("2026-11-23 17:30", State.CLOSED, "2026-11-24 09:00", None),
        ("2026-11-20 19:00", State.CLOSED, "2026-11-23 09:00", None),
        ("2026-11-21 10:00", State.CLOSED, "2026-11-23 09:00", None),
        ("2026-12-31 18:00", State.CLOSED, "2027-01-05 09:00", None),
        ("2027-03-15 10:00", State.CLOSED, "2027-03-16 09:00", None),
        ("2026-08-31 10:00", State.OPEN, "2026-08-31 13:00", "2026-08-31 17:30"),
        ("2025-01-05 10:00", State.OPEN, "2025-01-05 13:00", "2025-01-05 17:30"),
        ("2025-01-03 10:00", State.CLOSED, "2025-01-05 09:00", None),
    ],
)
def test_a_department_opens_and_closes(now: str, state: State, until: str, closes: str | None) -> None:
    assert opening(DEPARTMENT, WORKDAYS, at(now)) == Opening(state, at(until), at(closes) if closes else None)


@pytest.mark.parametrize(
    ("now", "state", "until"),
    [
        ("2026-11-21 10:00", State.OPEN, "2026-11-21 13:00"),
        ("2026-11-21 13:00", State.CLOSED, "2026-11-23 09:00"),
        ("2026-11-20 20:00", State.CLOSED, "2026-11-21 09:00"),
        ("2027-05-01 10:00", State.CLOSED, "2027-05-04 09:00"),
    ],
)
def test_a_duty_department_works_on_saturdays_but_not_on_holidays(now: str, state: State, until: str) -> None:
    found = opening(DUTY, WORKDAYS, at(now))
    assert (found.state, found.until) == (state, at(until))


def test_egov_never_closes_and_a_shelter_names_no_hours() -> None:
    assert opening(EGOV, WORKDAYS, at("2027-01-01 03:00")) == Opening(State.ALWAYS_OPEN)
    assert opening(SHELTER, WORKDAYS, at("2026-11-23 10:00")) == Opening(State.UNKNOWN)


@pytest.mark.parametrize(
    ("place", "now", "counted"),
    [
        (DEPARTMENT, "2026-11-23 07:00", "2026-11-23"),
        (DEPARTMENT, "2026-11-23 13:30", "2026-11-23"),
        (DEPARTMENT, "2026-11-23 17:29", "2026-11-23"),
        (DEPARTMENT, "2026-11-23 17:30", "2026-11-24"),
        (DEPARTMENT, "2026-11-20 18:00", "2026-11-23"),
        (DEPARTMENT, "2026-12-31 18:00", "2027-01-05"),
        (DUTY, "2026-11-23 19:59", "2026-11-23"),
        (DUTY, "2026-11-21 10:00", "2026-11-23"),
        (EGOV, "2026-11-23 17:59", "2026-11-23"),
        (EGOV, "2026-11-23 18:00", "2026-11-24"),
        (EGOV, "2026-11-22 03:00", "2026-11-23"),
        (SHELTER, "2026-11-23 10:00", "2026-11-23"),
        (DEPARTMENT, "2025-01-05 10:00", "2025-01-05"),
    ],
)
def test_papers_count_from_a_working_day(place: Office, now: str, counted: str) -> None:
    assert counted_from(place, WORKDAYS, at(now)) == date.fromisoformat(counted)
