"""«Where is my application», asked by SMS while E-Sobes takes 20 ms for each of the two questions that it takes: how
long a person waits besides, alone and with two hundred others."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager

from msgspec import Struct, field
from redis.asyncio import Redis

from bench import requests
from bench.esobes import LATENCY
from bench.load import Load, LoadError
from bench.pending import Command, phone, pour
from bench.processes import Cores, Process
from bench.tables import table
from dialogs import session as sessions
from dialogs.language import Language
from gateway.store import SHARDS, outbox_key, shard, tag

QUESTIONS = 2
ESOBES = QUESTIONS * LATENCY
CROWD = 200
ROUNDS = 3
SLICE = 1.5
WARM_UP = 0.7
RATES = (100, 300)
"""Turns a second of two hundred conversations: each writes every two seconds, or three times as often."""
PEOPLE = 12_000
"""Who write to one contender in one way, each once: who asks the same thing thrice is answered differently."""
BASES = (700_000_000, 710_000_000)


class Waited(Struct):
    """Seconds."""

    name: str
    waits: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        found = sorted(self.waits)
        return found[int((len(found) - 1) * share)]


class Contender(Struct):
    name: str
    process: Process
    one: Load
    crowd: Load
    alone: Waited
    paced: dict[int, Waited]
    at_once: Waited
    rates: list[float] = field(default_factory=list)
    """Turns a second at once."""
    cpu: list[float] = field(default_factory=list)
    """µs of the server's CPU a turn."""

    def ways(self) -> list[Waited]:
        return [self.alone, *self.paced.values(), self.at_once]


class StatusResults(Struct, frozen=True):
    ours: Contender
    floor: Contender

    def text(self) -> str:
        heads = ["from sent to answered", "p50 ms", "p99 ms", "over E-Sobes p50", "p99", "p50, ratio to the floor"]
        lines = []
        for ours, floor in zip(self.ours.ways(), self.floor.ways(), strict=True):
            lines.append([f"Kelisim, {ours.name}", *_told(ours), f"**{ours.at(0.5) / floor.at(0.5):.2f}**"])
            lines.append([f"(f) {floor.name}", *_told(floor), ""])
        return "\n\n".join(
            (
                f"## Where is my application, by SMS: E-Sobes takes {QUESTIONS} × {LATENCY * 1e3:.0f} ms",
                table(heads, lines),
                table(["two hundred at once", "turns/s", "server CPU µs"], [_busy(self.ours), _busy(self.floor)]),
            )
        )

    def how(self) -> str:
        return f"""- Where is my application: E-Sobes is a process of its own on the load's core, and answers each \
question after {LATENCY * 1e3:.0f} ms; appendfsync always. Every message comes from a phone of its own, whose talk \
is in Redis. (f) is the program's own client behind the same HTTP server: the same two questions, and nothing else. \
At once: each of {CROWD} has its next message under way as soon as it is answered; then only the server's CPU sets \
the pace. Afterwards Redis has to hold one letter for every message, and no promise to write back."""


def _told(waited: Waited) -> list[str]:
    p50, p99 = waited.at(0.5), waited.at(0.99)
    return [f"{seconds * 1e3:.1f}" for seconds in (p50, p99, p50 - ESOBES, p99 - ESOBES)]


def _busy(contender: Contender) -> list[str]:
    middle = sorted(zip(contender.rates, contender.cpu, strict=True))[len(contender.rates) // 2]
    return [contender.name, f"{middle[0]:,.0f}", f"{middle[1]:.0f}"]


async def measure(redis: Redis, url: str, cores: Cores) -> StatusResults:
    await redis.config_set("appendfsync", "everysec")
    pour(url, _talks())
    await redis.config_set("appendfsync", "always")
    async with _field(url, cores) as (ours, floor):
        for number in range(ROUNDS):
            for contender in (ours, floor) if number % 2 == 0 else (floor, ours):
                await _round(contender)
        await _check(ours, redis)
        return StatusResults(ours, floor)


@asynccontextmanager
async def _field(url: str, cores: Cores) -> AsyncIterator[tuple[Contender, Contender]]:
    with ExitStack() as stack:
        esobes = Process("bench.esobes", cores=cores.others)
        stack.callback(esobes.stop)
        address = f"http://127.0.0.1:{esobes.port()}"
        contenders = []
        for name, server in (("Kelisim", "kelisim-status"), ("(f) the questions alone", "status-floor")):
            process = Process("bench.contenders", server, url, address, cores=cores.server)
            stack.callback(process.stop)
            port = process.port()
            one, crowd = (Load(port, requests.answers(lambda _: "статус", base)) for base in BASES)
            contender = Contender(
                name,
                process,
                one,
                crowd,
                Waited("1 conversation"),
                {rate: Waited(f"{CROWD} conversations, {rate} turns/s") for rate in RATES},
                Waited(f"{CROWD} at once"),
            )
            for load, connections in ((one, 1), (crowd, CROWD)):
                stack.callback(load.close)
                await load.open(connections)
                await load.flood(WARM_UP)
            contenders.append(contender)
        yield contenders[0], contenders[1]


async def _round(contender: Contender) -> None:
    await contender.one.flood(SLICE)
    contender.alone.waits += contender.one.waits
    for rate, waited in contender.paced.items():
        waited.waits += await contender.crowd.pace(rate, SLICE)
    before = contender.process.cpu()
    flood = await contender.crowd.flood(SLICE)
    contender.at_once.waits += contender.crowd.waits
    contender.rates.append(flood.answered / flood.seconds)
    contender.cpu.append((contender.process.cpu() - before) / flood.answered * 1e6)


def _talks() -> Iterator[Command]:
    """Everybody has talked to us before."""
    session = sessions.new("Zm9yYmVuY2g0")
    session.language, session.state = Language.RU, "menu"
    written = sessions.write(session)
    for address in _addresses():
        yield "SET", f"{shard(address)}:session:{address}", written


def _addresses() -> Iterable[str]:
    return (f"sms:{phone(base + number)}" for base in BASES for number in range(PEOPLE))


async def _check(ours: Contender, redis: Redis) -> None:
    """Everybody was told what E-Sobes knows, and nobody that it is away, or the figures mean nothing."""
    if min(min(waited.waits) for waited in ours.ways()) < ESOBES:
        raise LoadError("somebody was answered sooner than E-Sobes can have been asked")
    sent = [ours.one.sent, ours.crowd.sent]
    if max(sent) > PEOPLE:
        raise LoadError(f"{max(sent)} messages were sent, but only {PEOPLE} people have talked to us before")
    letters = sum([int(await redis.xlen(outbox_key(number))) for number in range(SHARDS)])
    promises = sum([int(await redis.xlen(f"{tag(number)}:errands")) for number in range(SHARDS)])
    if letters != sum(sent) or promises:
        raise LoadError(f"{sum(sent)} asked where their application is: {letters} letters, {promises} promises")
