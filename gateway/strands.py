"""The sixteen streams of the shards read as one: in the order in which their entries were written, from either end.

An entry's id is the millisecond in which it was written, so a page begins where the one before has ended, however
many entries there are: none before it is read. Of the same moment the shard decides.
"""

import asyncio
import heapq
import re
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from gateway.connection import Batched
from gateway.outbox.streams import place_of
from gateway.store import SHARDS

_FIRST = 16
"""Entries that each strand brings at first: together they fill a page."""
_MOST = 300
"""Later: all sixteen at once hold up nobody for long."""
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
Page = list[tuple[bytes, dict[bytes, bytes]]]
T = TypeVar("T")


class Newest(Struct, Generic[T], frozen=True):
    found: list[tuple[Spot, T]]
    next: Spot | None
    """From where to go on; None: there is nothing before."""
    looked: int
    """Entries that were read for it."""


def spot_of(shard: int, entry: bytes) -> Spot:
    return Spot(*place_of(entry), shard)


def read_spot(text: str) -> Spot | None:
    """As `str` writes it; None if it is none."""
    found = _SPOT.fullmatch(text)
    return Spot(*map(int, found.groups())) if found else None


async def newest(
    redis: Batched,
    key: Callable[[int], str],
    ranges: Mapping[int, Range],
    take: Callable[[Mapping[bytes, bytes]], T | None],
    *,
    before: Spot | None = None,
    want: int,
    most: int = sys.maxsize,
) -> Newest[T]:
    """Backwards, from just before that spot. `key`: the stream of a shard; only those in `ranges` are read. `take`:
    what an entry is good for, if anything; `want`: so many of these; `most`: entries that are looked at for them."""
    strands = [_Strand(redis, key(number), number, _cut(number, limits, before)) for number, limits in ranges.items()]
    held: list[tuple[Spot, T]] = []
    looked = 0
    while True:
        for strand, page in zip(strands, await asyncio.gather(*(one.back() for one in strands)), strict=True):
            looked += len(page)
            held += [
                (spot_of(strand.shard, entry), taken) for entry, fields in page if (taken := take(fields)) is not None
            ]
        strands = [strand for strand in strands if not strand.is_over]
        # What is older than this may have others before it, in strands that are not read so far.
        reached = max((strand.last for strand in strands if strand.last), default=None)
        sure = sorted((one for one in held if reached is None or one[0] >= reached), key=_spot, reverse=True)
        if len(sure) > want:
            return Newest(sure[:want], sure[want - 1][0], looked)
        if reached is None or looked >= most:
            return Newest(sure, reached, looked)


async def oldest(redis: Batched, key: Callable[[int], str]) -> AsyncIterator[Item]:
    """All of them, from the beginning."""
    strands = [_Strand(redis, key(number), number, Range()) for number in range(SHARDS)]
    await asyncio.gather(*(strand.fill() for strand in strands))
    heap = [(strand.held[0][0], number) for number, strand in enumerate(strands) if strand.held]
    heapq.heapify(heap)
    while heap:
        strand = strands[heap[0][1]]
        yield strand.held.popleft()
        if not strand.held:
            await strand.fill()
        if strand.held:
            heapq.heapreplace(heap, (strand.held[0][0], strand.shard))
        else:
            heapq.heappop(heap)


class _Strand:
    """One stream, read from one of its ends."""

    def __init__(self, redis: Batched, key: str, shard: int, limits: Range) -> None:
        self.shard = shard
        self.is_over = False
        self.held: deque[Item] = deque()
        self.last: Spot | None = None
        """Read so far."""
        self._redis = redis
        self._key = key
        self._limits = limits
        self._count = _FIRST

    async def back(self) -> Page:
        limits = self._limits
        page: Page = await self._redis("XREVRANGE", self._key, limits.last, limits.first, "COUNT", self._count)
        if self._reach(page):
            self._limits = Range(limits.first, b"(" + page[-1][0])
        return page

    async def fill(self) -> None:
        if self.is_over:
            return
        limits = self._limits
        page: Page = await self._redis("XRANGE", self._key, limits.first, limits.last, "COUNT", self._count)
        if self._reach(page):
            self._limits = Range(b"(" + page[-1][0], limits.last)
        self.held.extend((spot_of(self.shard, entry), fields) for entry, fields in page)

    def _reach(self, page: Page) -> bool:
        self.is_over = len(page) < self._count
        self._count = min(_MOST, self._count * _GROWS)
        if page:
            self.last = spot_of(self.shard, page[-1][0])
        return bool(page)


def _spot(one: tuple[Spot, object]) -> Spot:
    return one[0]


def _cut(shard: int, limits: Range, before: Spot | None) -> Range:
    """What stands before the spot: of the same moment, also what lies in a shard of a lower number."""
    if before is None:
        return limits
    end = before.entry if shard < before.shard else b"(" + before.entry
    if limits.last == b"+" or place_of(limits.last) >= (before.millisecond, before.number):
        return Range(limits.first, end)
    return limits
