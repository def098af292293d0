"""What is open, for staff: counted and read from the shelves of all shards, however many matters stand there."""

import asyncio
import heapq
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from dialogs.duties.duty import AnyDuty
from dialogs.matters.matter import Matter
from gateway.connection import Batched
from gateway.letters import Letters, News
from gateway.matters import store as matter_store
from gateway.matters.names import asking_ids
from gateway.matters.shelves import OFFERS, SHELVES, Shelf, Shelved, shelve
from gateway.store import SHARDS, tag

ROWS = 50
KEPT = timedelta(days=90)
"""For so long an offer that has come to an end stands on its shelf."""
_AT_ONCE = 1000
# Only as it was read: what has moved meanwhile stands on its shelf already.
_ADD = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('ZADD', KEYS[2], 'NX', ARGV[2], ARGV[3])
"""
_PLACE = re.compile(r"([0-9.]{1,24}):([0-9]{1,2}):(.{1,300})", re.DOTALL)


class Place(Struct, frozen=True, order=True):
    """Of a record on its shelf, among all shards."""

    due: float
    shard: int
    record: str

    def __str__(self) -> str:
        return f"{self.due!r}:{self.shard}:{self.record}"


class Row(Struct, frozen=True):
    place: Place
    one: Matter | AnyDuty
    news: Sequence[tuple[str, News | None]] = ()
    """Of an offer: each phone that it is asked at, and the last that is known of what was sent there."""


class Rows(Struct, frozen=True):
    rows: list[Row]
    next: Place | None
    """The last of this page, if others follow."""


def read_place(text: str) -> Place | None:
    """As `str` writes it; None if it is none."""
    found = _PLACE.fullmatch(text)
    if found is None or int(found[2]) >= SHARDS:
        return None
    try:
        return Place(float(found[1]), int(found[2]), found[3])
    except ValueError:
        return None


class Board:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._letters = Letters(redis)
        self._add = redis.script(_ADD)

    async def counts(self) -> Mapping[Shelf, int]:
        return await self._counts("-inf", "+inf", SHELVES)

    async def ended(self, day: datetime) -> Mapping[Shelf, int]:
        """Of offers, since that midnight."""
        return await self._counts(repr(day.timestamp()), "+inf", [one for one in SHELVES if one.ended])

    async def late(self, now: datetime) -> Mapping[Shelf, int]:
        """Those whose last day is over, and E-Sobes has not said what becomes of them."""
        open_ones = [one for one in SHELVES if one.kind not in OFFERS]
        return await self._counts("-inf", repr(now.timestamp()), open_ones)

    async def rows(self, shelf: Shelf, after: Place | None = None, count: int = ROWS) -> Rows:
        """What is open by its last day; what has ended, the newest first."""
        found = await asyncio.gather(*(self._names(shelf, number, after, count) for number in range(SHARDS)))
        pick = heapq.nlargest if shelf.ended else heapq.nsmallest
        places = pick(count + 1, (place for names in found for place in names))
        records = await asyncio.gather(*(self._redis("GET", _key(place)) for place in places[:count]))
        read = [_read(place.record, stored) for place, stored in zip(places, records, strict=False)]
        rows = [Row(place, one) for place, one in zip(places, read, strict=False) if one is not None]
        return Rows(await self._with_news(rows), places[count - 1] if len(places) > count else None)

    async def record(self, shard: int, name: str) -> Matter | AnyDuty | None:
        return _read(name, await self._redis("GET", f"{tag(shard)}:{name}"))

    async def sweep(self, now: datetime) -> None:
        """What ended long ago is taken from the shelves."""
        before = f"({(now - KEPT).timestamp()!r}"
        ended = [one for one in SHELVES if one.ended]
        keys = [one.key(number) for one in ended for number in range(SHARDS)]
        await asyncio.gather(*(self._redis("ZREMRANGEBYSCORE", key, "-inf", before) for key in keys))

    async def fill(self) -> int:
        """What was open before there were shelves is put there, once: whatever the clock has to look at."""
        filled = 0
        for number in range(SHARDS):
            if await self._redis("EXISTS", _filled(number)):
                continue
            # All names at once: page by page, each that goes meanwhile would hide another.
            names: list[bytes] = await self._redis("ZRANGE", f"{tag(number)}:wakeups", 0, -1)
            for first in range(0, len(names), _AT_ONCE):
                some = names[first : first + _AT_ONCE]
                filled += await self._put(number, [_record(name.decode()) for name in some])
            await self._redis("SET", _filled(number), "")
        return filled

    async def _put(self, number: int, records: Sequence[str]) -> int:
        known = [record for record in records if _is_known(record)]
        stored = await asyncio.gather(*(self._redis("GET", f"{tag(number)}:{record}") for record in known))
        placed: list[tuple[str, bytes, Shelved]] = []
        for record, as_read in zip(known, stored, strict=True):
            one = _read(record, as_read)
            if one is not None and (shelved := shelve(record, one)) is not None:
                placed.append((record, as_read, shelved))
        return sum(
            await asyncio.gather(
                *(
                    self._redis(
                        "EVALSHA",
                        self._add,
                        2,
                        f"{tag(number)}:{record}",
                        at.shelf.key(number),
                        as_read,
                        repr(at.due),
                        record,
                    )
                    for record, as_read, at in placed
                )
            )
        )

    async def _counts(self, first: str, last: str, shelves: Sequence[Shelf]) -> Mapping[Shelf, int]:
        asked = [self._redis("ZCOUNT", one.key(number), first, last) for one in shelves for number in range(SHARDS)]
        answers = await asyncio.gather(*asked)
        return {one: sum(answers[at * SHARDS : (at + 1) * SHARDS]) for at, one in enumerate(shelves)}

    async def _names(self, shelf: Shelf, number: int, after: Place | None, count: int) -> list[Place]:
        """A page of one shard, and one more. Of those at the same moment as `after`, some come once more and are left
        out here."""
        begin = "-inf" if after is None else repr(after.due)
        ends = ("+inf" if after is None else begin, "-inf") if shelf.ended else (begin, "+inf")
        how = ("BYSCORE", "REV") if shelf.ended else ("BYSCORE",)
        found: list[bytes] = await self._redis(
            "ZRANGE", shelf.key(number), *ends, *how, "LIMIT", 0, count + 2, "WITHSCORES"
        )
        names = [Place(float(due), number, name.decode()) for name, due in zip(found[::2], found[1::2], strict=True)]
        if after is None:
            return names
        return [one for one in names if (one < after if shelf.ended else one > after)]

    async def _with_news(self, rows: list[Row]) -> list[Row]:
        """Of a phone, what is known of the newest letter that asked there."""
        asked = [
            (at, phone, name)
            for at, row in enumerate(rows)
            if isinstance(row.one, Matter)
            for phone in row.one.phones
            for name in asking_ids(row.one, phone)
        ]
        told = await self._letters.news([name for *_, name in asked])
        known: dict[tuple[int, str], News | None] = {}
        for (at, phone, _), news in zip(asked, told, strict=True):
            known[at, phone] = news or known.get((at, phone))
        return [
            Row(row.place, row.one, [(phone, news) for (of, phone), news in known.items() if of == at])
            for at, row in enumerate(rows)
        ]


def _key(place: Place) -> str:
    return f"{tag(place.shard)}:{place.record}"


def _filled(number: int) -> str:
    return f"{tag(number)}:shelves-filled"


def _record(wakeup: str) -> str:
    """What the clock looks at, by its name there."""
    return wakeup.removeprefix(".") if wakeup.startswith(".") else f"matter:{wakeup}"


def _is_known(record: str) -> bool:
    return record.startswith(("matter:", "invitation:", "choice:", "order:"))


def _read(record: str, stored: bytes | None) -> Matter | AnyDuty | None:
    if not _is_known(record):
        return None
    is_offer = record.startswith("matter:")
    return matter_store.read(stored) if is_offer else matter_store.read_duty(stored)
