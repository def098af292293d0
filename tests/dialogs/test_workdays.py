"""The calendar by which citizens are told their dates, checked against the days named in the law and the orders."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from dialogs.workdays import CalendarError, Workdays, load

WORKDAYS = load()
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

WORKED = """
    Sun 2025-01-05    Mon 2025-01-06    Wed 2025-01-08    Tue 2025-03-11    Wed 2025-03-26    Fri 2025-05-02
    Thu 2025-05-08    Thu 2025-06-05    Mon 2025-06-09    Tue 2025-09-02    Fri 2025-10-24    Wed 2025-12-31
    Mon 2026-01-05    Thu 2026-01-08    Tue 2026-03-10    Mon 2026-03-16    Thu 2026-03-26    Fri 2026-05-08
    Tue 2026-05-12    Thu 2026-05-28    Tue 2026-07-07    Mon 2026-08-31    Tue 2026-09-01    Tue 2026-10-27
    Thu 2026-12-31    Tue 2027-01-05    Fri 2027-01-08    Tue 2027-03-09    Tue 2027-03-16    Thu 2027-03-25
    Tue 2027-05-04    Tue 2027-05-11    Mon 2027-05-17    Mon 2027-08-30    Tue 2027-10-26    Fri 2027-12-31
"""
OFF = """
    Wed 2025-01-01    Thu 2025-01-02    Fri 2025-01-03    Sat 2025-01-04    Tue 2025-01-07    Mon 2025-03-10
    Fri 2025-03-21    Mon 2025-03-24    Tue 2025-03-25    Thu 2025-05-01    Wed 2025-05-07    Fri 2025-05-09
    Fri 2025-06-06    Mon 2025-07-07    Mon 2025-09-01    Mon 2025-10-27    Tue 2025-12-16
    Thu 2026-01-01    Fri 2026-01-02    Wed 2026-01-07    Mon 2026-03-09    Sun 2026-03-15    Mon 2026-03-23
    Tue 2026-03-24    Wed 2026-03-25    Fri 2026-05-01    Thu 2026-05-07    Mon 2026-05-11    Wed 2026-05-27
    Mon 2026-07-06    Sun 2026-08-30    Mon 2026-10-26    Wed 2026-12-16
    Fri 2027-01-01    Mon 2027-01-04    Thu 2027-01-07    Mon 2027-03-08    Mon 2027-03-15    Mon 2027-03-22
    Tue 2027-03-23    Wed 2027-03-24    Mon 2027-05-03    Fri 2027-05-07    Mon 2027-05-10    Sun 2027-05-16
    Tue 2027-07-06    Mon 2027-10-25    Thu 2027-12-16
"""


def days(table: str) -> list[tuple[str, date]]:
    words = table.split()
    return [(weekday, date.fromisoformat(day)) for weekday, day in zip(words[::2], words[1::2], strict=True)]


@pytest.mark.parametrize(("weekday", "day"), days(WORKED))
def test_a_day_is_worked(weekday: str, day: date) -> None:
    assert WEEKDAYS[day.weekday()] == weekday
    assert WORKDAYS.is_working(day)
    assert WORKDAYS.next_working(day) == day


@pytest.mark.parametrize(("weekday", "day"), days(OFF))
def test_a_day_is_off(weekday: str, day: date) -> None:
    assert WEEKDAYS[day.weekday()] == weekday
    assert not WORKDAYS.is_working(day)
    assert WORKDAYS.next_working(day) > day


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_no_other_weekday_of_the_year_is_off(year: int) -> None:
    named = {day for _, day in days(OFF)}
    first = date(year, 1, 1)
    weekdays = (day for n in range(365) if (day := first + timedelta(n)).isoweekday() < 6)
    assert {day for day in weekdays if not WORKDAYS.is_working(day)} <= named


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        ("Sat 2026-11-21", 1, "Mon 2026-11-23"),
        ("Mon 2026-11-23", 5, "Mon 2026-11-30"),
        ("Fri 2026-11-20", 5, "Fri 2026-11-27"),
        ("Tue 2024-12-31", 1, "Sun 2025-01-05"),
        ("Tue 2024-12-31", 3, "Wed 2025-01-08"),
        ("Thu 2025-06-05", 1, "Mon 2025-06-09"),
        ("Fri 2026-08-28", 1, "Mon 2026-08-31"),
        ("Thu 2026-12-31", 1, "Tue 2027-01-05"),
        ("Mon 2026-12-14", 15, "Fri 2027-01-08"),
        ("Fri 2027-03-12", 1, "Tue 2027-03-16"),
        ("Fri 2027-03-19", 5, "Wed 2027-03-31"),
    ],
)
def test_the_nth_working_day_is_found(day: str, count: int, due: str) -> None:
    (_, start), (weekday, expected) = days(f"{day} {due}")
    assert WEEKDAYS[expected.weekday()] == weekday
    assert WORKDAYS.add(start, count) == expected


def test_counting_by_table_and_day_by_day_agree() -> None:
    start = date(2025, 12, 20)
    for count in range(1, 300):
        day, left = start, count
        while left:
            day += timedelta(1)
            left -= WORKDAYS.is_working(day)
        assert WORKDAYS.add(start, count) == day


def test_a_worked_sunday_has_the_hours_of_the_day_it_replaces() -> None:
    assert WORKDAYS.weekday(date(2025, 1, 5)) == date(2025, 1, 3).isoweekday() == 5
    assert WORKDAYS.weekday(date(2026, 11, 22)) == 7


def test_a_saturday_holiday_is_known_as_one() -> None:
    assert WORKDAYS.is_holiday(date(2027, 5, 1))
    assert not WORKDAYS.is_holiday(date(2026, 11, 21))


def test_days_outside_the_calendar_are_refused_clearly() -> None:
    with pytest.raises(CalendarError, match="outside the calendar"):
        WORKDAYS.is_working(date(2051, 1, 1))
    with pytest.raises(CalendarError, match="ends in"):
        WORKDAYS.add(date(2050, 12, 31), 1)
    with pytest.raises(ValueError, match="counted from 1"):
        WORKDAYS.add(date(2026, 1, 1), 0)


def test_an_announced_kurban_ait_replaces_the_estimate(tmp_path: Path) -> None:
    assert announced(tmp_path, "2028-05-08").is_working(date(2028, 5, 5))
    assert not announced(tmp_path, "2028-05-08").is_working(date(2028, 5, 8))
    assert not WORKDAYS.is_working(date(2028, 5, 5))


DAY = '[working_day]\nends = 18:00:00\nsource = "a test"\n'


def announced(folder: Path, day: str) -> Workdays:
    file = folder / "calendar.toml"
    file.write_text(f'{DAY}[[year]]\nyear = 2028\nkurban_ait = {day}\nsource = "a test"\n')
    return load(file)


def test_an_entry_without_a_source_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(f"{DAY}[[year]]\nyear = 2028\n")
    with pytest.raises(CalendarError, match=r"calendar\.toml: .*source"):
        load(file)


def missing(workdays: Workdays, today: date) -> set[int]:
    """Years that must be in the calendar by now. The orders for a year come out in the autumn before it."""
    needed = {today.year, today.year + 1} if today.month >= 10 else {today.year}
    return needed - workdays.known


def test_somebody_has_looked_through_this_year_and_from_october_the_next() -> None:
    assert not missing(WORKDAYS, date.today()), "add the year to dialogs/calendar.toml"


def test_a_calendar_that_lacks_next_year_is_noticed() -> None:
    assert missing(WORKDAYS, date(max(WORKDAYS.known), 9, 30)) == set()
    assert missing(WORKDAYS, date(max(WORKDAYS.known), 10, 1)) == {max(WORKDAYS.known) + 1}


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        ("Thu 2026-11-26", 3, "Mon 2026-11-23"),
        ("Thu 2026-11-26", 1, "Wed 2026-11-25"),
        ("Mon 2026-11-23", 1, "Fri 2026-11-20"),
        ("Sun 2026-11-22", 1, "Fri 2026-11-20"),
        ("Sat 2026-11-21", 3, "Wed 2026-11-18"),
        ("Thu 2026-12-17", 1, "Tue 2026-12-15"),
        ("Tue 2027-01-05", 1, "Thu 2026-12-31"),
        ("Fri 2027-01-08", 3, "Thu 2026-12-31"),
        ("Mon 2025-01-06", 1, "Sun 2025-01-05"),
        ("Thu 2027-03-25", 2, "Thu 2027-03-18"),
    ],
)
def test_the_nth_working_day_before_is_found(day: str, count: int, before: str) -> None:
    (_, start), (weekday, expected) = days(f"{day} {before}")
    assert WEEKDAYS[expected.weekday()] == weekday
    assert WORKDAYS.before(start, count) == expected


@pytest.mark.parametrize("count", [1, 3, 10])
def test_counting_back_and_forth_leads_to_the_same_working_day(count: int) -> None:
    for number in range(730):
        day = date(2026, 1, 1) + timedelta(number)
        assert WORKDAYS.before(WORKDAYS.add(day, count), count) == WORKDAYS.before(day + timedelta(1), 1)
        assert WORKDAYS.between(WORKDAYS.before(day, count), day) == count - (not WORKDAYS.is_working(day))


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        ("2026-11-20", "2026-11-20", 0),
        ("2026-11-20", "2026-11-22", 0),
        ("2026-11-20", "2026-11-23", 1),
        ("2026-11-21", "2026-11-27", 5),
        ("2026-12-31", "2027-01-08", 3),
        ("2026-11-23", "2026-11-20", 0),
    ],
)
def test_working_days_that_are_left_are_counted(first: str, last: str, left: int) -> None:
    assert WORKDAYS.between(date.fromisoformat(first), date.fromisoformat(last)) == left


def test_nothing_is_counted_back_beyond_the_calendar() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        WORKDAYS.before(date(2026, 11, 22), 0)
    with pytest.raises(CalendarError, match="begins in 2023"):
        WORKDAYS.before(date(2023, 1, 9), 9)
    with pytest.raises(CalendarError, match="outside the calendar"):
        WORKDAYS.before(date(2051, 1, 9), 1)
    assert WORKDAYS.before(date(2023, 1, 9), 3) == date(2023, 1, 4)
