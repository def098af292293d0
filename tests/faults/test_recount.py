"""The program is killed while it counts what is open by another calendar: in the end all have the new last day."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import structs

from dialogs import workdays
from dialogs.entries import Entry, EntryKind
from dialogs.matters import steps
from dialogs.matters.matter import Kind, Matter
from dialogs.matters.steps import Asked
from dialogs.matters.window import last_day
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.matters.store import home_of
from gateway.store import SHARDS, tag
from gateway.workdays.calendar import KEY, Line
from gateway.workdays.recount import KEY as PROGRESS
from gateway.workdays.recount import MOVED
from tests.faults.test_kill import free_port
from tests.gateway.affairs import AIGUL, PHONE, law

HERE = Path(__file__).parents[2]
KILLS = int(os.environ.get("RECOUNT_KILLS", "2"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
OPEN = 2000


async def test_everybody_has_the_new_last_day_though_the_program_is_killed(
    tmp_path: Path, redis_url: str, redis: Client, batched: Batched
) -> None:
    chance, now = random.Random(SEED), Clock().now()
    days = workdays.load()
    await asyncio.gather(*(batched(*command) for command in stock(now)))
    off = days.add(now.date(), 2)
    told, new = days.add(now.date(), 3), days.add(now.date(), 4)
    entry = Entry(kind=EntryKind.OFF, day=off, source="an order")
    await batched("XADD", KEY, "*", "line", msgspec.json.encode(Line(now, "saule", entry)))
    port = 0
    for kill in range(KILLS + 1):
        if kill % 2 == 0:  # it goes on as the same one at once, and as another when nobody is at it any more
            port = free_port()
        program = await start(tmp_path, redis_url, port)
        try:
            last = kill == KILLS
            await until(batched, OPEN if last else chance.randrange(OPEN * kill // KILLS, OPEN * (kill + 1) // KILLS))
        finally:
            program.send_signal(signal.SIGTERM if last else signal.SIGKILL)
            await program.wait()
    found = [matter async for matter in everybody(batched)]
    assert len(found) == OPEN
    assert {last_day(matter.closes) for matter in found} == {new}, f"KILL_SEED={SEED}: told was {told}"
    assert {matter.state for matter in found} == {"asked"}
    moved = await batched("HVALS", MOVED)
    assert OPEN - 200 * KILLS <= sum(map(int, moved)) <= OPEN
    assert await batched("XLEN", f"{tag(home_of(AIGUL.iin))}:outbox") == 0, "nobody is told of a day more"


def stock(now: datetime) -> Iterator[tuple[str | bytes, ...]]:
    """Offers that were all asked now, as they rest in Redis."""
    rules = law(workdays.load(), quiet=None)
    for number in range(OPEN):
        person = structs.replace(AIGUL, iin=f"6804{number:08}")
        asked = Asked(
            f"O-{number}", Kind.PROACTIVE, "special_transport_wheelchair", None, person, (PHONE,), None, None
        )
        matter = steps.opened(asked, ("472", "815"), now, rules).matter
        assert matter.wake is not None
        home = tag(home_of(person.iin))
        yield "SET", f"{home}:matter:{matter.id}", msgspec.json.encode(matter)
        yield "ZADD", f"{home}:wakeups", repr(matter.wake.timestamp()), matter.id


async def start(folder: Path, redis_url: str, port: int) -> asyncio.subprocess.Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KELISIM_")}
    settings = {
        "KELISIM_REDIS_URL": redis_url,
        "KELISIM_DATA_DIR": str(folder),
        "KELISIM_HTTP_PORT": str(port),
        "KELISIM_LOG": "warning",
        "KELISIM_SANDBOX": "0",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=HERE, env=kept | settings, stdout=asyncio.subprocess.DEVNULL
    )


async def until(batched: Batched, looked: int) -> None:
    """So many have been looked at; all: it is done."""
    async with asyncio.timeout(60):
        while True:
            seen, shard = await batched("HMGET", PROGRESS, "looked", "shard")
            if int(shard or 0) == SHARDS if looked == OPEN else int(seen or 0) > looked:
                return
            await asyncio.sleep(0.002)


async def everybody(batched: Batched) -> AsyncIterator[Matter]:
    for shard in range(SHARDS):
        names = await batched("ZRANGE", f"{tag(shard)}:wakeups", 0, -1)
        for stored in await asyncio.gather(
            *(batched("GET", f"{tag(shard)}:matter:{name.decode()}") for name in names)
        ):
            yield msgspec.json.decode(stored, type=Matter)
