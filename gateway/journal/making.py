"""The journal as a file for somebody who waits at their browser, made in a process of its own: a million lines take a
minute, and nobody who writes to us meanwhile shall wait for that. What it writes is passed on as it comes.

The order goes to it by its input, because arguments can be read by everybody on the machine.

exit code   what it means
0           the file is whole
3           there is no line
4           so many lines do not fit, as it says in its errors
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from dialogs import words
from gateway.connection import Batched, close, connect
from gateway.journal.export import Format, export
from gateway.journal.form import Asked
from gateway.journal.journal import JournalError, NothingError
from gateway.journal.pages import Wanted

_PIECE = 64 * 1024
_NOTHING, _TOO_MUCH = 3, 4


class Order(Struct, frozen=True):
    format: Format
    asked: Asked
    wanted: Wanted
    """What else is asked of a line."""


class _Job(Struct, frozen=True):
    redis: str
    locales: str
    order: Order


class Making:
    """Starts such processes."""

    def __init__(self, redis_url: str, locales: Path) -> None:
        self._redis_url = redis_url
        self._locales = locales

    async def make(self, order: Order) -> AsyncIterator[bytes]:
        """Its pieces. NothingError or JournalError before the first of them; if something goes wrong after it, what
        reads on is told by an error, so that nobody takes half a file for a whole one."""
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(msgspec.json.encode(_Job(self._redis_url, str(self._locales), order)))
        process.stdin.close()
        first = await process.stdout.read(_PIECE)
        if not first:
            raise _error(await process.wait())
        return _pieces(process, first)


async def _pieces(process: Process, first: bytes) -> AsyncIterator[bytes]:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        yield first
        while piece := await process.stdout.read(_PIECE):
            yield piece
        if code := await process.wait():
            raise _error(code)
    finally:  # whoever waited has gone
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _error(code: int) -> JournalError:
    return {_NOTHING: NothingError("there is no line")}.get(code, JournalError(f"the file could not be made: {code}"))


async def _made(job: _Job) -> int:
    redis = connect(job.redis)
    order, file = job.order, sys.stdout.buffer
    try:
        spoken = words.load(Path(job.locales))
        wanted = order.wanted
        await export(
            file,
            order.format,
            order.asked,
            Batched(redis),
            spoken,
            fits=wanted.fits,
            undelivered=wanted.undelivered,
        )
    except NothingError:
        return _NOTHING
    except JournalError as error:
        print(error, file=sys.stderr)
        return _TOO_MUCH
    finally:
        await close(redis)
    file.flush()
    return 0


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(asyncio.run(_made(msgspec.json.decode(sys.stdin.buffer.read(), type=_Job))))
