"""The days to answer in, counted by hand from the holidays of the law and the orders that moved days of rest."""

from datetime import date, datetime, time, timedelta

import pytest

from dialogs import workdays
from dialogs.matters import rules, window
from dialogs.matters.rules import Rules
from gateway.clock import ALMATY

WORKDAYS = workdays.load()
NIGHT = (time(21), time(9))

BY_NIGHT_NOTHING_LEAVES = """
    # opened                  question leaves          last day          closes at 00:00 of
    # An ordinary week, its weekend and its nights
    Mon 2026-11-16 09:00:00   Mon 2026-11-16 09:00:00  Thu 2026-11-19    Fri 2026-11-20
    Thu 2026-11-19 12:00:00   Thu 2026-11-19 12:00:00  Tue 2026-11-24    Wed 2026-11-25
    Thu 2026-11-19 20:59:59   Thu 2026-11-19 20:59:59  Tue 2026-11-24    Wed 2026-11-25
    Thu 2026-11-19 21:00:00   Fri 2026-11-20 09:00:00  Wed 2026-11-25    Thu 2026-11-26
    Thu 2026-11-19 23:59:59   Fri 2026-11-20 09:00:00  Wed 2026-11-25    Thu 2026-11-26
    Fri 2026-11-20 00:00:00   Fri 2026-11-20 09:00:00  Wed 2026-11-25    Thu 2026-11-26
    Fri 2026-11-20 08:59:59   Fri 2026-11-20 09:00:00  Wed 2026-11-25    Thu 2026-11-26
    Fri 2026-11-20 23:10:00   Sat 2026-11-21 09:00:00  Wed 2026-11-25    Thu 2026-11-26
    Sat 2026-11-21 12:00:00   Sat 2026-11-21 12:00:00  Wed 2026-11-25    Thu 2026-11-26
    Sun 2026-11-22 12:00:00   Sun 2026-11-22 12:00:00  Wed 2026-11-25    Thu 2026-11-26
    Sun 2026-11-22 23:00:00   Mon 2026-11-23 09:00:00  Thu 2026-11-26    Fri 2026-11-27

    # New Year 2025: Friday 3 January is off, Sunday 5 January is worked for it; 7 January is off
    Tue 2024-12-31 12:00:00   Tue 2024-12-31 12:00:00  Wed 2025-01-08    Thu 2025-01-09
    Fri 2025-01-03 12:00:00   Fri 2025-01-03 12:00:00  Wed 2025-01-08    Thu 2025-01-09
    Sat 2025-01-04 22:00:00   Sun 2025-01-05 09:00:00  Thu 2025-01-09    Fri 2025-01-10
    Sun 2025-01-05 12:00:00   Sun 2025-01-05 12:00:00  Thu 2025-01-09    Fri 2025-01-10
    Mon 2025-01-06 12:00:00   Mon 2025-01-06 12:00:00  Fri 2025-01-10    Sat 2025-01-11
    # 8 March 2025 is a Saturday: Monday is off for it
    Fri 2025-03-07 12:00:00   Fri 2025-03-07 12:00:00  Thu 2025-03-13    Fri 2025-03-14
    # Nauryz 2025: Friday to Sunday, so Monday and Tuesday are off as well
    Thu 2025-03-20 12:00:00   Thu 2025-03-20 12:00:00  Fri 2025-03-28    Sat 2025-03-29
    Thu 2025-03-20 23:59:59   Fri 2025-03-21 09:00:00  Fri 2025-03-28    Sat 2025-03-29
    Fri 2025-03-21 23:30:00   Sat 2025-03-22 09:00:00  Fri 2025-03-28    Sat 2025-03-29
    Tue 2025-03-25 12:00:00   Tue 2025-03-25 12:00:00  Fri 2025-03-28    Sat 2025-03-29
    # May 2025: the 1st, the 7th and the 9th
    Wed 2025-04-30 12:00:00   Wed 2025-04-30 12:00:00  Tue 2025-05-06    Wed 2025-05-07
    Tue 2025-05-06 12:00:00   Tue 2025-05-06 12:00:00  Tue 2025-05-13    Wed 2025-05-14
    Fri 2025-05-09 10:00:00   Fri 2025-05-09 10:00:00  Wed 2025-05-14    Thu 2025-05-15
    # Kurban Ait 2025: Friday 6 June
    Thu 2025-06-05 12:00:00   Thu 2025-06-05 12:00:00  Wed 2025-06-11    Thu 2025-06-12
    Fri 2025-06-06 12:00:00   Fri 2025-06-06 12:00:00  Wed 2025-06-11    Thu 2025-06-12
    # Sunday 6 July, Saturday 30 August and Saturday 25 October 2025: the Mondays after them are off
    Fri 2025-07-04 12:00:00   Fri 2025-07-04 12:00:00  Thu 2025-07-10    Fri 2025-07-11
    Fri 2025-08-29 12:00:00   Fri 2025-08-29 12:00:00  Thu 2025-09-04    Fri 2025-09-05
    Fri 2025-10-24 22:15:00   Sat 2025-10-25 09:00:00  Thu 2025-10-30    Fri 2025-10-31
    Mon 2025-12-15 12:00:00   Mon 2025-12-15 12:00:00  Fri 2025-12-19    Sat 2025-12-20

    # New Year 2026: Thursday and Friday; Wednesday 7 January
    Mon 2025-12-29 12:00:00   Mon 2025-12-29 12:00:00  Mon 2026-01-05    Tue 2026-01-06
    Wed 2025-12-31 12:00:00   Wed 2025-12-31 12:00:00  Thu 2026-01-08    Fri 2026-01-09
    Thu 2026-01-01 12:00:00   Thu 2026-01-01 12:00:00  Thu 2026-01-08    Fri 2026-01-09
    # 8 March 2026 is a Sunday; 15 March 2026, also a Sunday, was not yet Constitution Day
    Fri 2026-03-06 12:00:00   Fri 2026-03-06 12:00:00  Thu 2026-03-12    Fri 2026-03-13
    Fri 2026-03-13 12:00:00   Fri 2026-03-13 12:00:00  Wed 2026-03-18    Thu 2026-03-19
    # Nauryz 2026: Saturday to Monday, so Tuesday and Wednesday are off as well
    Fri 2026-03-20 12:00:00   Fri 2026-03-20 12:00:00  Mon 2026-03-30    Tue 2026-03-31
    Fri 2026-03-20 22:00:00   Sat 2026-03-21 09:00:00  Mon 2026-03-30    Tue 2026-03-31
    Tue 2026-03-24 12:00:00   Tue 2026-03-24 12:00:00  Mon 2026-03-30    Tue 2026-03-31
    # May 2026: the 1st, the 7th, and Monday the 11th for Saturday the 9th
    Thu 2026-04-30 12:00:00   Thu 2026-04-30 12:00:00  Wed 2026-05-06    Thu 2026-05-07
    Wed 2026-05-06 12:00:00   Wed 2026-05-06 12:00:00  Wed 2026-05-13    Thu 2026-05-14
    # Kurban Ait 2026: Wednesday 27 May
    Tue 2026-05-26 12:00:00   Tue 2026-05-26 12:00:00  Mon 2026-06-01    Tue 2026-06-02
    Fri 2026-07-03 12:00:00   Fri 2026-07-03 12:00:00  Thu 2026-07-09    Fri 2026-07-10
    # 30 August is no holiday any more: Monday 31 August 2026 is worked
    Thu 2026-08-27 12:00:00   Thu 2026-08-27 12:00:00  Tue 2026-09-01    Wed 2026-09-02
    Fri 2026-08-28 12:00:00   Fri 2026-08-28 12:00:00  Wed 2026-09-02    Thu 2026-09-03
    Sun 2026-08-30 12:00:00   Sun 2026-08-30 12:00:00  Wed 2026-09-02    Thu 2026-09-03
    Mon 2026-08-31 12:00:00   Mon 2026-08-31 12:00:00  Thu 2026-09-03    Fri 2026-09-04
    # Republic Day 2026 is Sunday 25 October: Monday is off
    Fri 2026-10-23 12:00:00   Fri 2026-10-23 12:00:00  Thu 2026-10-29    Fri 2026-10-30
    Sun 2026-10-25 12:00:00   Sun 2026-10-25 12:00:00  Thu 2026-10-29    Fri 2026-10-30
    Sun 2026-10-25 23:59:59   Mon 2026-10-26 09:00:00  Thu 2026-10-29    Fri 2026-10-30
    Mon 2026-10-26 22:00:00   Tue 2026-10-27 09:00:00  Fri 2026-10-30    Sat 2026-10-31
    Tue 2026-12-15 12:00:00   Tue 2026-12-15 12:00:00  Mon 2026-12-21    Tue 2026-12-22

    # New Year 2027: Friday, Monday for Saturday 2 January, and Thursday 7 January
    Mon 2026-12-28 12:00:00   Mon 2026-12-28 12:00:00  Thu 2026-12-31    Fri 2027-01-01
    Thu 2026-12-31 12:00:00   Thu 2026-12-31 12:00:00  Fri 2027-01-08    Sat 2027-01-09
    Thu 2026-12-31 23:59:59   Fri 2027-01-01 09:00:00  Fri 2027-01-08    Sat 2027-01-09
    Sat 2027-01-02 12:00:00   Sat 2027-01-02 12:00:00  Fri 2027-01-08    Sat 2027-01-09
    Mon 2027-01-04 23:00:00   Tue 2027-01-05 09:00:00  Mon 2027-01-11    Tue 2027-01-12
    # Monday 8 March, then Monday 15 March: the first Constitution Day in spring on a weekday
    Fri 2027-03-05 12:00:00   Fri 2027-03-05 12:00:00  Thu 2027-03-11    Fri 2027-03-12
    Fri 2027-03-12 12:00:00   Fri 2027-03-12 12:00:00  Thu 2027-03-18    Fri 2027-03-19
    Mon 2027-03-15 12:00:00   Mon 2027-03-15 12:00:00  Thu 2027-03-18    Fri 2027-03-19
    # Nauryz 2027: Sunday to Tuesday, so Wednesday is off as well
    Fri 2027-03-19 12:00:00   Fri 2027-03-19 12:00:00  Mon 2027-03-29    Tue 2027-03-30
    # May 2027: Monday the 3rd for Saturday the 1st, the 7th, Monday the 10th for Sunday the 9th
    Fri 2027-04-30 12:00:00   Fri 2027-04-30 12:00:00  Thu 2027-05-06    Fri 2027-05-07
    Thu 2027-05-06 12:00:00   Thu 2027-05-06 12:00:00  Thu 2027-05-13    Fri 2027-05-14
    # Kurban Ait 2027 is expected on Sunday 16 May: no Monday is off for it
    Fri 2027-05-14 12:00:00   Fri 2027-05-14 12:00:00  Wed 2027-05-19    Thu 2027-05-20
    Sun 2027-05-16 12:00:00   Sun 2027-05-16 12:00:00  Wed 2027-05-19    Thu 2027-05-20
    Mon 2027-07-05 12:00:00   Mon 2027-07-05 12:00:00  Fri 2027-07-09    Sat 2027-07-10
    Fri 2027-08-27 12:00:00   Fri 2027-08-27 12:00:00  Wed 2027-09-01    Thu 2027-09-02
    Fri 2027-10-22 22:00:00   Sat 2027-10-23 09:00:00  Thu 2027-10-28    Fri 2027-10-29
    Wed 2027-12-15 12:00:00   Wed 2027-12-15 12:00:00  Tue 2027-12-21    Wed 2027-12-22
    Tue 2027-12-28 12:00:00   Tue 2027-12-28 12:00:00  Fri 2027-12-31    Sat 2028-01-01
    # 7 January 2029 is a Sunday: no Monday is off for it
    Fri 2029-01-05 12:00:00   Fri 2029-01-05 12:00:00  Wed 2029-01-10    Thu 2029-01-11
"""
AT_ANY_HOUR = """
    # opened                  question leaves          last day          closes at 00:00 of
    Thu 2026-11-19 23:59:59   Thu 2026-11-19 23:59:59  Tue 2026-11-24    Wed 2026-11-25
    Fri 2026-11-20 00:00:00   Fri 2026-11-20 00:00:00  Wed 2026-11-25    Thu 2026-11-26
    Fri 2026-11-20 23:10:00   Fri 2026-11-20 23:10:00  Wed 2026-11-25    Thu 2026-11-26
    Sun 2026-11-22 23:59:59   Sun 2026-11-22 23:59:59  Wed 2026-11-25    Thu 2026-11-26
    Sat 2025-01-04 23:00:00   Sat 2025-01-04 23:00:00  Wed 2025-01-08    Thu 2025-01-09
    Thu 2025-03-20 23:59:59   Thu 2025-03-20 23:59:59  Fri 2025-03-28    Sat 2025-03-29
    Wed 2026-05-27 03:00:00   Wed 2026-05-27 03:00:00  Mon 2026-06-01    Tue 2026-06-02
    Sun 2026-08-30 23:59:59   Sun 2026-08-30 23:59:59  Wed 2026-09-02    Thu 2026-09-03
    Mon 2026-08-31 00:00:00   Mon 2026-08-31 00:00:00  Thu 2026-09-03    Fri 2026-09-04
    Mon 2026-10-26 23:59:59   Mon 2026-10-26 23:59:59  Thu 2026-10-29    Fri 2026-10-30
    Tue 2026-10-27 00:00:00   Tue 2026-10-27 00:00:00  Fri 2026-10-30    Sat 2026-10-31
    Thu 2026-12-31 23:59:59   Thu 2026-12-31 23:59:59  Fri 2027-01-08    Sat 2027-01-09
    Sun 2027-03-14 23:59:59   Sun 2027-03-14 23:59:59  Thu 2027-03-18    Fri 2027-03-19
"""


def law(reminder_at: time | None = time(10)) -> Rules:
    hold = timedelta(minutes=15)
    return rules.load(WORKDAYS, hold=hold, reminder_at=reminder_at, quiet=NIGHT, chat_answers=True)


LAW = law()


def rows(table: str) -> list[list[str]]:
    lines = (line.strip() for line in table.splitlines())
    return [line.split() for line in lines if line and not line.startswith("#")]


def moment(weekday: str, day: str, clock: str = "00:00:00") -> datetime:
    there = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ALMATY)
    assert f"{there:%a}" == weekday, f"{day} is no {weekday}"
    return there


@pytest.mark.parametrize(
    ("row", "quiet"),
    [(row, NIGHT) for row in rows(BY_NIGHT_NOTHING_LEAVES)] + [(row, None) for row in rows(AT_ANY_HOUR)],
    ids=lambda cell: " ".join(cell[:3]) if isinstance(cell, list) else "at night" if cell is None else "not at night",
)
def test_the_window_is_the_third_working_day_after_the_question_left(
    row: list[str], quiet: tuple[time, time] | None
) -> None:
    opened, leaves = moment(*row[:3]), moment(*row[3:6])
    last, closes = moment(*row[6:8]), moment(*row[8:])
    assert closes - last == timedelta(1)

    assert window.leaves(opened, quiet) == leaves
    assert window.closes(leaves, LAW) == closes
    assert window.closes(leaves, LAW).tzinfo is ALMATY
    assert window.last_day(closes) == last.date()
    assert window.reminder(closes, LAW) == last.replace(hour=10)


def test_a_reminder_can_be_switched_off() -> None:
    closes = moment("Wed", "2026-11-25")
    assert window.reminder(closes, law(None)) is None
    assert window.reminder(closes, law(time(18, 30))) == moment("Tue", "2026-11-24", "18:30:00")


@pytest.mark.parametrize(
    ("now", "quiet", "leaves"),
    [
        ("12:59:59", (time(13), time(14)), "12:59:59"),
        ("13:00:00", (time(13), time(14)), "14:00:00"),
        ("13:59:59", (time(13), time(14)), "14:00:00"),
        ("14:00:00", (time(13), time(14)), "14:00:00"),
        ("00:30:00", (time(0), time(7, 30)), "07:30:00"),
        ("23:59:59", (time(9), time(9)), "23:59:59"),
        ("09:00:00", (time(9), time(9)), "09:00:00"),
    ],
)
def test_quiet_hours_may_lie_within_a_day_or_be_none(now: str, quiet: tuple[time, time], leaves: str) -> None:
    assert window.leaves(moment("Mon", "2026-11-23", now), quiet) == moment("Mon", "2026-11-23", leaves)


def test_quiet_hours_up_to_midnight_end_on_the_next_day() -> None:
    late = moment("Mon", "2026-11-23", "22:00:00")
    assert window.leaves(late, (time(21), time(0))) == moment("Tue", "2026-11-24")


def test_a_fraction_of_a_second_before_midnight_is_still_the_old_day() -> None:
    sent = moment("Mon", "2026-11-23", "23:59:59").replace(microsecond=999_999)
    assert window.last_day(window.closes(sent, LAW)) == date(2026, 11, 26)
