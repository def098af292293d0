"""A million matters of all kinds that wait: what the clock costs, what Redis needs for them, and how long it takes to
read its file again."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bench import kinds, matters
from bench.kinds import SHARES, Parts, Source
from bench.load import LoadError
from bench.pending import MONDAY, Command, Hand, Pending
from bench.processes import Cores
from dialogs.dialogue import Dialogue
from gateway.connection import Batched, close, connect
from gateway.embedded import Embedded
from gateway.journal.journal import journal_key
from gateway.letters import Letters, Status
from gateway.matters.names import notice_id
from gateway.matters.store import MatterStore
from gateway.matters.wakeups import Wakeups
from gateway.store import SHARDS, outbox_key

OPEN = 1_000_000
FIRED, FIRINGS = 1_000, 5
"""Of one kind at once, and how often."""
USUAL, USUAL_TICKS = 100, 20
MANY, MANY_TICKS = 10_000, 3
"""Of all kinds at once, in their shares."""
QUIET = 200
"""Ticks that fire none."""
LAST_DAY = MONDAY + timedelta(3)
"""At ten o'clock, those asked on Monday are reminded; and of duties, those that are due then."""
THAT_MORNING = LAST_DAY - timedelta(minutes=30)
"""When all other offers were asked: the clock looks at them at midnight…"""
LATER = LAST_DAY.date() + timedelta(14)
"""…and at all other duties some days before this at the earliest."""


class Tick(Struct, frozen=True):
    """Seconds, of the wall and of our CPU."""

    wall: float
    cpu: float


class Million(Struct, frozen=True):
    filled: float
    """Seconds."""
    parts: Parts
    """Of all kinds together."""
    empty: Tick
    """Nothing is open at all."""
    quiet: Tick
    usual: Tick
    many: Tick
    fired: Mapping[str, Tick]
    """One kind alone."""
    restarts: tuple[float, float]
    """Seconds: from the file as it was written, and as Redis itself has written it anew."""


class _Group(Struct, frozen=True):
    """What one tick fires."""

    at: datetime
    numbers: Mapping[str, range]
    """By their kind."""


class _Plan(Struct, frozen=True):
    """Which numbers each kind has, and what becomes of them."""

    all: Mapping[str, range]
    resting: Mapping[str, range]
    groups: Mapping[str, Sequence[_Group]]
    """`usual`, `many`, or the name of a kind."""

    def fired(self, name: str) -> Iterator[tuple[range, datetime]]:
        for group in chain.from_iterable(self.groups.values()):
            if name in group.numbers:
                yield group.numbers[name], group.at


class _Ground(Struct, frozen=True):
    redis: Redis
    url: str
    clock: Hand
    letters: Letters
    wakeups: Wakeups


async def measure(spoken: Dialogue, folder: Path, cores: Cores) -> Million:
    plan = _plan()
    async with _ground(spoken, folder) as ground:
        with cores.server_here():
            empty = await _median(ground.wakeups, QUIET)
            started = perf_counter()
            parts = await _fill(ground, spoken, plan)
            filled = perf_counter() - started
            quiet = await _median(ground.wakeups, QUIET)
            await _prove(ground, spoken, plan)
            ticks = {name: await _fire(ground, groups) for name, groups in plan.groups.items()}
            await _check(ground.redis, plan)
    return Million(
        filled,
        parts,
        empty,
        quiet,
        usual=ticks.pop("usual"),
        many=ticks.pop("many"),
        fired=ticks,
        restarts=(await _start(folder), await _start(folder, anew=True)),
    )


def _plan() -> _Plan:
    fired = {name: ({name: FIRED}, FIRINGS) for name in SHARES}
    mixed = {
        name: ({kind: number * share // 100 for kind, share in SHARES.items()}, times)
        for name, number, times in (("usual", USUAL, USUAL_TICKS), ("many", MANY, MANY_TICKS))
    }
    numbers, first = {}, 0
    for name, share in SHARES.items():
        numbers[name] = range(first, first + OPEN * share // 100)
        first = numbers[name].stop
    groups: dict[str, list[_Group]] = {}
    rest, at = dict(numbers), LAST_DAY
    for name, (counts, times) in (fired | mixed).items():
        groups[name] = []
        for _ in range(times):
            groups[name].append(_Group(at, {kind: rest[kind][:count] for kind, count in counts.items()}))
            rest |= {kind: rest[kind][count:] for kind, count in counts.items()}
            at += timedelta(seconds=1)
    return _Plan(numbers, rest, groups)


@asynccontextmanager
async def _ground(spoken: Dialogue, folder: Path) -> AsyncIterator[_Ground]:
    async with Embedded(folder) as url, Redis.from_url(url, protocol=2) as redis:
        await redis.config_set("auto-aof-rewrite-percentage", 0)
        ours = connect(url)
        batched, clock = Batched(ours), Hand(LAST_DAY - timedelta(seconds=1))
        woken = matters.clocked(batched, spoken, clock)
        wakeups = Wakeups(MatterStore(batched), clock, woken, lambda _: None)
        yield _Ground(redis, url, clock, Letters(batched), wakeups)
        await close(ours)


async def _fill(ground: _Ground, spoken: Dialogue, plan: _Plan) -> Parts:
    await ground.redis.config_set("appendfsync", "everysec")
    resting = kinds.sources(spoken, THAT_MORNING, LATER)
    fired = kinds.sources(spoken, MONDAY, LAST_DAY.date())
    parts = await kinds.fill(ground.redis, ground.url, _steps(plan, resting, fired), OPEN)
    await ground.redis.config_set("appendfsync", "always")
    return parts


def _steps(plan: _Plan, resting: Mapping[str, Source], fired: Mapping[str, Source]) -> Iterator[Iterator[Command]]:
    kinds = [(name, resting[name], fired[name]) for name in SHARES]
    yield chain.from_iterable(
        chain(rest.matters(plan.resting[name]), *(due.matters(*group) for group in plan.fired(name)))
        for name, rest, due in kinds
    )
    yield chain.from_iterable(rest.pockets(plan.all[name]) for name, rest, _ in kinds)
    yield chain.from_iterable(
        chain(rest.wakeups(plan.resting[name]), *(due.wakeups(*group) for group in plan.fired(name)))
        for name, rest, due in kinds
    )
    yield chain.from_iterable(rest.seen(plan.all[name]) for name, rest, _ in kinds)


async def _prove(ground: _Ground, spoken: Dialogue, plan: _Plan) -> None:
    """The offers that will be reminded of have been asked: their letters came."""
    monday = Pending(matters.law(spoken), MONDAY)
    for numbers, _ in plan.fired("offer"):
        asked = [monday.matter(one) for one in numbers]
        names = [notice_id(one, "question", one.phones[0], f"sms:{one.phones[0]}") for one in asked]
        await asyncio.gather(*(ground.letters.mark(name, Status.DELIVERED, proof=True) for name in names))


async def _fire(ground: _Ground, groups: Sequence[_Group]) -> Tick:
    """Each of them is reminded of: a letter and a line of the journal."""
    ticks = []
    for group in groups:
        ground.clock.at = group.at
        ticks.append(await _tick(ground.wakeups))
    return _middle(ticks)


async def _check(redis: Redis, plan: _Plan) -> None:
    fired = sum(len(numbers) for name in SHARES for numbers, _ in plan.fired(name))
    for key in (outbox_key, journal_key):
        written = sum([int(await redis.xlen(key(shard))) for shard in range(SHARDS)])
        if written != fired:
            raise LoadError(f"{fired} were to be reminded of, but {written} letters or lines are there")


async def _median(wakeups: Wakeups, times: int) -> Tick:
    return _middle([await _tick(wakeups) for _ in range(times)])


async def _tick(wakeups: Wakeups) -> Tick:
    wall, cpu = perf_counter(), process_time()
    await wakeups.ring()
    return Tick(perf_counter() - wall, process_time() - cpu)


def _middle(ticks: list[Tick]) -> Tick:
    return Tick(median(tick.wall for tick in ticks), median(tick.cpu for tick in ticks))


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
