"""The journal on a screen, page by page, the newest lines first: only what a page needs is read, from its end or from
where the page before has ended, however many lines there are."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.journal.index import JournalIndex, line_of, ranges
from gateway.journal.journal import Direction, Entry, Period, journal_key
from gateway.letters import Letters, News, Status
from gateway.store import SHARDS
from gateway.strands import Newest, Range, Spot, newest

ROWS = 50
LOOK = 5_000
"""Lines that are looked at for one page. Who filters for something rare is shown what was found, and goes on."""
_LOOK_UP = 3_000
"""Likewise, where each letter has to be looked up."""
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

    @property
    def marks(self) -> tuple[bytes, ...]:
        """What a line surely has in it if it fits: most that do not need not be read."""
        said = (self.service, self.nature, self.direction, self.channel)
        return tuple(f'"{one}"'.encode() for one in said if one is not None)

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
        if wanted.whose is not None:
            return await self._page_of(wanted, before, count)
        limits = await self._limits(wanted.period)
        if not wanted.undelivered:
            found = await self._newest(wanted, limits, before, count, LOOK)
            return Page(await self._known(found.found, wanted), found.next, found.looked, _day(found.found))
        lines: list[Shown] = []
        looked, day = 0, None
        while True:
            found = await self._newest(wanted, limits, before, _AT_ONCE, _LOOK_UP)
            lines += await self._known(found.found, wanted)
            looked, before, day = looked + found.looked, found.next, _day(found.found) or day
            if len(lines) > count:
                return Page(lines[:count], lines[count - 1].spot, looked, day)
            if before is None or looked >= _LOOK_UP:
                return Page(lines, before, looked, day)

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
        return await self._at((await self._index.places(whose))[:most], Wanted(whose=whose))

    async def _page_of(self, wanted: Wanted, before: Spot | None, count: int) -> Page:
        """Somebody has few lines: all that is known of them is looked at."""
        assert wanted.whose is not None  # noqa: S101 - this is what it is for
        places = [one for one in await self._index.places(wanted.whose) if before is None or one < before]
        lines: list[Shown] = []
        for first in range(0, len(places), _AT_ONCE):
            lines += await self._known(await self._at(places[first : first + _AT_ONCE], wanted), wanted)
            if len(lines) > count:
                return Page(lines[:count], lines[count - 1].spot, first + _AT_ONCE)
        return Page(lines, None, len(places))

    async def _newest(
        self, wanted: Wanted, limits: Mapping[int, Range], before: Spot | None, count: int, most: int
    ) -> Newest[Entry]:
        marks = wanted.marks

        def take(fields: Mapping[bytes, bytes]) -> Entry | None:
            line = fields.get(b"entry", b"")
            if not all(mark in line for mark in marks):
                return None
            entry = line_of(fields)
            return entry if entry is not None and wanted.fits(entry) else None

        return await newest(self._redis, journal_key, limits, take, before=before, want=count, most=most)

    async def _limits(self, period: Period | None) -> Mapping[int, Range]:
        if period is None:
            return {number: Range() for number in range(SHARDS)}
        return ranges(await self._index.days(period))

    async def _known(self, lines: Sequence[tuple[Spot, Entry]], wanted: Wanted) -> list[Shown]:
        """With what became of each letter."""
        letters = [entry.letter for _, entry in lines if entry.letter]
        news = dict(zip(letters, await self._letters.news(letters), strict=True))
        shown = [Shown(spot, entry, news.get(entry.letter)) for spot, entry in lines]
        if not wanted.undelivered:
            return shown
        return [one for one in shown if one.news is not None and one.news.status in UNDELIVERED]

    async def _at(self, places: Sequence[Spot], wanted: Wanted) -> list[tuple[Spot, Entry]]:
        asked = (self._redis("XRANGE", journal_key(one.shard), one.entry, one.entry) for one in places)
        found = []
        for place, answer in zip(places, await asyncio.gather(*asked), strict=True):
            entry = line_of(answer[0][1]) if answer else None  # else it is in a file by now
            if entry is not None and wanted.fits(entry):
                found.append((place, entry))
        return found

    async def _length(self) -> int:
        asked = [self._redis("XLEN", journal_key(number)) for number in range(SHARDS)]
        return sum([await one for one in asked])


def _day(found: Sequence[tuple[Spot, Entry]]) -> date | None:
    return found[-1][1].at.astimezone(ALMATY).date() if found else None
