"""Letters leave, and what E-Sobes is to be told. Each is struck off only once the other side's answer is known, so a
crash loses none."""

import asyncio
import logging
import math
import random
import sys
from asyncio import Event, Future, Task
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, assert_never

import msgspec
from msgspec import Struct

from gateway.channels import Channel, Letter, OptedOut, Outcome, Rejected, Retry, Sent, channel_of
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.failures import told
from gateway.lanes import Held, Lanes, ends, pause
from gateway.letters import Letters, Status
from gateway.store import SHARDS
from gateway.streams import NEW, PAGE, Place, Streams, place_of

log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at every shard: what another process committed, or left behind."""
_GATHER = 0.002
"""Seconds in which letters gather before they are read: one breath then serves many."""
_HELD_AT_MOST = 20_000
"""Letters in memory; the others wait in Redis."""
_FAREWELL = 10.0
"""Seconds that letters under way get when the program stops."""
_AT_ONCE = 100
"""Letters under way per channel."""
_ELSEWHERE: Place = (sys.maxsize, 0)
"""How far a shard has been read in which another process reads: nobody here can wait for it."""
_decode = msgspec.json.Decoder(Letter).decode


class _Done(Struct, frozen=True):
    """A letter that is to be struck off, and what became of it."""

    entry: bytes
    letter: str
    status: Status
    at: float
    provider: str = ""
    proof: bool = False


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
    ) -> None:
        """`channels` by the beginning of the addresses they serve: `sms`, `tg`, `chat`. `stream`: whose letters leave
        here. `forever`: they are of use however late they arrive."""
        self.counts: Counter[tuple[str, str]] = Counter()
        """(channel, what became of the letter, or `retry`) → how often."""
        self._streams = Streams(redis, stream, reader)
        self._letters = Letters(redis)
        self._channels = channels
        self._clock = clock
        self._forever = forever
        self._lanes = Lanes(at_once)
        self._held: list[set[bytes]] = [set() for _ in range(SHARDS)]
        """Per shard, the entries that were read and not struck off yet."""
        self._places = [NEW] * SHARDS
        """Per shard, where to read on: new letters, or how far reading again has come."""
        self._read_to: list[Place] = [(0, 0)] * SHARDS
        """Per shard, how far it has been read: letters that stand before that are held or done."""
        self._finished: dict[int, list[_Done]] = defaultdict(list)
        """Per shard, what is to be struck off."""
        self._sending: set[Task[None]] = set()
        self._unread = set(range(SHARDS))
        """Shards in which there may be something new."""
        self._something = Event()
        """A reason for another round."""
        self._waiting: list[_Waiter] = []
        self._stopping = False

    def wake(self, shard: int) -> None:
        """Letters were committed there."""
        self._unread.add(shard)
        self._something.set()

    async def drained(self, address: str | None = None) -> None:
        """Until nothing that is due now is waiting, for anybody; or of what was committed until now, in whichever
        shard, nothing for that address. What rests after a failure is not due."""
        ends = {} if address is None else await self._streams.ends()
        waiter = _Waiter(address, ends, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._unread.update(range(SHARDS) if address is None else ends)
        self._something.set()
        await waiter.done

    async def run(self) -> None:
        while not self._stopping:
            try:
                await self._round()
            except RedisAwayError as error:
                log.warning("the outbox waits for Redis: %s", error)
                self._unread.update(range(SHARDS))
                await asyncio.sleep(_LOOK)
            else:
                await self._until_something()
                if not self._finished:  # what has left is written down at once
                    await asyncio.sleep(_GATHER)
        if self._sending:
            await asyncio.wait(self._sending, timeout=_FAREWELL)
        with suppress(RedisAwayError):
            await self._strike_off_and_read(set())
            await asyncio.gather(*map(self._streams.leave, range(SHARDS)))

    def stop(self) -> None:
        """`run` returns once the letters under way have arrived; the others wait for the next start."""
        self._stopping = True
        self._something.set()

    async def _round(self) -> None:
        self._something.clear()
        unread, self._unread = self._unread, set()
        try:
            await self._strike_off_and_read(unread)
        except BaseException:
            self._unread |= unread
            raise
        now = self._clock.now().timestamp()
        for held in self._lanes.take(now):
            if held.entry in self._held[held.shard]:
                task = asyncio.create_task(self._send(held))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            else:  # another process has taken over the shard, see `_take_in`
                self._lanes.done(held)
                self._something.set()
        for waiter in self._waiting:
            if self._is_drained(waiter, now) and not waiter.done.done():
                waiter.done.set_result(None)
        self._waiting = [waiter for waiter in self._waiting if not waiter.done.done()]

    def _is_drained(self, waiter: _Waiter, now: float) -> bool:
        if waiter.address is None:
            unread = self._unread and not self._is_full()
            return not (unread or self._finished or self._something.is_set() or self._lanes.busy(now))
        # Where new letters come all the time there is always something unread, so only what stood there counts.
        if any(self._read_to[shard] < end for shard, end in waiter.ends.items()):
            return False
        return not self._lanes.is_due(waiter.address, now)

    def _is_full(self) -> bool:
        return sum(map(len, self._held)) >= _HELD_AT_MOST

    async def _until_something(self) -> None:
        if self._something.is_set():
            return
        due = self._lanes.next_due()
        wait = _LOOK if due is None else max(0.0, min(_LOOK, due - self._clock.now().timestamp()))
        try:
            async with asyncio.timeout(wait):
                await self._something.wait()
        except TimeoutError:
            self._unread.update(range(SHARDS))

    async def _strike_off_and_read(self, shards: set[int]) -> None:
        """In one breath. What was struck off counts as held until Redis has answered, so that it is not taken for
        lost. If Redis was away it is struck off again: doing it twice changes nothing."""
        finished = {shard: tuple(letters) for shard, letters in self._finished.items()}
        await self._write_down([done for letters in finished.values() for done in letters])
        calls = [self._streams.done(shard, [done.entry for done in letters]) for shard, letters in finished.items()]
        if self._is_full():
            self._unread |= shards
            shards = set()
        pages = [self._streams.read(shard, self._places[shard], len(self._held[shard])) for shard in shards]
        await asyncio.gather(*calls, *pages)
        for shard, page in zip(shards, pages, strict=True):
            self._take_in(shard, page.result())
        for shard, letters in finished.items():
            self._held[shard].difference_update([done.entry for done in letters])
            del self._finished[shard][: len(letters)]
            if not self._finished[shard]:
                del self._finished[shard]

    async def _write_down(self, finished: list[_Done]) -> None:
        """Before it is struck off, or a crash between the two would lose it. That a provider has taken a letter is
        the rule: only what is to be told about it is kept, or what proves something."""
        await asyncio.gather(
            *(
                self._letters.mark(done.letter, done.status, at=done.at, provider=done.provider, proof=done.proof)
                for done in finished
                if done.proof or done.status not in (Status.ACCEPTED, Status.DELIVERED)
            )
        )

    def _take_in(self, shard: int, page: tuple[bytes, list[Any]] | None) -> None:
        if page is None:  # another process reads here: our letters in the lanes are its own now, and must not leave
            self._held[shard].clear()
            self._read_to[shard] = _ELSEWHERE
            return
        self._places[shard], entries = page
        if len(entries) == PAGE or self._places[shard] != NEW:
            self.wake(shard)
        if entries:
            self._read_to[shard] = place_of(entries[-1][0])
        elif self._read_to[shard] == _ELSEWHERE:
            self._read_to[shard] = (0, 0)
        for entry, fields in entries:
            if entry not in self._held[shard]:
                self._held[shard].add(entry)
                self._hold(shard, entry, fields)

    def _hold(self, shard: int, entry: bytes, fields: list[bytes] | None) -> None:
        try:
            self._lanes.add(Held(shard, entry, _decode(fields[1] if fields else b"")))
        except msgspec.MsgspecError:
            log.error("entry %s of shard %s is no letter", entry.decode(), shard)
            now = self._clock.now().timestamp()
            self._finished[shard].append(_Done(entry, f"unreadable:{entry.decode()}", Status.REJECTED, now))
            self._something.set()

    async def _send(self, held: Held) -> None:
        letter = held.letter
        if self._clock.now().timestamp() >= self._ends(letter):
            self._finish(held, Status.EXPIRED, "it is of no use any more")
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
            case Sent(provider, delivered):
                self._finish(held, Status.DELIVERED if delivered else Status.ACCEPTED, provider=provider)
            case Rejected(reason):
                self._finish(held, Status.REJECTED, reason)
            case OptedOut(reason):
                self._finish(held, Status.OPTED_OUT, reason)
            case Retry(reason, after):
                self._again(held, reason, after)
            case _:
                assert_never(outcome)

    def _again(self, held: Held, reason: str, after: float | None) -> None:
        now = self._clock.now().timestamp()
        if now >= self._ends(held.letter):
            self._finish(held, Status.EXPIRED, reason)
            return
        self.counts[channel_of(held.letter.address), "retry"] += 1
        log.info("letter %s waits after try %s: %s", held.letter.id, held.tries, reason)
        chance = random.random()  # noqa: S311 - it only spreads the tries
        until = min(now + pause(held.tries, after, chance), self._ends(held.letter))
        self._lanes.rest(held, until)
        self._something.set()

    def _ends(self, letter: Letter) -> float:
        return math.inf if self._forever else ends(letter)

    def _finish(self, held: Held, status: Status, reason: str = "", provider: str = "") -> None:
        letter = held.letter
        if reason:
            log.warning("letter %s: %s, %s", letter.id, status, reason)
        left = status in (Status.ACCEPTED, Status.DELIVERED)
        self.counts[channel_of(letter.address), Status.ACCEPTED if left else status] += 1
        self._lanes.done(held)
        if held.entry in self._held[held.shard]:
            now = self._clock.now().timestamp()
            self._finished[held.shard].append(_Done(held.entry, letter.id, status, now, provider, letter.proof))
        self._something.set()
