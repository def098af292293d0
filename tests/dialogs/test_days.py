"""Days in the forms that sentences need: every month and every weekday, in both languages."""

from datetime import date, timedelta

import pytest

from dialogs.days import Day, LongAgo
from dialogs.language import Language

KK = [
    "қаңтарға қаңтарда қаңтардан",
    "ақпанға ақпанда ақпаннан",
    "наурызға наурызда наурыздан",
    "сәуірге сәуірде сәуірден",
    "мамырға мамырда мамырдан",
    "маусымға маусымда маусымнан",
    "шілдеге шілдеде шілдеден",
    "тамызға тамызда тамыздан",
    "қыркүйекке қыркүйекте қыркүйектен",
    "қазанға қазанда қазаннан",
    "қарашаға қарашада қарашадан",
    "желтоқсанға желтоқсанда желтоқсаннан",
]

WEEKDAYS = {
    Language.KK: ["дүйсенбіге", "сейсенбіге", "сәрсенбіге", "бейсенбіге", "жұмаға", "сенбіге", "жексенбіге"],
    Language.RU: ["понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья"],
}


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_of_the_kazakh_calendar_has_its_endings(month: int) -> None:
    day = Day(date(2026, month, 5), Language.KK)
    till, on, since = KK[month - 1].split()
    assert f"{day:till}".startswith(f"5 {till}, ")
    assert f"{day:on}" == f"5 {on}"
    assert f"{day:since}" == f"5 {since}"
    assert f"{day:by}" == f"5 {till}"
    assert f"{Day(LongAgo(2024, month, 5), Language.KK):since}" == f"2024 жылғы 5 {since}"


@pytest.mark.parametrize("number", range(7))
def test_every_weekday_has_its_endings(number: int) -> None:
    monday = date(2026, 11, 23)
    day = monday + timedelta(number)
    assert f"{Day(day, Language.KK):till}".endswith(f"қарашаға, {WEEKDAYS[Language.KK][number]}")
    assert f"{Day(day, Language.RU):till}" == f"{WEEKDAYS[Language.RU][number]}, {Day(day, Language.RU):date}"


def test_without_a_form_it_is_the_day_with_its_weekday() -> None:
    assert f"{Day(date(2026, 11, 26), Language.KK)}" == "26 қараша, бейсенбі"
    assert f"{Day(date(2026, 11, 26), Language.RU)}" == "четверг, 26 ноября"
    assert f"{Day(date(2026, 11, 26), Language.RU):by}" == "26 ноября"


def test_of_what_is_long_ago_the_year_is_said() -> None:
    day = LongAgo(2024, 11, 26)
    assert f"{Day(day, Language.RU):on}" == "26 ноября 2024 года"
    assert f"{Day(day, Language.RU):till}" == "вторника, 26 ноября 2024 года"
    assert f"{Day(day, Language.KK):till}" == "2024 жылғы 26 қарашаға, сейсенбіге"
