"""The journal as a file: a workbook in the look of the law's form, or a table for other programs."""

from collections.abc import AsyncIterator, Iterable
from enum import StrEnum
from itertools import islice
from typing import IO

from dialogs.words import Words
from gateway import journal_csv
from gateway.connection import Batched
from gateway.journal import Entry, Found, Journal, NothingError
from gateway.journal_form import Asked, Form, Line
from gateway.letters import Letters

_AT_ONCE = 500
"""Letters that are asked about in one breath."""


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


async def export(file: IO[bytes], format: Format, asked: Asked, redis: Batched, words: Words) -> int:
    """Writes the lines and says how many they are. NothingError if there is none."""
    form = Form(words, asked)
    with Found() as found:
        await Journal(redis).read(found, asked.period, asked.service, form=not asked.extended)
        if not found.count:
            raise NothingError(f"nothing was sent or answered from {asked.period.first} to {asked.period.last}")
        lines = _with_news(found, Letters(redis)) if asked.extended else _numbered(found)
        if format is Format.CSV:
            await journal_csv.write(file, form, lines)
        else:
            from gateway import journal_sheet  # openpyxl takes its time

            await journal_sheet.write(file, form, lines, found.count)
        return found.count


async def _numbered(entries: Iterable[Entry]) -> AsyncIterator[Line]:
    for number, entry in enumerate(entries, 1):
        yield Line(number, entry)


async def _with_news(entries: Iterable[Entry], letters: Letters) -> AsyncIterator[Line]:
    numbered = enumerate(entries, 1)
    while batch := list(islice(numbered, _AT_ONCE)):
        news = iter(await letters.news([entry.letter for _, entry in batch if entry.letter]))
        for number, entry in batch:
            yield Line(number, entry, next(news) if entry.letter else None)
