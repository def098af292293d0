"""What a file of recipients becomes: rows that can be written to, and what is wrong with the others.

All of it lies in one folder, and is read from there a row at a time:

    rows.00 … rows.15   the good rows with a phone, by the shard of `sms:{phone}`; in each, in the order of phones
    iins                the good rows that have only an IIN
    faults              what is wrong with the others, in the order of the file; a row may have several faults
    summary.json        how many of each, or why nothing was read; it is written last
"""

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from dialogs.language import Language
from dialogs.messages import Say

IINS = "iins"
FAULTS = "faults"
SUMMARY = "summary.json"


def shard_file(shard: int) -> str:
    return f"rows.{shard:02}"


class Row(Struct, frozen=True, array_like=True):
    number: int
    """As a spreadsheet shows it: the headings are row 1."""
    phone: str
    """+77…; empty if the row has only an IIN."""
    iin: str
    """Empty if the row has only a phone."""
    language: Language | None
    values: tuple[str, ...]
    """Under `Summary.columns`: as many, each perhaps empty."""


class Reason(Struct, frozen=True, array_like=True):
    """What is wrong and what to do about it, by the id of its words."""

    id: str
    """`staff.intake.…`"""
    values: tuple[tuple[str, str | int], ...] = ()

    @property
    def words(self) -> Say:
        return Say(self.id, self.values)


class Fault(Struct, frozen=True, array_like=True):
    number: int
    """Of the row, as a spreadsheet shows it."""
    column: str
    """Its heading; empty if the whole row is meant."""
    reason: Reason
    cells: tuple[str, ...]
    """The whole row as it stood in the file, under `Summary.headings`; there may be more or fewer."""


class Progress(Struct, frozen=True):
    """How much of the work is done. It is counted in bytes of the file, and some more to find who is named twice."""

    bytes: int
    of: int
    rows: int


class Exit(IntEnum):
    """How the process that reads has ended."""

    READ = 0
    FAILED = 1
    REFUSED = 3
    NO_SPACE = 4


class Summary(Struct, frozen=True, kw_only=True):
    format: str = ""
    """`csv` or `xlsx`, by what is in the file; its name says nothing."""
    encoding: str = ""
    """Of a CSV: `utf-8`, `utf-16`, `kz1048`."""
    separator: str = ""
    """Of a CSV."""
    sheet: str = ""
    """Of a workbook: the one that was read, …"""
    other_sheets: tuple[str, ...] = ()
    """…and those that were not."""
    headings: tuple[str, ...] = ()
    """All of them, as found."""
    phone: str = ""
    """Its heading, if there is one; …"""
    iin: str = ""
    """…and likewise."""
    language: str = ""
    columns: tuple[str, ...] = ()
    """Those that are neither phone, IIN nor language: what the text of a broadcast may name."""
    rows: int = 0
    """Without the headings and without empty ones. Every row is good, faulty or a duplicate."""
    good: int = 0
    faulty: int = 0
    duplicates: int = 0
    """They stand among the faults as well."""
    without_phone: int = 0
    """Of the good ones: those in `iins`."""
    refused: Reason | None = None
    """Nothing was read, and this is why."""


Line = TypeVar("Line", Row, Fault)

_row = msgspec.json.Decoder(Row)
_fault = msgspec.json.Decoder(Fault)


def rows(folder: Path, shard: int) -> Iterator[Row]:
    yield from _read(folder / shard_file(shard), _row)


def iins(folder: Path) -> Iterator[Row]:
    """The rows that have no phone."""
    yield from _read(folder / IINS, _row)


def faults(folder: Path) -> Iterator[Fault]:
    yield from _read(folder / FAULTS, _fault)


def summary(folder: Path) -> Summary:
    return msgspec.json.decode((folder / SUMMARY).read_bytes(), type=Summary)


def _read(file: Path, decoder: "msgspec.json.Decoder[Line]") -> Iterator[Line]:
    with file.open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)
