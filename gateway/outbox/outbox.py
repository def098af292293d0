"""Letters leave, and what E-Sobes is to be told. Each is struck off only once the other side's answer is known, so a
crash loses none."""

import asyncio
import logging
import math
import random
from asyncio import Event, Future, Task
from collections.abc import Mapping
from contextlib import suppress
from typing import assert_never

from msgspec import Struct

from dialogs.matters import window
from dialogs.matters.window import Quiet
from gateway.channels import Channel, Letter, OptedOut, Outcome, Rejected, Retry, Sent, Withdrawn, channel_of
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.failures import told
from gateway.figures.leavings import leaving
from gateway.letters import Status, carriage
from gateway.outbox.lanes import Held, Lanes, ends, pause
from gateway.outbox.pile import Done, Pile, PutOff
from gateway.outbox.streams import Place
from gateway.store import SHARDS, shard_number

log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at every shard: what another process committed, or left behind."""
_GATHER = 0.002
"""Seconds in which letters gather before they are read: one breath then serves many."""
_FAREWELL = 10.0
"""Seconds that letters under way get when the program stops."""
_AT_ONCE = 100
"""Letters under way per channel."""
_AHEAD = 20_000
"""Letters in memory; the others wait in Redis."""
BROADCASTS_AHEAD = 1_000
"""Fewer of those that leave slowly: reading many at a time would hold up whoever is being answered."""


class _Waiter(Struct, frozen=True):
    """Who waits in `drained`."""

    address: str | None
    ends: dict[int, Place]
    """Per shard, where the last letter stood when they came: it may be one of theirs."""
    done: Future[None]


class Outbox:
    """One loop: write down what has left and read what is new, let leave what may, wait until something happens.

    A letter is read from its stream and *held*; waits in its lane until those before it to the same address are
    done; is sent, as a task of its own; and, its outcome known, is *finished*: struck off the stream in the next
    round. Only then is it held no longer. Whatever happens before, its entry is still in the stream to be read again.
    """

    def __init__(
        self,
        redis: Batched,
        channels: Mapping[str, Channel],
        clock: Clock,
        reader: str,
        *,
        stream: str = "outbox",
        forever: bool = False,
        at_once: int = _AT_ONCE,
        ahead: int = _AHEAD,
        quiet: Quiet | None = None,
        counts: dict[tuple[str, str], int] | None = None,
    ) -> None:
        """`channels` by the beginning of the addresses they serve: `sms`, `tg`, `chat`. `stream`: whose letters leave
        here. `forever`: they are of use however late they arrive. `at_once`: letters under way per channel. `ahead`:
        letters in memory. `quiet`: when nothing unasked leaves. `counts`: another outbox counts here as well."""
        self.counts = {} if counts is None else counts
        """(channel, what became of the letter, or `retry`) → how often."""
        self._pile = Pile(redis, stream, reader, ahead)
        self._channels = channels
        self._clock = clock
        self._forever = forever
        self._quiet = quiet
        self._lanes = Lanes(at_once)
        self._sending: set[Task[None]] = set()
        self._something = Event()
        """A reason for another round."""
        self._waiting: list[_Waiter] = []
        self._stopping = False

    def wake(self, shard: int) -> None:
        """Letters were committed there."""
        self._pile.unread.add(shard)
        self._something.set()

    def hurry(self, letter: Letter) -> None:
        """Something is known of it that it has waited for, or it is there once more."""
        self._lanes.wake(letter.address)
        self.wake(shard_number(letter.id))

    async def drained(self, address: str | None = None) -> None:
        """Until nothing that is due now is waiting, for anybody; or of what was committed until now, in whichever
        shard, nothing for that address. What rests after a failure is not due."""
        stood = {} if address is None else await self._pile.ends()
        waiter = _Waiter(address, stood, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._pile.unread.update(range(SHARDS) if address is None else stood)
        self._something.set()
        await waiter.done

    async def run(self) -> None:
        while not self._stopping:
            try:
                await self._round()
            except RedisAwayError as error:
                log.warning("the outbox waits for Redis: %s", error)
                self._pile.unread.update(range(SHARDS))
                await asyncio.sleep(_LOOK)
            else:
                await self._until_something()
                if not self._pile.has_finished:  # what has left is written down at once
                    await asyncio.sleep(_GATHER)
        if self._sending:
            await asyncio.wait(self._sending, timeout=_FAREWELL)
        with suppress(RedisAwayError):
            await self._pile.leave()

    def stop(self) -> None:
        """`run` returns once the letters under way have arrived; the others wait for the next start."""
        self._stopping = True
        self._something.set()

    async def _round(self) -> None:
        self._something.clear()
        for held in await self._pile.turn(self._clock.now().timestamp()):
            self._lanes.add(held)
        if self._pile.is_behind:
            self._something.set()
        now = self._clock.now().timestamp()
        for held in self._lanes.take(now):
            if self._pile.holds(held):
                task = asyncio.create_task(self._send(held))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            else:
                self._lanes.done(held)
                self._something.set()
        for waiter in self._waiting:
            if self._is_drained(waiter, now) and not waiter.done.done():
                waiter.done.set_result(None)
        self._waiting = [waiter for waiter in self._waiting if not waiter.done.done()]

    def _is_drained(self, waiter: _Waiter, now: float) -> bool:
        if waiter.address is None:
            return not (self._pile.is_behind or self._something.is_set() or self._lanes.busy(now))
        # Where new letters come all the time there is always something unread, so only what stood there counts.
        return self._pile.has_read(waiter.ends) and not self._lanes.is_due(waiter.address, now)

    async def _until_something(self) -> None:
        if self._something.is_set():
            return
        now = self._clock.now().timestamp()
        due = self._lanes.next_due(now)
        wait = _LOOK if due is None else max(0.0, min(_LOOK, due - now))
        try:
            async with asyncio.timeout(wait):
                await self._something.wait()
        except TimeoutError:
            self._pile.unread.update(range(SHARDS))

    async def _send(self, held: Held) -> None:
        letter, now = held.letter, self._clock.now()
        leaves = window.leaves(now, self._quiet) if letter.unasked else now
        if leaves.timestamp() >= self._ends(letter):
            self._finish(held, Status.EXPIRED, "it is of no use any more")
            return
        if leaves > now:  # it was to leave by day, but something kept it until now
            self._wait_for_morning(held, leaves.timestamp())
            return
        held.tries += 1
        name = channel_of(letter.address)
        try:
            channel = self._channels.get(name)
            outcome = await channel.send(letter) if channel else Retry(f"nothing serves «{name}» at present")
        except Exception as error:
            log.error("the channel «%s» failed: %s", name, told(error))
            outcome = Retry(type(error).__name__)
        self._settle(held, outcome)

    def _settle(self, held: Held, outcome: Outcome) -> None:
        match outcome:
            case Sent():
                status = Status.DELIVERED if outcome.delivered else Status.ACCEPTED
                self._finish(held, status, carriage=carriage(outcome), route=outcome.route)
            case Rejected(reason):
                self._finish(held, Status.REJECTED, reason)
            case OptedOut(reason):
                self._finish(held, Status.OPTED_OUT, reason)
            case Withdrawn():
                at = self._clock.now().timestamp()
                self._strike_off(held, Done(held.entry, held.letter.id, Status.ACCEPTED, at))
            case Retry():
                self._again(held, outcome)
            case _:
                assert_never(outcome)

    def _wait_for_morning(self, held: Held, leaves: float) -> None:
        letter = held.letter
        if letter.broadcast:  # all of them wait, each where it stands
            self._lanes.close(channel_of(letter.address), leaves)
            self._lanes.rest(held, leaves)
        else:
            self._strike_off(held, PutOff(held.entry, letter, leaves))

    def _again(self, held: Held, outcome: Retry) -> None:
        now = self._clock.now().timestamp()
        if now >= self._ends(held.letter):
            self._finish(held, Status.EXPIRED, outcome.reason)
            return
        self._count(held.letter, "retry")
        log.info("letter %s waits after try %s: %s", held.letter.id, held.tries, outcome.reason)
        if outcome.everybody and outcome.after is not None:
            self._lanes.close(channel_of(held.letter.address), now + outcome.after)
        chance = random.random()  # noqa: S311 - it only spreads the tries
        until = min(now + pause(held.tries, outcome.after, chance), self._ends(held.letter))
        self._lanes.rest(held, until)
        self._something.set()

    def _ends(self, letter: Letter) -> float:
        return math.inf if self._forever else ends(letter)

    def _finish(self, held: Held, status: Status, reason: str = "", carriage: str = "", route: str = "") -> None:
        letter = held.letter
        if reason:
            log.warning("letter %s: %s, %s", letter.id, status, reason)
        left = status in (Status.ACCEPTED, Status.DELIVERED)
        self._count(letter, Status.ACCEPTED if left else status)
        now = self._clock.now()
        follows = None if left else window.leaves(now, self._quiet)
        at = now.timestamp()
        counts = leaving(letter, status, route, at)
        done = Done(held.entry, letter.id, status, at, carriage, letter.proof, letter.instead, follows, counts)
        self._strike_off(held, done)

    def _count(self, letter: Letter, what: str) -> None:
        which = channel_of(letter.address), what
        self.counts[which] = self.counts.get(which, 0) + 1

    def _strike_off(self, held: Held, done: Done | PutOff) -> None:
        self._lanes.done(held)
        self._pile.finish(held.shard, done)
        self._something.set()
