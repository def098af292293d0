"""Whole months of lines as files that outlast Redis: `journal-2025-10.csv.gz`, a table for any program.

Such a file is there only once it is whole: it was read back, and every line found in it. What came late for a month
that has its file already goes into another, `journal-2025-10-2.csv.gz`.
"""

import csv
import gzip
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path

from gateway.journal.table import FORMULAS, harmless

SHARD, ENTRY = "shard", "entry"
"""Columns that name a line among all of its stream."""
_PART = ".part"
_TURNED = re.compile(f"'[{re.escape(''.join(FORMULAS))}]")


class ArchiveError(Exception):
    """A file does not hold what was written to it. Nothing may be deleted."""


def files(folder: Path, kind: str, month: str) -> list[Path]:
    """Of a month, the first written first."""
    named = re.compile(rf"{kind}-{month}(?:-(\d+))?\.csv\.gz")
    found = [
        (int(match[1] or 1), path)
        for path in folder.glob(f"{kind}-{month}*")
        if (match := named.fullmatch(path.name))
    ]
    return [path for _, path in sorted(found)]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """As they were before they were made harmless to spreadsheets."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text, delimiter=";"):
            yield {name: cell[1:] if _TURNED.match(cell) else cell for name, cell in row.items()}


def names(paths: Iterable[Path]) -> set[tuple[int, str]]:
    """Which lines stand in them."""
    return {(int(row[SHARD]), row[ENTRY]) for path in paths for row in rows(path)}


class Writer:
    """One month. Killed before `close`, it leaves nothing but a part that the next writer throws away."""

    def __init__(self, folder: Path, kind: str, month: str, columns: Sequence[str]) -> None:
        self._folder = folder
        self._kind, self._month = kind, month
        self._part = folder / f"{kind}-{month}.csv.gz{_PART}"
        self._digest = sha256()
        self.count = 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(private, "wb")
        self._packed = gzip.GzipFile(fileobj=self._file, mode="wb")
        self._text = TextIOWrapper(self._packed, "utf-8-sig", newline="")
        self._table = csv.writer(self._text, delimiter=";")
        self._table.writerow((SHARD, ENTRY, *columns))

    def write(self, lines: Iterable[Sequence[str]]) -> None:
        """`lines`: shard, entry, and what stands in the columns."""
        for line in lines:
            self._table.writerow([harmless(cell) for cell in line])
            self._digest.update(_named(line[0], line[1]))
            self.count += 1

    def close(self) -> Path:
        """On the disk, and read back. ArchiveError: it is not what was written."""
        self._text.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        count, digest = 0, sha256()
        for row in rows(self._part):
            digest.update(_named(row[SHARD], row[ENTRY]))
            count += 1
        if (count, digest.digest()) != (self.count, self._digest.digest()):
            raise ArchiveError(f"{self._part}: {count} lines can be read instead of {self.count}")
        known = len(files(self._folder, self._kind, self._month))
        path = self._folder / f"{self._kind}-{self._month}{f'-{known + 1}' if known else ''}.csv.gz"
        self._part.rename(path)
        self._sync_folder()
        return path

    def throw_away(self) -> None:
        self._text.close()
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _named(shard: str, entry: str) -> bytes:
    return f"{shard} {entry}\n".encode()
