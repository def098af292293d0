"""The program's parts for offers over a real Redis, in one process that may die and begin anew at any time."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, cast

import httpx
from msgspec import Struct, structs
from redis.asyncio import Redis

from dialogs import statutory
from dialogs.applications.letters import Letters as NewsWording
from dialogs.applications.wishes import Wording as WishWording
from dialogs.dialogue import Dialogue
from dialogs.duties.letters import Letters as DutyWording
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.rules import Rules
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.esobes.relays import STREAM, Backlog, Relays
from gateway.esobes.telling import Esobes
from gateway.letters import Delivery, Letters, Status
from gateway.matters.answers import Answers
from gateway.matters.desk import Desk
from gateway.matters.duties import Duties
from gateway.matters.matters import Matters
from gateway.matters.news import News
from gateway.matters.requests import Requests
from gateway.matters.store import MatterStore
from gateway.matters.wakeups import Wakeups
from gateway.old_iins import OldIins
from gateway.outbox.outbox import Outbox, _Waiter
from gateway.readers import Readers
from gateway.store import SHARDS, Store, tag
from gateway.ways import Ways
from tests.gateway.duty_events import doing
from tests.gateway.ministry import TOKEN
from tests.gateway.talk import receiver as receiver_of
from tests.model.doubles import Ministry, Operator
from tests.model.mortal import Mortal, Wire

STILL = 0.006
"""Seconds without a command after which nothing more happens, where E-Sobes keeps us waiting."""


BARELY = timedelta(microseconds=1)


class Hands(Clock):
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Ground(Struct, frozen=True):
    """What is built once for all sequences."""

    redis: Redis
    """For whoever looks on."""
    wire: Wire
    """For the program."""
    dialogue: Dialogue
    rules: Rules
    wording: Wording
    news_wording: NewsWording
    esobes: Esobes


def esobes_by(answer: Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]) -> Esobes:
    """The real client, with `answer` in place of the network."""
    esobes = Esobes("https://esobes.test/api", TOKEN)
    headers = esobes._client.headers
    esobes._client = httpx.AsyncClient(transport=httpx.MockTransport(answer), headers=headers)
    return esobes


class Program:
    """One life of it."""

    def __init__(self, ground: Ground, clock: Clock, operator: Operator, *, sms_too: bool) -> None:
        self.redis = Mortal(ground.wire)
        batched = Batched(cast(Client, self.redis))
        self.outbox = Outbox(batched, {"sms": operator, "chat": operator}, clock, "model", quiet=ground.rules.quiet)
        channels: dict[str, Relays] = {}
        self.relays = Outbox(batched, channels, clock, "model", stream=STREAM, forever=True)
        store, self.letters = MatterStore(batched), Letters(batched)
        ways = Ways(statutory.load(), ground.rules.quiet, sms_too=sms_too)
        self.matters = Matters(
            store=store,
            letters=self.letters,
            wording=ground.wording,
            rules=ground.rules,
            ways=ways,
            clock=clock,
            wake=self.outbox.wake,
            wake_relays=self.relays.wake,
        )
        self.answers = Answers(store, self.matters)
        news = News(
            store=store,
            sessions=Store(batched),
            wording=ground.news_wording,
            rules=ground.rules,
            ways=ways,
            clock=clock,
            wake=self.outbox.wake,
        )
        terms = structs.replace(
            ground.dialogue.guide.duties, reminder_at=ground.rules.reminder_at, quiet=ground.rules.quiet
        )
        self.duties = duties = Duties(
            store=store,
            readers=Readers(Store(batched)),
            wording=DutyWording(ground.dialogue.guide.words, terms),
            rules=terms,
            ways=ways,
            clock=clock,
            wake=self.outbox.wake,
            wake_relays=self.relays.wake,
        )
        requests = Requests(store, WishWording(ground.dialogue.guide), clock, self.outbox.wake)
        self.desk = Desk(self.matters, duties, news, requests=requests, old_iins=OldIins(Store(batched), clock))
        self.backlog = Backlog(batched, clock)
        channels["esobes"] = Relays(ground.esobes, self.backlog, self.desk.settled)
        self.wakeups = Wakeups(store, clock, self.desk.woken, self.outbox.wake)
        talk = doing(ground.dialogue, plain=True)
        self.receiver = receiver_of(Store(batched), talk, self.answers, clock, self.outbox.wake, arrivals=duties)
        self._work = [asyncio.create_task(box.run()) for box in (self.outbox, self.relays)]

    async def done(self, outbox: Outbox) -> None:
        """As `drained`, but nothing is looked for in shards where nobody said that there is anything."""
        waiter = _Waiter(None, {}, asyncio.get_running_loop().create_future())
        outbox._waiting.append(waiter)
        outbox._something.set()
        await waiter.done

    def next_try(self, outbox: Outbox, serves: Callable[[str], bool]) -> float | None:
        """When a letter that rests after a failure is tried again, to an address where that is not in vain."""
        return min((due for due, address in outbox._lanes._resting if serves(address)), default=None)

    async def alive(self, work: Awaitable[object]) -> bool:
        """False: the program died before it was done."""
        task = asyncio.ensure_future(work)
        waiting: list[Future[Any]] = [task, self.redis.died, *self._work]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in self._work:
            if one.done():
                one.result()
                raise AssertionError("an outbox has ended")
        if task.done():
            task.result()
        return task.done()

    async def still(self) -> None:
        """Nothing happens any more but in E-Sobes."""
        calls = -1
        while calls != self.redis.calls:
            calls = self.redis.calls
            await asyncio.sleep(STILL)


class World:
    def __init__(
        self, ground: Ground, clock: Hands, operator: Operator, ministry: Ministry, *, sms_too: bool
    ) -> None:
        self.clock = clock
        self.operator = operator
        self.ministry = ministry
        self.deaths = 0
        self.program: Program
        self._ground = ground
        self._sms_too = sms_too
        self._others = asyncio.all_tasks()
        self._answered = 0
        """So many answers of E-Sobes had come when it was last asked what is due."""

    def begin(self) -> None:
        self.program = Program(self._ground, self.clock, self.operator, sms_too=self._sms_too)

    async def end(self) -> None:
        """As by SIGKILL: what it had sent arrives, all else is gone."""
        await self.program.redis.quiet()
        mine = asyncio.all_tasks() - self._others - {cast("asyncio.Task[None]", asyncio.current_task())}
        for task in mine:
            task.cancel()
        if mine:
            await asyncio.wait(mine)

    async def again(self) -> None:
        self.deaths += 1
        await self.end()
        self.begin()

    async def settle(self, *, rings: bool = True) -> float | None:
        """Everything that is due now is done; answers with when something is due next. The program may die once."""
        while True:
            found: list[float | None] = []
            if await self.program.alive(self._settle(found, rings)):
                return found[0]
            await self.again()
            rings = True

    async def _settle(self, found: list[float | None], rings: bool) -> None:
        program = self.program
        due = await program.wakeups.ring() if rings else None
        if self.ministry.slow is None:
            await program.done(program.relays)
        else:
            await program.still()
        await program.done(program.outbox)
        while self.operator.reports:
            letter, report = self.operator.reports[0]
            delivery = Delivery(letter, Status(report))
            await program.letters.mark(delivery.letter, delivery.status, at=self.clock.at.timestamp())
            self.operator.fates[letter] = report
            del self.operator.reports[0]
        if rings and len(self.ministry.finals) > self._answered:  # what follows from an answer may be due sooner
            due = await program.wakeups.ring()
            self._answered = len(self.ministry.finals)
        tries = (
            program.next_try(program.outbox, self.operator.serves),
            program.next_try(program.relays, lambda _: not self.ministry.down and self.ministry.slow is None),
        )
        found.append(min((time for time in (due, *tries) if time is not None), default=None))

    async def move(self, to: datetime, passed: Callable[[datetime], None]) -> None:
        """From one moment at which something is due to the next. `passed` hears of each."""
        while True:
            due = await self.settle()
            if due is None or due > to.timestamp():
                break
            # A moment is a float there: rounded down it would never come.
            self.clock.at = min(max(datetime.fromtimestamp(due, to.tzinfo) + BARELY, self.clock.at), to)
            passed(self.clock.at)
        self.clock.at = to
        passed(to)
        await self.settle()

    async def was_seen(self, cause: str) -> bool:
        """Whether a message or event was dealt with before the program died."""
        found = await self._ground.redis.exists(*(f"{tag(shard)}:seen:{cause}" for shard in range(SHARDS)))
        return bool(found)

    async def left_over(self) -> list[str]:
        """What still waits in Redis."""
        found = []
        for shard in range(SHARDS):
            for name in ("wakeups", "later", "letters", "outbox", "relays"):
                key = f"{tag(shard)}:{name}"
                kind = await self._ground.redis.type(key)
                if kind != b"none" and (kind != b"stream" or await self._ground.redis.xlen(key)):
                    found.append(key)
        return found
