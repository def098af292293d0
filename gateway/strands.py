"""The sixteen streams of the shards read as one: in the order in which their entries were written, from either end.

An entry's id is the millisecond in which it was written, so a page begins where the one before has ended, however
many entries there are: none before it is read. Of the same moment the shard decides.
"""

import asyncio
import heapq
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from msgspec import Struct

from gateway.connection import Batched
from gateway.streams import place_of

_FIRST = 32
"""Entries that each strand brings at first: together they fill a page ten times over."""
_MOST = 1000
_GROWS = 4
_SPOT = re.compile(r"([0-9]{1,20})-([0-9]{1,20})\.([0-9]{1,2})", re.ASCII)


class Spot(Struct, frozen=True, order=True):
    """Where an entry stands among all of them."""

    millisecond: int
    number: int
    shard: int

    @property
    def entry(self) -> bytes:
        return b"%d-%d" % (self.millisecond, self.number)

    def __str__(self) -> str:
        return f"{self.millisecond}-{self.number}.{self.shard}"


class Range(Struct, frozen=True):
    """Of one strand; both ends as XRANGE takes them."""

    first: bytes = b"-"
    last: bytes = b"+"


Item = tuple[Spot, dict[bytes, bytes]]


def spot_of(shard: int, entry: bytes) -> Spot:
    return Spot(*place_of(entry), shard)


def read_spot(text: str) -> Spot | None:
    """As `str` writes it; None if it is none."""
    found = _SPOT.fullmatch(text)
    return Spot(*map(int, found.groups())) if found else None


async def newest(
    redis: Batched, key: Callable[[int], str], ranges: Mapping[int, Range], before: Spot | None = None
) -> AsyncIterator[Item]:
    """Backwards, from just before that spot. `key`: the stream of a shard; only those in `ranges` are read."""
    strands = [
        _Strand(redis, key(shard), shard, _cut(shard, limits, before), backwards=True)
        for shard, limits in ranges.items()
    ]
    async for item in _braided(strands):
        yield item


async def oldest(redis: Batched, key: Callable[[int], str], ranges: Mapping[int, Range]) -> AsyncIterator[Item]:
    strands = [_Strand(redis, key(shard), shard, limits, backwards=False) for shard, limits in ranges.items()]
    async for item in _braided(strands):
        yield item


class _Strand:
    def __init__(self, redis: Batched, key: str, shard: int, limits: Range, *, backwards: bool) -> None:
        self._redis = redis
        self._key = key
        self._shard = shard
        self._limits = limits
        self._backwards = backwards
        self._count = _FIRST
        self._is_over = False
        self.held: deque[Item] = deque()

    async def fill(self) -> None:
        if self._is_over or self.held:
            return
        first, last = self._limits.first, self._limits.last
        ends = ("XREVRANGE", self._key, last, first) if self._backwards else ("XRANGE", self._key, first, last)
        page: list[Any] = await self._redis(*ends, "COUNT", self._count)
        self._is_over = len(page) < self._count
        self._count = min(_MOST, self._count * _GROWS)
        if page:
            beyond = b"(" + page[-1][0]
            self._limits = Range(first, beyond) if self._backwards else Range(beyond, last)
        self.held.extend((spot_of(self._shard, entry), fields) for entry, fields in page)

    def place(self) -> tuple[int, int, int]:
        spot = self.held[0][0]
        place = spot.millisecond, spot.number, spot.shard
        return (-place[0], -place[1], -place[2]) if self._backwards else place


async def _braided(strands: list[_Strand]) -> AsyncIterator[Item]:
    await asyncio.gather(*(strand.fill() for strand in strands))
    heap = [(strand.place(), number) for number, strand in enumerate(strands) if strand.held]
    heapq.heapify(heap)
    while heap:
        number = heap[0][1]
        strand = strands[number]
        yield strand.held.popleft()
        await strand.fill()
        if strand.held:
            heapq.heapreplace(heap, (strand.place(), number))
        else:
            heapq.heappop(heap)


def _cut(shard: int, limits: Range, before: Spot | None) -> Range:
    """What stands before the spot: of the same moment, also what lies in a shard of a lower number."""
    if before is None:
        return limits
    end = before.entry if shard < before.shard else b"(" + before.entry
    if limits.last == b"+" or place_of(limits.last) >= (before.millisecond, before.number):
        return Range(limits.first, end)
    return limits
