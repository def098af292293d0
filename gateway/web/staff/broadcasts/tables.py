"""Tables that are too long to be held: they leave row by row, as CSV or as a workbook."""

import csv
import io
from collections import deque
from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.responses import StreamingResponse

from gateway.broadcasts.intake.sheet_writing import Pipe, sheet_xml, workbook_parts
from gateway.journal.table import harmless

_PIECE = 64 * 1024
"""Bytes handed over at once."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


def answer(rows: AsyncIterator[list[str]], format: Format, name: str) -> StreamingResponse:
    """`name`: of the file, in plain letters."""
    pieces = _csv(rows) if format is Format.CSV else _xlsx(rows)
    return attached(pieces, format, name)


def attached(pieces: "AsyncIterator[bytes] | Iterator[bytes]", format: Format, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format}"', "Cache-Control": "no-store"}
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[format], headers=headers)


async def _csv(rows: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    """With «;», and a mark at the beginning, as Excel in Kazakhstan opens it."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    table = csv.writer(text, delimiter=";")
    async for row in rows:
        table.writerow(map(harmless, row))
        if text.tell() >= _PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


async def _xlsx(rows: AsyncIterator[list[str]]) -> AsyncIterator[bytes]:
    """All cells are text: nothing computes."""
    pipe, waiting = Pipe(), deque[list[str]]()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in workbook_parts("1"):
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            written = None
            async for row in rows:
                waiting.append(row)
                if written is None:
                    written = sheet_xml(_taken(waiting), len(row))
                    sheet.write(next(written))
                sheet.write(next(written))
                if len(pipe.pieces) >= _PIECE:
                    yield pipe.taken()
            for end in written or ():
                sheet.write(end)
    yield pipe.taken()


def _taken(waiting: deque[list[str]]) -> Iterator[list[str]]:
    """One for each that was put there before."""
    while waiting:
        yield waiting.popleft()
