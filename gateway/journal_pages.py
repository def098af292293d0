"""The journal on a screen, page by page, the newest lines first: only what a page needs is read, from its end or from
where the page before has ended, however many lines there are."""

from collections.abc import AsyncIterator
from datetime import date

from msgspec import Struct

from gateway.connection import Batched
from gateway.journal import Direction, Entry, Period, journal_key
from gateway.journal_index import JournalIndex, line_of, ranges
from gateway.letters import Letters, News, Status
from gateway.store import SHARDS
from gateway.strands import Item, Range, Spot, newest

ROWS = 50
LOOK = 20_000
"""Lines that are looked at for one page. Who filters for something rare is shown what was found, and goes on."""
_AT_ONCE = 500
UNDELIVERED = frozenset({Status.FAILED, Status.REJECTED, Status.OPTED_OUT, Status.EXPIRED})


class Wanted(Struct, frozen=True):
    """What somebody wants to see; what is not said does not matter."""

    period: Period | None = None
    service: str | None = None
    nature: str | None = None
    direction: Direction | None = None
    channel: str | None = None
    undelivered: bool = False
    """Only letters of which is known that they did not arrive."""
    whose: str | None = None
    """A person's IIN, or a phone."""

    def fits(self, entry: Entry) -> bool:
        return (
            (self.period is None or entry.at in self.period)
            and self.service in (None, entry.service)
            and (self.nature is None or entry.nature == self.nature)
            and self.direction in (None, entry.direction)
            and self.channel in (None, entry.channel)
            and self.whose in (None, entry.iin, entry.phone)
            and not (self.undelivered and not entry.letter)
        )


class Shown(Struct, frozen=True):
    spot: Spot
    entry: Entry
    news: News | None = None


class Page(Struct, frozen=True):
    lines: list[Shown]
    next: Spot | None
    """From where to go on; None: there is nothing before."""
    looked: int
    since: date | None = None
    """Of what was looked at, the day of the last line."""


class JournalPages:
    def __init__(self, redis: Batched, index: JournalIndex) -> None:
        self._redis = redis
        self._index = index
        self._letters = Letters(redis)

    async def page(self, wanted: Wanted, before: Spot | None = None, count: int = ROWS) -> Page:
        found: list[Shown] = []
        looked, last, day = 0, before, None
        batch: list[Shown] = []
        async for item in await self._items(wanted, before):
            looked, last = looked + 1, item[0]
            entry = line_of(item)
            if entry is not None:
                day = entry.at.date()
                if wanted.fits(entry):
                    batch.append(Shown(item[0], entry))
            enough = len(batch) >= (_AT_ONCE if wanted.undelivered else count + 1)
            if enough or looked >= LOOK:
                found += await self._known(batch, wanted)
                batch = []
                if len(found) > count:
                    return Page(found[:count], found[count - 1].spot, looked, day)
                if looked >= LOOK:
                    return Page(found, last, looked, day)
        found += await self._known(batch, wanted)
        return Page(found[:count], found[count - 1].spot if len(found) > count else None, looked, day)

    async def count(self, wanted: Wanted) -> int | None:
        """How many lines there are; None: nobody can say without reading them all."""
        if wanted.whose is None and wanted == Wanted(period=wanted.period):
            if wanted.period is None:
                return await self._length()
            days = await self._index.days(wanted.period)
            return sum(day.count for held in days.values() for day in held.values())
        if wanted.whose is not None and wanted == Wanted(whose=wanted.whose):
            return len(await self._index.places(wanted.whose))
        return None

    async def lines_of(self, whose: str, most: int) -> list[tuple[Spot, Entry]]:
        """About a person, or with a phone; the newest first."""
        places = (await self._index.places(whose))[:most]
        found = []
        async for item in self._at(places):
            entry = line_of(item)
            if entry is not None and whose in (entry.iin, entry.phone):
                found.append((item[0], entry))
        return found

    async def _known(self, batch: list[Shown], wanted: Wanted) -> list[Shown]:
        """With what became of each letter."""
        letters = [one.entry.letter for one in batch if one.entry.letter]
        news = dict(zip(letters, await self._letters.news(letters), strict=True))
        shown = [Shown(one.spot, one.entry, news.get(one.entry.letter)) for one in batch]
        if not wanted.undelivered:
            return shown
        return [one for one in shown if one.news is not None and one.news.status in UNDELIVERED]

    async def _items(self, wanted: Wanted, before: Spot | None) -> AsyncIterator[Item]:
        if wanted.whose is not None:
            places = await self._index.places(wanted.whose)
            return self._at([place for place in places if before is None or place < before])
        limits = {number: Range() for number in range(SHARDS)}
        if wanted.period is not None:
            limits = ranges(await self._index.days(wanted.period))
        return newest(self._redis, journal_key, limits, before)

    async def _at(self, places: list[Spot]) -> AsyncIterator[Item]:
        for first in range(0, len(places), _AT_ONCE):
            part = places[first : first + _AT_ONCE]
            asked = [self._redis("XRANGE", journal_key(one.shard), one.entry, one.entry) for one in part]
            for place, answer in zip(part, asked, strict=True):
                for _, fields in await answer:
                    yield place, fields

    async def _length(self) -> int:
        asked = [self._redis("XLEN", journal_key(number)) for number in range(SHARDS)]
        return sum([await one for one in asked])
