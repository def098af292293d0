"""The texts of a workbook: cells only name their numbers. All of them rest on the disk, a few in memory."""

import re
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from typing import IO

import msgspec

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake.package import DEEPEST, Attributes, Package, guarded_parser
from gateway.broadcasts.intake.refusal import RefusedError

_BLOCK = 64
"""Texts that are read together: those of a row and of its neighbours mostly stand side by side."""
_REMEMBERED = 128
"""Blocks."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[str]).decode


class Strings:
    def __init__(self, spool: IO[bytes]) -> None:
        self._file = spool
        self._ends = array("Q", [0])
        self._block: list[str] = []
        self._count = 0
        self._known: OrderedDict[int, list[str]] = OrderedDict()

    def add(self, text: str) -> None:
        self._block.append(text)
        self._count += 1
        if len(self._block) == _BLOCK:
            self.finish()

    def finish(self) -> None:
        """What was added is written."""
        self._ends.append(self._ends[-1] + self._file.write(_encode(self._block)))
        self._block = []

    def __getitem__(self, number: int) -> str:
        block = self._known.get(number // _BLOCK)
        if block is None:
            block = self._load(number)
        return block[number % _BLOCK]

    def _load(self, number: int) -> list[str]:
        if not 0 <= number < self._count:
            raise RefusedError("damaged")
        place = number // _BLOCK
        self._file.seek(self._ends[place])
        block = _decode(self._file.read(self._ends[place + 1] - self._ends[place]))
        self._known[place] = block
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return block


class Text:
    """Pieces of one text as the parser brings them; no longer than needed to see that it is too long."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def add(self, piece: str) -> None:
        if self._length <= limits.CELL:
            self._pieces.append(piece[: limits.CELL + 1])
            self._length += len(piece)

    def take(self) -> str:
        text = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(found: "re.Match[str]") -> str:
    letter = chr(int(found[1], 16))
    return letter if letter.isprintable() or letter in "\t\n\r" else "\ufffd"


def read(package: Package, part: str, strings: Strings) -> Iterator[None]:
    """Formatted texts consist of several pieces; how Japanese is to be pronounced is none of them."""
    text, parser = Text(), guarded_parser()
    spoken = depth = 0

    def start(name: str, _: Attributes) -> None:
        nonlocal spoken, depth
        depth += 1
        if depth > DEEPEST:
            raise RefusedError("bomb")
        match name.rpartition(":")[2]:
            case "rPh":
                spoken += 1
            case "t" if not spoken:
                parser.CharacterDataHandler = text.add

    def end(name: str) -> None:
        nonlocal spoken, depth
        depth -= 1
        match name.rpartition(":")[2]:
            case "t":
                parser.CharacterDataHandler = None
            case "rPh":
                spoken -= 1
            case "si":
                strings.add(text.take())

    parser.StartElementHandler, parser.EndElementHandler = start, end
    if part:
        yield from package.strings(parser, part)
    strings.finish()
