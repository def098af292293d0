"""The rows that could not be taken, as a table of the same form with one more column: what is to be put right. It is
put right there, and brought again."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import attrgetter
from zipfile import ZIP_DEFLATED, ZipFile

from dialogs.language import Language
from dialogs.messages import Say, Surface
from dialogs.words import Words
from gateway.broadcasts.intake.headings import is_ours
from gateway.broadcasts.intake.rows import Fault, Summary
from gateway.broadcasts.intake.sheet_writing import Pipe, sheet_xml, workbook_parts
from gateway.journal.table import harmless

_PIECE = 64 * 1024
"""Bytes handed over at once."""
_WRONG = "staff.intake.wrong"


class Report:
    """Both forms are written as they are read; nothing is kept."""

    def __init__(self, summary: Summary, faults: Iterable[Fault], words: Words, language: Language) -> None:
        self._faults = faults
        self._words = words
        self._language = language
        self._kept = [place for place, heading in enumerate(summary.headings) if not is_ours(heading)]
        self._headings = [*(summary.headings[place] for place in self._kept), self._say(Say(_WRONG))]
        self._width = len(summary.headings)

    def csv(self) -> Iterator[bytes]:
        """With «;», and a mark at the beginning, as Excel in Kazakhstan opens it."""
        text = io.StringIO(newline="")
        text.write("\ufeff")
        table = csv.writer(text, delimiter=";")
        for row in self._rows():
            table.writerow(map(harmless, row))
            if text.tell() >= _PIECE:
                yield _taken(text)
        yield _taken(text)

    def xlsx(self) -> Iterator[bytes]:
        """All cells are text: a phone keeps its plus, an IIN its zeros, and nothing computes."""
        pipe = Pipe()
        with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=3) as archive:
            for name, content in workbook_parts(self._headings[-1]):
                archive.writestr(name, content)
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
                for piece in sheet_xml(self._rows(), len(self._headings)):
                    sheet.write(piece)
                    if len(pipe.pieces) >= _PIECE:
                        yield pipe.taken()
        yield pipe.taken()

    def _rows(self) -> Iterator[list[str]]:
        return chain([self._headings], map(self._row, groupby(self._faults, attrgetter("number"))))

    def _row(self, found: tuple[int, Iterator[Fault]]) -> list[str]:
        """All that is wrong with it, in one cell."""
        faults = list(found[1])
        cells = [*faults[0].cells, *([""] * self._width)]
        more = [cell for cell in faults[0].cells[self._width :] if cell]
        wrong = " ".join(map(self._told, faults))
        return [*(cells[place] for place in self._kept), wrong, *more]

    def _told(self, fault: Fault) -> str:
        said = self._say(fault.reason.words)
        return f"{fault.column}: {said}" if fault.column else said

    def _say(self, what: Say) -> str:
        return self._words.say(what, self._language, Surface.CHAT)


def _taken(text: io.StringIO) -> bytes:
    found = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return found
