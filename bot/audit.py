"""For staff: what may be a misuse, in the order in which it happened. Nobody is named in it: a talk has a random
name, a person the same short one in every line."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from bot.redis import open_redis
from bot.settings import Settings
from gateway.clock import ALMATY
from gateway.matters import audit
from gateway.store import AuditLine

_HEADINGS = ("when", "what", "surface", "ref", "about")


def show(settings: Settings, since: date | None) -> int:
    print("\n".join(asyncio.run(told(settings, since))))
    return 0


async def told(settings: Settings, since: date | None = None) -> list[str]:
    async with open_redis(settings) as redis:
        start = None if since is None else datetime.combine(since, time(), ALMATY)
        lines = await audit.read(redis, start)
    return list(_table([_HEADINGS, *map(_row, lines)])) if lines else ["nothing is in the audit"]


def _row(line: AuditLine) -> tuple[str, ...]:
    at = datetime.fromtimestamp(line.at, ALMATY)
    return f"{at:%d.%m.%Y %H:%M:%S}", line.what, line.surface, line.ref or "-", line.about or "-"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
