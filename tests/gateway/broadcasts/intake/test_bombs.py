"""Workbooks that somebody made so that whoever opens them breaks. Memory stays flat."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake.rows import Summary
from tests.gateway.broadcasts.intake.tables import MEMORY, PARTS, measured, package, sheet, taken

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HEAD = '<worksheet><sheetData><row r="1"><c t="str"><v>phone</v></c></row>'


def deep(folder: Path, part: str, begin: str, piece: bytes, count: int) -> Path:
    """A part that is packed a thousand times smaller than it is."""
    file = package(folder, {})
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(part, "w", force_zip64=True) as out,
    ):
        out.write(begin.encode())
        for _ in range(count):
            out.write(piece)
    if part != SHEET:
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(SHEET, sheet([["phone"], ["87771234567"]]))
    return file


MB = limits.MEGABYTE
BOMBS: dict[str, Callable[[Path], Path]] = {
    "a sheet of spaces": lambda folder: deep(folder, SHEET, HEAD, b" " * MB, 200),
    "a sheet of one long cell": lambda folder: deep(folder, SHEET, f"{HEAD}<row><c><v>", b"1" * MB, 200),
    "a sheet of one long tag": lambda folder: deep(folder, SHEET, f'{HEAD}<row r="', b"1" * MB, 200),
    "a sheet of cells in cells": lambda folder: deep(folder, SHEET, HEAD, b"<a>" * MB, 100),
    "texts without end": lambda folder: deep(folder, STRINGS, "<sst>", b"<si><t>a</t></si>" * 65_536, 100),
    "one text without end": lambda folder: deep(folder, STRINGS, "<sst><si><t>", b"a" * MB, 200),
    "a workbook of spaces": lambda folder: deep(folder, "xl/styles.xml", "<styleSheet>", b" " * MB, 200),
    "less than is feared, all in a tag": lambda folder: deep(folder, SHEET, f'{HEAD}<row r="', b"1" * MB, 15),
    "less than is feared, tags in tags": lambda folder: deep(folder, SHEET, HEAD, b"<a>" * MB, 5),
    "less than is feared, styles in styles": lambda folder: deep(folder, "xl/styles.xml", "", b"<a>" * MB, 5),
    "less than is feared, texts in texts": lambda folder: deep(folder, STRINGS, "<sst>", b"<a>" * MB, 5),
}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
TYPES = {
    "a billion laughs": f'<!DOCTYPE w [<!ENTITY l0 "ha">{LAUGHS}]><worksheet>&l9;</worksheet>',
    "a file of ours": '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>',
    "a page elsewhere": '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet/>',
}


@pytest.fixture(params=BOMBS)
def bomb(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return BOMBS[str(request.param)](tmp_path)


def test_a_bomb_is_refused_in_little_memory(bomb: Path) -> None:
    summary, megabytes = measured(bomb)
    assert ended(summary) in {"bomb", "damaged"}
    assert megabytes < MEMORY


def ended(summary: Summary) -> str:
    return summary.refused.id.rpartition(".")[2] if summary.refused else ""


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"])
@pytest.mark.parametrize("kind", TYPES)
def test_no_entity_is_ever_expanded(tmp_path: Path, kind: str, part: str) -> None:
    file = package(tmp_path, {SHEET: sheet([["phone"], ["87771234567"]]), part: TYPES[kind]})
    assert taken(file).refused == "bomb"


def test_an_archive_with_a_list_of_parts_without_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number:050}", b"")
    assert ended(measured(file)[0]) == "bomb"


def test_an_archive_that_lies_about_what_is_in_it_is_damaged(tmp_path: Path) -> None:
    """It says that its sheet is short, so that nobody is afraid of it."""
    file = deep(tmp_path, SHEET, HEAD, b" " * MB, 200)
    content = bytearray(file.read_bytes())
    at = content.rindex(SHEET.encode()) - 46  # in the list of parts
    content[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    file.write_bytes(content)
    assert ended(measured(file)[0]) == "damaged"


@pytest.mark.parametrize("name", sorted(PARTS))
@pytest.mark.parametrize("content", ["", "x", "<", "<a>", "<a/>", "\x00", "<R><Relationship/></R>"])
def test_whatever_stands_in_a_part_nothing_falls_over(tmp_path: Path, name: str, content: str) -> None:
    taken(package(tmp_path, {SHEET: sheet([["phone"], ["87771234567"]]), name: content}))


@pytest.mark.parametrize(
    "row",
    [
        '<row r="x"/>',
        '<row r="-1"/>',
        '<row r="1"/>',
        '<row r="99999999999999999999"/>',
        "<row><row/></row>",
        "<row><c><c/></c></row>",
        '<c r="A2"/>',
        '<row><c r="ZZZZ2"/></row>',
        '<row><c r="2"/></row>',
        '<row><c r="Ж2"/></row>',
        '<row><c r="B2"/><c r="A2"/></row>',
        "<row><v>1</v></row>",
        "<row>" + "<a>" * 100,
        "</row>",
    ],
)
def test_a_sheet_that_no_program_writes_is_refused(tmp_path: Path, row: str) -> None:
    intake = taken(package(tmp_path, {SHEET: f"{HEAD}{row}</sheetData></worksheet>"}))
    assert intake.refused in {"damaged", "too_many_rows", "bomb", "no_rows"}
