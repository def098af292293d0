"""Plays one cell of the fault matrix: the real outbox and routes, a real Redis, providers on the loopback, a clock
that is moved by hand."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Never
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from starlette.types import Message

from gateway.channels import Attempt, Channel, Inbound, Letter, Outcome
from gateway.clock import ALMATY
from gateway.connection import Batched, Client
from gateway.letters import Letters
from gateway.outbox.outbox import Outbox
from gateway.routes.named import Named
from gateway.routes.reports import Reported
from gateway.routes.route import Route
from gateway.routes.trails import Trails
from gateway.sms.mobizon import Mobizon
from gateway.store import SHARDS, outbox_key
from gateway.web.front import Door
from gateway.web.sms_doors import KANNEL_PATH, MOBIZON_PATH, SMSC_PATH, KannelDoor, MobizonDoor, SmscDoor
from tests.faults.cells import KANNEL, MOBIZON, SMSC, Cell
from tests.faults.town import Town
from tests.gateway.affairs import Hands
from tests.gateway.carrying import carried_by
from tests.gateway.cutting import Wire
from tests.gateway.sms.mobizon_double import WORD

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ALMATY)
ANNA = "sms:+77011234567"
LETTERS = tuple(Letter(f"letter:{n}", ANNA, text, NOON.timestamp()) for n, text in enumerate(("Бірінші", "Екінші")))
PRICES = {KANNEL: 1200, SMSC: 1500, MOBIZON: 1800}
SECRET = "secret"
_SHARD = 3
_AWAY = 0.02
"""Seconds that Redis is."""
_LOOKS = 60
_PATIENCE = 120.0
_KINDS = {
    "delivered": (1, 1, "DELIVRD"),
    "sent": (8, 0, "ACCEPTD"),
    "failed": (2, 3, "UNDELIV"),
    "refused": (16, 23, "REJECTD"),
}
"""What each provider calls it."""


class Arrival(Struct, frozen=True):
    route: str
    letter: int
    after: float
    """Seconds by the clock."""


class Story(Struct, frozen=True):
    """What has become of the two letters."""

    cell: Cell
    route: str
    behind: str
    arrivals: list[Arrival]
    """In their order, what the providers have taken; without what an operator has refused afterwards."""
    refused: list[Arrival]
    """That was."""
    statuses: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    spent: Mapping[str, int]
    """Route → letters that were counted."""
    price: int

    def of(self, letter: int) -> list[Arrival]:
        return [arrival for arrival in self.arrivals if arrival.letter == letter]


Point = Callable[[str], Awaitable[None]]


class Doorstep:
    """A route at which something may happen before a letter goes out and before its answer is known."""

    def __init__(self, inner: Route, point: Point, first: Route | None = None) -> None:
        """`first`: how the first try goes, if not as all others do."""
        self.name = inner.name
        self._inner = inner
        self._point = point
        self._first = first

    async def send(self, letter: Letter) -> Attempt:
        await self._point("before")
        route, self._first = self._first or self._inner, None
        attempt = await route.send(letter)
        await self._point("answered")
        return attempt

    async def ask(self, letter: Letter) -> Attempt:
        return await self._inner.ask(letter)

    async def aclose(self) -> None:
        return None


class Way:
    """The channel, at which something may happen before a route is chosen and once all is written down."""

    def __init__(self, channel: Channel, point: Point) -> None:
        self._channel = channel
        self._point = point

    async def send(self, letter: Letter) -> Outcome:
        await self._point("chosen")
        outcome = await self._channel.send(letter)
        await self._point("written")
        return outcome


class Nobody:
    async def receive(self, inbound: Inbound) -> Never:
        raise AssertionError(inbound)


class Play:
    letters = LETTERS

    def __init__(self, cell: Cell, names: tuple[str, ...], town: Town, line: Wire, redis: Client) -> None:
        """`names`: of the routes, in their order. `redis`: by the line, which may break."""
        self._cell, self._names, self._town, self._line, self._redis = cell, names, town, line, redis
        self._clock = Hands(NOON)
        self._happens = {point: deque(what.split()) for point, what in cell.happens.items()}
        self._fails = cell.fails(names[0])
        self._died, self._buried = asyncio.Event(), asyncio.Event()
        self._arrivals: list[Arrival] = []
        self._refused: list[Arrival] = []
        self._reports: deque[str] = deque()
        self._counts: Counter[tuple[str, str]] = Counter()

    async def run(self) -> Story:
        await self._redis.flushdb()
        self._prepare()
        batched = Batched(self._redis)
        for letter in self.letters:
            await batched("XADD", outbox_key(_SHARD), "*", "letter", msgspec.json.encode(letter))
        self._live()
        async with asyncio.timeout(_PATIENCE):
            await self._settle()
            await self._point("done")
            await self._settle()
        await self._end(kindly=True)
        return await self._story(batched)

    def _prepare(self) -> None:
        self._town.forget()
        for name, double in self._town.doubles.items():
            double.faults.clear()
            double.meanwhile = self._note if name in self._names else None
        first = self._town.doubles[self._names[0]]
        if (ends := self._cell.ends_at(self._names[0])) is not None:
            first.faults.append(ends)

    def _live(self) -> None:
        """One life of the program."""
        redis = Batched(self._redis)
        named = Named(redis)
        first = self._town.route(self._names[0], named, self._fails) if self._fails else None
        self._fails = ""
        found = {name: self._town.route(name, named) for name in self._names}
        steps = [Doorstep(route, self._point, first if n == 0 else None) for n, route in enumerate(found.values())]
        self._routes = carried_by(redis, self._clock, *steps, prices=PRICES)
        self._outbox = Outbox(redis, {"sms": Way(self._routes, self._point)}, self._clock, "kelisim")
        reports = Reported(redis, self._routes, self._clock, self._outbox.hurry)
        asks = found.get(MOBIZON)
        self._doors: dict[str, Door] = {
            KANNEL: KannelDoor(Nobody(), reports, self._clock, SECRET),
            SMSC: SmscDoor(Nobody(), reports, named, self._clock, secret=SECRET, account=self._town.smsc.account),
        }
        if isinstance(asks, Mobizon):
            self._doors[MOBIZON] = MobizonDoor(reports, named, asks, secret=SECRET, word=WORD)
        self._running = asyncio.create_task(self._outbox.run())

    async def _end(self, *, kindly: bool) -> None:
        self._counts.update(self._counted())
        if kindly:
            self._outbox.stop()
            await self._running
            return
        tasks = [self._running, *self._outbox._sending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _counted(self) -> Mapping[tuple[str, str], int]:
        return self._routes.counts

    async def _settle(self) -> None:
        """Until nothing waits any more; what rests has the clock moved for it."""
        for _ in range(_LOOKS):
            await self._calm()
            await self._point("waits")
            await self._bring()
            if not self._reports and not await self._waiting():
                return
            await self._calm()
            now = self._clock.now().timestamp()
            due = self._outbox._lanes.next_due(now)
            if due is not None:
                self._clock.at += timedelta(seconds=due - now)
                self._outbox.wake(_SHARD)
        raise AssertionError(f"{self._cell} does not come to an end")

    async def _calm(self) -> None:
        """Nothing happens of itself; who has died meanwhile lives again."""
        while True:
            calm, died = asyncio.create_task(self._outbox.drained()), asyncio.create_task(self._died.wait())
            await asyncio.wait((calm, died), return_when=asyncio.FIRST_COMPLETED)
            for task in (calm, died):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            if not self._died.is_set():
                return
            self._died.clear()
            await self._end(kindly=False)
            self._buried.set()
            self._line.mend()
            self._live()

    async def _waiting(self) -> int:
        return sum([await self._redis.xlen(outbox_key(number)) for number in range(SHARDS)])

    async def _note(self) -> None:
        """A provider has taken something, or not."""
        for name in self._names:
            before = [one for one in (*self._arrivals, *self._refused) if one.route == name]
            for text in self._town.texts(name)[len(before) :]:
                self._came(name, text)
        await self._point("arrived")

    def _came(self, route: str, text: str) -> None:
        number = [letter.text for letter in LETTERS].index(text)
        self._arrivals.append(Arrival(route, number, (self._clock.now() - NOON).total_seconds()))

    async def _point(self, point: str) -> None:
        what = self._happens.pop(point, ())
        for one in what:
            if one == "kill":
                self._line.break_off()
                self._died.set()
                await self._buried.wait()
            elif one == "redis":
                self._line.break_off()
                asyncio.get_running_loop().call_later(_AWAY, self._line.mend)
            else:
                self._reports.append(one)
                await self._bring()

    async def _bring(self) -> None:
        """Reports, the oldest first, as long as they are taken; the others are brought again."""
        while self._reports:
            kind, route = self._reports[0], self._names[0]
            if not await self._knock(route, kind):
                return
            self._reports.popleft()
            if kind in ("refused", "failed"):
                gone = [one for one in self._arrivals if (one.route, one.letter) == (route, 0)]
                self._arrivals = [one for one in self._arrivals if one not in gone]
                self._refused += gone

    async def _knock(self, route: str, kind: str) -> bool:
        """One report about the first letter, at the door where this provider brings it."""
        kannel, smsc, mobizon = _KINDS[kind]
        path, method, query, body = "", "POST", b"", b""
        if route == KANNEL:
            path, method = f"{KANNEL_PATH}{SECRET}/dlr", "GET"
            query = self._town.kannel.report(LETTERS[0].text, kannel).encode()
        elif route == SMSC:
            name = next(name for name, _, text in self._town.smsc.letters if text == LETTERS[0].text)
            path, body = f"{SMSC_PATH}{SECRET}/status", urlencode(self._town.smsc.report(name, smsc)).encode()
        else:
            number = next(n for n, (_, text) in self._town.mobizon.letters.items() if text == LETTERS[0].text)
            if self._town.mobizon.statuses.get(number) != "DELIVRD":
                self._town.mobizon.statuses[number] = mobizon
            path, body = f"{MOBIZON_PATH}{SECRET}/status", self._town.mobizon.report(number, mobizon)

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
        answer = await self._doors[route].answer(scope, receive)
        assert answer.status in (200, 503), answer
        return answer.status == 200

    async def _story(self, redis: Batched) -> Story:
        news = await Letters(redis).news([letter.id for letter in LETTERS])
        spent = Counter[str]()
        price = 0
        for (_, route, _), sums in (await Trails(redis).spent(f"{NOON:%Y-%m}")).items():
            spent[route] += sums.letters
            price += sums.price
        statuses = tuple(str(one.status) if one else "accepted" for one in news)
        route, behind = (*self._names, "")[:2]
        return Story(self._cell, route, behind, self._arrivals, self._refused, statuses, self._counts, spent, price)
