"""The process that reads, as seen by who has started it."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.broadcasts.intake import importing
from gateway.broadcasts.intake.importing import IntakeError, read_file
from gateway.broadcasts.intake.rows import SUMMARY, Progress, rows
from gateway.shards import SHARDS
from tests.gateway.broadcasts.intake.tables import IIN, TODAY, text_file


async def nothing(_: Progress) -> None:
    pass


def children() -> list[int]:
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(one) for one in found if b"broadcasts.intake" in Path(f"/proc/{one}/cmdline").read_bytes()]


def long(folder: Path, count: int = 300_000) -> Path:
    return text_file(folder, "phone\n" + "".join(f"8777{number:07}\n" for number in range(count)))


async def test_a_file_is_read_and_its_progress_told(tmp_path: Path) -> None:
    told: list[Progress] = []

    async def tell(progress: Progress) -> None:
        told.append(progress)

    summary = await read_file(long(tmp_path), tmp_path / "folder", tell, today=TODAY)
    assert (summary.good, summary.refused) == (300_000, None)
    assert sum(1 for shard in range(SHARDS) for _ in rows(tmp_path / "folder", shard)) == 300_000
    assert len(told) > 2
    assert [one.bytes for one in told] == sorted(one.bytes for one in told)
    assert all(one.bytes <= one.of for one in told)
    assert told[-1].rows == 300_000
    assert children() == []


async def test_a_refusal_is_an_answer_and_no_error(tmp_path: Path) -> None:
    summary = await read_file(text_file(tmp_path, "Қала;Аты\n"), tmp_path / "folder", nothing)
    assert summary.refused is not None
    assert summary.refused.id == "staff.intake.headings"


async def test_the_day_counts_for_dates_of_birth(tmp_path: Path) -> None:
    file = text_file(tmp_path, f"iin\n{IIN}\n")
    assert (await read_file(file, tmp_path / "one", nothing, today=TODAY)).good == 1
    assert (await read_file(file, tmp_path / "two", nothing, today=TODAY.replace(2004))).good == 0


async def test_who_is_cancelled_leaves_no_process_and_no_summary(tmp_path: Path) -> None:
    began = asyncio.Event()

    async def tell(_: Progress) -> None:
        began.set()

    reading = asyncio.create_task(read_file(long(tmp_path), tmp_path / "folder", tell))
    await began.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert children() == []
    assert not (tmp_path / "folder" / SUMMARY).exists()


async def test_a_death_of_the_process_is_told_plainly(tmp_path: Path) -> None:
    async def kill(_: Progress) -> None:
        for child in children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(IntakeError) as error:
        await read_file(long(tmp_path), tmp_path / "folder", kill)
    assert error.value.reason.id == "staff.intake.ended"
    assert not (tmp_path / "folder" / SUMMARY).exists()


async def test_who_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(IntakeError) as error:
        await read_file(long(tmp_path), tmp_path / "folder", nothing, patience=0.2)
    assert error.value.reason.id == "staff.intake.took_long"
    assert children() == []


async def test_what_goes_wrong_while_progress_is_told_ends_the_reading(tmp_path: Path) -> None:
    async def fail(_: Progress) -> None:
        raise TimeoutError("Redis is slow")

    with pytest.raises(TimeoutError, match="Redis is slow"):
        await read_file(long(tmp_path), tmp_path / "folder", fail)
    assert children() == []


async def test_a_file_that_is_not_there_is_told_without_anything_personal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(IntakeError) as error:
        await read_file(tmp_path / "Айгүл.csv", tmp_path / "folder", nothing)
    assert error.value.reason.id == "staff.intake.ended"
    assert "FileNotFoundError" in caplog.text
    assert "Айгүл" not in caplog.text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
async def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / f"{SUMMARY}.new").symlink_to("/dev/full")
    with pytest.raises(IntakeError) as error:
        await read_file(text_file(tmp_path, "phone\n87771234567\n"), folder, nothing)
    assert error.value.reason.id == "staff.intake.no_space"


def test_the_process_ends_if_nobody_listens(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gateway.broadcasts.intake", str(long(tmp_path)), str(tmp_path / "folder")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.wait(60), process.stderr.read()) == (1, b"")


def test_the_process_knows_neither_redis_nor_the_network() -> None:
    command = "import sys, gateway.broadcasts.intake.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert not {"redis", "asyncio", "socket", "ssl", "httpx", "aiohttp"} & set(done.stdout.split())


def test_the_time_limit_is_long_enough_for_a_million_rows() -> None:
    assert importing.PATIENCE >= 600
