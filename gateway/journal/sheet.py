"""The journal as a workbook: the law's form, as it would be printed."""

from collections.abc import AsyncIterator, Iterator
from textwrap import wrap
from typing import IO, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gateway.journal.form import Form, Kind, Line, Value
from gateway.journal.journal import JournalError

_LONGEST = 1_048_576
"""Rows of a sheet, as Excel has them."""
_TITLE, _SERVICE, _CAPTION, _SPACE, _HEADINGS, _NUMBERS = range(1, 7)
"""The rows above the first line."""
_HEIGHTS = {_TITLE: 24, _SERVICE: 36, _CAPTION: 13, _SPACE: 9, _HEADINGS: 62, _NUMBERS: 15}
_LINE, _AIR = 15, 3
"""Heights, in points: of a line of words, and of what is free in a row."""
_MARGIN = 3
"""Letters of a column's width that remain free: its indent, and letters wider than others."""
_BEFORE, _AFTER = 2, 1
"""Columns that the service's name leaves free: about as much on either side."""
_A3, _A4 = 8, 9
"""Sizes of paper, as workbooks number them."""

_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_RULE = Border(bottom=_THIN)
_FONT = "Times New Roman"
_AS_WRITTEN = "@"
"""Text, even after somebody edits the cell: a phone keeps its plus, an IIN its zeros, and «=…» computes nothing."""
_FORMATS = {
    Kind.NUMBER: "0",
    Kind.MONEY: "0.00",
    Kind.DAY: "dd.mm.yyyy",
    Kind.TIME: "hh:mm:ss",
    Kind.MOMENT: "dd.mm.yyyy hh:mm:ss",
}


async def write(file: IO[bytes], form: Form, lines: AsyncIterator[Line], count: int) -> None:
    """`count`: how many lines there are. Rows are written as they come, none is kept."""
    if count > _LONGEST - _NUMBERS:
        raise JournalError(f"{count} lines do not fit into one sheet: take CSV, or a shorter period")
    book = Workbook(write_only=True)
    # It has all that a sheet has except its rows, but the types do not say so.
    sheet = cast(Worksheet, book.create_sheet(_days(form)))
    _lay_out(sheet, form, count)
    for row in _head(sheet, form):
        sheet.append(row)
    cells = [_line_cell(sheet, column.kind) for column in form.columns]
    async for line in lines:
        for cell, value in zip(cells, form.row(line), strict=True):
            _fill(cell, value)
        place = _NUMBERS + line.number
        sheet.row_dimensions[place].height = _height(form, cells)
        sheet.append(cells)  # written at once: the same cells serve for the next row, and its height is forgotten
        del sheet.row_dimensions[place]
    book.save(file)


def _lay_out(sheet: Worksheet, form: Form, count: int) -> None:
    """On the screen the headings stay in sight; on paper they stand on every page, and all columns fit across it:
    those of the form on A4, with the additional ones on A3."""
    columns = len(form.columns)
    last = get_column_letter(columns)
    for number, column in enumerate(form.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for row, height in _HEIGHTS.items():
        sheet.row_dimensions[row].height = height
    sheet.merged_cells.add(f"A{_TITLE}:{last}{_TITLE}")
    for row in (_SERVICE, _CAPTION):
        sheet.merged_cells.add(f"{get_column_letter(_BEFORE + 1)}{row}:{get_column_letter(columns - _AFTER)}{row}")
    sheet.freeze_panes = f"A{_NUMBERS + 1}"
    sheet.print_title_rows = f"{_HEADINGS}:{_NUMBERS}"
    sheet.print_area = f"A1:{last}{_NUMBERS + count}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3 if form.asked.extended else _A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom, margins.footer = 0.4, 0.4, 0.5, 0.7, 0.35
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        _HeaderFooterPart(_days(form)), right=_HeaderFooterPart("&P / &N")
    )


def _days(form: Form) -> str:
    period = form.asked.period
    return f"{period.first:%d.%m.%Y}–{period.last:%d.%m.%Y}"


def _head(sheet: Worksheet, form: Form) -> Iterator[list[Cell | None]]:
    free: list[Cell | None] = [None] * _BEFORE
    rule = [_head_cell(sheet, None, 12, border=_RULE) for _ in form.columns[_BEFORE + 1 + _AFTER :]]
    yield [_head_cell(sheet, form.title, 14, bold=True)]
    yield [*free, _head_cell(sheet, form.service, 12, border=_RULE), *rule]
    yield [*free, _head_cell(sheet, form.text("caption"), 9)]
    yield []
    yield [_head_cell(sheet, heading, 10, bold=True, border=_BOX) for heading in form.headings()]
    yield [_head_cell(sheet, number, 9, border=_BOX) for number in range(1, len(form.columns) + 1)]


def _head_cell(
    sheet: Worksheet, value: Value, size: int, *, bold: bool = False, border: Border | None = None
) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.font = Font(_FONT, size, bold=bold)
    cell.alignment = Alignment("center", "center", wrap_text=True)
    if border is not None:
        cell.border = border
    _fill(cell, value)
    return cell


def _line_cell(sheet: Worksheet, kind: Kind) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.font = Font(_FONT, 11)
    left = kind is Kind.TEXT
    cell.alignment = Alignment("left" if left else "center", "center", wrap_text=True, indent=1 if left else 0)
    cell.border = _BOX
    cell.number_format = _FORMATS.get(kind, _AS_WRITTEN)
    return cell


def _height(form: Form, cells: list[Cell]) -> int:
    """Told to the program that opens it: LibreOffice leaves rows one line high in what looks like Excel's."""
    lines = 1
    for column, cell in zip(form.columns, cells, strict=True):
        if isinstance(cell.value, str) and len(cell.value) > column.width - _MARGIN:
            lines = max(lines, len(wrap(cell.value, column.width - _MARGIN)))
    return lines * _LINE + _AIR


def _fill(cell: Cell, value: Value) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would make a formula of «=…», and an error of «#N/A»
