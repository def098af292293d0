import asyncio
from datetime import timedelta

import pytest

from gateway.clock import ALMATY, Clock, SandboxClock
from gateway.connection import Batched

SOON = timedelta(minutes=1)


def test_kazakhstan_is_five_hours_ahead() -> None:
    assert Clock().now().utcoffset() == timedelta(hours=5)


async def test_the_sandbox_clock_moves_forward_and_survives_a_restart(batched: Batched) -> None:
    clock = SandboxClock(batched)
    then = (clock.now() + timedelta(days=4)).astimezone(ALMATY)
    await clock.move(then)
    again = SandboxClock(batched)
    await again.load()
    for one in (clock, again):
        assert then <= one.now() < then + SOON


async def test_the_sandbox_clock_does_not_move_back(batched: Batched) -> None:
    clock = SandboxClock(batched)
    with pytest.raises(ValueError, match="forward only"):
        await clock.move(clock.now() - timedelta(minutes=1))


async def test_of_two_who_move_the_sandbox_clock_at_once_none_moves_it_back(batched: Batched) -> None:
    clock = SandboxClock(batched)
    far, near = clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=1)
    moved, refused = await asyncio.gather(clock.move(far), clock.move(near), return_exceptions=True)
    assert moved is None
    assert isinstance(refused, ValueError)
    assert clock.now() >= far


async def test_the_sandbox_clock_can_return_to_real_time(batched: Batched) -> None:
    clock = SandboxClock(batched)
    await clock.move(clock.now() + timedelta(days=4))
    await clock.move(None)
    assert clock.now() - Clock().now() < SOON
    await clock.load()
    assert clock.now() - Clock().now() < SOON
