"""The SMS journal that the law asks for (order 287, annex 7): a line for every SMS sent and every answer.

    {s07}:sms-journal   stream, field `entry`

It is only ever appended to.
"""

import heapq
import logging
from calendar import monthrange
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO, Annotated, Self

import msgspec
from msgspec import Meta, Struct

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.store import SHARDS, tag

log = logging.getLogger(__name__)

_PAGE = 1000
"""Lines that are read in one go."""
_RUN = 20_000
"""Lines that are sorted in memory."""


class JournalError(Exception):
    """What was asked of the journal cannot be given. One line for whoever asked."""


class NothingError(JournalError):
    """There is no line."""


class Direction(StrEnum):
    OUT = "out"
    """From us to the person."""
    IN = "in"
    """The person's answer."""


class Entry(Struct, frozen=True, array_like=True):
    """One line, written once and never changed. What became of a letter is looked up when the journal is read."""

    at: Annotated[datetime, Meta(tz=True)]
    direction: Direction
    channel: str
    """`sms` or `telegram`."""
    iin: str
    name: str
    birth_date: date
    case: str | None
    service: str
    nature: str
    """Which letter it was, or what the answer was taken for."""
    code: str | None
    """The code that the person sent."""
    phone: str
    specialist: str | None
    letter: str = ""
    """Of what was sent: the letter's id."""
    parts: int = 0
    text: str = ""
    """Word for word what was sent, or what the person wrote to decide something; lines of old have none."""

    def __repr__(self) -> str:
        return f"Entry({self.direction} {self.nature})"


class Period(Struct, frozen=True):
    """Whole days in Kazakhstan, the last one included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise JournalError(f"the period ends on {self.last}, before it begins on {self.first}")

    def __contains__(self, at: datetime) -> bool:
        return self.first <= at.astimezone(ALMATY).date() <= self.last

    @classmethod
    def month(cls, day: date) -> Self:
        return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def journal_key(number: int) -> str:
    return f"{tag(number)}:sms-journal"


class Journal:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis

    async def read(
        self,
        found: "Found",
        period: Period,
        service: str | None = None,
        *,
        form: bool,
        fits: Callable[[Entry], bool] | None = None,
    ) -> None:
        """Put into `found` what belongs to the period; `form`: only what the form of the law has a line for; `fits`:
        what else is asked of a line.

        Every line is looked at: the ids in the streams are the server's time, and the clock of the sandbox may
        stand elsewhere."""
        for number in range(SHARDS):
            async for entry, line in self._lines(number):
                if entry.at not in period or (service is not None and entry.service != service):
                    continue
                if fits is not None and not fits(entry):
                    continue
                if not form or entry.channel == "sms" or entry.direction is Direction.IN:
                    found.add(entry.at, line)

    async def _lines(self, number: int) -> AsyncIterator[tuple[Entry, bytes]]:
        place = b"-"
        while page := await self._redis("XRANGE", journal_key(number), place, "+", "COUNT", _PAGE):
            for entry_id, fields in page:
                line = fields[b"entry"]
                try:
                    yield _decode(line), line
                except msgspec.MsgspecError:
                    log.error("entry %s of shard %s is no line of the journal", entry_id.decode(), number)
            place = b"(" + page[-1][0]


class Found:
    """Lines in the order of their time, however many: they are sorted piece by piece, and the pieces lie in files
    without a name until they are read together. `with Found() as found: …`"""

    def __init__(self) -> None:
        self.count = 0
        self._piece: list[tuple[datetime, bytes]] = []
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def add(self, at: datetime, line: bytes) -> None:
        self._piece.append((at, line))
        self.count += 1
        if len(self._piece) >= _RUN:
            file = TemporaryFile()  # noqa: SIM115 - closed with all others
            self._files.append(file)
            file.writelines(line + b"\n" for line in self._in_order())
            self._piece.clear()

    def __iter__(self) -> Iterator[Entry]:
        for file in self._files:
            file.seek(0)
        pieces: list[Iterable[bytes]] = [*self._files, self._in_order()]
        return heapq.merge(*(map(_decode, piece) for piece in pieces), key=_time)

    def _in_order(self) -> Iterator[bytes]:
        self._piece.sort(key=lambda held: held[0])  # of the same time, as they came
        return (line for _, line in self._piece)


def _time(entry: Entry) -> datetime:
    return entry.at


_decode = msgspec.json.Decoder(Entry).decode
