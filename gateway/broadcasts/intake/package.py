"""A workbook as the archive that it is: which of its parts is what, and none larger than is right."""

import posixpath
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from msgspec import Struct

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake.refusal import RefusedError

_DIRECTORY = limits.MEGABYTE
"""Bytes of the list of parts: of a workbook it takes some thousands."""
_SMALL = 16 * limits.MEGABYTE
"""Bytes of a part that describes others, unpacked."""
_STRINGS = 1024 * limits.MEGABYTE
_SHEET = 4096 * limits.MEGABYTE
_RATIO = 250
"""Times. Tables shrink to a tenth, a thousand equal rows perhaps to a fiftieth; bombs to a thousandth."""
_HARMLESS = 16 * limits.MEGABYTE
"""Bytes that nothing suffers from, however well they were packed."""
_CHUNK = 64 * 1024
_TOKEN = limits.MEGABYTE
"""Bytes of one tag; the parser keeps them until it has seen the end."""
DEEPEST = 50
"""Tags in tags; the parser keeps all that are open."""
_RELATIONS = "{}/_rels/{}.rels"

Attributes = dict[str, str]


class Sheet(Struct, frozen=True):
    name: str
    part: str


class Parts(Struct, frozen=True):
    """Where is what."""

    sheets: tuple[Sheet, ...]
    """That are not hidden."""
    strings: str
    """Empty: there is none."""
    styles: str
    since_1904: bool


class Package:
    def __init__(self, file: IO[bytes]) -> None:
        with damages():
            self._zip = ZipFile(_Guarded(file))
        self._names = {name.lower(): name for name in self._zip.namelist()}
        self.read = 0
        """Bytes of parts so far, packed."""

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def packed(self, part: str) -> int:
        return self._zip.getinfo(self._names[part.lower()]).compress_size if part else 0

    def kind(self) -> str:
        """What else it may be: the id of a refusal."""
        if self.has("xl/workbook.bin"):
            return "xlsb"
        if self.has("mimetype") and b"opendocument.spreadsheet" in b"".join(self.chunks("mimetype", _SMALL)):
            return "ods"
        return "not_a_table" if self.has("[Content_Types].xml") else "archive"

    def parts(self) -> Parts:
        main = next((part for kind, part in self._relations("", "").values() if kind == "officeDocument"), "")
        if not main or not self.has(main) or main.endswith(".bin"):
            raise RefusedError(self.kind())
        relations = self._relations(*posixpath.split(main))
        kinds = dict(relations.values())
        sheets: list[Sheet] = []
        since_1904 = False

        def start(name: str, attributes: Attributes) -> None:
            nonlocal since_1904
            if name == "workbookPr":
                since_1904 = attributes.get("date1904", "") in {"1", "true"}
            elif name == "sheet" and attributes.get("state", "visible") == "visible":
                kind, part = relations.get(_id(attributes), ("", ""))
                if kind == "worksheet" and self.has(part):
                    sheets.append(Sheet(attributes.get("name", ""), part))

        self.parse(main, start)
        if not sheets:
            raise RefusedError("no_sheet")
        found = (kinds.get(kind, "") for kind in ("sharedStrings", "styles"))
        strings, styles = (part if self.has(part) else "" for part in found)
        return Parts(tuple(sheets), strings, styles, since_1904)

    def parse(self, part: str, start: Callable[[str, Attributes], None], most: int = _SMALL) -> None:
        """Names without the prefixes that programs choose."""

        depth = 0

        def plainly(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            if depth > DEEPEST:
                raise RefusedError("bomb")
            start(name.rpartition(":")[2], attributes)

        def end(_: str) -> None:
            nonlocal depth
            depth -= 1

        parser = guarded_parser()
        parser.StartElementHandler, parser.EndElementHandler = plainly, end
        for _ in self.fed(parser, part, most):
            pass

    def strings(self, parser: "expat.XMLParserType", part: str) -> Iterator[None]:
        return self.fed(parser, part, _STRINGS)

    def sheet(self, parser: "expat.XMLParserType", part: str) -> Iterator[None]:
        return self.fed(parser, part, _SHEET)

    def fed(self, parser: "expat.XMLParserType", part: str, most: int) -> Iterator[None]:
        """The parser is given the part, a chunk at a time."""
        given = 0
        with damages():
            for chunk in self.chunks(part, most):
                parser.Parse(chunk)
                given += len(chunk)
                if given - parser.CurrentByteIndex > _TOKEN:
                    raise RefusedError("bomb")
                yield
            parser.Parse(b"", True)
        yield

    def chunks(self, part: str, most: int) -> Iterator[bytes]:
        """No more than the archive says the part is long: `zipfile` sees to that."""
        info = self._zip.getinfo(self._names[part.lower()])
        if info.flag_bits & 1:
            raise RefusedError("password")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise RefusedError("damaged")
        if info.file_size > most or info.file_size > max(_HARMLESS, info.compress_size * _RATIO):
            raise RefusedError("bomb")
        before = self.read
        with damages(), self._zip.open(info) as opened:
            while chunk := opened.read(_CHUNK):
                self.read = before + info.compress_size * opened.tell() // max(info.file_size, 1)
                yield chunk
        self.read = before + info.compress_size

    def _relations(self, folder: str, name: str) -> dict[str, tuple[str, str]]:
        """Id → (kind, part)."""
        part = _RELATIONS.format(folder, name).removeprefix("/")
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, target.lstrip("/")

        if self.has(part):
            self.parse(part, start)
        return found


def guarded_parser() -> "expat.XMLParserType":
    """One that expands nothing: no table needs a document type, and with it goes every entity."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.buffer_text = True
    return parser


@contextmanager
def damages() -> Iterator[None]:
    """What breaks an archive or its parts, said plainly."""
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, expat.ExpatError, NotImplementedError, ValueError, KeyError) as error:
        raise RefusedError("damaged") from error


def _refuse_type(*_: object) -> None:
    raise RefusedError("bomb")


def _id(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")


class _Guarded:
    """Nothing is read at once that would fill memory, though the archive says that its list of parts is so long."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size if 0 <= size <= _DIRECTORY else _DIRECTORY + 1)
        if len(found) > _DIRECTORY:
            raise RefusedError("bomb")
        return found
