"""Whole turns over HTTP: how many a second, how long each, and whether Redis holds what they had to write."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from statistics import median

from msgspec import Struct, field
from redis.asyncio import Redis

from bench import requests
from bench.load import Load, LoadError
from bench.processes import Cores, Process
from bench.talks import Talk, until_even
from dialogs.messages import Surface
from gateway.store import SHARDS, outbox_key

AT_ONCE = 100
"""The most that Telegram's `max_connections` allows."""
SLICE = 2.5
"""Seconds for one contender in one round."""
WARM_UP = 3.5
SHARE = 0.5
"""The fixed rate, of what the slowest manages."""

Score = dict[Surface, list[Talk]]


class Slice(Struct, frozen=True):
    rate: float
    """Turns a second."""
    cpu: float
    """µs of the server's CPU a turn."""


class Waits(Struct, frozen=True):
    p50: float
    p99: float


class Row(Struct):
    """One line of the table."""

    name: str
    writes_letters: bool
    server: str
    surface: Surface
    slices: dict[str, list[Slice]] = field(default_factory=dict)
    """By `appendfsync`."""
    waits: list[Waits] = field(default_factory=list)

    def rate(self, fsync: str) -> float:
        return median(slice_.rate for slice_ in self.slices[fsync])

    def cpu(self, fsync: str) -> float:
        return median(slice_.cpu for slice_ in self.slices[fsync])

    def p50(self) -> float:
        return median(waits.p50 for waits in self.waits)

    def p99(self) -> float:
        return median(waits.p99 for waits in self.waits)


def rows() -> list[Row]:
    return [
        Row("Kelisim, Telegram", True, "kelisim", Surface.CHAT),
        Row("Kelisim, SMS", True, "kelisim", Surface.SMS),
        Row("(a) aiogram, FSM echo", False, "aiogram", Surface.CHAT),
        Row("(b) floor by hand, SMS", True, "floor", Surface.SMS),
        Row("(c) raw ASGI echo", False, "raw", Surface.CHAT),
    ]


def sending_rows() -> list[Row]:
    return [
        Row("Kelisim, Telegram, outbox sending", True, "kelisim-sending", Surface.CHAT),
        Row("Kelisim, SMS, outbox sending", True, "kelisim-sending", Surface.SMS),
    ]


class Measured(Struct):
    row: Row
    process: Process
    load: Load


@asynccontextmanager
async def field_of(rows: Sequence[Row], url: str, cores: Cores, score: Score) -> AsyncIterator[list[Measured]]:
    """All servers run at the same time, and wait for their turn."""
    with ExitStack() as stack:
        servers: dict[str, Process] = {}
        for name in dict.fromkeys(row.server for row in rows):
            servers[name] = Process("bench.contenders", name, url, cores=cores.server)
            stack.callback(servers[name].stop)
        ports = {name: process.port() for name, process in servers.items()}
        measured = []
        for number, row in enumerate(rows, 3):  # +771 and +772 are no mobile phones
            load = Load(ports[row.server], _messages(row.surface, score[row.surface], number * 100_000_000))
            stack.callback(load.close)
            await load.open(AT_ONCE)
            await load.flood(WARM_UP, until_even(score[row.surface]))
            measured.append(Measured(row, servers[row.server], load))
        yield measured


def _messages(surface: Surface, talks: list[Talk], base: int) -> Iterator[bytes]:
    return requests.telegram(talks, base) if surface is Surface.CHAT else requests.kannel(talks, base)


async def throughput(field_: list[Measured], redis: Redis, fsync: str, rounds: int) -> None:
    await redis.config_set("appendfsync", fsync)
    for number in range(rounds):
        # Every other round backwards: nobody always comes after the same one.
        for measured in field_ if number % 2 == 0 else reversed(field_):
            before = measured.process.cpu()
            flood = await measured.load.flood(SLICE)
            used = measured.process.cpu() - before
            slice_ = Slice(flood.answered / flood.seconds, used / flood.answered * 1e6)
            measured.row.slices.setdefault(fsync, []).append(slice_)


async def waits(field_: list[Measured], redis: Redis, rounds: int) -> int:
    """At the same rate for everybody, which nobody has to queue at."""
    await redis.config_set("appendfsync", "always")
    slowest = min(measured.row.rate("always") for measured in field_)
    rate = max(50, int(slowest * SHARE) // 50 * 50)
    for number in range(rounds):
        for measured in field_ if number % 2 == 0 else reversed(field_):
            found = sorted(await measured.load.pace(rate, SLICE))
            last = len(found) - 1
            measured.row.waits.append(Waits(found[last // 2], found[last * 99 // 100]))
    return rate


async def check_written(field_: list[Measured], redis: Redis) -> None:
    """One letter for every message, or the figures mean nothing."""
    sent = sum(measured.load.sent for measured in field_ if measured.row.writes_letters)
    written = sum([int(await redis.xlen(outbox_key(number))) for number in range(SHARDS)])
    if written != sent:
        raise LoadError(f"{sent} messages were answered with 200, but {written} letters written")
    counted = await _counted_by_aiogram(redis)
    sent = sum(measured.load.sent for measured in field_ if measured.row.server == "aiogram")
    if counted != sent:
        raise LoadError(f"aiogram answered {sent} messages, but remembers {counted}")


async def check_sent(field_: list[Measured], redis: Redis) -> None:
    sent = sum(measured.load.sent for measured in field_)
    streams = [outbox_key(number) for number in range(SHARDS)]
    for _ in range(300):
        if not sum([int(await redis.xlen(stream)) for stream in streams]):
            break
        await asyncio.sleep(0.1)
    left = 0
    for stream in streams:
        if await redis.exists(stream):
            found = await redis.xinfo_stream(stream)
            left += found["entries-added"] - found["length"]
    if left != sent:
        raise LoadError(f"{sent} messages were answered with 200, but {left} letters have left")


async def _counted_by_aiogram(redis: Redis) -> int:
    from bench.aiogram_echo import counted

    keys = [key async for key in _keys(redis, "fsm:*:data")]
    pages = [await redis.mget(keys[start : start + 1000]) for start in range(0, len(keys), 1000)]
    return sum(counted(value) for page in pages for value in page if isinstance(value, bytes))


async def _keys(redis: Redis, pattern: str) -> AsyncIterator[bytes]:
    async for key in redis.scan_iter(pattern, 10_000):
        yield key
