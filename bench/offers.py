"""Events of E-Sobes and answers to offers over HTTP: how many a second, how long each, and what they have written."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager

from redis.asyncio import Redis

from bench import requests, turns
from bench.event_floors import STREAM
from bench.load import Load, LoadError
from bench.pending import Pending, pour
from bench.processes import Cores, Process
from bench.turns import AT_ONCE, WARM_UP, Measured, Row, Score
from dialogs.messages import Surface
from gateway.store import SHARDS, tag

EVENT, KEPT, PLAIN, ANSWER, TURN = range(5)
EVENTS, KEPT_EVENTS, PLAIN_EVENTS, TURNS, ANSWERS = (number * 100_000_000 for number in (3, 5, 7, 4, 6))
"""Where their numbers begin: an offer, its person and their phone have one number."""
ASKED = 200_000
"""Phones with one open offer, to be answered one after the other."""
ENOUGH = 10_000
"""Messages after which nothing gets faster any more."""


def rows() -> list[Row]:
    return [
        Row("offer.opened: asked, codes, letters, journal, wake-up", True, "kelisim-offers", Surface.SMS),
        Row("(d) the same door and checks, body kept by one XADD", False, "kept-event", Surface.SMS),
        Row("(e) FastAPI, a body model and one XADD", False, "plain-event", Surface.SMS),
        Row("an answer by SMS: relay, letter, journal", True, "kelisim-offers", Surface.SMS),
        Row("an ordinary turn by SMS", True, "kelisim-offers", Surface.SMS),
    ]


async def measure(
    rows: list[Row],
    redis: Redis,
    url: str,
    *,
    cores: Cores,
    pending: Pending,
    score: Score,
    rounds: dict[str, int],
) -> int:
    """Answers with the fixed rate."""
    numbers = range(ANSWERS, ANSWERS + ASKED)
    pour(url, pending.matters(numbers))
    pour(url, pending.pockets(numbers))
    async with _field_of(rows, url, cores, pending, score) as field:
        for fsync, number in rounds.items():
            await turns.throughput(field, redis, fsync, number)
        rate = await turns.waits([field[EVENT], field[ANSWER], field[TURN]], redis, 2)
        await _check(field, redis)
    return rate


@asynccontextmanager
async def _field_of(
    rows: list[Row], url: str, cores: Cores, pending: Pending, score: Score
) -> AsyncIterator[list[Measured]]:
    with ExitStack() as stack:
        servers: dict[str, Process] = {}
        for name in dict.fromkeys(row.server for row in rows):
            servers[name] = Process("bench.contenders", name, url, cores=cores.server)
            stack.callback(servers[name].stop)
        ports = {name: process.port() for name, process in servers.items()}
        measured = []
        for row, (messages, status) in zip(rows, _messages(pending, score), strict=True):
            load = Load(ports[row.server], messages, status)
            stack.callback(load.close)
            await load.open(AT_ONCE)
            await load.flood(WARM_UP, ENOUGH)
            measured.append(Measured(row, servers[row.server], load))
        yield measured


def _messages(pending: Pending, score: Score) -> Iterator[tuple[Iterator[bytes], int]]:
    yield requests.events(EVENTS), 202
    yield requests.events(KEPT_EVENTS), 202
    yield requests.events(PLAIN_EVENTS), 202
    yield requests.answers(lambda number: pending.codes(number)[0], ANSWERS), 200
    yield requests.kannel(score[Surface.SMS], TURNS), 200


async def _check(field: list[Measured], redis: Redis) -> None:
    """Every event has become an offer that the clock knows, and every answer a relay, or the figures mean nothing."""
    sent = [measured.load.sent for measured in field]
    if sent[ANSWER] > ASKED:
        raise LoadError(f"{sent[ANSWER]} answers were sent, but only {ASKED} offers waited for one")
    opened = sum([int(await redis.zcard(f"{tag(shard)}:wakeups")) for shard in range(SHARDS)])
    relayed = sum([int(await redis.xlen(f"{tag(shard)}:relays")) for shard in range(SHARDS)])
    kept, plain = [int(await redis.xlen(f"{STREAM}:{name}")) for name in ("kept", "plain")]
    found = {EVENT: opened, KEPT: kept, PLAIN: plain, ANSWER: relayed}
    for number, written in found.items():
        if written != sent[number]:
            raise LoadError(f"«{field[number].row.name}»: {sent[number]} sent, {written} found in Redis")
