"""Letters wait for their places, by a time that passes only while all of them wait."""

import asyncio
from asyncio import SelectorEventLoop
from collections.abc import Callable
from typing import Any

import pytest

from gateway.outbox.gate import LONGEST, Gate
from gateway.outbox.pace import Pace

Now = Callable[[], float]


@pytest.fixture
async def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    """The time of this loop, which no longer waits itself: it is at once as late as it would have waited."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SelectorEventLoop)
    selector: Any = loop._selector  # type: ignore[attr-defined]
    at, look = loop.time(), selector.select

    def passes(seconds: float | None) -> list[object]:
        nonlocal at
        found: list[object] = look(0 if seconds is not None else None)
        if not found and seconds:
            at += seconds
        return found

    monkeypatch.setattr(loop, "time", lambda: at)
    monkeypatch.setattr(selector, "select", passes)
    return loop.time


async def test_a_lone_letter_passes_at_once(now: Now) -> None:
    gate, began = Gate(Pace(1.0, each=1.0), now), now()
    assert await gate.passed("a") == 0
    assert await gate.passed("b") == 0
    assert now() == began


async def test_letters_to_one_chat_keep_their_distance(now: Now) -> None:
    gate, began = Gate(Pace(1000.0, each=1.0), now), now()
    assert [await gate.passed("a") for _ in range(3)] == [0, 0, 0]
    assert now() - began == pytest.approx(2.0)


async def test_who_has_to_wait_long_is_sent_back_and_takes_no_place(now: Now) -> None:
    gate, began = Gate(Pace(1000.0, each=1.0), now), now()
    gate.refused(60.0, "a")
    assert await gate.passed("a") == pytest.approx(60)
    assert await gate.passed("a", broadcast=True) == pytest.approx(60)
    assert await gate.passed("b") == 0
    gate.refused(LONGEST * 2, "b")
    assert await gate.passed("c") > LONGEST
    assert await gate.passed("c", broadcast=True) > LONGEST
    assert now() == began


async def test_a_reply_passes_a_thousand_that_go_to_many(now: Now) -> None:
    gate, left = Gate(Pace(200.0, each=1.0), now), list[str]()

    async def leave(chat: str, *, broadcast: bool) -> None:
        assert await gate.passed(chat, broadcast=broadcast) == 0
        left.append(chat)

    crowd = [asyncio.create_task(leave(f"chat {number}", broadcast=True)) for number in range(1000)]
    await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
    before = len(left)
    await leave("reply", broadcast=False)
    assert left.index("reply") <= before + 1
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_a_chat_that_has_to_wait_holds_up_nobody_behind_it_in_the_line(now: Now) -> None:
    gate, began = Gate(Pace(1000.0, each=1.0), now), now()
    await gate.passed("a")
    waiting = asyncio.create_task(gate.passed("a", broadcast=True))
    await asyncio.sleep(0)
    await gate.passed("b", broadcast=True)
    assert now() - began == pytest.approx(1 / 1000)
    assert await waiting == 0
    assert now() - began == pytest.approx(1.0)


async def test_a_hold_that_comes_meanwhile_is_kept(now: Now) -> None:
    gate = Gate(Pace(10.0, burst=1), now)
    await gate.passed("a")
    waiting = asyncio.create_task(gate.passed("b"))
    await asyncio.sleep(0)
    gate.refused(1.0)
    began = now()
    assert await waiting == 0
    assert now() - began == pytest.approx(1.0)
