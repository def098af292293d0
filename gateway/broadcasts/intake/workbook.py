"""A workbook as rows of cells. Its sheet passes by and is never kept, whatever its size."""

from collections.abc import Iterator
from typing import IO

from gateway.broadcasts.intake import formats, headings, strings
from gateway.broadcasts.intake.formats import PLAIN, Format, Kind
from gateway.broadcasts.intake.headings import Layout
from gateway.broadcasts.intake.package import DEEPEST, Attributes, Package, guarded_parser
from gateway.broadcasts.intake.refusal import RefusedError
from gateway.broadcasts.intake.rows import Summary
from gateway.broadcasts.intake.strings import Strings, Text
from gateway.broadcasts.intake.table import Found

_LAST = 1_048_576
"""Row of a sheet, as Excel has them."""
_WIDEST = 16_384
"""Columns of a sheet, likewise."""
_NAMES = 255
"""Sheets that are named to people."""
_DIGITS = "0123456789"


class Workbook:
    """`prepare` comes first, then `read_headings`, then `rows` once."""

    def __init__(self, file: IO[bytes], spool: IO[bytes]) -> None:
        """`spool`: an empty file for as long as this one is read."""
        self._package = package = Package(file)
        self._parts = parts = package.parts()
        self._size = package.packed(parts.strings) + package.packed(parts.sheets[0].part)
        self._styles = formats.read(package, parts.styles)
        package.read = 0  # what is small does not count
        self._strings = Strings(spool)
        self._rows = self._passing()

    def prepare(self) -> Iterator[None]:
        yield from strings.read(self._package, self._parts.strings, self._strings)

    def read_headings(self) -> Layout:
        found = next((row for row in self._rows if any(map(str.strip, row.cells))), None)
        if found is None:
            raise RefusedError("sheet_empty" if len(self._parts.sheets) > 1 else "empty", **self._named())
        return headings.read(found.cells)

    def describe(self) -> Summary:
        first, *others = (sheet.name for sheet in self._parts.sheets)
        return Summary(format="xlsx", sheet=first, other_sheets=tuple(others[:_NAMES]))

    def rows(self) -> Iterator[Found]:
        return self._rows

    @property
    def place(self) -> int:
        return self._package.read

    @property
    def size(self) -> int:
        return self._size

    def _named(self) -> dict[str, str]:
        return {"sheet": self._parts.sheets[0].name} if len(self._parts.sheets) > 1 else {}

    def _passing(self) -> Iterator[Found]:
        sheet = _Sheet(self._strings, self._styles, since_1904=self._parts.since_1904)
        for _ in self._package.sheet(sheet.parser, self._parts.sheets[0].part):
            yield from sheet.found
            sheet.found.clear()


class _Sheet:
    """Takes the tags of a sheet as they come; first it asks for those of which there are millions."""

    def __init__(self, known: Strings, styles: list[Format], *, since_1904: bool) -> None:
        self.found: list[Found] = []
        """Rows that have ended."""
        self.parser = guarded_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._strings, self._styles, self._since_1904 = known, styles, since_1904
        self._names: dict[str, str] = {}
        self._places: dict[str, int] = {}
        self._number = self._depth = self._spoken = 0
        self._cells: list[str] | None = None
        self._place = -1
        self._type: str | None = None
        self._style: str | None = None
        self._within = False
        self._value = Text()
        self._formula = False
        self._has_value = False

    def _start(self, name: str, attributes: Attributes) -> None:
        name = self._names.get(name) or self._name(name)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._read()
        elif name == "row":
            self._start_row(attributes)
        else:
            self._start_other(name)

    def _end(self, name: str) -> None:
        name = self._names[name] if name in self._names else name.rpartition(":")[2]
        if name == "v":
            self.parser.CharacterDataHandler = None
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.found.append(Found(self._number, self._cells or []))
            self._cells = None
        else:
            self._end_other(name)

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r") or self._number + 1)
        if self._cells is not None or number <= self._number:
            raise RefusedError("damaged")
        if number > _LAST:
            raise RefusedError("too_many_rows")
        self._number, self._cells, self._place = number, [], -1

    def _start_cell(self, attributes: Attributes) -> None:
        cells = self._cells
        if cells is None or self._within:
            raise RefusedError("damaged")
        named = attributes.get("r")
        place = self._place + 1 if named is None else self._column(named)
        if not self._place < place < _WIDEST:
            raise RefusedError("damaged")
        self._place = place
        self._type, self._style = attributes.get("t"), attributes.get("s")
        self._within, self._formula, self._has_value = True, False, False

    def _end_cell(self) -> None:
        self._within = False
        text = self._value.take()
        if self._has_value:
            text = self._shown(text)
        elif self._formula:
            text = "="  # its program has never computed it
        if text:
            cells = self._cells
            if cells is None:
                raise RefusedError("damaged")
            while len(cells) < self._place:
                cells.append("")
            cells.append(text)

    def _shown(self, text: str) -> str:
        match self._type:
            case "s":
                return self._strings[int(text)]
            case None | "n":
                style = self._styles[int(self._style)] if self._style and self._styles else PLAIN
                if style.kind is Kind.NUMBER and text.isdecimal():
                    return text
                return formats.shown(text, style, since_1904=self._since_1904)
            case "b":
                return "TRUE" if text == "1" else "FALSE"
            case "d":
                return formats.written(text)
        return text

    def _read(self) -> None:
        if not self._within:
            raise RefusedError("damaged")
        self._has_value = True
        self.parser.CharacterDataHandler = self._value.add

    def _start_other(self, name: str) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RefusedError("bomb")
        if name == "f":
            self._formula = True
        elif name == "rPh":
            self._spoken += 1
        elif name == "t" and self._within and not self._spoken:
            self._read()

    def _end_other(self, name: str) -> None:
        self._depth -= 1
        if name == "t":
            self.parser.CharacterDataHandler = None
        elif name == "rPh":
            self._spoken -= 1

    def _name(self, name: str) -> str:
        """Without the prefix that a program chose."""
        plain = name.rpartition(":")[2]
        if len(self._names) < _NAMES:
            self._names[name] = plain
        return plain

    def _column(self, named: str) -> int:
        """«BC17» stands in column 54."""
        letters = named.rstrip(_DIGITS)
        place = self._places.get(letters)
        if place is None:
            place = 0
            for letter in letters[:4].upper():
                place = place * 26 + ord(letter) - ord("A") + 1
            place -= 1
            if not letters.isascii() or not letters.isalpha() or place >= _WIDEST:
                raise RefusedError("damaged")
            self._places[letters] = place
        return place
