"""The rolls of broadcasts in Redis: whom a broadcast goes to. A recipient rests in the shard of their phone, and the
recipients of a shard in the order of their phones, so that one of a million is found by halving.

    {s07}:roll:b7f3.1:rows    hash: number of a chunk → its recipients, packed
"""

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from dialogs.language import Language
from gateway.broadcasts import fates
from gateway.broadcasts.fates import BY_CHAT, BY_SMS, NO_WAY, OPEN, WAYS, WIDTH, Fate, Place, Record
from gateway.connection import Batched
from gateway.store import SHARDS, shard_number, tag

CHUNK = 500
_REMEMBERED = 64
"""Chunks: those that are being sent to are read again and again."""
_LEVEL = 6
_LOOKED_AT = 20 * CHUNK
"""Records in one go, where a few are looked for."""


class Recipient(Struct, frozen=True, array_like=True):
    number: int
    """Of the row in the list, as a person counts: the one under the headings is 2."""
    phone: str
    language: Language | None = None
    values: tuple[str, ...] = ()
    """Of the own columns."""

    def __repr__(self) -> str:
        return f"Recipient({self.number})"


class Counts(Struct, frozen=True):
    """Of a whole roll."""

    by_fate: Mapping[Fate, int]
    by_sms: int = 0
    by_chat: int = 0
    parts: Mapping[str, int] = {}
    """Of SMS that have left, by the sign of the route."""
    saved_parts: int = 0
    """Of SMS that need not leave because a chat has taken the text."""

    def __getitem__(self, fate: Fate) -> int:
        return self.by_fate.get(fate, 0)

    def price(self, prices: Mapping[str, int], otherwise: int) -> int:
        """`prices`: route → hundredths of a tenge for a part; `otherwise`: where the route is not known."""
        by_way = {WAYS[route]: price for route, price in prices.items()}
        return sum(parts * by_way.get(way, otherwise) for way, parts in self.parts.items())

    @property
    def all(self) -> int:
        return sum(self.by_fate.values())

    @property
    def open(self) -> int:
        return sum(self[fate] for fate in OPEN)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Recipient]).decode


class Rolls:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._chunks: OrderedDict[tuple[str, int, int], list[Recipient]] = OrderedDict()

    async def add(self, roll: str, shard: int, chunk: int, recipients: Sequence[Recipient]) -> None:
        """The next chunk of a new roll: all before it are full. Twice is as once, for a cluster's client asks again
        by itself where a node was away."""
        first, waiting = chunk * CHUNK, fates.write(Record(Fate.WAITS, 0, NO_WAY, 0, 0)) * len(recipients)
        packed = await asyncio.to_thread(_pack, recipients)
        await asyncio.gather(
            self._redis("HSET", _key(roll, shard, "rows"), chunk, packed),
            self._redis("SETRANGE", _key(roll, shard, "fates"), first * WIDTH, waiting),
            self._redis("HSET", _key(roll, shard, "counts"), Fate.WAITS.value, first + len(recipients)),
        )

    async def remove(self, roll: str) -> None:
        """Nobody is sent to by it any more."""
        await self._unlink(roll, "rows", "fates", "counts", "back")

    async def forget(self, roll: str) -> None:
        """Only how many there were of each kind remains."""
        await self._unlink(roll, "rows", "fates", "back")

    async def _unlink(self, roll: str, *names: str) -> None:
        await asyncio.gather(
            *(self._redis("UNLINK", *(_key(roll, shard, name) for name in names)) for shard in range(SHARDS))
        )

    async def size(self, roll: str, shard: int) -> int:
        """How many recipients rest there."""
        length: int = await self._redis("STRLEN", _key(roll, shard, "fates"))
        return length // WIDTH

    async def rows(self, roll: str, shard: int, rows: Sequence[int]) -> list[Recipient]:
        """These recipients; each of them is there."""
        chunks = {row // CHUNK: await self._chunk(roll, shard, row // CHUNK) for row in rows}
        return [chunks[row // CHUNK][row % CHUNK] for row in rows]

    async def one(self, place: Place) -> Recipient | None:
        """None: the roll is forgotten."""
        chunk = await self._chunk(place.roll, place.shard, place.row // CHUNK)
        return chunk[place.row % CHUNK] if chunk else None

    async def everybody(self, roll: str) -> AsyncIterator[tuple[Place, Recipient, Record]]:
        """With what is known of them by then."""
        for shard in range(SHARDS):
            size = await self.size(roll, shard)
            for first in range(0, size, CHUNK):
                recipients = await self._chunk(roll, shard, first // CHUNK)
                for row, one, record in zip(
                    range(first, size), recipients, await self._records(roll, shard, first), strict=False
                ):
                    yield Place(roll, shard, row), one, record

    async def pick(
        self, roll: str, wanted: Collection[Fate], most: int, shard: int = 0, row: int = 0
    ) -> list[tuple[Place, Recipient, Record]]:
        """The first so many with such a fate, from that shard and row on."""
        found: list[tuple[Place, Recipient, Record]] = []
        for there in range(shard, SHARDS):
            size, begins = await self.size(roll, there), row if there == shard else 0
            for first in range(begins, size, _LOOKED_AT):
                stored: bytes = await self._redis("GETRANGE", _key(roll, there, "fates"), *_span(first, _LOOKED_AT))
                rows = fates.rows_in(stored, wanted)[: most - len(found)]
                recipients = await self.rows(roll, there, [first + at for at in rows])
                found += [
                    (Place(roll, there, first + at), recipient, fates.read(stored[at * WIDTH : (at + 1) * WIDTH]))
                    for at, recipient in zip(rows, recipients, strict=True)
                ]
                if len(found) == most:
                    return found
        return found

    async def some(self, roll: str) -> list[Recipient]:
        """The first of each shard: about as good as drawn by lot, for where a phone rests is as good as chance."""
        found = await asyncio.gather(*(self._stored(roll, shard, 0) for shard in range(SHARDS)))
        return [one for recipients in found for one in recipients]

    async def find(self, roll: str, phone: str) -> tuple[Place, Recipient, Record] | None:
        shard = shard_number(f"sms:{phone}")
        first, last = 0, (await self.size(roll, shard) - 1) // CHUNK
        while first <= last:
            middle = (first + last) // 2
            recipients = await self._chunk(roll, shard, middle)
            if phone < recipients[0].phone:
                last = middle - 1
            elif phone > recipients[-1].phone:
                first = middle + 1
            else:
                return await self._found(roll, shard, middle, phone)
        return None

    async def counts(self, roll: str) -> Counts:
        found = await asyncio.gather(
            *(self._redis("HGETALL", _key(roll, shard, "counts")) for shard in range(SHARDS))
        )
        sums: dict[str, int] = {}
        for fields in found:
            for name, number in fields.items():
                sums[name.decode()] = sums.get(name.decode(), 0) + int(number)
        return Counts(
            {fate: sums[fate] for fate in Fate if sums.get(fate)},
            sums.get("by sms", 0),
            sums.get("by chat", 0),
            {way: sums[f"parts {way}"] for way in (BY_SMS, *WAYS.values()) if sums.get(f"parts {way}")},
            sums.get(f"parts {BY_CHAT}", 0),
        )

    async def _found(self, roll: str, shard: int, chunk: int, phone: str) -> tuple[Place, Recipient, Record] | None:
        for row, one in enumerate(await self._chunk(roll, shard, chunk), chunk * CHUNK):
            if one.phone == phone:
                stored: bytes = await self._redis("GETRANGE", _key(roll, shard, "fates"), *_span(row, 1))
                return Place(roll, shard, row), one, fates.read(stored)
        return None

    async def _records(self, roll: str, shard: int, first: int) -> Iterator[Record]:
        stored: bytes = await self._redis("GETRANGE", _key(roll, shard, "fates"), *_span(first, CHUNK))
        return (fates.read(stored[at : at + WIDTH]) for at in range(0, len(stored), WIDTH))

    async def _chunk(self, roll: str, shard: int, chunk: int) -> list[Recipient]:
        name = (roll, shard, chunk)
        if name not in self._chunks:
            self._chunks[name] = await self._stored(roll, shard, chunk)
            if len(self._chunks) > _REMEMBERED:
                self._chunks.popitem(last=False)
        self._chunks.move_to_end(name)
        return self._chunks[name]

    async def _stored(self, roll: str, shard: int, chunk: int) -> list[Recipient]:
        stored: bytes | None = await self._redis("HGET", _key(roll, shard, "rows"), chunk)
        return _decode(zlib.decompress(stored)) if stored else []


def _pack(recipients: Sequence[Recipient]) -> bytes:
    return zlib.compress(_encode(recipients), _LEVEL)


def _span(first: int, count: int) -> tuple[int, int]:
    return first * WIDTH, (first + count) * WIDTH - 1


def _key(roll: str, shard: int, what: str) -> str:
    return f"{tag(shard)}:roll:{roll}:{what}"
