"""What an entry in the calendar would change, counted before anybody saves it.

All that is open is looked through in the background. What is known so far stands in Redis, so that every process can
show it; if the one that counts dies, whoever is asked next begins anew: nothing is changed by looking.

    {staff}:calendar-look:{name}    one look
"""

import asyncio
import logging
import time
from collections import Counter
from datetime import date, datetime
from secrets import token_urlsafe

import msgspec
from msgspec import Struct, structs

from dialogs.duties.duty import AnyDuty
from dialogs.matters.matter import Matter
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.store import SHARDS
from gateway.workdays import open_deadlines
from gateway.workdays.calendar import NOTHING, Calendar, Line
from gateway.workdays.open_deadlines import Effect, Law

log = logging.getLogger(__name__)

KEPT = 3600
"""Seconds."""
EXAMPLES = 3
WRITTEN = 0.5
"""Seconds between two writings of how far it is."""
DEAD = 10.0
"""Seconds without one after which it has to be begun anew."""


class Example(Struct, frozen=True, array_like=True):
    service: str
    end: str
    """Of the person's IIN."""


class Row(Struct, frozen=True):
    effect: Effect
    number: int
    examples: tuple[Example, ...] = ()


class Look(Struct, frozen=True):
    name: str
    line: Line
    version: str = NOTHING
    """Of the calendar on top of which it was counted."""
    looked: int = 0
    of: int = 0
    done: bool = False
    rows: tuple[Row, ...] = ()
    reminders: int = 0
    """Leave on another day, while the last day stays."""
    arrivals: int = 0
    """Are open, and their day is E-Sobes' own."""
    beat: float = 0.0


class _Sum:
    def __init__(self) -> None:
        self.numbers: Counter[Effect] = Counter()
        self.examples: dict[Effect, list[Example]] = {}
        self.arrivals = 0

    def add(self, one: Matter | AnyDuty, effect: Effect | None) -> None:
        self.arrivals += open_deadlines.is_arrival(one)
        if effect is None:
            return
        self.numbers[effect] += 1
        known = self.examples.setdefault(effect, [])
        if len(known) < EXAMPLES:
            known.append(Example(one.service, one.person.iin[-4:]))

    def rows(self) -> tuple[Row, ...]:
        last_days = [one for one in self.numbers.items() if one[0].what != "reminders"]
        return tuple(
            Row(effect, number, tuple(self.examples[effect])) for effect, number in sorted(last_days, key=_at)
        )

    @property
    def reminders(self) -> int:
        return self.numbers[Effect("reminders")]


class Looks:
    def __init__(self, redis: Batched, calendar: Calendar, law: Law, clock: Clock) -> None:
        """`law`: as it counts now."""
        self._redis = redis
        self._calendar = calendar
        self._law = law
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(self, line: Line) -> Look:
        look = Look(token_urlsafe(12), line, beat=time.time())
        await self._write(look)
        self._start(look)
        return look

    async def find(self, name: str, patience: float = 0.0) -> Look | None:
        """As far as it is known. `patience`: seconds that it may still need, for whoever waits for the page."""
        look = await self._read(name)
        if look is None or look.done:
            return look
        if name not in self._tasks and time.time() - look.beat > DEAD:
            self._start(look)
        if task := self._tasks.get(name):
            await asyncio.wait([task], timeout=patience)
        return await self._read(name)

    async def aclose(self) -> None:
        for task in [*self._tasks.values()]:
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _start(self, look: Look) -> None:
        task = asyncio.get_running_loop().create_task(self._count(look))
        self._tasks[look.name] = task
        task.add_done_callback(lambda _: self._tasks.pop(look.name, None))

    async def _count(self, look: Look) -> None:
        try:
            await self._through(look)
        except RedisAwayError as error:
            log.warning("looking what an entry would change waits for Redis: %s", error)
        except Exception:
            log.exception("what an entry would change could not be counted")

    async def _through(self, look: Look) -> None:
        now, sums, written = self._clock.now(), _Sum(), time.monotonic()
        was = self._law.by(self._calendar.tried(None))
        law = self._law.by(self._calendar.tried(look.line))
        version, looked = self._calendar.version, 0
        number = await open_deadlines.number(self._redis)
        look = structs.replace(look, version=version, of=number)
        for shard in range(SHARDS):
            async for seen, found in open_deadlines.pages(self._redis, shard):
                looked += seen
                self._add(sums, found, now, was, law)
                if time.monotonic() - written > WRITTEN:
                    written = time.monotonic()
                    await self._write(structs.replace(look, looked=looked, beat=time.time()))
        done = structs.replace(look, looked=looked, done=True, beat=time.time())
        await self._write(structs.replace(done, rows=sums.rows(), reminders=sums.reminders, arrivals=sums.arrivals))

    def _add(self, sums: _Sum, found: list[Matter | AnyDuty], now: datetime, was: Law, law: Law) -> None:
        for one in found:
            sums.add(one, open_deadlines.effect(one, now, was, law))

    async def _read(self, name: str) -> Look | None:
        stored = await self._redis("GET", _key(name))
        return msgspec.json.decode(stored, type=Look) if stored else None

    async def _write(self, look: Look) -> None:
        await self._redis("SET", _key(look.name), msgspec.json.encode(look), "EX", KEPT)


def _at(one: tuple[Effect, int]) -> tuple[str, date, date]:
    effect = one[0]
    return effect.what, effect.before or date.min, effect.after or date.min


def _key(name: str) -> str:
    return f"{{staff}}:calendar-look:{name}"
