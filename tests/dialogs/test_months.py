from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import months

DAYS = st.dates(date(2020, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("day", "number", "later"),
    [
        ("2026-11-22", 1, "2026-12-22"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2027-12-29", 2, "2028-02-29"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 12, "2027-11-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 1, "2028-03-29"),
        ("2027-01-15", -1, "2026-12-15"),
        ("2026-11-22", 0, "2026-11-22"),
    ],
)
def test_a_month_later_is_the_same_number_or_the_months_last_day(day: str, number: int, later: str) -> None:
    assert months.after(date.fromisoformat(day), number) == date.fromisoformat(later)


@given(DAYS, st.integers(0, 36))
def test_a_later_month_never_spills_over_into_the_next(day: date, number: int) -> None:
    later = months.after(day, number)
    assert (later.year - day.year) * 12 + later.month - day.month == number
    assert later.day == day.day or (later.day < day.day and later == months.end(later))


@given(DAYS)
def test_the_day_after_the_end_of_a_month_is_a_first(day: date) -> None:
    end = months.end(day)
    assert end >= day
    assert (end + timedelta(1)).day == 1
    assert (end.year, end.month) == (day.year, day.month)
