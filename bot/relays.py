"""For staff: what waits for E-Sobes and since when, and what it refused and why."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.errors import StartError
from bot.redis import open_redis
from bot.settings import Settings
from gateway.clock import Clock
from gateway.esobes.relays import Backlog, Queue, Refusal

ALL = "all"


def show(settings: Settings) -> int:
    print("\n".join(asyncio.run(told(settings))))
    return 0


def again(settings: Settings, relays: Sequence[str]) -> int:
    """Those of them that were refused wait for E-Sobes again."""
    missing = asyncio.run(put_back(settings, relays))
    if missing:
        raise StartError(f"nothing called {', '.join(f'«{relay}»' for relay in missing)} was refused by E-Sobes")
    return 0


async def told(settings: Settings) -> list[str]:
    async with open_redis(settings) as redis:
        backlog = Backlog(redis, Clock())
        return [*_waiting(await backlog.waiting()), *_refused(await backlog.refused())]


async def put_back(settings: Settings, relays: Sequence[str]) -> list[str]:
    async with open_redis(settings) as redis:
        backlog = Backlog(redis, Clock())
        if ALL in relays:
            relays = [refusal.letter.id for refusal in await backlog.refused()]
        missing = []
        for relay in relays:
            if await backlog.again(relay):
                print(f"{relay} waits for E-Sobes again")
            else:
                missing.append(relay)
        return missing


def _waiting(queue: Queue) -> Iterator[str]:
    if not queue.count:
        yield "nothing waits for E-Sobes"
        return
    since = f", the first since {_at(queue.first[0].since)}" if queue.first else ""
    yield f"waiting for E-Sobes: {queue.count}{since}"
    yield from _table((one.relay, f"since {_at(one.since)}") for one in queue.first)
    if (more := queue.count - len(queue.first)) > 0:
        yield f"    and {more} more"


def _refused(refusals: Sequence[Refusal]) -> Iterator[str]:
    if not refusals:
        yield "nothing was refused"
        return
    yield f"refused by E-Sobes: {len(refusals)}; to send again: python -m bot relays --again ID, or {ALL}"
    yield from _table((refusal.letter.id, f"{_at(refusal.at)}  {_why(refusal)}") for refusal in refusals)


def _why(refusal: Refusal) -> str:
    held = f", it holds «{refusal.held}»" if refusal.held else ""
    return f"{refusal.status}{held}" + (f": {' '.join(refusal.reason.split())}" if refusal.reason else "")


def _table(rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    lines = list(rows)
    width = max(len(name) for name, _ in lines) if lines else 0
    return (f"    {name:{width}}  {told}" for name, told in lines)


def _at(moment: datetime) -> str:
    return f"{moment:%d.%m.%Y %H:%M}"
