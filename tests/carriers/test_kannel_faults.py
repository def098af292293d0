"""People write, and everybody is answered once, whatever happens to the gateway in the middle."""

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.connection import Client
from tests.carriers.world import World, world

PEOPLE = int(os.environ.get("CARRIER_PEOPLE", "200"))
BEFORE = 60
"""Parts that have left when it happens."""
WINDOW = 10
"""Parts that are under way to the operator at most, `max-pending-submits`."""
UNDER_WAY = 16
"""Reports that are under way to us at most, `max-pending-requests`."""
TEXT = "Сәлеметсіз бе, маған кресло-арба керек, қалай алуға болады? "


async def restarted_after_a_while(world: World) -> None:
    await world.kannel.stop_gently()
    await asyncio.sleep(3)
    await world.kannel.start()


async def smsbox_killed(world: World) -> None:
    await world.kannel.kill("smsbox")
    await world.kannel.start("smsbox")


async def bearerbox_killed(world: World) -> None:
    await world.kannel.kill("bearerbox", "smsbox")
    await world.kannel.start()


async def the_assistant_killed(world: World) -> None:
    await world.program.end(signal.SIGKILL)
    await asyncio.sleep(1)
    await world.program.start()


@pytest.mark.parametrize(
    ("fault", "doubled", "unreported", "unclear_wait"),
    [
        (restarted_after_a_while, 0, 0, 20),
        (smsbox_killed, 0, UNDER_WAY, 12),
        (bearerbox_killed, WINDOW, UNDER_WAY, 20),
        (the_assistant_killed, 0, 0, 20),
    ],
)
async def test_everybody_is_answered_once(
    tmp_path: Path,
    redis: Client,
    redis_url: str,
    *,
    capsys: pytest.CaptureFixture[str],
    fault: Callable[[World], Awaitable[None]],
    doubled: int,
    unreported: int,
    unclear_wait: int,
) -> None:
    """`doubled`, `unreported`: what may be, for an operator that has taken a letter cannot be told from one that has
    not when the one who knows it is killed. A part of a long text that the operator brings once more then waits in
    Kannel for the others, which have gone on already: nothing else may be left there. `unclear_wait`: seconds,
    longer than reports stay away; a bearerbox that is told to stop takes more than ten to do so."""
    async with world(tmp_path, redis, redis_url, unclear_wait, throughput="300") as whole:
        texts = {f"+7701{number:07}": TEXT * (1 + number % 3) for number in range(PEOPLE)}
        writing = asyncio.create_task(whole.write(texts))
        await whole.operator.until(lambda: len(whole.operator.parts) >= BEFORE)
        await fault(whole)
        await writing
        await whole.settled(PEOPLE)
        tally = await whole.tally(texts)
    with capsys.disabled():
        print(f"\n{fault.__name__}: {tally}, {whole.kannel.hung} killed")
    if whole.kannel.hung:  # then it was no orderly end
        doubled, unreported = UNDER_WAY, UNDER_WAY
    assert tally.lost == 0
    assert tally.doubled <= doubled
    assert tally.delivered >= PEOPLE - unreported
    assert whole.kannel.waits() <= tally.again
    assert not re.search(r"7701\d{7}", whole.kannel.logs())
