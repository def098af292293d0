"""What is older than the journals are kept goes into files, month by month, and only then out of Redis.

A month that has its file is deleted by what stands in the file, as often as it takes: whoever is killed in between
loses nothing, and nothing is written down twice.

    archive:owner    who does it just now; of several processes one
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from gateway.clock import ALMATY, Clock
from gateway.connection import Batched
from gateway.journal import archive_files as files
from gateway.journal.archive_files import ArchiveError, Writer
from gateway.journal.index import JournalIndex, Placed, placed
from gateway.journal.journal import Entry
from gateway.letters import Letters
from gateway.matters.writing import Note
from gateway.rounds import Rounds
from gateway.store import AuditLine, Line, shard, tag
from gateway.strands import Spot, oldest, spot_of

log = logging.getLogger(__name__)

LOOK = 3600.0
"""Seconds between two looks. Where nothing is old, a look reads next to nothing."""
ENOUGH = 5_000
"""So many lines in a row that are young enough: no old one is expected after them."""
_AT_ONCE = 500
_OWNED = 3600
"""Seconds after which somebody who was killed counts as gone."""
_OWNER = "archive:owner"
_NEWS = ("status", "status_at", "route", "price", "provider")

_TAKE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


class Kind(Struct, frozen=True):
    """Streams of one kind, one in each shard."""

    name: str
    """How its files begin."""
    stream: str
    field: bytes
    line: type[Struct]

    def key(self, number: int) -> str:
        return f"{tag(number)}:{self.stream}"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.line.__struct_fields__, *(_NEWS if self.name == "journal" else ()))


KINDS = (
    Kind("journal", "sms-journal", b"entry", Entry),
    Kind("talks", "journal", b"line", Line),
    Kind("audit", "audit", b"audit", AuditLine),
    Kind("office", "office", b"note", Note),
)

Old = tuple[Spot, Struct]


def kept_from(today: date, months: int) -> date:
    """The first day of what is kept besides this month."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


class Archive:
    def __init__(
        self, redis: Batched, index: JournalIndex, clock: Clock, *, folder: Path, months: int, owner: str
    ) -> None:
        """`months`: so many whole months are kept besides the one that runs; 0: all. `owner`: the same after a
        restart, and no other process' name."""
        self._redis = redis
        self._index = index
        self._clock = clock
        self._letters = Letters(redis)
        self._folder = folder
        self._months = months
        self._owner = owner
        self._take = redis.script(_TAKE)
        self.rounds = Rounds(self._look, LOOK, "the archive of the journals")

    async def _look(self) -> None:
        try:
            await self.put_away()
        except (OSError, ArchiveError) as error:
            log.error("old lines stay where they are: %s", error)

    async def put_away(self) -> int:
        """How many lines are in files now, and in Redis no more."""
        if not self._months or not await self._owns():
            return 0
        first = kept_from(self._clock.now().astimezone(ALMATY).date(), self._months)
        try:
            return sum([await self._put_away(kind, first) for kind in KINDS])
        finally:
            await self._redis("DEL", _OWNER)

    async def _owns(self) -> bool:
        return bool(await self._redis("EVALSHA", self._take, 1, _OWNER, self._owner, _OWNED))

    async def _put_away(self, kind: Kind, first: date) -> int:
        months = await self._written(kind, first)
        return sum([await self._deleted(kind, month) for month in sorted(months)])

    async def _written(self, kind: Kind, first: date) -> set[str]:
        """Months of which something old was found: all of it stands in their files."""
        writers: dict[str, Writer] = {}
        known: dict[str, set[tuple[int, str]]] = {}
        batch: dict[str, list[Old]] = defaultdict(list)
        try:
            async for month, old in self._old(kind, first):
                if month not in known:
                    paths = files.files(self._folder, kind.name, month)
                    known[month] = await asyncio.to_thread(files.names, paths)
                if (old[0].shard, old[0].entry.decode()) in known[month]:
                    continue
                if month not in writers:
                    writers[month] = Writer(self._folder, kind.name, month, kind.columns)
                batch[month].append(old)
                if len(batch[month]) >= _AT_ONCE:
                    await self._write(kind, writers[month], batch.pop(month))
            for month, olds in batch.items():
                await self._write(kind, writers[month], olds)
            for month in sorted(writers):
                writer = writers.pop(month)
                path = await asyncio.to_thread(writer.close)
                log.info("%s lines of %s are in %s", writer.count, month, path.name)
        finally:
            for writer in writers.values():
                writer.throw_away()
        return set(known)

    async def _old(self, kind: Kind, first: date) -> AsyncIterator[tuple[str, Old]]:
        """The lines of all months before `first`, in the order in which they were written."""
        young = 0
        async for spot, fields in oldest(self._redis, kind.key):
            line = _read(kind, spot, fields)
            if line is None:
                continue
            day = _at(line).date()
            if day < first:
                young = 0
                yield f"{day:%Y-%m}", (spot, line)
            elif (young := young + 1) >= ENOUGH:
                return

    async def _write(self, kind: Kind, writer: Writer, olds: Sequence[Old]) -> None:
        if not await self._owns():
            raise ArchiveError("somebody else puts old lines away")
        told: Sequence[Mapping[str, str]] = [{} for _ in olds]
        if kind.name == "journal":
            told = await self._news([line for _, line in olds if isinstance(line, Entry)])
        lines = [
            [str(spot.shard), spot.entry.decode(), *_cells(kind, line, news)]
            for (spot, line), news in zip(olds, told, strict=True)
        ]
        await asyncio.to_thread(writer.write, lines)

    async def _news(self, entries: Sequence[Entry]) -> list[dict[str, str]]:
        found = await self._letters.news([entry.letter for entry in entries])
        return [
            {}
            if news is None
            else {
                "status": str(news.status),
                "status_at": news.at.isoformat(),
                "route": news.route,
                "price": str(news.price),
                "provider": news.provider,
            }
            for news in found
        ]

    async def _deleted(self, kind: Kind, month: str) -> int:
        """What stands in the month's files is deleted in Redis; what was deleted before changes nothing."""
        deleted = 0
        for path in files.files(self._folder, kind.name, month):
            portions = _portions(path)
            while (portion := await asyncio.to_thread(next, portions, None)) is not None:
                for number, rows in portion.items():
                    deleted += await self._delete(kind, number, rows)
        return deleted

    async def _delete(self, kind: Kind, number: int, rows: Sequence[Mapping[str, str]]) -> int:
        """With the journal goes what became of each letter: that stands in the file as well."""
        if kind.name != "journal":
            gone: int = await self._redis("XDEL", kind.key(number), *(row[files.ENTRY] for row in rows))
            return gone
        letters = [row["letter"] for row in rows if row["letter"]]
        await asyncio.gather(*(self._redis("DEL", f"{shard(name)}:letter:{name}") for name in letters))
        return await self._index.delete(number, [_placed(number, row) for row in rows])


def _portions(path: Path) -> Iterator[dict[int, list[dict[str, str]]]]:
    """By shard, and of a size that Redis takes at once. The same every time."""
    every = files.rows(path)
    while rows := list(islice(every, _AT_ONCE)):
        portion: dict[int, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            portion[int(row[files.SHARD])].append(row)
        yield portion


def _placed(number: int, row: Mapping[str, str]) -> Placed:
    day = datetime.fromisoformat(row["at"]).astimezone(ALMATY).date()
    return placed(spot_of(number, row[files.ENTRY].encode()), day, row["iin"], row["phone"])


def _read(kind: Kind, spot: Spot, fields: Mapping[bytes, bytes]) -> Struct | None:
    try:
        return msgspec.json.decode(fields[kind.field], type=kind.line)
    except (msgspec.MsgspecError, KeyError):
        log.error("entry %s of shard %s is no line of «%s», and stays", spot.entry.decode(), spot.shard, kind.stream)
        return None


def _at(line: Struct) -> datetime:
    at: datetime | int = line.at  # type: ignore[attr-defined]  # all of them have one
    return datetime.fromtimestamp(at, ALMATY) if isinstance(at, int) else at.astimezone(ALMATY)


def _cells(kind: Kind, line: Struct, news: Mapping[str, str]) -> Iterator[str]:
    for name in kind.columns:
        yield news.get(name, "") if name in _NEWS and kind.name == "journal" else _cell(getattr(line, name))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode().strip('"')
