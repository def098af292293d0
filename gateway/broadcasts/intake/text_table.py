"""A CSV as rows of cells, whoever wrote it: any usual separator and ends of lines, quotes that are never closed."""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import BinaryIO

from gateway.broadcasts.intake import encodings, headings, limits
from gateway.broadcasts.intake.headings import Layout
from gateway.broadcasts.intake.phones import looks_like_phone
from gateway.broadcasts.intake.refusal import RefusedError, reason
from gateway.broadcasts.intake.rows import Reason, Summary
from gateway.broadcasts.intake.table import Found

SEPARATORS = ";,\t|"
_NOTHING = f'{SEPARATORS}" \r\n\ufeff'
_PATIENCE = 2 * limits.ROWS
"""Lines that are read anew because of quotes. One who forgets a quote now and then needs a few thousand."""
_FORMULA_TEXT = '="'
"""`="00123"` is how programs keep Excel from making a number of a text."""
_APOSTROPHE = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'＝", "'＋", "'－", "'＠")
"""Likewise, and how our own reports are written."""


class _TooLongError(Exception):
    pass


class TextTable:
    """`prepare` comes first, then `read_headings`, then `rows` once."""

    def __init__(self, file: BinaryIO, files: ExitStack) -> None:
        """`files` closes what is opened."""
        self._file, self._files = file, files
        self._size = file.seek(0, io.SEEK_END)
        self._separator = ","
        self._anew = 0
        self._number = 0
        csv.field_size_limit(limits.ROW * 2)  # the lines are counted before

    def prepare(self) -> Iterator[None]:
        self._file.seek(0)
        codec = yield from encodings.find(self._file)
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, codec, errors="replace", newline="")
        self._files.enter_context(text)
        self._lines = _Lines(text)
        self._encoding = encodings.name(codec)

    def read_headings(self) -> Layout:
        try:
            self._skip_empty()
        except _TooLongError:
            raise RefusedError("row_long", row=self._number + 1, most=limits.ROW // 1024) from None
        except StopIteration:
            raise RefusedError("empty") from None
        self._layout = headings.read(self._split_headings())
        return self._layout

    def describe(self) -> Summary:
        return Summary(format="csv", encoding=self._encoding, separator=self._separator)

    @property
    def place(self) -> int:
        return self._file.tell() if self._number else 0  # the first reading, for the letters, takes no time

    @property
    def size(self) -> int:
        return self._size

    def rows(self) -> Iterator[Found]:
        lines, records = self._lines, self._records()
        while True:
            self._number += 1
            lines.begin()
            try:
                cells = next(records)
            except StopIteration:
                return
            except csv.Error:
                yield self._unclosed()
            except _TooLongError:
                if len(lines.taken) == 1:
                    raise RefusedError("row_long", row=self._number, most=limits.ROW // 1024) from None
                yield self._unclosed()
            else:
                if len(lines.taken) > 1 and any(map(self._is_row, islice(lines.taken, 1, None))):
                    yield self._unclosed()
                else:
                    yield Found(self._number, cells, self._odd(cells))

    def _skip_empty(self) -> None:
        """And Excel's own way to name the separator: the headings show it as well."""
        while True:
            self._lines.begin()
            line = next(self._lines)
            if line.strip(_NOTHING) and not (line.lower().startswith("sep=") and len(line.strip()) == 5):
                self._lines.again([line])
                return
            self._number += 1

    def _records(self) -> "Iterator[list[str]]":
        return csv.reader(self._lines, delimiter=self._separator, strict=True)

    def _split_headings(self) -> list[str]:
        """The separator is the one that finds the most headings."""
        tried = {separator: self._try(separator) for separator in SEPARATORS}
        self._separator, (cells, lines) = max(
            tried.items(), key=lambda one: (headings.known(one[1][0]), len(one[1][0]))
        )
        if not cells:
            raise RefusedError("headings_unclosed")
        for _ in range(lines):
            next(self._lines)
        self._number += 1
        return cells

    def _try(self, separator: str) -> tuple[list[str], int]:
        """The headings, and how many lines they took; these come once more."""
        self._lines.begin()
        try:
            cells = next(csv.reader(self._lines, delimiter=separator, strict=True))
        except (csv.Error, _TooLongError):
            cells = []
        count = len(self._lines.taken)
        self._lines.again(self._lines.taken)
        self._lines.begin()
        return cells, count

    def _unclosed(self) -> Found:
        """Only the line where the quote opens is at fault: what comes after it is read anew."""
        first, *others = self._lines.taken
        self._lines.again(others)
        self._anew += len(others)
        if self._anew > _PATIENCE:
            raise RefusedError("quotes", row=self._number)
        cells = first.rstrip("\r\n").split(self._separator)
        return Found(self._number, cells, reason("quote"))

    def _is_row(self, line: str) -> bool:
        """A line within quotes that would be a recipient by itself: somebody opened a quote and forgot it."""
        cells = line.rstrip("\r\n").split(self._separator)
        phone = self._layout.phone
        return phone is not None and len(cells) == len(self._layout.headings) and looks_like_phone(cells[phone])

    def _odd(self, cells: list[str]) -> Reason | None:
        width = len(self._layout.headings)
        if len(cells) >= width or not any(cells):
            return None
        return reason("cells_few", cells=len(cells), columns=width)


def plain(cell: str) -> str:
    """Without what only keeps a spreadsheet from computing."""
    if cell.startswith(_FORMULA_TEXT) and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return cell[1:] if cell.startswith(_APOSTROPHE) else cell


class _Lines:
    """Of the file, one after the other; remembers which of them the present record took."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._read: Callable[[int], str] = text.readline
        self._again: deque[str] = deque()
        self._length = 0
        self.taken: list[str] = []

    def begin(self) -> None:
        self.taken.clear()
        self._length = 0

    def again(self, lines: Sequence[str]) -> None:
        """They come once more."""
        self._again.extendleft(reversed(lines))

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read(limits.ROW + 1)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._length += len(line)
        if self._length > limits.ROW:
            raise _TooLongError
        return line
