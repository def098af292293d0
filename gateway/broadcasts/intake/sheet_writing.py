"""A workbook with one sheet of text, written row by row: as little of the format as Excel asks for."""

import io
import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from gateway.broadcasts.intake.headings import letters

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Where Excel would see a letter in what is a word."""
_HEADING, _TEXT = 1, 2
"""Styles; 2 says «text», also of what is typed there later."""
_WIDTH, _LAST_WIDTH = 22, 70

_STYLES = f"""{_XML}<styleSheet xmlns="{_SPREADSHEET}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">\
<xf xfId="0"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1" xfId="0"/>\
<xf numFmtId="49" applyNumberFormat="1" applyAlignment="1" xfId="0"><alignment vertical="top" wrapText="1"/></xf>\
</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


class Pipe(io.RawIOBase):
    """Takes what is written at one end, and gives it away at the other."""

    def __init__(self) -> None:
        self.pieces = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.pieces += piece
        return len(piece)

    def taken(self) -> bytes:
        found = bytes(self.pieces)
        self.pieces.clear()
        return found


def workbook_parts(title: str) -> Iterator[tuple[str, str]]:
    """All but the sheet itself, `xl/worksheets/sheet1.xml`."""
    kinds = (("xl/workbook", "sheet.main"), ("xl/worksheets/sheet1", "worksheet"), ("xl/styles", "styles"))
    types = "".join(f'<Override PartName="/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in kinds)
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
    )
    yield "_rels/.rels", _relations("officeDocument xl/workbook.xml")
    yield "xl/_rels/workbook.xml.rels", _relations("worksheet worksheets/sheet1.xml", "styles styles.xml")
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_DOCUMENT}"><sheets>'
        f'<sheet name="{_clean(title)}" sheetId="1" r:id="r1"/></sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES


def sheet_xml(rows: Iterable[list[str]], width: int) -> Iterator[bytes]:
    """The first row is the headings: it stays in sight."""
    yield (
        f'{_XML}<worksheet xmlns="{_SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
        f'<col min="1" max="{max(width - 1, 1)}" width="{_WIDTH}" style="{_TEXT}" customWidth="1"/>'
        + (f'<col min="{width}" max="{width}" width="{_LAST_WIDTH}" customWidth="1"/>' if width > 1 else "")
        + "</cols><sheetData>"
    ).encode()
    for number, cells in enumerate(rows, 1):
        style = _HEADING if number == 1 else _TEXT
        written = "".join(
            f'<c r="{letters(place)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_clean(cell)}'
            "</t></is></c>"
            for place, cell in enumerate(cells)
            if cell
        )
        yield f'<row r="{number}">{written}</row>'.encode()
    yield b"</sheetData></worksheet>"


def _relations(*meant: str) -> str:
    found = "".join(
        f'<Relationship Id="r{number}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate((one.split() for one in meant), 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _clean(text: str) -> str:
    return escape(_ESCAPE.sub("_x005F_", _UNWRITABLE.sub("\ufffd", text)), {'"': "&quot;"})
