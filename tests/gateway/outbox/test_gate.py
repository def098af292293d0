"""Letters wait for their places in real time."""

import asyncio
from time import monotonic

from gateway.outbox.gate import LONGEST, Gate
from gateway.outbox.pace import Pace


async def test_a_lone_letter_passes_at_once() -> None:
    gate = Gate(Pace(1.0, each=1.0))
    assert await gate.passed("a") == 0
    assert await gate.passed("b") == 0


async def test_letters_to_one_chat_keep_their_distance() -> None:
    gate, began = Gate(Pace(1000.0, each=0.1)), monotonic()
    assert [await gate.passed("a") for _ in range(3)] == [0, 0, 0]
    assert monotonic() - began >= 0.2


async def test_who_has_to_wait_long_is_sent_back_and_takes_no_place() -> None:
    gate = Gate(Pace(1000.0, each=1.0))
    gate.refused(60.0, "a")
    assert 59 < await gate.passed("a") <= 60
    assert 59 < await gate.passed("a", broadcast=True) <= 60
    assert await gate.passed("b") == 0
    gate.refused(LONGEST * 2, "b")
    assert await gate.passed("c") > LONGEST
    assert await gate.passed("c", broadcast=True) > LONGEST


async def test_a_reply_passes_a_thousand_that_go_to_many() -> None:
    gate, left = Gate(Pace(200.0, each=1.0)), list[str]()

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


async def test_a_chat_that_has_to_wait_holds_up_nobody_behind_it_in_the_line() -> None:
    gate = Gate(Pace(1000.0, each=0.5))
    await gate.passed("a")
    began = monotonic()
    waiting = asyncio.create_task(gate.passed("a", broadcast=True))
    await asyncio.sleep(0)
    await gate.passed("b", broadcast=True)
    assert monotonic() - began < 0.4
    assert await waiting == 0


async def test_a_hold_that_comes_meanwhile_is_kept() -> None:
    gate = Gate(Pace(10.0, burst=1))
    await gate.passed("a")
    waiting = asyncio.create_task(gate.passed("b"))
    await asyncio.sleep(0)
    gate.refused(0.4)
    began = monotonic()
    assert await waiting == 0
    assert monotonic() - began >= 0.39
