"""Figures read: what was counted on each day, of all shards together."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from gateway.connection import Batched
from gateway.routes.trails import Spent, Trails
from gateway.store import SHARDS, figures_key

Day = Mapping[str, int]
"""Name → how often; see `tallies`."""


class Span(Struct, frozen=True):
    """Days, the last one included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(number)


class Figures:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._trails = Trails(redis)

    async def days(self, span: Span) -> dict[date, Day]:
        """A day at a time, so that nobody else waits for the whole."""
        return {day: await self.day(day) for day in span}

    async def day(self, day: date) -> Day:
        shards = await asyncio.gather(*(self._redis("HGETALL", figures_key(shard, day)) for shard in range(SHARDS)))
        counts: Counter[str] = Counter()
        for found in shards:
            for name, number in found.items():
                counts[name.decode()] += int(number)
        return counts

    async def spent(self, span: Span) -> dict[date, dict[tuple[str, bool], Spent]]:
        """By route, and whether it went to many."""
        found: dict[date, dict[tuple[str, bool], Spent]] = {}
        for month in dict.fromkeys(f"{day:%Y-%m}" for day in span):
            for (number, route, broadcast), spent in (await self._trails.spent(month)).items():
                day = date.fromisoformat(f"{month}-{number:02}")
                if span.first <= day <= span.last:
                    found.setdefault(day, {})[route, broadcast] = spent
        return found
