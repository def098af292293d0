"""Old lines go into files that were read back, and only then out of Redis."""

import asyncio
import gzip
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import json, structs

from gateway.clock import ALMATY, Clock
from gateway.connection import Batched
from gateway.journal import archive as archives
from gateway.journal import archive_files as files
from gateway.journal.archive import KINDS, Archive, kept_from
from gateway.journal.index import JournalIndex
from gateway.journal.journal import Entry, journal_key
from gateway.letters import Letters, Status
from gateway.matters.writing import Note
from gateway.store import SHARDS, AuditLine, Line, tag
from tests.gateway.lines import AIGUL, CONSENT, encode

NOVEMBER = datetime(2026, 11, 16, 12, tzinfo=ALMATY)
OCTOBER = datetime(2026, 10, 31, 23, 59, tzinfo=ALMATY)
SEPTEMBER = datetime(2026, 9, 1, tzinfo=ALMATY)
SLY = structs.replace(AIGUL, text='=cmd|"/c calc"; «иә»\nсоңғы күн', phone="+77011234567")


class Noon(Clock):
    def now(self) -> datetime:
        return NOVEMBER


@pytest.fixture
async def index(batched: Batched) -> JournalIndex:
    return JournalIndex(batched)


@pytest.fixture
async def archive(batched: Batched, index: JournalIndex, tmp_path: Path) -> Archive:
    return Archive(batched, index, Noon(), folder=tmp_path / "archive", months=1, owner="one")


async def put(redis: Batched, *entries: Entry) -> None:
    for number, entry in enumerate(entries):
        await redis("XADD", journal_key(number % SHARDS), "*", "entry", encode(entry))


async def left(redis: Batched, stream: str = "sms-journal") -> int:
    return sum([await redis("XLEN", f"{tag(number)}:{stream}") for number in range(SHARDS)])


def held(archive: Path) -> dict[str, list[dict[str, str]]]:
    return {path.name: list(files.rows(path)) for path in sorted(archive.iterdir())}


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (date(2026, 11, 16), 1, date(2026, 10, 1)),
        (date(2026, 11, 16), 12, date(2025, 11, 1)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
        (date(2026, 1, 31), 13, date(2024, 12, 1)),
    ],
)
def test_so_many_whole_months_are_kept_besides_this_one(today: date, months: int, first: date) -> None:
    assert kept_from(today, months) == first


async def test_whole_months_go_into_files_and_leave_redis(
    batched: Batched, archive: Archive, index: JournalIndex, tmp_path: Path
) -> None:
    await Letters(batched).mark(AIGUL.letter, Status.DELIVERED, carriage="7b1f kannel 1200", proof=True)
    old = structs.replace(SLY, at=SEPTEMBER)
    await put(batched, old, structs.replace(CONSENT, at=OCTOBER), structs.replace(AIGUL, at=NOVEMBER))
    await index.advance()
    assert await archive.put_away() == 1
    found = held(tmp_path / "archive")
    assert list(found) == ["journal-2026-09.csv.gz"]
    (row,) = found["journal-2026-09.csv.gz"]
    assert (row["iin"], row["phone"], row["text"]) == (AIGUL.iin, AIGUL.phone, SLY.text)
    assert (row["at"], row["nature"], row["parts"]) == ("2026-09-01T00:00:00+05:00", "question", "2")
    assert (row["status"], row["route"], row["price"], row["provider"]) == ("delivered", "kannel", "1200", "7b1f")
    assert await left(batched) == 2
    assert len(await index.places(AIGUL.iin)) == 2
    assert await Letters(batched).status(AIGUL.letter) is None
    assert await archive.put_away() == 0


async def test_a_spreadsheet_runs_nothing_of_it(batched: Batched, archive: Archive, tmp_path: Path) -> None:
    await put(batched, structs.replace(SLY, at=SEPTEMBER))
    await archive.put_away()
    packed = await asyncio.to_thread((tmp_path / "archive" / "journal-2026-09.csv.gz").read_bytes)
    text = gzip.decompress(packed).decode()
    assert not re.search(r"""(^|;)"?[=+\-@]""", text, re.MULTILINE)
    assert "'=cmd" in text
    assert ";'+7701" in text


async def test_other_journals_go_as_well(batched: Batched, archive: Archive, tmp_path: Path) -> None:
    at = int(SEPTEMBER.timestamp())
    line = Line(at, "ref", "sms", "menu", ("a", "b"))
    audit = AuditLine(at, "ref", "sms", "wrong_code", "mark")
    note = Note(SEPTEMBER, "declined", "invitation:I-1", "mark", "Кім", None, None)
    for stream, field, one in (("journal", "line", line), ("audit", "audit", audit), ("office", "note", note)):
        await batched("XADD", f"{tag(2)}:{stream}", "*", field, json.encode(one))
    assert await archive.put_away() == 3
    found = held(tmp_path / "archive")
    assert list(found) == ["audit-2026-09.csv.gz", "office-2026-09.csv.gz", "talks-2026-09.csv.gz"]
    assert found["talks-2026-09.csv.gz"][0]["letters"] == '["a","b"]'
    assert found["office-2026-09.csv.gz"][0]["duty"] == "invitation:I-1"
    assert {kind.stream: await left(batched, kind.stream) for kind in KINDS} == dict.fromkeys(
        ("sms-journal", "journal", "audit", "office"), 0
    )


async def test_without_a_term_everything_stays(batched: Batched, index: JournalIndex, tmp_path: Path) -> None:
    await put(batched, structs.replace(AIGUL, at=SEPTEMBER))
    assert await Archive(batched, index, Noon(), folder=tmp_path, months=0, owner="one").put_away() == 0
    assert await left(batched) == 1


async def test_what_comes_late_for_a_month_gets_a_file_of_its_own(
    batched: Batched, archive: Archive, tmp_path: Path
) -> None:
    for number in range(2):
        await put(batched, structs.replace(AIGUL, at=SEPTEMBER, parts=number + 1))
        assert await archive.put_away() == 1
    found = held(tmp_path / "archive")
    assert {name: [row["parts"] for row in rows] for name, rows in found.items()} == {
        "journal-2026-09-2.csv.gz": ["2"],
        "journal-2026-09.csv.gz": ["1"],
    }


async def test_a_file_that_cannot_be_read_back_deletes_nothing(
    batched: Batched, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(batched, *(structs.replace(AIGUL, at=SEPTEMBER) for _ in range(3)))
    real = files.rows
    monkeypatch.setattr(files, "rows", lambda path: list(real(path))[1:])
    with pytest.raises(files.ArchiveError):
        await archive.put_away()
    assert await left(batched) == 3
    monkeypatch.undo()
    assert await archive.put_away() == 3
    assert list(held(tmp_path / "archive")) == ["journal-2026-09.csv.gz"]


class Killed(BaseException):
    """The process is gone."""


def let_go(writer: files.Writer) -> None:
    """The file stays as far as it was written."""
    writer._text.close()
    writer._file.close()


@pytest.mark.parametrize("survives", range(9))
async def test_whoever_is_killed_in_between_loses_nothing_and_writes_nothing_twice(
    survives: int, batched: Batched, index: JournalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_AT_ONCE", 4)
    months = [SEPTEMBER + timedelta(-31 * back) for back in range(3)]
    lines = [structs.replace(AIGUL, at=at, letter=f"{at:%m}:{n}") for at in months for n in range(10)]
    await put(batched, *lines)
    await index.advance()
    steps = iter([*range(survives)])

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object) -> object:
            if next(steps, None) is None:
                raise Killed
            return real(*args)

        return step

    with monkeypatch.context() as patched:
        for owner, name in ((files.Writer, "close"), (files.Writer, "write"), (JournalIndex, "delete")):
            patched.setattr(owner, name, dying(getattr(owner, name)))
        patched.setattr(files.Writer, "throw_away", let_go)
        killed = Archive(batched, index, Noon(), folder=tmp_path, months=1, owner="one")
        with pytest.raises(Killed):
            await killed.put_away()
    await Archive(batched, JournalIndex(batched), Noon(), folder=tmp_path, months=1, owner="one").put_away()
    found = held(tmp_path)
    assert all(name.endswith(".csv.gz") for name in found)
    assert sorted(row["letter"] for rows in found.values() for row in rows) == sorted(line.letter for line in lines)
    assert await left(batched) == 0
    assert await index.places(AIGUL.iin) == []


async def test_of_two_processes_one_puts_away(
    batched: Batched, archive: Archive, index: JournalIndex, tmp_path: Path
) -> None:
    await put(batched, structs.replace(AIGUL, at=SEPTEMBER))
    await batched("SET", "archive:owner", "somebody else")
    assert await archive.put_away() == 0
    assert await left(batched) == 1
    await batched("SET", "archive:owner", "one")
    assert await archive.put_away() == 1


async def test_only_the_owner_reads_the_files(batched: Batched, archive: Archive, tmp_path: Path) -> None:
    await put(batched, structs.replace(AIGUL, at=SEPTEMBER))
    await archive.put_away()
    folder = tmp_path / "archive"
    assert [oct(path.stat().st_mode)[-3:] for path in (folder, *folder.iterdir())] == ["700", "600"]
