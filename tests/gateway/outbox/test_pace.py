"""Who may leave when, as a table of moments; and that it costs next to nothing."""

import random
from itertools import pairwise

import pytest

from gateway.outbox.pace import BURST, RECOVERS, SETTLES, SLOWER, SLOWEST, Pace, Place


def moments(pace: Pace, asked: list[tuple[float, str]]) -> list[float]:
    """Everybody asks again until they have a place."""
    found = []
    for now, chat in asked:
        place = pace.place(now, chat)
        while not place.taken:
            place = pace.place(place.at, chat)
        found.append(round(place.at, 3))
    return found


@pytest.mark.parametrize(
    ("rate", "burst", "asked", "leave"),
    [
        (10, 1, [(5.0, "a")], [5.0]),
        (10, 1, [(0, "a"), (0, "b"), (0, "c")], [0, 0.1, 0.2]),
        (10, 3, [(0, "a"), (0, "b"), (0, "c"), (0, "d"), (0, "e")], [0, 0, 0, 0.1, 0.2]),
        (10, 3, [(0, "a"), (0, "b"), (0, "c"), (1, "d"), (1, "e"), (1, "f")], [0, 0, 0, 1, 1, 1]),
        (10, 3, [(0, "a"), (0, "a"), (0, "a")], [0, 1, 2]),
        (10, 3, [(0, "a"), (0, "b"), (0.3, "a"), (2.5, "a")], [0, 0, 1, 2.5]),
        (0.5, 1, [(0, ""), (0, ""), (0, "")], [0, 2, 4]),
        (1000, 1, [(0, ""), (0, ""), (7, "")], [0, 0.001, 7]),
    ],
)
def test_each_leaves_as_soon_as_everybody_and_its_chat_allow(
    rate: float, burst: int, asked: list[tuple[float, str]], leave: list[float]
) -> None:
    assert moments(Pace(rate, each=1.0, burst=burst), asked) == pytest.approx(leave)


def test_in_no_second_leave_more_than_said_and_none_sooner_to_one_chat() -> None:
    chance, pace, left = random.Random(7), Pace(26.0, each=1.0, burst=3), list[tuple[float, str]]()
    now = 0.0
    for _ in range(3000):
        now += chance.expovariate(30)
        chat = f"chat {chance.randrange(200)}"
        place = pace.place(now, chat)
        if place.taken:
            left.append((place.at, chat))
    times = [at for at, _ in left]
    assert len(times) > 2000
    assert max(sum(start <= at < start + 1 for at in times) for start in times) <= 26 + 3
    for chat in {chat for _, chat in left}:
        own = [at for at, one in left if one == chat]
        assert all(after - before >= 1.0 - 1e-9 for before, after in pairwise(own))


def test_what_goes_to_many_gets_what_is_left_and_is_passed() -> None:
    pace = Pace(8.0, burst=3)
    assert pace.place(0, broadcast=True) == Place(0, taken=True)
    assert pace.place(0, broadcast=True) == Place(0.125, taken=False)
    assert [pace.place(0, "").at for _ in range(3)] == pytest.approx([0, 0, 0.125])
    assert pace.place(0.25, broadcast=True) == Place(0.5, taken=False)
    assert pace.place(0.5, broadcast=True).taken


def test_who_would_wait_too_long_takes_no_place() -> None:
    pace = Pace(1.0, burst=1)
    assert pace.place(0, within=0.5).taken
    assert pace.place(0, within=0.5) == Place(1.0, taken=False)
    assert pace.place(1.0, within=0.5) == Place(1.0, taken=True)


def test_too_many_for_one_chat_holds_that_chat_alone() -> None:
    pace = Pace(10.0, each=1.0)
    pace.refused(0, 30, "a")
    pace.refused(1, 40, "a")
    assert pace.place(2, "a") == Place(41, taken=False)
    assert pace.place(2, "b") == Place(2, taken=True)
    assert not pace.held(2)
    assert pace.rate(2) == 10.0


def test_too_many_for_several_chats_holds_everybody_and_slows_down_once() -> None:
    pace = Pace(10.0, each=1.0)
    for number in range(5):
        pace.refused(0.1 * number, 7, f"chat {number}")
    assert pace.held(7)
    assert pace.rate(7) == pytest.approx(10 * SLOWER)
    assert pace.place(1, "z", within=60).at == pytest.approx(7.4)
    assert pace.place(1, "z", broadcast=True).taken is False
    assert not pace.held(7.5)


def test_chats_refused_long_after_one_another_mean_nobody_else() -> None:
    pace = Pace(10.0, each=1.0)
    pace.refused(0, 1, "a")
    pace.refused(60, 1, "b")
    assert not pace.held(60.5)


def test_without_chats_every_refusal_means_everybody() -> None:
    pace = Pace(10.0)
    pace.refused(0, 2)
    assert pace.held(1)
    assert pace.rate(1) == pytest.approx(7.0)


def test_the_rate_comes_back_carefully_and_never_falls_to_nothing() -> None:
    pace = Pace(10.0)
    pace.refused(0, 1)
    assert pace.rate(1 + SETTLES) == pytest.approx(7.0)
    assert pace.rate(1 + SETTLES + RECOVERS / 10) == pytest.approx(8.0)
    assert pace.rate(1 + SETTLES + RECOVERS) == 10.0
    for round_ in range(100):
        pace.refused(100 + 2.0 * round_, 1)
    assert pace.rate(300) == pytest.approx(10 * SLOWEST)


def test_chats_are_forgotten_and_seldom_looked_for() -> None:
    class Counted(Pace):
        def _forget(self, now: float) -> None:
            before = self._chats
            super()._forget(now)
            if self._chats is not before:
                looked_at.append(len(before))

    looked_at: list[int] = []
    pace, places = Counted(1e6, each=1.0), 100_000
    for number in range(places):
        pace.place(number / 1000, f"chat {number}")
    assert len(pace._chats) < 5000
    assert 0 < sum(looked_at) < 3 * places, "a place costs little, however many have had one"


def test_a_lone_letter_never_waits() -> None:
    pace = Pace(26.0, each=1.0)
    assert all(pace.place(float(number), "a") == Place(float(number), taken=True) for number in range(100))
    assert BURST > 1, "two persons at the same moment are no crowd"
