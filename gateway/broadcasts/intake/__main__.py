"""`python -m gateway.broadcasts.intake FILE FOLDER [TODAY]`: a file of recipients becomes a folder of rows.

A process of its own, without Redis and network, for the file may be anything. Its news are lines of JSON."""

import contextlib
import errno
import os
import resource
import sys
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic

import msgspec

from gateway.broadcasts.intake.reading import read
from gateway.broadcasts.intake.rows import Exit, Progress

_OFTEN = 0.25
"""Seconds between two lines of news."""
_MEMORY = 1 << 30
"""Bytes of addresses. It takes a small part of them; whatever would make it take more ends it, and nothing else."""
_KIND = 10
"""People who write to us come first."""


def main(file: str, folder: str, today: str = "") -> int:
    os.nice(_KIND)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    day = date.fromisoformat(today) if today else date.today()
    try:
        summary = read(Path(file), Path(folder), day, _teller())
    except BrokenPipeError:  # nobody waits for it any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except OSError as error:
        _explain(error)
        return Exit.NO_SPACE if error.errno in {errno.ENOSPC, errno.EDQUOT} else Exit.FAILED
    except Exception as error:
        _explain(error)
        return Exit.FAILED
    return Exit.REFUSED if summary.refused else Exit.READ


def _teller() -> Callable[[Progress], None]:
    last = monotonic()
    encode = msgspec.json.Encoder().encode

    def tell(progress: Progress) -> None:
        nonlocal last
        if monotonic() - last >= _OFTEN:
            last = monotonic()
            sys.stdout.buffer.write(encode(progress) + b"\n")
            sys.stdout.buffer.flush()

    return tell


def _explain(error: Exception) -> None:
    """Where, but not what: a cell may stand in the words of an exception, and a person in a cell."""
    with contextlib.suppress(OSError):
        print(*traceback.format_tb(error.__traceback__)[-3:], type(error).__name__, sep="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
