import asyncio
import logging

import pytest

from gateway.connection import RedisAwayError
from gateway.rounds import Rounds


async def test_whatever_a_look_stumbles_over_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    troubles: list[Exception | None] = [RedisAwayError("nobody there"), ValueError("+77011234567"), None]
    looked = asyncio.Event()

    async def look() -> None:
        if (trouble := troubles.pop(0)) is not None:
            raise trouble
        looked.set()
        rounds.stop()

    rounds = Rounds(look, 0.0, "the shelves")
    with caplog.at_level(logging.WARNING):
        await rounds.run()
    assert looked.is_set()
    assert "the shelves: Redis is away: nobody there" in caplog.text
    assert "the shelves: a look failed: ValueError" in caplog.text
    assert "7701" not in caplog.text


async def test_it_ends_between_two_looks_as_soon_as_it_is_told() -> None:
    looked = asyncio.Event()

    async def look() -> None:
        looked.set()

    rounds = Rounds(look, 3600.0, "the archive")
    run = asyncio.create_task(rounds.run())
    await looked.wait()
    rounds.stop()
    async with asyncio.timeout(60):
        await run
