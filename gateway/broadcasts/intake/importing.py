"""A file of recipients is read by another process: however large or hostile it is, replies do not wait for it."""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from gateway.broadcasts.intake.rows import Progress, Reason, Summary

PATIENCE = 15 * 60.0
"""Seconds; a million rows take a minute or two."""


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
    says why. `today`: nobody was born after it."""
    raise NotImplementedError
