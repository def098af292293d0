"""People write by SMS and are answered while a million letters of a broadcast leave, against the same without."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from msgspec import Struct, field
from redis.asyncio import Redis

from bench import requests
from bench.carrier import LATENCY, Carrier, Taken, numbered
from bench.leaving import TEXTS
from bench.load import Load, LoadError
from bench.memory import used
from bench.pending import phone
from bench.processes import Cores, Process
from bench.tables import met, table
from bench.talks import Talk
from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from gateway.broadcasts.broadcast import Audience, Broadcast
from gateway.broadcasts.rolls import CHUNK, Recipient, Rolls
from gateway.broadcasts.store import BroadcastStore
from gateway.clock import ALMATY
from gateway.connection import Batched, close, connect
from gateway.embedded import Embedded
from gateway.store import SHARDS, shard_number

LETTERS = 1_000_000
RATES = (20, 100, 300)
"""Letters of the broadcast a second: as the program has it unless told otherwise, and more."""
TURNS = 200
"""A second."""
ROUNDS = 5
SLICE = 4.0
WARM_UP = 1.0
ENOUGH = 3_000
"""Messages after which nothing gets faster any more."""
AIM = 1.5
WRITERS = (300_000_000, 400_000_000, 500_000_000)
"""Where the numbers of those begin that write, for each rate, …"""
_PEOPLE = 800_000_000
"""…and of those that the broadcast goes to."""
_FROM = re.compile(rb"from=%2B77(\d{9})")
_AT_ONCE = 100


class Slice(Struct, frozen=True):
    """Seconds from a person's message…"""

    answered: list[float]
    """…to the answer at the door, …"""
    written: list[float]
    """…and to the letter at the gateway."""
    broadcast: float
    """Letters of the broadcast that came in a second."""


class Side(Struct):
    """With a broadcast, or without."""

    memory: int = 0
    start: float = 0.0
    """Seconds until the program answers."""
    slices: list[Slice] = field(default_factory=list)

    def p(self, share: float, what: str) -> list[float]:
        """Of each slice."""
        return [_at(share, getattr(slice_, what)) for slice_ in self.slices]


class Pair(Struct):
    rate: int
    idle: Side = field(default_factory=Side)
    busy: Side = field(default_factory=Side)

    def ratio(self, what: str) -> float:
        pairs = zip(self.busy.p(0.99, what), self.idle.p(0.99, what), strict=True)
        return median(busy / idle for busy, idle in pairs)


class BroadcastResults(Struct, frozen=True):
    pairs: list[Pair]
    size: float
    """Bytes of Redis a letter."""
    restart: float
    """Seconds."""

    def aim(self) -> str:
        pair = self.pairs[0]
        found = max(pair.ratio("answered"), pair.ratio("written"))
        return (
            f"While a broadcast to {LETTERS:,} runs, p99 of replies is **{found:.2f}** times what it is without. "
            f"Aim: {met(f'≤ {AIM}', found <= AIM)}."
        )

    def text(self) -> str:
        heads = ["from a message by SMS", "to its answer: p50 ms", "p99", "to its letter at the gateway: p50", "p99"]
        heads += ["p99, ratio: answer", "letter", "broadcast/s"]
        lines = []
        for pair in self.pairs:
            ratios = [f"**{pair.ratio(what):.2f}**" for what in ("answered", "written")]
            lines.append([f"a broadcast at {pair.rate}/s", *_told(pair.busy), *ratios, _rate(pair.busy)])
            lines.append(["none, in turn with it", *_told(pair.idle), "", "", ""])
        busy, idle = self.pairs[0].busy, self.pairs[0].idle
        memory, more = (side.memory / 2**20 for side in (idle, busy))
        return (
            f"## Replies while a broadcast to {LETTERS:,} people runs, {TURNS} turns a second\n\n"
            f"{table(heads, lines)}\n\nA recipient takes {self.size:.0f} bytes of Redis, which starts with "
            f"all of them in {self.restart:.1f} s. The program starts in {busy.start:.1f} s with them and in "
            f"{idle.start:.1f} s without, and takes {more:.0f} MB of memory instead of {memory:.0f} MB."
        )

    def how(self) -> str:
        return f"""- Replies: two programs, each with a Redis of its own, appendfsync always; in one a \
broadcast to a million people runs. Only one of them runs at a time, the other stands still; {ROUNDS} rounds \
of {SLICE:.0f} s for each rate. SMS leave by Kannel's route, to a gateway that takes {LATENCY * 1e3:.0f} ms. \
Figures are medians of rounds, ratios are medians of the ratios within a round. Every message has to be answered by \
one letter at the gateway, and no letter of the broadcast may come twice."""


def _told(side: Side) -> list[str]:
    return [f"{median(side.p(share, what)) * 1e3:.1f}" for what in ("answered", "written") for share in (0.5, 0.99)]


def _rate(side: Side) -> str:
    return f"{median(slice_.broadcast for slice_ in side.slices):.0f}"


def _at(share: float, waits: Iterable[float]) -> float:
    found = sorted(waits)
    return found[int((len(found) - 1) * share)]


async def measure(talks: list[Talk], folder: Path, cores: Cores) -> BroadcastResults:
    with ExitStack() as stack:
        process = Process("bench.carrier", cores=cores.others)
        stack.callback(process.stop)
        carrier = Carrier(process.port())
        size = await _fill(folder / "busy")
        started = perf_counter()
        async with Embedded(folder / "busy") as busy:
            restart = perf_counter() - started
            async with Embedded(folder / "idle") as idle:
                ground = _Ground(carrier, talks, cores)
                pairs = [await _pair(ground, place, idle, busy) for place in range(len(RATES))]
    if len(ground.reached) != len(set(ground.reached)):
        raise LoadError("a letter of the broadcast came twice")
    return BroadcastResults(pairs, size, restart)


async def _fill(folder: Path) -> float:
    """Bytes a recipient."""
    async with Embedded(folder) as url:
        client = connect(url)
        assert isinstance(client, Redis)
        redis = Batched(client)
        await redis("CONFIG", "SET", "appendfsync", "everysec")
        empty = await used(client)
        await _broadcast(redis)
        taken = await used(client) - empty
        await close(client)
        return taken / LETTERS


async def _broadcast(redis: Batched) -> None:
    """To so many people, on its way."""
    rolls, roll, now = Rolls(redis), "bench.1", datetime.now(ALMATY)
    shards: list[list[Recipient]] = [[] for _ in range(SHARDS)]
    for number in range(LETTERS):
        to = phone(_PEOPLE + number)
        shards[shard_number(f"sms:{to}")].append(Recipient(number + 2, to, None, (f"Адам {number % 1000}",)))
    for shard, people in enumerate(shards):
        for chunk, first in enumerate(range(0, len(people), CHUNK)):
            await rolls.add(roll, shard, chunk, people[first : first + CHUNK])
    audience = Audience(
        roll=roll,
        name="list.csv",
        columns=("Аты",),
        read=LETTERS,
        recipients=LETTERS,
        faulty=0,
        duplicates=0,
        by="bench",
        at=now,
    )
    texts = Texts(*(f"{{Аты}}: {numbered(text, 1)}" for text in TEXTS[:2]))
    made = Broadcast(
        id="bench", title="", author="bench", made=now, state=State.RUNNING, texts=texts, audience=audience
    )
    await BroadcastStore(redis).add(made)


class _Ground(Struct):
    carrier: Carrier
    talks: list[Talk]
    cores: Cores
    reached: list[int] = field(default_factory=list)
    """By the broadcast."""


class _Contender(Struct):
    side: Side
    process: Process
    load: Load
    asked: dict[int, deque[float]]
    """Who wrote, and when: messages that no letter has come for."""


async def _pair(ground: _Ground, place: int, idle: str, busy: str) -> Pair:
    pair = Pair(RATES[place])
    async with AsyncExitStack() as stack:
        contenders = []
        for side, url in ((pair.idle, idle), (pair.busy, busy)):
            contender = await stack.enter_async_context(_running(ground, side, url, place))
            await contender.load.flood(messages=ENOUGH)
            await _arrived(contender, ground)
            await _rest(contender)
            contenders.append(contender)
        for number in range(ROUNDS):
            for contender in contenders if number % 2 == 0 else reversed(contenders):
                contender.process.go_on()
                await contender.load.pace(TURNS, WARM_UP)
                await _arrived(contender, ground)
                contender.side.slices.append(await _slice(contender, ground))
                contender.side.memory = contender.process.memory()
                await _rest(contender)
    return pair


async def _rest(contender: _Contender) -> None:
    """Once the gateway's answers are written down."""
    await asyncio.sleep(4 * LATENCY)
    contender.process.rest()


@asynccontextmanager
async def _running(ground: _Ground, side: Side, url: str, place: int) -> AsyncIterator[_Contender]:
    started = perf_counter()
    carried = (ground.carrier.url, str(RATES[place]))
    process = Process("bench.contenders", "kelisim-carried", url, *carried, cores=ground.cores.server)
    asked: dict[int, deque[float]] = {}
    load: Load | None = None
    try:
        load = Load(process.port(), _noted(requests.kannel(ground.talks, WRITERS[place]), asked))
        side.start = perf_counter() - started
        await load.open(_AT_ONCE)
        yield _Contender(side, process, load, asked)
    finally:
        process.go_on()
        if load is not None:
            load.close()
        process.stop()


def _noted(messages: Iterator[bytes], asked: dict[int, deque[float]]) -> Iterator[bytes]:
    """A message is asked for when it leaves."""
    for message in messages:
        found = _FROM.search(message)
        assert found is not None
        asked.setdefault(int(found[1]), deque()).append(perf_counter())
        yield message


async def _slice(contender: _Contender, ground: _Ground) -> Slice:
    started = perf_counter()
    answered = await contender.load.pace(TURNS, SLICE)
    seconds = perf_counter() - started
    before = len(ground.reached)
    written_ = await _arrived(contender, ground)
    if len(written_) != len(answered):
        raise LoadError(f"{len(answered)} messages were answered, but {len(written_)} letters came")
    return Slice(answered, written_, (len(ground.reached) - before) / seconds)


async def _arrived(contender: _Contender, ground: _Ground) -> list[float]:
    """How long each letter took since its message, once all are there."""
    waits: list[float] = []
    until = perf_counter() + 60
    while contender.asked:
        for one in ground.carrier.taken().letters:
            if one.number:
                ground.reached.append(one.to)
            else:
                waits.append(_waited(one, contender.asked))
        if contender.asked:
            if perf_counter() > until:
                raise LoadError(f"{len(contender.asked)} people have got no letter within a minute")
            await asyncio.sleep(0.05)
    return waits


def _waited(one: Taken, asked: dict[int, deque[float]]) -> float:
    """The first letter answers the first message."""
    citizen = one.to % 1_000_000_000
    theirs = asked.get(citizen)
    if not theirs:
        raise LoadError(f"a letter came to {citizen}, who has written nothing")
    wait = one.at - theirs.popleft()
    if not theirs:
        del asked[citizen]
    return wait
