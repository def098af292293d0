"""The folder that a file of recipients becomes. Nobody is named twice in it: once all is read, each shard is looked
at by itself, for the same phone is always in the same shard. That, and the order of phones, takes little memory."""

import heapq
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import msgspec

from gateway.broadcasts.intake.headings import Layout
from gateway.broadcasts.intake.refusal import reason
from gateway.broadcasts.intake.rows import FAULTS, IINS, SUMMARY, Fault, Row, Summary, shard_file
from gateway.shards import SHARDS, shard_number

_RAW, _TWICE, _NEW = ".read", ".twice", ".new"
"""Endings of files on the way: a shard as it was read, its duplicates, a summary that is not whole yet."""
_BUFFER = 64 * 1024
_LENGTH_BITS, _NUMBER_BITS = 20, 32
"""A row has 64 thousand letters at most. Where it is, how long, and which: packed, for there may be many."""
_LENGTH, _NUMBER = (1 << _LENGTH_BITS) - 1, (1 << _NUMBER_BITS) - 1
_encode = msgspec.json.Encoder().encode
_row = msgspec.json.Decoder(Row).decode


class Results:
    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder, self._layout = folder, layout
        self._open = ExitStack()
        self.good = self.faulty = self.duplicates = self.without_phone = 0

    def __enter__(self) -> "Results":
        self._shards = [self._create(name + _RAW) for name in _names()]
        self._faults = self._create(FAULTS + _RAW)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def rows(self) -> int:
        return self.good + self.faulty + self.duplicates

    def add(self, row: Row) -> None:
        self.good += 1
        place = shard_number(f"sms:{row.phone}") if row.phone else SHARDS + shard_number(row.iin)
        self._shards[place].write(_encode(row) + b"\n")

    def blame(self, faults: list[Fault]) -> None:
        """All that is wrong with one row."""
        self.faulty += 1
        for fault in faults:
            self._faults.write(_encode(fault) + b"\n")

    @property
    def steps(self) -> int:
        """Of `settle`."""
        return len(self._shards) + 1

    def settle(self) -> Iterator[None]:
        """Once everything is read: a step for each shard, and one more."""
        self._open.close()
        with (self._folder / IINS).open("wb", _BUFFER) as iins:
            for place, name in enumerate(_names()):
                if place < SHARDS:
                    with (self._folder / name).open("wb", _BUFFER) as good:
                        self._settle(name, good)
                else:
                    self.without_phone += self._settle(name, iins)
                yield
        self._merge_faults()
        yield

    def _settle(self, name: str, good: IO[bytes]) -> int:
        """The good rows of one shard, in the order of their phones. Of equal ones the first in the file counts."""
        raw = self._folder / (name + _RAW)
        firsts: dict[int, int] = {}
        place = 0
        with raw.open("rb", _BUFFER) as lines, (self._folder / (name + _TWICE)).open("wb", _BUFFER) as twice:
            for line in lines:
                row = _row(line)
                whose = int(row.phone or row.iin)
                if whose in firsts:
                    twice.write(_encode(self._duplicate(row, firsts[whose] & _NUMBER)) + b"\n")
                    self.duplicates += 1
                else:
                    firsts[whose] = (place << _LENGTH_BITS | len(line)) << _NUMBER_BITS | row.number
                place += len(line)
            for whose in sorted(firsts):
                found = firsts[whose] >> _NUMBER_BITS
                good.write(os.pread(lines.fileno(), found & _LENGTH, found >> _LENGTH_BITS))
        raw.unlink()
        return len(firsts)

    def _duplicate(self, row: Row, first: int) -> Fault:
        layout = self._layout
        cells = [""] * len(layout.headings)
        for place, cell in ((layout.phone, row.phone), (layout.iin, row.iin), (layout.language, row.language)):
            if place is not None:
                cells[place] = cell or ""
        for place, cell in zip(layout.own, row.values, strict=True):
            cells[place] = cell
        named = layout.phone if row.phone else layout.iin
        why = reason("duplicate" if row.phone else "duplicate_iin", row=first)
        return Fault(row.number, "" if named is None else layout.headings[named], why, tuple(cells))

    def _merge_faults(self) -> None:
        self.good -= self.duplicates
        found = [self._folder / (FAULTS + _RAW), *(self._folder / (name + _TWICE) for name in _names())]
        with ExitStack() as opened, (self._folder / FAULTS).open("wb", _BUFFER) as faults:
            faults.writelines(
                heapq.merge(*(opened.enter_context(file.open("rb", _BUFFER)) for file in found), key=_number)
            )
        for file in found:
            file.unlink()

    def _create(self, name: str) -> IO[bytes]:
        return self._open.enter_context((self._folder / name).open("wb", _BUFFER))


def clear(folder: Path) -> None:
    """Whatever another run has left there. The summary goes first: without it nothing counts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SUMMARY).unlink(missing_ok=True)
    for name in (FAULTS, IINS, *_names()):
        for ending in ("", _RAW, _TWICE):
            (folder / (name + ending)).unlink(missing_ok=True)


def write_summary(folder: Path, summary: Summary) -> None:
    """It is there whole, or not at all."""
    new = folder / (SUMMARY + _NEW)
    new.write_bytes(_encode(summary))
    new.replace(folder / SUMMARY)


def _names() -> Iterator[str]:
    for shard in range(SHARDS):
        yield shard_file(shard)
    for shard in range(SHARDS):
        yield f"{IINS}.{shard:02}"


def _number(line: bytes) -> int:
    return int(line[1 : line.index(b",")])
