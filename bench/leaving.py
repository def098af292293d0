"""Letters leave by each route: through the outbox and Redis to a gateway that takes 50 ms for each, against plain
httpx in a bare loop, which sends the same requests with as many under way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from itertools import count, groupby, islice, pairwise
from statistics import median
from time import perf_counter, process_time, time
from typing import Any, Protocol

import aiohttp
import httpx
import msgspec
from msgspec import Struct, field

from bench.carrier import LATENCY, Carrier, Taken, numbered
from bench.load import LoadError
from bench.pending import Command, phone, pour
from bench.processes import Cores, Process
from bench.tables import met, table
from dialogs.dialogue import Dialogue
from gateway.channels import Channel, Letter
from gateway.clock import Clock
from gateway.connection import Batched, close, connect
from gateway.outbox.gate import Gate
from gateway.outbox.outbox import Outbox
from gateway.outbox.pace import Pace
from gateway.papers import Papers
from gateway.routes.health import Health
from gateway.routes.named import Named
from gateway.routes.route import Route
from gateway.routes.routes import Preference, Routes
from gateway.routes.trails import Trails
from gateway.screens import Screens
from gateway.sms import kannel, mobizon, smsc
from gateway.store import shard_number, tag

ROUNDS = 5
AIM = 0.8
WARM_UP = 200
EACH = 4
"""Letters to one person."""
SECONDS = 2.5
"""A slice takes about as long as so many seconds of the gateway's own time."""
OURS, HTTPX, AIOHTTP = CONTENDERS = ("ours", "httpx", "aiohttp")
TOKEN = "123456789:AAbenchmark-benchmark-benchmark-000"
TEXTS = (
    "Сіздің өтінішіңіз қабылданды. Кезекте 2 құжат жетіспейді, оларды 27.11.2026 дейін әкеліңіз. 0 - мәзір.",
    "Ваше заявление принято. Не хватает двух документов, принесите их до 27.11.2026. 0 - меню.",
)
_HEALTHY = 0.0
_NO_PACE = 1e6
_WRITE = "for _, letter in ipairs(ARGV) do redis.call('XADD', KEYS[1], '*', 'letter', letter) end return 1"
_PAGE = 1600
_encode = msgspec.json.Encoder().encode

Request = tuple[str, str, dict[str, Any]]
Ask = Callable[[str, str, dict[str, Any]], Awaitable[None]]


class Way(Protocol):
    """One route, and what it sends."""

    name: str

    def channel(self, redis: Batched) -> Channel: ...

    def address(self, number: int) -> str: ...

    def request(self, letter: Letter) -> Request:
        """As httpx has it."""

    async def aclose(self) -> None: ...


class Slice(Struct, frozen=True):
    rate: float
    """Letters a second."""
    cpu: float
    """µs a letter."""


class Leaving(Struct):
    """One route."""

    name: str
    at_once: int = 0
    """Letters under way, as the gateway saw it."""
    slices: dict[str, list[Slice]] = field(default_factory=lambda: {name: [] for name in CONTENDERS})

    def ratios(self, to: str) -> list[float]:
        pairs = zip(self.slices[OURS], self.slices[to], strict=True)
        return [one.rate / other.rate for one, other in pairs]


class LeavingResults(Struct, frozen=True):
    ways: list[Leaving]

    def aim(self) -> str:
        worst = min(self.ways, key=lambda way: median(way.ratios(HTTPX)))
        found = median(worst.ratios(HTTPX))
        return (
            f"Letters leave **{found:.2f}** times as fast as plain httpx sends them, where the ratio is lowest "
            f"({worst.name}). Aim: {met(f'≥ {AIM}', found >= AIM)}."
        )

    def text(self) -> str:
        heads = ["letters leave by", "under way", "letters/s", "CPU µs", "httpx/s", "CPU µs", "aiohttp/s", "CPU µs"]
        heads += ["ratio to httpx", "all rounds", "to aiohttp"]
        lines = table(heads, [_line(way) for way in self.ways])
        return f"## The outbox, to a gateway that takes {LATENCY * 1e3:.0f} ms\n\n{lines}"

    def how(self) -> str:
        return f"""- The outbox: letters to many people, {EACH} to each, are in Redis and leave through the \
program's own outbox, routes and clients; appendfsync always. The gateway is a process of its own on the other core, \
and answers each request after {LATENCY * 1e3:.0f} ms. Plain httpx and aiohttp send the same requests, made \
beforehand, with as many under way as the gateway saw from us, and keep nothing anywhere. smsc allows no more than \
it has here; Telegram is without its limits. {ROUNDS} rounds. Every letter has to be there once, and of those to one \
person each only after the answer to the one before."""


def _line(way: Leaving) -> list[str]:
    figures = []
    for slices in way.slices.values():
        figures += [f"{median(one.rate for one in slices):,.0f}", f"{median(one.cpu for one in slices):.0f}"]
    found, other = way.ratios(HTTPX), way.ratios(AIOHTTP)
    ratios = [f"**{median(found):.2f}**", f"{min(found):.2f}–{max(found):.2f}", f"{median(other):.2f}"]
    return [way.name, str(way.at_once), *figures, *ratios]


async def measure(url: str, spoken: Dialogue, cores: Cores) -> LeavingResults:
    """Of an empty Redis."""
    with ExitStack() as stack:
        process = Process("bench.carrier", cores=cores.others)
        stack.callback(process.stop)
        carrier = Carrier(process.port())
        found = []
        with cores.server_here():
            async with _redis(url) as batched:
                for way in ways(carrier, spoken):
                    found.append(await _measured(way, batched, url, carrier))
    return LeavingResults(found)


@asynccontextmanager
async def _redis(url: str) -> AsyncIterator[Batched]:
    redis = connect(url)
    try:
        yield Batched(redis)
    finally:
        await close(redis)


async def _measured(way: Way, redis: Batched, url: str, carrier: Carrier) -> Leaving:
    found, numbers = Leaving(way.name), count(1)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(way.aclose)
        channel = way.channel(redis)

        async def ours(people: int) -> Slice:
            letters = _letters(way, next(numbers), people)
            slice_ = await _leave(letters, channel, redis, url)
            told = carrier.taken()
            check(letters, told.letters)
            found.at_once = max(found.at_once, told.most)
            return slice_

        await ours(WARM_UP)
        asks = {
            HTTPX: await stack.enter_async_context(_by_httpx(found.at_once)),
            AIOHTTP: await stack.enter_async_context(_by_aiohttp(found.at_once)),
        }
        people = int(SECONDS / LATENCY * found.at_once / EACH)

        async def plain(ask: Ask) -> Slice:
            letters = _letters(way, next(numbers), people)
            slice_ = await _plain([way.request(one) for one in letters], ask, found.at_once)
            carrier.taken()
            return slice_

        for number in range(-1, ROUNDS):  # the first to get warm
            for name in CONTENDERS if number % 2 == 0 else reversed(CONTENDERS):
                slice_ = await (ours(people) if name == OURS else plain(asks[name]))
                if number >= 0:
                    found.slices[name].append(slice_)
    return found


def _letters(way: Way, slice_: int, people: int) -> list[Letter]:
    """Everybody's first, everybody's second…"""
    now = time()
    return [
        Letter(
            f"{way.name}:{slice_}-{person}-{number}:0",
            way.address(slice_ * 100_000 + person),
            numbered(TEXTS[person % len(TEXTS)], number),
            now,
        )
        for number in range(1, EACH + 1)
        for person in range(people)
    ]


async def _leave(letters: Sequence[Letter], channel: Channel, redis: Batched, url: str) -> Slice:
    pour(url, written(letters))
    name = letters[0].address.partition(":")[0]
    outbox = Outbox(redis, {name: channel}, Clock(), "bench")
    started, cpu = perf_counter(), process_time()
    running = asyncio.create_task(outbox.run())
    await outbox.drained()
    seconds, cpu = perf_counter() - started, process_time() - cpu
    outbox.stop()
    await running
    if outbox.counts != {(name, "accepted"): len(letters)}:
        raise LoadError(f"of {len(letters)} letters came {outbox.counts}")
    return Slice(len(letters) / seconds, cpu / len(letters) * 1e6)


def written(letters: Iterable[Letter], stream: str = "outbox") -> Iterator[Command]:
    """As they wait in Redis."""
    waiting = iter(letters)
    while page := list(islice(waiting, _PAGE)):
        shards: dict[int, list[bytes]] = {}
        for one in page:
            shards.setdefault(shard_number(one.address), []).append(_encode(one))
        for shard, theirs in shards.items():
            yield "EVAL", _WRITE, 1, f"{tag(shard)}:{stream}", *theirs


async def _plain(requests: Sequence[Request], ask: Ask, at_once: int) -> Slice:
    """For so many seconds, or until all are sent."""
    waiting, sent = iter(requests), 0
    started, cpu = perf_counter(), process_time()

    async def one_by_one() -> None:
        nonlocal sent
        for method, url, request in waiting:
            await ask(method, url, request)
            sent += 1
            if perf_counter() - started > SECONDS:
                return

    await asyncio.gather(*(one_by_one() for _ in range(at_once)))
    seconds, cpu = perf_counter() - started, process_time() - cpu
    return Slice(sent / seconds, cpu / sent * 1e6)


@asynccontextmanager
async def _by_httpx(at_once: int) -> AsyncIterator[Ask]:
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(timeout=20, limits=limits, trust_env=False) as client:

        async def ask(method: str, url: str, request: dict[str, Any]) -> None:
            answer = await client.request(method, url, **request)
            answer.raise_for_status()

        yield ask


@asynccontextmanager
async def _by_aiohttp(at_once: int) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as client:

        async def ask(method: str, url: str, request: dict[str, Any]) -> None:
            async with client.request(method, url, **request) as answer:
                answer.raise_for_status()
                await answer.read()

        yield ask


def check(letters: Sequence[Letter], taken: Sequence[Taken]) -> None:
    """Each is there once; and of those to one person, each after the answer to the one before."""
    sent = sorted(_who(one.address) for one in letters)
    if sorted(one.to for one in taken) != sent:
        raise LoadError(f"{len(sent)} letters were to leave, {len(taken)} came, or they are not the same")
    by_person = sorted(taken, key=lambda one: (one.to, one.at))
    for to, theirs in groupby(by_person, lambda one: one.to):
        came = list(theirs)
        if [one.number for one in came] != list(range(1, len(came) + 1)):
            raise LoadError(f"the letters to {to} came in the order {[one.number for one in came]}")
        if any(after.at < before.at + LATENCY * 0.9 for before, after in pairwise(came)):
            raise LoadError(f"two letters to {to} were under way at the same time")


def _who(address: str) -> int:
    return int(address.partition(":")[2])


class _Sms:
    def __init__(self, name: str, route: Callable[[Batched], Route], request: Callable[[Letter], Request]) -> None:
        self.name = name
        self.request = request
        self._route = route
        self._closing: list[Routes] = []

    def address(self, number: int) -> str:
        return f"sms:{phone(number)}"

    def channel(self, redis: Batched) -> Channel:
        self._closing.append(routes_of(self._route(redis), redis, _NO_PACE))
        return self._closing[0]

    async def aclose(self) -> None:
        for routes in self._closing:
            await routes.aclose()


def routes_of(route: Route, redis: Batched, rate: float) -> Routes:
    """As the program has them where there is one provider. `rate`: of broadcasts."""
    return Routes(
        [route],
        Preference((route.name,), (route.name,)),
        Trails(redis),
        Clock(),
        health={route.name: Health(_HEALTHY)},
        prices={route.name: 1200},
        patience=120.0,
        gate=Gate(Pace(rate)),
        took=lambda _route, _letter, _now: None,
    )


class _Telegram:
    name = "Telegram"

    def __init__(self, url: str, spoken: Dialogue) -> None:
        from bot import telegram

        self._url = f"{url}/bot{TOKEN}/sendMessage"
        self._bot = telegram.connect(TOKEN, url)
        self._words = spoken.guide.words

    def address(self, number: int) -> str:
        return f"tg:{500_000_000 + number}"

    def channel(self, redis: Batched) -> Channel:
        from bot.telegram_calls import Calls
        from bot.telegram_letters import TelegramLetters

        async def block(_: str) -> None:
            raise LoadError("somebody has blocked us")

        calls = Calls(self._bot, Gate(Pace(_NO_PACE)))
        return TelegramLetters(calls, "☎", Papers(self._words), Screens(redis), block)

    def request(self, letter: Letter) -> Request:
        preview = '{"is_disabled":true}'
        form = {"chat_id": _who(letter.address), "text": letter.text, "link_preview_options": preview}
        return "POST", self._url, {"data": form}

    async def aclose(self) -> None:
        await self._bot.session.close()


def ways(carrier: Carrier, spoken: Dialogue) -> list[Way]:
    url = carrier.url
    kannels = kannel_account(url)
    smscs = smsc.Account(url, "kelisim", "a password", "", "KELISIM", "a word")
    mobizons = mobizon.Account(url, "a-key-of-the-benchmark", "KELISIM", "a word")
    keys = {"output": "json", "api": "v1", "apiKey": mobizons.apikey}
    return [
        _Sms(
            "Kannel",
            lambda _: kannel.Kannel(kannels),
            lambda one: ("GET", f"{url}/cgi-bin/sendsms", {"params": kannel.build(one, kannels)}),
        ),
        _Sms(
            "smsc",
            lambda redis: smsc.Smsc(smscs, Named(redis)),
            lambda one: ("POST", f"{url}/rest/send/", {"json": smsc.build(one, smscs)}),
        ),
        _Sms(
            "Mobizon",
            lambda redis: mobizon.Mobizon(mobizons, Named(redis)),
            lambda one: (
                "POST",
                f"{url}/service/message/sendsmsmessage",
                {"params": keys, "data": mobizon.build(one, mobizons)},
            ),
        ),
        _Telegram(url, spoken),
    ]


def kannel_account(url: str) -> kannel.Account:
    return kannel.Account(url, "kelisim", "a password", "1414", "https://bot.kelisim.kz/sms/kannel/a-secret/dlr")
