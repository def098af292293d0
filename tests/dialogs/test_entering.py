"""What staff enter in the calendar: it wins over everything else, and nonsense is refused."""

from datetime import date

import pytest

from dialogs import entering, workdays
from dialogs.dialogue import Dialogue
from dialogs.entries import Entry, EntryKind
from dialogs.language import Language
from dialogs.messages import Surface

BASE = workdays.base()
TODAY = date(2026, 11, 23)
REACH = 20
MONDAY, THURSDAY, SATURDAY = date(2026, 11, 30), date(2026, 11, 26), date(2026, 11, 28)
INDEPENDENCE = date(2026, 12, 16)


def off(day: date = THURSDAY, source: str = "Order 1") -> Entry:
    return Entry(kind=EntryKind.OFF, day=day, source=source)


def worked(day: date = SATURDAY) -> Entry:
    return Entry(kind=EntryKind.WORKED, day=day, source="Order 2")


def moved(day: date = THURSDAY, works: date = SATURDAY) -> Entry:
    return Entry(kind=EntryKind.MOVED, day=day, works=works, source="Order 3")


def year(number: int = 2028, kurban: date | None = None) -> Entry:
    return Entry(kind=EntryKind.YEAR, year=number, day=kurban, source="Order 4")


def test_a_moved_day_of_rest_is_off_and_another_is_worked_like_it() -> None:
    counted = BASE.workdays([moved()])
    assert not counted.is_working(THURSDAY)
    assert counted.is_holiday(THURSDAY)
    assert counted.is_working(SATURDAY)
    assert counted.weekday(SATURDAY) == THURSDAY.isoweekday()
    assert counted.add(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert counted.add(date(2026, 11, 25), 2) == SATURDAY


def test_a_holiday_can_be_worked_and_a_worked_day_of_the_file_be_off() -> None:
    counted = BASE.workdays([worked(INDEPENDENCE), off(date(2025, 1, 5))])
    assert counted.is_working(INDEPENDENCE)
    assert not counted.is_holiday(INDEPENDENCE)
    assert counted.weekday(INDEPENDENCE) == INDEPENDENCE.isoweekday()
    assert not counted.is_working(date(2025, 1, 5))


def test_a_worked_saturday_has_the_hours_of_a_friday() -> None:
    assert BASE.workdays([worked()]).weekday(SATURDAY) == 5


def test_an_announced_kurban_ait_takes_the_place_of_the_estimate() -> None:
    assert not BASE.workdays().is_working(date(2028, 5, 5))
    counted = BASE.workdays([year(2028, date(2028, 5, 8))])
    assert counted.is_working(date(2028, 5, 5))
    assert not counted.is_working(date(2028, 5, 8))
    assert 2028 in counted.known
    assert 2028 not in BASE.workdays().known


def test_whoever_holds_the_calendar_counts_by_the_new_one() -> None:
    held = BASE.workdays()
    held.exchange(BASE.workdays([off()]))
    assert not held.is_working(THURSDAY)
    assert held.edition == 1


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (off(source="  "), "source"),
        (off(source="x" * 201), "source_long"),
        (Entry(kind=EntryKind.OFF, source="Order"), "day"),
        (Entry(kind=EntryKind.MOVED, day=THURSDAY, source="Order"), "day"),
        (off(date(2029, 1, 3)), "far"),
        (off(date(2026, 10, 22)), "past"),
        (moved(date(2026, 10, 22)), "past"),
        (year(2025), "year_past"),
        (off(INDEPENDENCE), "off_already"),
        (off(SATURDAY), "off_already"),
        (worked(THURSDAY), "worked_already"),
        (moved(THURSDAY, MONDAY), "worked_already"),
        (moved(SATURDAY, date(2026, 11, 29)), "off_already"),
        (moved(THURSDAY, THURSDAY), "same"),
        (year(2027), "year_known"),
        (year(2028, date(2027, 5, 8)), "kurban_year"),
        (year(2027, date(2027, 5, 16)), "kurban_known"),
    ],
)
def test_nonsense_is_refused_with_a_reason(entry: Entry, why: str, dialogue: Dialogue) -> None:
    refused = entering.refusal(entry, [], BASE.workdays(), TODAY, REACH)
    assert refused is not None
    assert refused.id == f"staff.calendar.refused.{why}"
    for language in Language:
        assert "{" not in dialogue.guide.words.say(refused, language, Surface.CHAT)


@pytest.mark.parametrize(
    ("entry", "held", "why"),
    [
        (worked(THURSDAY), off(), "contradicts"),
        (off(SATURDAY), moved(), "contradicts"),
        (moved(MONDAY, SATURDAY), worked(), "contradicts"),
        (off(), off(), "contradicts"),
        (year(2028), year(2028), "year_again"),
    ],
)
def test_two_entries_never_speak_of_one_day(entry: Entry, held: Entry, why: str) -> None:
    refused = entering.refusal(entry, [held], BASE.workdays([held]), TODAY, REACH)
    assert refused is not None
    assert refused.id == f"staff.calendar.refused.{why}"


@pytest.mark.parametrize(
    "entry",
    [off(), worked(), moved(), off(date(2026, 10, 23)), year(), year(2027, date(2027, 5, 17)), off(TODAY)],
)
def test_what_makes_sense_is_not_refused(entry: Entry) -> None:
    assert entering.refusal(entry, [], BASE.workdays(), TODAY, REACH) is None


def test_what_touches_nobody_any_more_is_not_taken_back() -> None:
    counted = BASE.workdays()
    assert entering.too_late_to_take_back(off(), counted, TODAY, REACH) is None
    assert entering.too_late_to_take_back(off(), counted, date(2027, 1, 20), REACH) is not None
