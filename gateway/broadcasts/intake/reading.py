"""A file of recipients, read from its beginning to its end: what is in it decides how, not its name."""

import io
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from msgspec.structs import replace

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake.judging import Judge
from gateway.broadcasts.intake.refusal import RefusedError
from gateway.broadcasts.intake.results import Results, clear, write_summary
from gateway.broadcasts.intake.rows import Progress, Row, Summary
from gateway.broadcasts.intake.table import Table
from gateway.broadcasts.intake.text_table import TextTable
from gateway.broadcasts.intake.workbook import Workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x7fELF", b"MZ\x90")
_PAGE = b"<"
_SETTLING = 4
"""The fourth part of the work, on top of it, is to find who is named twice."""
_OFTEN = 512
"""Rows between two looks at whether there is news to tell."""
_FIRST = 4096
"""Bytes that show what a file is."""


def read(file: Path, folder: Path, today: date, tell: Callable[[Progress], None]) -> Summary:
    clear(folder)
    try:
        summary = _read(file, folder, today, tell)
    except RefusedError as refusal:
        clear(folder)
        summary = Summary(refused=refusal.reason)
    write_summary(folder, summary)
    return summary


def _read(file: Path, folder: Path, today: date, tell: Callable[[Progress], None]) -> Summary:
    size = file.stat().st_size
    if size > limits.FILE:
        raise RefusedError("too_large", megabytes=limits.FILE // limits.MEGABYTE)
    with ExitStack() as files:
        return _read_table(_open(file, folder, files), folder, today, tell)


def _read_table(table: Table, folder: Path, today: date, tell: Callable[[Progress], None]) -> Summary:
    work, extra = table.size, table.size // _SETTLING
    for _ in table.prepare():
        tell(Progress(table.place, work + extra, 0))
    layout = table.read_headings()
    judge = Judge(layout, today)
    with Results(folder, layout) as results:
        for count, found in enumerate(table.rows()):
            if count % _OFTEN == 0:
                tell(Progress(table.place, work + extra, results.rows))
            judged = judge.row(found)
            if isinstance(judged, Row):
                results.add(judged)
            elif judged is not None:
                results.blame(judged)
            if results.rows > limits.ROWS:
                raise RefusedError("too_many_rows")
        if not results.rows:
            raise RefusedError("no_rows")
        for step, _ in enumerate(results.settle(), 1):
            tell(Progress(work + extra * step // results.steps, work + extra, results.rows))
    return replace(
        table.describe(),
        headings=layout.headings,
        phone=layout.called(layout.phone),
        iin=layout.called(layout.iin),
        language=layout.called(layout.language),
        columns=layout.columns,
        rows=results.rows,
        good=results.good,
        faulty=results.faulty,
        duplicates=results.duplicates,
        without_phone=results.without_phone,
    )


def _open(file: Path, folder: Path, files: ExitStack) -> Table:
    """What was opened is closed with `files`."""
    opened = files.enter_context(file.open("rb"))
    first = opened.read(_FIRST)
    opened.seek(0)
    if first.startswith(b"PK\x03\x04"):
        return Workbook(opened, files.enter_context(TemporaryFile(dir=folder)))
    if first.startswith(_OLE):
        raise RefusedError("password" if _PASSWORD in _ends(opened) else "old_excel")
    if first.startswith(_ARCHIVES):
        raise RefusedError("archive")
    if first.startswith(_OTHERS):
        raise RefusedError("not_a_table")
    if first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_PAGE):
        raise RefusedError("page")
    return TextTable(opened, files)


def _ends(file: IO[bytes]) -> bytes:
    """The list of what is in such a file may stand anywhere in it; mostly it is near one of the ends."""
    first = file.read(limits.MEGABYTE)
    file.seek(max(0, file.seek(0, io.SEEK_END) - limits.MEGABYTE))
    return first + file.read()
