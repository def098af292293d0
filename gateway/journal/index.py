"""Where in the journal the lines of a person stand, those of a phone, and those of a day. The index follows the
journal: what is new there is read before anybody looks something up, and nobody who waits for an answer pays for it.

    {s07}:journal-of:4dd5438b8db09c1f   ids of the lines about a person, or with a phone; ten bytes each, in order
    {s07}:journal-days                  hash: 2026-11-23 → id of the day's first line and of its last, how many
    {s07}:journal-read                  id of the last line that was read

The clock of the sandbox may be put back, so a day's lines may lie among others; none of them lies outside its ids.
"""

import asyncio
import logging
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b

import msgspec
from msgspec import Struct

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.journal.journal import Entry, Period, journal_key
from gateway.rounds import Rounds
from gateway.store import SHARDS, tag
from gateway.strands import Range, Spot, spot_of

log = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between two looks at what is new: whoever looks something up then finds little to read."""
_PAGE = 500
_FEW = 40
"""Days that are asked for one by one; of more, all are."""
_BREATH = 0.01
_ID = struct.Struct(">QH")

# Each replaces exactly what was read. The days come as pairs, the places as what is put behind what stands there.
_ADVANCE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
local at, days = 4, tonumber(ARGV[3])
for _ = 1, days do
  redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for key = 3, #KEYS do redis.call('APPEND', KEYS[key], ARGV[at + key - 3]) end
return 1
"""

# Lines that are not needed here any more, and their places in the strings; what is then empty goes as well. In turns
# come the ids, how many of them there are before; the places per key; days, and how many of their lines.
_DELETE = """
local ids = tonumber(ARGV[1])
local deleted = redis.call('XDEL', KEYS[1], unpack(ARGV, 2, ids + 1))
if deleted == 0 then return 0 end
for key = 3, #KEYS do
  local held, kept = redis.call('GET', KEYS[key]), {}
  if held then
    local gone, given = {}, ARGV[ids + key - 1]
    for at = 1, #given, 10 do gone[string.sub(given, at, at + 9)] = true end
    for at = 1, #held, 10 do
      local id = string.sub(held, at, at + 9)
      if not gone[id] then kept[#kept + 1] = id end
    end
    if #kept == 0 then redis.call('DEL', KEYS[key]) else redis.call('SET', KEYS[key], table.concat(kept)) end
  end
end
for at = ids + #KEYS, #ARGV, 2 do
  local first, last, count = string.match(redis.call('HGET', KEYS[2], ARGV[at]) or '', '^(%S+) (%S+) (%d+)$')
  if count and tonumber(count) > tonumber(ARGV[at + 1]) then
    redis.call('HSET', KEYS[2], ARGV[at], first .. ' ' .. last .. ' ' .. string.format('%d', count - ARGV[at + 1]))
  else
    redis.call('HDEL', KEYS[2], ARGV[at])
  end
end
return deleted
"""

_decode = msgspec.json.Decoder(Entry).decode


class Day(Struct, frozen=True):
    """The lines of one day in one shard."""

    first: bytes
    last: bytes
    count: int


class Placed(Struct, frozen=True):
    """A line, as far as it is found by something."""

    spot: Spot
    day: date
    whose: tuple[str, ...]
    """The person's IIN and the phone, as far as they are known."""


class JournalIndex:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._advance = redis.script(_ADVANCE)
        self._delete = redis.script(_DELETE)
        self.rounds = Rounds(self._look, LOOK, "the index of the journal")

    async def _look(self) -> None:
        for number in range(SHARDS):  # one after the other: people are being answered meanwhile
            await self._advance_in(number, _BREATH)

    async def advance(self) -> None:
        """Everything that stands in the journal now stands in the index afterwards."""
        await asyncio.gather(*(self._advance_in(number) for number in range(SHARDS)))

    async def places(self, whose: str) -> list[Spot]:
        """Of the lines about this person (an IIN), or with this phone; the newest first."""
        await self.advance()
        found = await asyncio.gather(*(self._redis("GET", _places_key(number, whose)) for number in range(SHARDS)))
        spots = [
            Spot(millisecond, place, number)
            for number, held in enumerate(found)
            for millisecond, place in _ID.iter_unpack(held or b"")
        ]
        return sorted(spots, reverse=True)

    async def days(self, period: Period) -> Mapping[int, Mapping[date, Day]]:
        """By shard; only days that have lines."""
        await self.advance()
        if (period.last - period.first).days < _FEW:
            wanted = [period.first + timedelta(after) for after in range((period.last - period.first).days + 1)]
            asked = (self._redis("HMGET", _days_key(number), *map(str, wanted)) for number in range(SHARDS))
            found = [dict(zip(wanted, told, strict=True)) for told in await asyncio.gather(*asked)]
        else:
            all_days = await asyncio.gather(*(self._redis("HGETALL", _days_key(number)) for number in range(SHARDS)))
            first, last = str(period.first).encode(), str(period.last).encode()
            found = [
                {date.fromisoformat(day.decode()): told for day, told in fields.items() if first <= day <= last}
                for fields in all_days
            ]
        days = ({day: _day(told) for day, told in fields.items() if told} for fields in found)
        return {number: held for number, held in enumerate(days) if held}

    async def delete(self, number: int, lines: Sequence[Placed]) -> int:
        """Of one shard, from the journal and from here in one breath; how many were still there."""
        places, days = _gathered(lines)
        ids = [one.spot.entry for one in lines]
        counts = [str(part) for day, spots in days.items() for part in (day, len(spots))]
        keys = [journal_key(number), _days_key(number), *(_places_key(number, whose) for whose in places)]
        packed = [b"".join(map(_packed, spots)) for spots in places.values()]
        deleted: int = await self._redis("EVALSHA", self._delete, len(keys), *keys, len(ids), *ids, *packed, *counts)
        return deleted

    async def _advance_in(self, number: int, breath: float = 0.0) -> None:
        """`breath`: seconds between two pages."""
        while True:
            read, page = await self._unread(number)
            if not page:
                return
            lines = ((entry_id, _line(entry_id, fields)) for entry_id, fields in page)
            places, days = _gathered(
                placed(spot_of(number, entry_id), entry.at.astimezone(ALMATY).date(), entry.iin, entry.phone)
                for entry_id, entry in lines
                if entry is not None
            )
            told = await self._told(number, days)
            keys = [_read_key(number), _days_key(number), *(_places_key(number, whose) for whose in places)]
            packed = (b"".join(map(_packed, spots)) for spots in places.values())
            done = await self._redis(
                "EVALSHA", self._advance, len(keys), *keys, read, page[-1][0], len(days), *told, *packed
            )
            if done and len(page) < _PAGE:
                return
            await asyncio.sleep(breath)

    async def _unread(self, number: int) -> tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]:
        """Up to where it was read, and what follows. Read again if somebody else was faster."""
        read: bytes = await self._redis("GET", _read_key(number)) or b""
        first = b"(" + read if read else b"-"
        return read, await self._redis("XRANGE", journal_key(number), first, "+", "COUNT", _PAGE)

    async def _told(self, number: int, days: Mapping[date, Sequence[Spot]]) -> list[bytes | str]:
        if not days:
            return []
        held = await self._redis("HMGET", _days_key(number), *map(str, days))
        told: list[bytes | str] = []
        for (day, spots), known in zip(days.items(), held, strict=True):
            was = _day(known) if known else Day(spots[0].entry, b"", 0)
            told += [str(day), b"%s %s %d" % (was.first, spots[-1].entry, was.count + len(spots))]
        return told


def ranges(days: Mapping[int, Mapping[date, Day]]) -> dict[int, Range]:
    """Where the lines of these days lie: none of them elsewhere, but others may lie among them."""
    found = {}
    for number, held in days.items():
        first = min(spot_of(number, one.first) for one in held.values())
        last = max(spot_of(number, one.last) for one in held.values())
        found[number] = Range(first.entry, last.entry)
    return found


def line_of(fields: Mapping[bytes, bytes]) -> Entry | None:
    """None: it is no line; whoever follows the journal has told the log."""
    try:
        return _decode(fields[b"entry"])
    except (msgspec.MsgspecError, KeyError):
        return None


def placed(spot: Spot, day: date, iin: str, phone: str) -> Placed:
    return Placed(spot, day, tuple(dict.fromkeys(filter(None, (iin, phone)))))


def _gathered(lines: Iterable[Placed]) -> tuple[dict[str, list[Spot]], dict[date, list[Spot]]]:
    places: dict[str, list[Spot]] = defaultdict(list)
    days: dict[date, list[Spot]] = defaultdict(list)
    for one in lines:
        days[one.day].append(one.spot)
        for whose in one.whose:
            places[whose].append(one.spot)
    return places, days


def _line(entry_id: bytes, fields: Mapping[bytes, bytes]) -> Entry | None:
    if (entry := line_of(fields)) is None:
        log.error("entry %s is no line of the journal", entry_id.decode())
    return entry


def _day(told: bytes) -> Day:
    first, last, count = told.split(b" ")
    return Day(first, last, int(count))


def _packed(spot: Spot) -> bytes:
    return _ID.pack(spot.millisecond, spot.number)


def _read_key(number: int) -> str:
    return f"{tag(number)}:journal-read"


def _days_key(number: int) -> str:
    return f"{tag(number)}:journal-days"


def _places_key(number: int, whose: str) -> str:
    """Neither an IIN nor a phone stands in a name: names are shown where contents are not."""
    return f"{tag(number)}:journal-of:{blake2b(whose.encode(), digest_size=8).hexdigest()}"
