"""Workbooks, as Excel and other programs write them."""

import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from dialogs.language import Language
from tests.gateway.broadcasts.intake.tables import IIN, PARTS, Cell, package, sheet, taken, text_file, workbook

PHONE = "+77771234567"
SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_of_a_library_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Тізім"
    sheet.append(["Телефон", "ЖСН", "Тіл", "Аты", "Күні", "Уақыты", "Сәті", "Сома", "Үлесі"])
    moment = datetime(2026, 11, 30, 9, 30)
    whom = [87771234567, int(IIN), "қаз"]
    sheet.append([*whom, "Айгүл <&> 😀", moment.date(), moment.time(), moment, 1234.5, 0.15])
    sheet.append(["8 701 111 22 33", None, None, None, None, None, None, 0.1 + 0.2, 1])
    sheet["H2"].number_format = "#,##0.00"
    sheet["I2"].number_format = "0%"
    book.create_sheet("Басқа")
    book.create_sheet("Жасырын").sheet_state = "hidden"
    book.save(tmp_path / "list.xlsx")
    intake = taken(tmp_path / "list.xlsx")
    first, second = intake.rows
    assert (first.number, first.phone, first.iin, first.language) == (2, PHONE, IIN, Language.KK)
    assert first.values == ("Айгүл <&> 😀", "30.11.2026", "09:30", "30.11.2026 09:30", "1234,50", "15%")
    assert (second.phone, second.values) == ("+77011112233", ("", "", "", "", "0,3", "1"))
    assert (intake.summary.format, intake.summary.sheet, intake.summary.other_sheets) == ("xlsx", "Тізім", ("Басқа",))


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    named = package(tmp_path, {SHEET: sheet([["phone"], ["87771234567"]])}, "list.csv")
    assert (taken(named).summary.format, taken(named).rows[0].phone) == ("xlsx", PHONE)
    other = text_file(tmp_path, "phone\n87771234567\n", name="other.xlsx")
    assert (taken(other).summary.format, taken(other).rows[0].phone) == ("csv", PHONE)


def test_an_old_workbook_under_a_new_name_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    old = text_file(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(10_000), name="list.xlsx")
    assert taken(old).refused == "old_excel"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_workbook_that_was_not_copied_whole_is_refused(tmp_path: Path, share: float) -> None:
    whole = package(tmp_path, {SHEET: sheet([["phone"], *([f"8777{number:07}"] for number in range(500))])})
    content = whole.read_bytes()
    assert taken(text_file(tmp_path, content[: int(len(content) * share)], name="half.xlsx")).refused == "damaged"


def test_a_spoiled_byte_is_found(tmp_path: Path) -> None:
    whole = package(tmp_path, {SHEET: sheet([["phone"], *([f"8777{number:07}"] for number in range(500))])})
    content = bytearray(whole.read_bytes())
    at = content.index(SHEET.encode()) + len(SHEET) + 400
    content[at] ^= 0xFF
    assert taken(text_file(tmp_path, bytes(content), name="spoiled.xlsx")).refused == "damaged"


def test_phones_that_are_numbers_lose_nothing(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["phone"], [87771234567], [7.7711234567e10], [77721234567.0], ["7.77123E+10"]]
    intake = workbook(tmp_path, rows)
    assert [row.phone for row in intake.rows] == [PHONE, "+77711234567"]
    assert intake.wrong == [(4, "phone", "phone_wrong"), (5, "phone", "phone_rounded")]


def test_shared_texts_with_formats_escapes_and_readings(tmp_path: Path) -> None:
    strings = (
        "<sst><si><t>phone</t></si><si><r><t>Ай</t></r><r><rPr/><t xml:space='preserve'>гүл </t></r>"
        "<rPh sb='0' eb='1'><t>Aigul</t></rPh></si><si><t>a_x000D_\nb_x005F_</t></si><si/><si><t>name</t></si></sst>"
    )
    cells = [("A1", 0), ("B1", 4), ("B2", 1), ("B3", 2), ("B4", 3)]
    texts = {where: f'<c r="{where}" t="s"><v>{number}</v></c>' for where, number in cells}
    phones = [f'<c r="A{row}"><v>8777123456{row}</v></c>' for row in range(5)]
    rows = "".join(f'<row r="{row}">{phones[row]}{texts[f"B{row}"]}</row>' for row in range(2, 5))
    content = f'<worksheet><sheetData><row r="1">{texts["A1"]}{texts["B1"]}</row>{rows}</sheetData></worksheet>'
    intake = taken(package(tmp_path, {SHEET: content, "xl/sharedStrings.xml": strings}))
    assert [row.values for row in intake.rows] == [("Айгүл",), ("a\nb_",), ("",)]


def test_a_text_that_is_not_there_is_a_damage(tmp_path: Path) -> None:
    for number in ("7", "-1", "x", ""):
        content = f'<worksheet><sheetData><row><c t="s"><v>{number}</v></c></row></sheetData></worksheet>'
        assert taken(package(tmp_path, {SHEET: content})).refused == "damaged", number


def test_prefixes_and_missing_addresses_are_no_matter(tmp_path: Path) -> None:
    """As programs in C# and streaming writers leave them."""
    content = (
        '<x:worksheet xmlns:x="main"><x:sheetData><x:row><x:c t="str"><x:v>phone</x:v></x:c><x:c t="str"><x:v>n</x:v>'
        '</x:c></x:row><x:row><x:c><x:v>87771234567</x:v></x:c><x:c t="b"><x:v>1</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    intake = taken(package(tmp_path, {SHEET: content}))
    assert [(row.number, row.phone, row.values) for row in intake.rows] == [(2, PHONE, ("TRUE",))]


def test_formulas_count_by_what_they_came_to(tmp_path: Path) -> None:
    cells = '<c r="A2"><f>B2</f><v>87771234567</v></c><c r="B2" t="str"><f>x</f><v>ok</v></c>'
    never = '<c r="A3"><v>87771234568</v></c><c r="B3"><f>NOW()</f></c>'
    error = '<c r="A4"><v>87771234569</v></c><c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    head = '<c t="inlineStr"><is><t>phone</t></is></c><c t="inlineStr"><is><t>x</t></is></c>'
    rows = (head, cells, never, error)
    content = "".join(f"<row>{row}</row>" for row in rows)
    intake = taken(package(tmp_path, {SHEET: f"<worksheet><sheetData>{content}</sheetData></worksheet>"}))
    assert [row.values for row in intake.rows] == [("ok",)]
    assert intake.wrong == [(3, "x", "formula"), (4, "x", "cell_error")]


def test_empty_rows_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [[None], ["phone", "name"], [], [None, ""], ["87771234567"], [None, None, None]]
    rows += [[None] for _ in range(5_000)]
    intake = workbook(tmp_path, rows)
    assert [(row.number, row.values) for row in intake.rows] == [(5, ("",))]
    assert intake.summary.rows == 1


def test_a_cell_beyond_the_headings_is_a_fault(tmp_path: Path) -> None:
    intake = workbook(tmp_path, [["phone"], ["87771234567", None, "x"], ["87771234568", None]])
    assert (intake.wrong, intake.summary.good) == ([(2, "", "cells_many")], 1)


def test_dates_of_the_other_calendar_of_excel(tmp_path: Path) -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-43F]d mmmm yyyy;@"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    content = (
        '<worksheet><sheetData><row><c t="str"><v>phone</v></c><c t="str"><v>day</v></c></row>'
        '<row><c><v>87771234567</v></c><c s="1"><v>44894</v></c></row></sheetData></worksheet>'
    )
    since = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    parts = {SHEET: content, "xl/styles.xml": styles}
    assert taken(package(tmp_path, parts)).rows[0].values == ("29.11.2022",)
    assert taken(package(tmp_path, {**parts, "xl/workbook.xml": since})).rows[0].values == ("30.11.2026",)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ([], "empty"),
        ([[None], []], "empty"),
        ([["phone", "name"]], "no_rows"),
        ([["phone"], [None], [""]], "no_rows"),
        ([["Қала"], ["Алматы"]], "headings"),
        ([[87771234567]], "no_headings"),
        ([["phone", "Телефон"]], "column_twice"),
        ([["phone", "a", "A"]], "heading_twice"),
        ([["phone", None, "a"]], "heading_blank"),
        ([["phone", *map(str, range(100))]], "too_many_columns"),
    ],
)
def test_headings_have_to_be_right_as_in_a_csv(tmp_path: Path, rows: list[list[str]], refused: str) -> None:
    assert workbook(tmp_path, rows).refused == refused


def test_an_empty_first_sheet_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Тізім").append(["phone"])
    book.save(tmp_path / "list.xlsx")
    refused = taken(tmp_path / "list.xlsx").summary.refused
    assert refused is not None
    assert (refused.id, refused.values) == ("staff.intake.sheet_empty", (("sheet", "Sheet"),))


@pytest.mark.parametrize(
    ("parts", "refused"),
    [
        ({"xl/workbook.bin": b"\x83\x01"}, "xlsb"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "ods"),
        ({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}, "not_a_table"),
        ({"list.csv": "phone\n"}, "archive"),
    ],
)
def test_other_archives_are_told_apart(tmp_path: Path, parts: dict[str, str], refused: str) -> None:
    from zipfile import ZipFile

    with ZipFile(tmp_path / "list.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert taken(tmp_path / "list.xlsx").refused == refused


def test_a_workbook_whose_sheets_are_all_hidden_is_refused(tmp_path: Path) -> None:
    hidden = PARTS["xl/workbook.xml"].replace("r:id", 'state="veryHidden" r:id')
    assert taken(package(tmp_path, {"xl/workbook.xml": hidden, SHEET: sheet([["phone"]])})).refused == "no_sheet"


def test_a_locked_archive_is_said_to_be_locked(tmp_path: Path) -> None:
    file = package(tmp_path, {SHEET: sheet([["phone"], ["87771234567"]])})
    content = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 1)
    file.write_bytes(content)
    assert taken(file).refused == "password"


def test_nothing_is_left_of_a_refused_file(tmp_path: Path) -> None:
    intake = workbook(tmp_path, [["phone"], ["87771234567"]])
    shutil.copy(text_file(tmp_path, "x"), intake.folder / "upload")
    again = taken(text_file(intake.folder, "x", name="upload2"))
    assert again.refused == "headings"
    assert [file.name for file in again.folder.iterdir()] == ["summary.json"]
