"""The clock of the broadcasts: what is to start, starts; what runs is released, a few letters ahead of the outbox;
what was stopped is taken back; what is done is called so.

Any number of processes may do this at once, and any of them may die at any moment: each release is one script, which
fails for all but one.
"""

import asyncio
import logging
from asyncio import Event
from collections import OrderedDict
from collections.abc import Callable, Container, Sequence
from datetime import datetime

import msgspec
from msgspec import structs

from dialogs.broadcasts import states
from dialogs.broadcasts.states import State
from dialogs.matters import window
from dialogs.matters.window import Quiet
from gateway.broadcasts.broadcast import Broadcast, Change
from gateway.broadcasts.fates import BY_CHAT, BY_SMS, WAYS, Fate, Fates, Place, Record, record_in, rows_in
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.store import BroadcastStore, settled
from gateway.broadcasts.writing import Writer
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.failures import told
from gateway.routes.trails import Trails
from gateway.store import SHARDS

log = logging.getLogger(__name__)

AHEAD = 64
"""Letters in a shard's stream: what stands there may have to be taken back."""
AT_ONCE = 32
"""Letters that are released in one go: while they are written nobody is answered."""
_LOOK = 1.0
"""Seconds between two looks when nothing happens."""
_PULSE = 0.25
"""Likewise while something is being sent."""
_BREATH = 0.02
"""Seconds between two releases."""
_LOOK_UNCLEAR = 30.0
"""Seconds between two looks at what is under way for long."""
UNCLEAR = 900.0
"""Seconds after which a letter of which nobody knows where it is may leave once more: its route thinks so, too."""
_UNDER_WAY = 30.0
"""Seconds within which a provider answers, if it does."""
_MOVED = 1000
"""Records that are changed in one go."""
_REMEMBERED = 8
CLOCK = "clock"
"""Who has done what nobody has done."""

_encode = msgspec.json.Encoder().encode


class Sender:
    def __init__(
        self,
        redis: Batched,
        store: BroadcastStore,
        rolls: Rolls,
        channels: Container[str],
        *,
        clock: Clock,
        quiet: Quiet | None,
        wake: Callable[[int], None],
    ) -> None:
        """`channels`: those that serve somebody. `wake` tells the outbox in which shard letters wait."""
        self._redis = redis
        self._store = store
        self._rolls = rolls
        self._fates = Fates(redis)
        self._trails = Trails(redis)
        self._channels = channels
        self._clock = clock
        self._quiet = quiet
        self._wake = wake
        self._writers: OrderedDict[tuple[str, int], Writer] = OrderedDict()
        self._sizes: dict[str, list[int]] = {}
        self._looked: dict[str, float] = {}
        """Roll → when it was looked for what is unclear for long."""
        self._running = False
        self._nudged = Event()
        self._stopping = False

    def nudge(self) -> None:
        """Somebody has started, paused, resumed or cancelled something."""
        self._nudged.set()

    def stop(self) -> None:
        self._stopping = True
        self._nudged.set()

    async def run(self) -> None:
        while not self._stopping:
            self._nudged.clear()
            moved = False
            try:
                moved, _ = await self.ring()
            except RedisAwayError as error:
                log.warning("broadcasts wait for Redis: %s", error)
            except Exception as error:
                log.error("broadcasts could not go on: %s", told(error))
            await self._rest(_BREATH if moved else _PULSE if self._running else _LOOK)

    async def ring(self) -> tuple[bool, float | None]:
        """What is due now happens, as far as there is room for it. Has something moved? And when is something due
        next, as far as the clock knows: seconds since 1970."""
        moved, due = False, list[float]()
        alive = await self._store.alive()
        self._running = any(one.state is State.RUNNING for one in alive)
        for broadcast in alive:
            try:
                has_moved, next_ = await self._go_on(broadcast)
            except RedisAwayError:
                raise
            except Exception as error:  # the others do not wait for this one
                log.error("broadcast %s could not go on: %s", broadcast.id, told(error))
                continue
            moved = moved or has_moved
            due += next_
        return moved, min(due, default=None)

    async def _go_on(self, broadcast: Broadcast) -> tuple[bool, list[float]]:
        """With one: has something moved, and when is something due."""
        now = self._clock.now()
        match broadcast.state:
            case State.SCHEDULED if broadcast.starts is not None and broadcast.starts > now:
                return False, [broadcast.starts.timestamp()]
            case State.SCHEDULED:
                await self._begin(broadcast, now)
                return True, []
            case State.RUNNING if (opens := window.leaves(now, self._quiet)) > now:
                return False, [opens.timestamp()]
            case State.RUNNING:
                await self._come_back(broadcast, now)
                return await self._release(broadcast, now) or await self._finish(broadcast, now), []
            case State.PAUSED | State.CANCELLED:
                await self._take_back(broadcast, now)
        return False, []

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._nudged.wait()
        except TimeoutError:
            return

    async def _begin(self, broadcast: Broadcast, now: datetime) -> None:
        def begin(known: Broadcast) -> Broadcast:
            if not states.may(known.state, "hour_come") or known.audience is None:
                return known
            return structs.replace(
                known, state=State.RUNNING, began=now, changes=(*known.changes, Change(now, CLOCK, "began"))
            )

        await self._store.change(broadcast.id, begin)

    async def _release(self, broadcast: Broadcast, now: datetime) -> bool:
        """Has anything been released? One shard after another, so that others have their turn in between."""
        waiting = await self._fates.waiting()
        released = [
            await self._release_in(broadcast, shard, now)
            for shard in range(SHARDS)
            if waiting[shard] <= AHEAD - AT_ONCE
        ]
        return any(released)

    async def _release_in(self, broadcast: Broadcast, shard: int, now: datetime) -> bool:
        roll = _roll(broadcast)
        size = (await self._sizes_of(roll))[shard]
        front = await self._fates.front(roll, shard, AT_ONCE)
        following = min(size, front.next + AT_ONCE - len(front.back))
        if not front.back and following == front.next:
            return False
        rows = [*(int(one.split()[0]) for one in front.back), *range(front.next, following)]
        by_sms = {int(one.split()[0]) for one in front.back if one.endswith("sms")}
        places = [Place(roll, shard, row) for row in rows]
        recipients = await self._rolls.rows(roll, shard, rows)
        released = await self._writer(broadcast).written(list(zip(places, recipients, strict=True)), by_sms, now)
        if await self._fates.release(roll, shard, front, following=following, rows=released):
            self._wake(shard)
        return True

    async def _finish(self, broadcast: Broadcast, now: datetime) -> bool:
        """Is nobody left?"""
        if (await self._rolls.counts(_roll(broadcast))).open:
            return False

        def finish(known: Broadcast) -> Broadcast:
            if known.state is not State.RUNNING or known.round != broadcast.round:
                return known
            changes = (*known.changes, Change(now, CLOCK, "done"))
            return settled(structs.replace(known, state=State.DONE, ended=now, changes=changes))

        await self._store.change(broadcast.id, finish)
        return True

    async def _take_back(self, broadcast: Broadcast, now: datetime) -> None:
        """What stands in the streams, and if nobody will be sent to any more, all others as well."""
        cancelled = broadcast.state is State.CANCELLED
        wanted = (Fate.WAITS, Fate.QUEUED) if cancelled else (Fate.QUEUED,)
        if broadcast.audience is None:
            await self._store.change(broadcast.id, settled)
            return
        counts = await self._rolls.counts(broadcast.audience.roll)
        if any(counts[fate] for fate in wanted):
            to = Fate.CANCELLED if cancelled else Fate.WAITS
            await asyncio.gather(
                *(self._take_back_in(broadcast.audience.roll, shard, wanted, to, now) for shard in range(SHARDS))
            )
        elif cancelled and counts[Fate.LEAVING]:
            await asyncio.gather(
                *(self._give_up_in(broadcast.audience.roll, shard, broadcast.round, now) for shard in range(SHARDS))
            )
        elif cancelled:
            await self._store.change(broadcast.id, settled)

    async def _come_back(self, broadcast: Broadcast, now: datetime) -> None:
        """To what is under way for so long that a report would have come."""
        roll = _roll(broadcast)
        if now.timestamp() < self._looked.get(roll, 0.0) + _LOOK_UNCLEAR:
            return
        self._looked[roll] = now.timestamp()
        if not (await self._rolls.counts(roll))[Fate.LEAVING]:
            return
        for shard in range(SHARDS):
            records = await self._fates.records(roll, shard)
            for row in rows_in(records, (Fate.LEAVING,)):
                record = record_in(records, row)
                if record.at <= now.timestamp() - UNCLEAR:
                    await self._look_after(Place(roll, shard, row), record, now.timestamp())

    async def _look_after(self, place: Place, record: Record, now: float) -> None:
        """It may be nowhere but with a provider: no stream has to hold it. What may have left is not written anew, so
        that its day ends once, and whoever stops it or cancels it meanwhile does not pass for somebody it never went
        to."""
        if record.way == BY_CHAT:
            await self._fates.step(place, record.round, Fate.UNKNOWN, now)
            return
        trail = await self._trails.load(place.letter(record.round))
        if trail.taken:
            await self._fates.step(place, record.round, Fate.ACCEPTED, now, way=WAYS.get(trail.route, BY_SMS))
        elif trail.route and trail.letter is not None:
            await self._fates.once_more(place, record, _encode(trail.letter), now)
            self._wake(place.shard)
        else:
            await self._fates.step(place, record.round, Fate.WAITS, now, back=f"{place.row} sms")

    async def _take_back_in(self, roll: str, shard: int, wanted: Sequence[Fate], to: Fate, now: datetime) -> None:
        rows = rows_in(await self._fates.records(roll, shard), wanted)
        for first in range(0, len(rows), _MOVED):
            some = rows[first : first + _MOVED]
            await self._fates.move(roll, shard, some, from_=wanted, to=to, at=now.timestamp())

    async def _give_up_in(self, roll: str, shard: int, round_: int, now: datetime) -> None:
        """What is under way for so long that no answer is to be expected: a report may still tell."""
        records = await self._fates.records(roll, shard)
        for row in rows_in(records, (Fate.LEAVING,)):
            record, place = record_in(records, row), Place(roll, shard, row)
            if record.at > now.timestamp() - _UNDER_WAY:
                continue
            somewhere = record.way == BY_CHAT or (await self._trails.load(place.letter(round_))).route
            fate = Fate.UNKNOWN if somewhere else Fate.CANCELLED
            await self._fates.step(place, round_, fate, now.timestamp())

    def _writer(self, broadcast: Broadcast) -> Writer:
        name = (_roll(broadcast), broadcast.round)
        if name not in self._writers:
            self._writers[name] = Writer(self._redis, broadcast, self._channels)
            if len(self._writers) > _REMEMBERED:
                self._writers.popitem(last=False)
        return self._writers[name]

    async def _sizes_of(self, roll: str) -> list[int]:
        if roll not in self._sizes:
            sizes = await asyncio.gather(*(self._rolls.size(roll, shard) for shard in range(SHARDS)))
            self._sizes[roll] = [*sizes]
        return self._sizes[roll]


def _roll(broadcast: Broadcast) -> str:
    """What runs has one."""
    return broadcast.audience.roll if broadcast.audience is not None else ""
