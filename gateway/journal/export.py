"""The journal as a file: a workbook in the look of the law's form, or a table for other programs."""

from collections.abc import AsyncIterator, Callable, Iterable
from enum import StrEnum
from itertools import islice
from typing import IO

import msgspec

from dialogs.words import Words
from gateway.connection import Batched
from gateway.journal import table
from gateway.journal.form import Asked, Form, Line
from gateway.journal.journal import Entry, Found, Journal, NothingError
from gateway.journal.pages import UNDELIVERED
from gateway.letters import Letters

_AT_ONCE = 500
"""Letters that are asked about in one breath."""


_encode = msgspec.json.Encoder().encode


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


async def export(
    file: IO[bytes],
    format: Format,
    asked: Asked,
    redis: Batched,
    words: Words,
    *,
    fits: Callable[[Entry], bool] | None = None,
    undelivered: bool = False,
) -> int:
    """Writes the lines and says how many they are. NothingError if there is none. `fits`: what else is asked of a
    line; `undelivered`: only letters of which is known that they did not arrive."""
    form = Form(words, asked)
    with Found() as read, Found() as lost:
        await Journal(redis).read(read, asked.period, asked.service, form=not asked.extended, fits=fits)
        found = await _undelivered(read, lost, Letters(redis)) if undelivered else read
        if not found.count:
            raise NothingError(f"nothing was sent or answered from {asked.period.first} to {asked.period.last}")
        lines = _with_news(found, Letters(redis)) if asked.extended else _numbered(found)
        if format is Format.CSV:
            await table.write(file, form, lines)
        else:
            from gateway.journal import sheet  # openpyxl takes its time

            await sheet.write(file, form, lines, found.count)
        return found.count


async def _undelivered(found: Found, lost: Found, letters: Letters) -> Found:
    async for line in _with_news(found, letters):
        if line.news is not None and line.news.status in UNDELIVERED:
            lost.add(line.entry.at, _encode(line.entry))
    return lost


async def _numbered(entries: Iterable[Entry]) -> AsyncIterator[Line]:
    for number, entry in enumerate(entries, 1):
        yield Line(number, entry)


async def _with_news(entries: Iterable[Entry], letters: Letters) -> AsyncIterator[Line]:
    numbered = enumerate(entries, 1)
    while batch := list(islice(numbered, _AT_ONCE)):
        news = iter(await letters.news([entry.letter for _, entry in batch if entry.letter]))
        for number, entry in batch:
            yield Line(number, entry, next(news) if entry.letter else None)
