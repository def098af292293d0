"""Files as people and programs make them, and as nobody should."""

import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

from msgspec import Struct

from gateway.broadcasts.intake import rows as lines
from gateway.broadcasts.intake.headings import letters
from gateway.broadcasts.intake.reading import read
from gateway.broadcasts.intake.rows import Fault, Row, Summary
from gateway.shards import SHARDS

TODAY = date(2026, 11, 23)
IIN = "050101500127"
"""Of somebody born in 2005."""
_numbers = count()


class Intake(Struct, frozen=True):
    """What became of a file."""

    folder: Path
    summary: Summary
    rows: list[Row]
    """In the order of the file."""
    faults: list[Fault]

    @property
    def refused(self) -> str:
        return self.summary.refused.id.removeprefix("staff.intake.") if self.summary.refused else ""

    @property
    def wrong(self) -> list[tuple[int, str, str]]:
        return [(one.number, one.column, one.reason.id.removeprefix("staff.intake.")) for one in self.faults]


def taken(file: Path, *, today: date = TODAY) -> Intake:
    folder = file.parent / f"taken{next(_numbers)}"
    summary = read(file, folder, today, lambda _: None)
    if summary.refused:
        return Intake(folder, summary, [], [])
    good = [row for shard in range(SHARDS) for row in lines.rows(folder, shard)]
    good += lines.iins(folder)
    return Intake(folder, summary, sorted(good, key=lambda row: row.number), list(lines.faults(folder)))


def text_file(folder: Path, content: str | bytes, codec: str = "utf-8", name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode(codec))
    return file


def text(folder: Path, content: str | bytes, codec: str = "utf-8") -> Intake:
    return taken(text_file(folder, content, codec))


Cell = str | int | float | None

PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": '<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="Лист1" sheetId="1" r:id="r1"/></sheets>'
    "</workbook>",
    "xl/_rels/workbook.xml.rels": "<Relationships>"
    '<Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    '<Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>',
}
"""What is the same in every workbook."""


def sheet(rows: Iterable[Sequence[Cell]]) -> str:
    """Texts stand in their cells."""
    written = "".join(map(_row, count(1), rows))
    return f"<worksheet><sheetData>{written}</sheetData></worksheet>"


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = "".join(_cell(cell, f"{letters(place)}{number}") for place, cell in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _cell(cell: Cell, where: str) -> str:
    if cell is None:
        return f'<c r="{where}" s="0"/>'
    if isinstance(cell, str):
        return f'<c r="{where}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{where}"><v>{cell}</v></c>'


def package(folder: Path, parts: Mapping[str, str | bytes], name: str = "list.xlsx") -> Path:
    """`parts`: those that differ from the usual ones, or are more."""
    file = folder / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in {**PARTS, **parts}.items():
            archive.writestr(part, content)
    return file


def workbook(folder: Path, rows: Iterable[Sequence[Cell]], **parts: str) -> Intake:
    """`parts`: `strings`, `styles`."""
    named = {"strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
    others = {named[part]: content for part, content in parts.items()}
    return taken(package(folder, {"xl/worksheets/sheet1.xml": sheet(rows), **others}))


MEMORY = 64
"""MB that any file may take; an ordinary one takes the half."""
_MEASURED = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "gateway.broadcasts.intake", *sys.argv[1:]], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measured(file: Path) -> tuple[Summary, int]:
    """Read by a process of its own, and how many MB that took at most."""
    folder = file.parent / f"taken{next(_numbers)}"
    command = [sys.executable, "-c", _MEASURED, str(file), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180)
    return lines.summary(folder), int(done.stdout) // 1024
