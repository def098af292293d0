"""A million offers that wait for an answer: what the clock costs, what Redis needs for them, and how long it takes to
read its file again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import chain, pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bench import matters
from bench.load import LoadError
from bench.memory import used
from bench.pending import MONDAY, Command, Hand, Pending, pour
from bench.processes import Cores
from dialogs.dialogue import Dialogue
from dialogs.matters.rules import Rules
from gateway.connection import Batched, close, connect
from gateway.embedded import Embedded
from gateway.journal import journal_key
from gateway.letters import Letters, Status
from gateway.matter_store import MatterStore
from gateway.names import notice_id
from gateway.store import SHARDS, outbox_key
from gateway.wakeups import Wakeups

PENDING = 1_000_000
FIRED = 1_000
FIRINGS = 7
QUIET = 200
"""Ticks that fire none."""
LAST_DAY = MONDAY + timedelta(3)
"""At ten o'clock, those asked on Monday are reminded."""
THAT_MORNING = LAST_DAY - timedelta(minutes=30)
"""When all the others were asked: the clock looks at them at midnight."""


class Tick(Struct, frozen=True):
    """Seconds, of the wall and of our CPU."""

    wall: float
    cpu: float


class Parts(Struct, frozen=True):
    """Bytes of Redis' `used_memory` for one offer with one phone."""

    matter: float
    pocket: float
    wakeup: float
    seen: float

    @property
    def whole(self) -> float:
        return self.matter + self.pocket + self.wakeup + self.seen


class Million(Struct, frozen=True):
    filled: float
    """Seconds."""
    parts: Parts
    empty: Tick
    """Nothing is pending at all."""
    quiet: Tick
    firing: Tick
    restarts: tuple[float, float]
    """Seconds: from the file as it was written, and as Redis itself has written it anew."""


class _Ground(Struct, frozen=True):
    redis: Redis
    url: str
    clock: Hand
    letters: Letters
    wakeups: Wakeups


async def measure(spoken: Dialogue, folder: Path, cores: Cores) -> Million:
    law = matters.law(spoken)
    async with _ground(spoken, law, folder) as ground:
        with cores.server_here():
            empty = await _median(ground.wakeups, QUIET)
            started = perf_counter()
            parts = await _fill(ground, law)
            filled = perf_counter() - started
            quiet = await _median(ground.wakeups, QUIET)
            firing = await _fire(ground, law)
    return Million(filled, parts, empty, quiet, firing, (await _start(folder), await _start(folder, anew=True)))


@asynccontextmanager
async def _ground(spoken: Dialogue, law: Rules, folder: Path) -> AsyncIterator[_Ground]:
    async with Embedded(folder) as url, Redis.from_url(url, protocol=2) as redis:
        await redis.config_set("auto-aof-rewrite-percentage", 0)
        ours = connect(url)
        batched, clock = Batched(ours), Hand(LAST_DAY - timedelta(seconds=1))
        store, affairs = MatterStore(batched), matters.build(batched, spoken, law, clock, lambda _: None)
        wakeups = Wakeups(store, clock, affairs.woken, lambda _: None)
        yield _Ground(redis, url, clock, Letters(batched), wakeups)
        await close(ours)


async def _fill(ground: _Ground, law: Rules) -> Parts:
    """Part after part, so that each can be weighed."""
    redis, morning, monday = ground.redis, Pending(law, THAT_MORNING), Pending(law, MONDAY)
    await redis.config_set("appendfsync", "everysec")
    groups = [(_group(number), LAST_DAY + timedelta(seconds=number)) for number in range(FIRINGS)]
    rest = range(FIRINGS * FIRED, PENDING)
    midnight = morning.matter(0).wake
    assert midnight is not None
    steps: list[Iterator[Command]] = [
        chain(morning.matters(rest), *(monday.matters(numbers, wake) for numbers, wake in groups)),
        morning.pockets(range(PENDING)),
        chain(morning.wakeups(rest, midnight), *(monday.wakeups(numbers, wake) for numbers, wake in groups)),
        morning.seen(range(PENDING)),
    ]
    found = [await used(redis)]
    for commands in steps:
        pour(ground.url, commands)
        found.append(await used(redis))
    await redis.config_set("appendfsync", "always")
    return Parts(*((after - before) / PENDING for before, after in pairwise(found)))


async def _fire(ground: _Ground, law: Rules) -> Tick:
    """A thousand are reminded: a letter and a line of the journal each."""
    monday = Pending(law, MONDAY)
    for number in range(FIRINGS):
        asked = [monday.matter(one) for one in _group(number)]
        names = [notice_id(one, "question", one.phones[0], f"sms:{one.phones[0]}") for one in asked]
        await asyncio.gather(*(ground.letters.mark(name, Status.DELIVERED, proof=True) for name in names))
    ticks = []
    for number in range(FIRINGS):
        ground.clock.at = LAST_DAY + timedelta(seconds=number)
        ticks.append(await _tick(ground.wakeups))
    for key in (outbox_key, journal_key):
        written = sum([int(await ground.redis.xlen(key(shard))) for shard in range(SHARDS)])
        if written != FIRINGS * FIRED:
            raise LoadError(f"{FIRINGS * FIRED} were to be reminded, but {written} letters or lines are there")
    return _middle(ticks)


async def _median(wakeups: Wakeups, times: int) -> Tick:
    return _middle([await _tick(wakeups) for _ in range(times)])


async def _tick(wakeups: Wakeups) -> Tick:
    wall, cpu = perf_counter(), process_time()
    await wakeups.ring()
    return Tick(perf_counter() - wall, process_time() - cpu)


def _middle(ticks: list[Tick]) -> Tick:
    return Tick(median(tick.wall for tick in ticks), median(tick.cpu for tick in ticks))


def _group(number: int) -> range:
    """Those that one tick fires."""
    return range(number * FIRED, (number + 1) * FIRED)


async def _start(folder: Path, *, anew: bool = False) -> float:
    """How long the embedded Redis takes until it answers."""
    if anew:
        async with Embedded(folder) as url, Redis.from_url(url, protocol=2) as redis:
            with suppress(ResponseError):  # it has begun to by itself
                await redis.bgrewriteaof()
            while (await redis.info("persistence"))["aof_rewrite_in_progress"]:  # noqa: ASYNC110 - Redis only tells
                await asyncio.sleep(0.1)
    started = perf_counter()
    async with Embedded(folder):
        return perf_counter() - started
