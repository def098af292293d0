"""What became of each recipient, and what is wrong with each row: a page at a time, or all in one file."""

import asyncio
import csv
from collections.abc import AsyncIterator, Collection, Iterable
from io import StringIO
from pathlib import Path

import msgspec
from fastapi.exceptions import RequestValidationError

from gateway.broadcasts import fates
from gateway.broadcasts.fates import WIDTH, Fate, Fates
from gateway.broadcasts.intake.rows import FAULTS, Fault
from gateway.broadcasts.rolls import Rolls
from gateway.store import SHARDS
from gateway.web.api import views
from gateway.web.api.models import Outcome

_LOOKED_AT = 20_000
"""Records in one go."""
_LINES = 500
_fault = msgspec.json.Decoder(Fault).decode


async def outcomes(
    rolls: Rolls, kept: Fates, roll: str, *, after: str, wanted: Collection[Fate], most: int
) -> tuple[list[Outcome], str | None]:
    """`wanted`: those alone. In the order in which they rest; it stays the same."""
    shard, row = map(int, after.split("."))
    found: list[Outcome] = []
    while shard < SHARDS:
        records = await kept.records(roll, shard, row, _LOOKED_AT)
        rows = [row + place for place in fates.rows_in(records, wanted)][: most - len(found)]
        for one, recipient in zip(rows, await rolls.rows(roll, shard, rows), strict=True):
            start = (one - row) * WIDTH
            found.append(views.outcome(recipient, fates.read(records[start : start + WIDTH])))
        if len(found) == most:
            return found, f"{shard}.{rows[-1] + 1}"
        shard, row = (shard, row + _LOOKED_AT) if len(records) == _LOOKED_AT * WIDTH else (shard + 1, 0)
    return found, None


async def as_csv(rolls: Rolls, roll: str | None) -> AsyncIterator[bytes]:
    yield _lines([tuple(Outcome.model_fields)])
    waiting: list[Outcome] = []
    if roll is not None:
        async for _, recipient, record in rolls.everybody(roll):
            waiting.append(views.outcome(recipient, record))
            if len(waiting) == _LINES:
                yield _lines(map(_cells, waiting))
                waiting = []
    yield _lines(map(_cells, waiting))


async def faults(folder: Path, after: str, most: int) -> tuple[list[Fault], str | None]:
    try:
        return await asyncio.to_thread(_faults, folder / FAULTS, int(after), most)
    except FileNotFoundError:
        return [], None
    except msgspec.MsgspecError:
        wrong = {"loc": ("query", "after"), "msg": "not what «next» was in the answer before", "type": "cursor"}
        raise RequestValidationError([wrong]) from None


def _faults(file: Path, offset: int, most: int) -> tuple[list[Fault], str | None]:
    with file.open("rb") as lines:
        lines.seek(offset)
        found: list[Fault] = []
        while len(found) < most and (line := lines.readline()):
            found.append(_fault(line))
        return found, str(lines.tell()) if len(found) == most else None


def _cells(one: Outcome) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in one.model_dump(mode="json").values())


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
