"""When the calendar of working days has changed, what is open is counted by it anew: in the background, a page at a
time, each matter by its own atomic commit.

Which calendar everything was counted by stands in Redis. A process that finds another one there than it counts by
takes the work up, whoever has entered the day and whoever has died over it: from the beginning of the shard in which
it stopped, for what was counted anew already stays as it is. What is opened or answered meanwhile is looked at again.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from time import monotonic

from msgspec import Struct

from dialogs.duties import recount as of_duties
from dialogs.duties.duty import AnyDuty, name
from dialogs.matters import recount as of_offers
from dialogs.matters.matter import Matter
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.matters.duties import Duties
from gateway.matters.matters import Matters
from gateway.rounds import Rounds
from gateway.store import SHARDS
from gateway.workdays import open_deadlines
from gateway.workdays.calendar import NOTHING, Calendar
from gateway.workdays.open_deadlines import Law

log = logging.getLogger(__name__)

KEY = "{staff}:calendar-recount"
MOVED = "{staff}:calendar-moved"
"""Version of the calendar → how many last days it has moved."""
_LEASE = "{staff}:calendar-recount:by"
_ALIVE = 15_000
"""Milliseconds after which somebody else takes the work up."""
SETTLED = 3.0
"""Seconds after which every process counts by a new calendar, so that nothing is opened by the old one any more."""
LOOK = 1.0
AT_ONCE = 10
"""Commits under way: people who write meanwhile wait behind few of them."""

_HOLD = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class Progress(Struct, frozen=True):
    version: str = NOTHING
    """By this calendar everything was counted, or is being counted."""
    shard: int = SHARDS
    """The next; all of them: it is done."""
    looked: int = 0
    of: int = 0
    moved: int = 0

    def is_done(self, version: str) -> bool:
        return self.version == version and self.shard >= SHARDS


class Recount:
    def __init__(
        self,
        redis: Batched,
        calendar: Calendar,
        law: Law,
        *,
        matters: Matters,
        duties: Duties,
        clock: Clock,
        me: str,
    ) -> None:
        """`law`: it holds the program's `Workdays`, as the calendar does. `me`: the same name after a restart, and no
        other process' name at the same time."""
        self._redis = redis
        self._calendar = calendar
        self._law = law
        self._matters = matters
        self._duties = duties
        self._clock = clock
        self._hold = redis.script(_HOLD)
        self._me = me
        self.rounds = Rounds(self._look, LOOK, "counting open deadlines anew")

    async def progress(self) -> Progress:
        held = _text(await self._redis("HGETALL", KEY))
        if not held:
            return Progress()
        moved = await self._redis("HGET", MOVED, held["version"])
        return Progress(held["version"], int(held["shard"]), int(held["looked"]), int(held["of"]), int(moved or 0))

    async def moved(self) -> dict[str, int]:
        """How many last days each version of the calendar has moved."""
        return {version: int(number) for version, number in _text(await self._redis("HGETALL", MOVED)).items()}

    async def _look(self) -> None:
        if monotonic() - self._calendar.changed >= SETTLED:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Until everything is counted by the calendar that holds now, unless another process is at it."""
        version = self._calendar.version
        progress = await self.progress()
        if progress.is_done(version) or not await self._held():
            return
        if progress.version != version:
            progress = Progress(version, 0, 0, await open_deadlines.number(self._redis))
            await self._write(progress)
        looked = progress.looked
        for shard in range(progress.shard, SHARDS):
            async for number, found in open_deadlines.pages(self._redis, shard):
                if self.rounds.stopping or self._calendar.version != version or not await self._held():
                    return
                looked += number
                moved = await self._page(shard, found)
                if moved:
                    await self._redis("HINCRBY", MOVED, version or "-", moved)
                await self._redis("HSET", KEY, "looked", looked)
            await self._redis("HSET", KEY, "shard", shard + 1)
        await self._redis("DEL", _LEASE)
        log.info("open deadlines are counted by the new calendar: %s looked at", looked)

    async def _held(self) -> bool:
        return bool(await self._redis("EVALSHA", self._hold, 1, _LEASE, self._me, _ALIVE))

    async def _write(self, progress: Progress) -> None:
        held = ("version", progress.version, "shard", progress.shard, "looked", progress.looked, "of", progress.of)
        await self._redis("HSET", KEY, *held)

    async def _page(self, home: int, found: list[Matter | AnyDuty]) -> int:
        """How many last days were moved."""
        now, free = self._clock.now(), asyncio.Semaphore(AT_ONCE)

        async def one(about: Matter | AnyDuty) -> bool:
            async with free:
                if isinstance(about, Matter):
                    return await self._matters.recount(home, about.id)
                return await self._duties.recount(home, name(about))

        changes = [about for about in found if self._changes(about, now)]
        return sum(await asyncio.gather(*map(one, changes)))

    def _changes(self, about: Matter | AnyDuty, now: datetime) -> bool:
        if isinstance(about, Matter):
            return of_offers.recounted(about, now, self._law.offers) is not None
        law = self._law.duties
        return of_duties.recounted(about, now, law) is not None or of_duties.shortened(about, now, law) is not None


def _text(stored: Mapping[bytes, bytes]) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in stored.items()}
