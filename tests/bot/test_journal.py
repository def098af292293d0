"""`python -m bot journal`, as staff type it."""

import asyncio
import sys
from pathlib import Path

import openpyxl

from gateway.connection import Batched, close, connect
from gateway.embedded import Embedded
from tests.bot.running import HOME, clean_environment
from tests.gateway.lines import AIGUL, CONSENT, write

PERIOD = ("--from", "2026-11-01", "--to", "2026-11-30")


async def journal(folder: Path, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "journal", *arguments),
        cwd=HOME,
        env=clean_environment() | {"KELISIM_DATA_DIR": str(folder / "var")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def written(folder: Path) -> None:
    async with Embedded(folder / "var") as url:
        await lines(url)


async def lines(url: str) -> None:
    redis = connect(url)
    await write(Batched(redis), AIGUL, CONSENT)
    await close(redis)


def files(folder: Path) -> dict[str, int]:
    """And who may read them."""
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir() if file.is_file()}


async def test_the_journal_is_written_while_the_assistant_runs_and_while_it_does_not(tmp_path: Path) -> None:
    async with Embedded(tmp_path / "var") as url:
        await lines(url)
        code, out, err = await journal(tmp_path, *PERIOD, "--out", f"{tmp_path}/running.xlsx", "--role", "auditor")
        assert (code, out, err) == (0, f"{tmp_path}/running.xlsx: 2 lines\n", "")
    code, out, err = await journal(tmp_path, *PERIOD, "--out", f"{tmp_path}/resting.csv", "--language", "ru")
    assert (code, out, err) == (0, f"{tmp_path}/resting.csv: 2 lines\n", "")
    page = openpyxl.load_workbook(tmp_path / "running.xlsx").active
    assert page is not None
    assert page["C7"].value == AIGUL.name
    table = (tmp_path / "resting.csv").read_text("utf-8-sig")
    assert "Фамилия, имя, отчество" in table
    assert "Н. А. С." in table
    assert AIGUL.name not in table
    assert files(tmp_path) == {"running.xlsx": 0o600, "resting.csv": 0o600}


async def test_what_cannot_be_written_is_told_in_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    await written(tmp_path)
    out = ("--out", f"{tmp_path}/journal.xlsx")
    for arguments, why in [
        (("--from", "2025-01-01", "--to", "2025-01-31", *out), "nothing was sent or answered from 2025-01-01"),
        (("--from", "2026-11-30", "--to", "2026-11-01", *out), "the period ends on 2026-11-01, before it begins"),
        ((*PERIOD, "--service", "tea", *out), "no service is called «tea»"),
        ((*PERIOD, "--out", f"{tmp_path}/journal.doc"), "«journal.doc» ends neither in .xlsx nor in .csv"),
        ((*PERIOD, "--out", f"{tmp_path}/nowhere/j.csv"), "No such file or directory"),
    ]:
        code, told, err = await journal(tmp_path, *arguments)
        assert (code, told) == (2, "")
        assert err.count("\n") == 1
        assert why in err
    assert files(tmp_path) == {}
