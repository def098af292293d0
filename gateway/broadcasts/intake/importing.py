"""A file of recipients is read by another process: however large or hostile it is, replies do not wait for it."""

import asyncio
import contextlib
import logging
import sys
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable
from datetime import date
from math import ceil
from pathlib import Path
from typing import cast

import msgspec

from gateway.broadcasts.intake.refusal import reason
from gateway.broadcasts.intake.rows import Exit, Progress, Reason, Summary, summary

log = logging.getLogger(__name__)

PATIENCE = 15 * 60.0
"""Seconds; a million rows take a minute."""
_MODULE = "gateway.broadcasts.intake"
_HOME = Path(__file__).parents[3]
_LAST_WORDS = 2_000
"""Bytes."""

_progress = msgspec.json.Decoder(Progress).decode


class IntakeError(Exception):
    """The file was not read to its end, and not because of what is in it. `reason` says what to do."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.id)
        self.reason = reason


async def read_file(
    file: Path,
    folder: Path,
    on_progress: Callable[[Progress], Awaitable[None]],
    *,
    today: date | None = None,
    patience: float = PATIENCE,
) -> Summary:
    """What stood in the folder before is replaced. A file that cannot be read at all is no error: `Summary.refused`
    says why. `today`: nobody was born after it. Who is cancelled leaves no process behind."""
    process = await asyncio.create_subprocess_exec(
        *_command(file, folder, today),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        cwd=_HOME,
        env={"PYTHONUTF8": "1"},  # it has no need of our secrets
    )
    limit = asyncio.timeout(patience)
    try:
        async with limit:
            complaint = await _follow(process, on_progress)
    except TimeoutError:
        if not limit.expired():
            raise
        raise IntakeError(reason("took_long", minutes=ceil(patience / 60))) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode not in {Exit.READ, Exit.REFUSED}:
        log.error("a table of recipients was not read to its end: %s, %s", process.returncode, complaint)
        raise IntakeError(reason("no_space" if process.returncode == Exit.NO_SPACE else "ended"))
    return await asyncio.to_thread(summary, folder)


def _command(file: Path, folder: Path, today: date | None) -> list[str]:
    day = [today.isoformat()] if today else []
    return [sys.executable, "-m", _MODULE, str(file.absolute()), str(folder.absolute()), *day]


async def _follow(process: Process, on_progress: Callable[[Progress], Awaitable[None]]) -> str:
    """Until it ends; says what it complained of."""
    news, complaints = cast(StreamReader, process.stdout), cast(StreamReader, process.stderr)
    complaint = asyncio.create_task(_last_words(complaints))
    try:
        async for line in news:
            await on_progress(_progress(line))
        await process.wait()
        return await complaint
    finally:
        complaint.cancel()


async def _last_words(stream: StreamReader) -> str:
    """However much it says: or it would wait for somebody to listen."""
    last = b""
    while piece := await stream.read(_LAST_WORDS):
        last = (last + piece)[-_LAST_WORDS:]
    return last.decode(errors="replace")
