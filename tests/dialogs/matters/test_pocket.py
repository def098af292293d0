"""What a phone knows of offers, and for how long."""

from datetime import date, datetime, time, timedelta

import pytest
from msgspec import structs

from dialogs.matters import pocket, window
from dialogs.matters.pocket import KEPT, Known, Pocket
from dialogs.people import mark
from gateway.clock import ALMATY
from tests.dialogs.matters.lives import LAW

RETIRED = timedelta(days=30)
"""So long after its window an offer's codes go to no other offer on the phone."""
IN_HAND = timedelta(days=30)
"""So long may a question be put off because no provider takes it."""
TODAY = date(2026, 11, 20)


def offer(name: str, day: date = TODAY, yes: str = "472", no: str = "815") -> Known:
    return Known(name, 7, mark("500301400123"), yes, no, day.toordinal())


def names(of: Pocket) -> list[str]:
    return [one.id for one in of.offers]


@pytest.mark.parametrize("year", sorted(LAW.workdays.known))
def test_codes_are_known_for_thirty_days_after_the_longest_window_and_time_is_left_to_put_it_off(year: int) -> None:
    for number in range(365):
        opened = datetime.combine(date(year, 1, 1) + timedelta(number), time(23, 59), ALMATY)
        forgotten = datetime.combine(opened.date() + timedelta(KEPT + 1), time(), ALMATY)
        closes = window.closes(window.leaves(opened, LAW.quiet), LAW)
        assert forgotten - closes >= RETIRED + IN_HAND, opened
        late = window.closes(window.leaves(opened + IN_HAND, LAW.quiet), LAW)
        assert forgotten - late >= RETIRED, opened


def test_an_offer_is_forgotten_only_when_another_comes_after_its_time() -> None:
    old = pocket.with_offer(Pocket(), offer("O-1"))
    last_day = pocket.with_offer(old, offer("O-2", TODAY + timedelta(KEPT)))
    assert names(last_day) == ["O-1", "O-2"]
    assert names(pocket.with_offer(old, offer("O-2", TODAY + timedelta(KEPT + 1)))) == ["O-2"]
    assert names(pocket.with_offer(last_day, offer("O-3", TODAY + timedelta(KEPT + 1)))) == ["O-2", "O-3"]


def test_an_offer_is_put_in_once_with_the_codes_that_its_letter_will_say() -> None:
    held = pocket.with_offer(pocket.with_offer(Pocket(), offer("O-1")), offer("O-2", yes="290", no="631"))
    again = pocket.with_offer(held, offer("O-1", yes="356", no="904"))
    assert [(one.id, one.yes) for one in again.offers] == [("O-2", "290"), ("O-1", "356")]


def test_an_offer_changes_nothing_else_that_the_phone_knows() -> None:
    held = Pocket(chat="telegram:5", strangers=("ab12",), unclear=(TODAY.toordinal(), 2))
    assert structs.replace(pocket.with_offer(held, offer("O-1")), offers=()) == held


def test_unclear_answers_are_counted_by_the_day() -> None:
    held = Pocket()
    counts = []
    for day in (TODAY, TODAY, TODAY, TODAY + timedelta(1), TODAY + timedelta(1), TODAY):
        held = pocket.with_unclear(held, day)
        counts.append(held.unclear[1])
    assert counts == [1, 2, 3, 1, 2, 1]


def test_persons_are_told_apart_and_not_named() -> None:
    iins = [f"{number:012}" for number in range(500301400000, 500301402000)]
    marks = {mark(iin) for iin in iins}
    assert len(marks) == len(iins)
    assert {len(mark) for mark in marks} == {12}
    assert mark(iins[0]) == mark(iins[0])


@pytest.mark.parametrize("stored", [None, b""])
def test_a_phone_that_was_told_of_nothing_knows_nothing(stored: bytes | None) -> None:
    assert pocket.read(stored) == Pocket()


@pytest.mark.parametrize(
    "held",
    [
        Pocket(),
        Pocket(offers=(offer("O-1"), offer("O-2")), chat="telegram:5"),
        Pocket(phone="+77011234567"),
        Pocket(strangers=("ab12", "cd34"), unclear=(TODAY.toordinal(), 3)),
    ],
)
def test_a_pocket_is_read_as_it_was_written(held: Pocket) -> None:
    assert pocket.read(pocket.write(held)) == held


def test_a_pocket_printed_by_mistake_shows_no_code_and_no_phone() -> None:
    held = Pocket(offers=(offer("O-1"),), chat="telegram:5", phone="+77011234567")
    assert repr(held) == str(held) == "Pocket(1 offers, 0 duties)"
