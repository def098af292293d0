"""Letters that were read from their streams and not struck off yet. Whatever happens to us, each is still there to be
read again."""

import asyncio
import logging
import sys
from asyncio import Future
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from gateway.channels import Letter
from gateway.clock import day_of
from gateway.connection import Batched
from gateway.letters import Letters, Status
from gateway.outbox.lanes import Held
from gateway.outbox.streams import NEW, PAGE, Place, Streams, place_of
from gateway.store import SHARDS

log = logging.getLogger(__name__)

_ELSEWHERE: Place = (sys.maxsize, 0)
"""How far a shard has been read in which another process reads: nobody here can wait for it."""
_decode = msgspec.json.Decoder(Letter).decode
_encode = msgspec.json.Encoder().encode


class Done(Struct, frozen=True):
    """A letter that is to be struck off, and what became of it."""

    entry: bytes
    letter: str
    status: Status
    at: float
    carriage: str = ""
    """See `letters.carriage`."""
    proof: bool = False
    instead: str = ""
    """Name of an SMS that waits in its place…"""
    follows: datetime | None = None
    """…and when it leaves; None: it does not, for this letter has got through."""
    counts: tuple[str, ...] = ()
    """What it counts as; see `figures.tallies`."""


class PutOff(Struct, frozen=True):
    """A letter that waits for the end of the quiet hours."""

    entry: bytes
    letter: Letter
    until: float


class Pile:
    def __init__(self, redis: Batched, stream: str, reader: str, ahead: int) -> None:
        """`ahead`: letters in memory; the others wait in Redis."""
        self._ahead = ahead
        self.unread = set(range(SHARDS))
        """Shards in which there may be something new."""
        self._streams = Streams(redis, stream, reader)
        self._letters = Letters(redis)
        self._held: list[set[bytes]] = [set() for _ in range(SHARDS)]
        """Per shard, the entries that were read and not struck off yet."""
        self._places = [NEW] * SHARDS
        """Per shard, where to read on: new letters, or how far reading again has come."""
        self._read_to: list[Place] = [(0, 0)] * SHARDS
        """Per shard, how far it has been read: letters that stand before that are held or done."""
        self._finished: dict[int, list[Done | PutOff]] = defaultdict(list)
        """Per shard, what is to be struck off."""

    @property
    def is_full(self) -> bool:
        return self._room <= 0

    @property
    def _room(self) -> int:
        return self._ahead - sum(map(len, self._held))

    @property
    def is_behind(self) -> bool:
        """Another turn would bring something, or strike something off."""
        return self.has_finished or bool(self.unread and not self.is_full)

    @property
    def has_finished(self) -> bool:
        return bool(self._finished)

    def holds(self, held: Held) -> bool:
        """False: another process has taken over the shard."""
        return held.entry in self._held[held.shard]

    def has_read(self, ends: dict[int, Place]) -> bool:
        """All letters up to these places?"""
        return all(self._read_to[shard] >= end for shard, end in ends.items())

    async def ends(self) -> dict[int, Place]:
        """Of each shard in which letters wait, the place of the last."""
        return await self._streams.ends()

    def finish(self, shard: int, done: Done | PutOff) -> None:
        if done.entry in self._held[shard]:
            self._finished[shard].append(done)

    async def turn(self, now: float) -> list[Held]:
        """Strikes off what is finished, and answers with what is new, oldest first: two shards may write to one
        address, and what was said first comes first."""
        shards = self._next()
        self.unread -= shards
        try:
            return await self._strike_off_and_read(shards, now)
        except BaseException:
            self.unread |= shards
            raise

    def _next(self) -> set[int]:
        """Shards to read: no more than there is room for, those first of which there is least here."""
        pages = -(-max(0, self._room) // PAGE)
        if pages >= len(self.unread):
            return set(self.unread)
        return set(sorted(self.unread, key=lambda shard: len(self._held[shard]))[:pages])

    async def leave(self) -> None:
        """Another process may read at once, unless something is unfinished."""
        await self._strike_off_and_read(set(), 0.0)
        await asyncio.gather(*map(self._streams.leave, range(SHARDS)))

    async def _strike_off_and_read(self, shards: set[int], now: float) -> list[Held]:
        """In one breath. What was struck off counts as held until Redis has answered, so that it is not taken for
        lost. If Redis was away it is struck off again: doing it twice changes nothing."""
        finished = {shard: tuple(letters) for shard, letters in self._finished.items()}
        await self._write_down([one for letters in finished.values() for one in letters if isinstance(one, Done)])
        calls = [call for shard, letters in finished.items() for call in self._strike_off(shard, letters)]
        pages: dict[int, Future[Any]] = {
            shard: self._streams.read(shard, self._places[shard], len(self._held[shard])) for shard in shards
        }
        await asyncio.gather(*calls, *pages.values())
        new = [held for shard, page in pages.items() for held in self._take_in(shard, page.result(), now)]
        for shard, letters in finished.items():
            self._held[shard].difference_update([done.entry for done in letters])
            del self._finished[shard][: len(letters)]
            if not self._finished[shard]:
                del self._finished[shard]
        return sorted(new, key=lambda held: place_of(held.entry))

    def _strike_off(self, shard: int, letters: Iterable[Done | PutOff]) -> Iterator[Future[Any]]:
        days: dict[date, dict[tuple[str, ...], list[bytes]]] = {}
        for one in letters:
            if isinstance(one, PutOff):
                yield self._streams.put_off(shard, one.entry, one.letter.id, _encode(one.letter), one.until)
            elif one.instead:
                day = day_of(one.at)
                yield self._streams.in_place(shard, one.entry, one.instead, one.follows, day=day, names=one.counts)
            else:
                days.setdefault(day_of(one.at), {}).setdefault(one.counts, []).append(one.entry)
        for day, groups in days.items():
            yield self._streams.done(shard, day, groups)

    async def _write_down(self, finished: list[Done]) -> None:
        """Before it is struck off, or a crash between the two would lose it. That a provider has taken a letter is
        the rule: only what is to be told about it is kept, or what proves something."""
        await asyncio.gather(
            *(
                self._letters.mark(done.letter, done.status, at=done.at, carriage=done.carriage, proof=done.proof)
                for done in finished
                if done.proof or done.status not in (Status.ACCEPTED, Status.DELIVERED)
            )
        )

    def _take_in(self, shard: int, page: tuple[bytes, list[Any]] | None, now: float) -> list[Held]:
        if page is None:  # another process reads here: what we hold is its own now, and must not leave
            self._held[shard].clear()
            self._read_to[shard] = _ELSEWHERE
            return []
        self._places[shard], entries = page
        if len(entries) == PAGE or self._places[shard] != NEW:
            self.unread.add(shard)
        if entries:
            self._read_to[shard] = place_of(entries[-1][0])
        elif self._read_to[shard] == _ELSEWHERE:
            self._read_to[shard] = (0, 0)
        new = [(entry, fields) for entry, fields in entries if entry not in self._held[shard]]
        self._held[shard].update([entry for entry, _ in new])
        return [held for entry, fields in new if (held := self._read(shard, entry, fields, now)) is not None]

    def _read(self, shard: int, entry: bytes, fields: list[bytes] | None, now: float) -> Held | None:
        try:
            return Held(shard, entry, _decode(fields[1] if fields else b""))
        except msgspec.MsgspecError:
            name = entry.decode()
            log.error("entry %s of shard %s is no letter", name, shard)
            self.finish(shard, Done(entry, f"unreadable:{name}", Status.REJECTED, now))
            return None
