"""How long a day entered in the calendar takes to reach a hundred thousand open offers, and what a turn waits.

python -m bench.recount [how many]
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import uvloop

from bench import matters
from bench.contenders import LOCALES
from bench.pending import MONDAY, PAGE, Hand, Pending
from dialogs import dialogue, session, workdays
from dialogs.dialogue import Dialogue
from dialogs.duties.letters import Letters as DutyWording
from dialogs.entries import Entry, EntryKind
from dialogs.messages import Surface, Text
from dialogs.talk import Here
from gateway.connection import Batched, Client, close, connect
from gateway.embedded import Embedded
from gateway.matters.duties import Duties
from gateway.matters.store import MatterStore
from gateway.readers import Readers
from gateway.store import Store
from gateway.workdays.calendar import Calendar, Line
from gateway.workdays.looks import Looks
from gateway.workdays.open_deadlines import Law
from gateway.workdays.recount import Recount

OFF = Entry(kind=EntryKind.OFF, day=date(2026, 11, 25), source="an order")
EVERY = 0.01
"""Seconds between two turns."""
ALONE = 5.0
"""Seconds in which turns are taken and nothing else."""


class Turns:
    """Somebody writes every hundredth of a second."""

    def __init__(self, spoken: Dialogue, store: Store) -> None:
        self._spoken, self._store = spoken, store
        self.waits: list[float] = []

    async def during(self, work: Awaitable[None]) -> tuple[float, float, list[float]]:
        """Seconds of the clock and of our CPU, and milliseconds that each turn took from when it was due."""
        self.waits = []
        started, used = perf_counter(), process_time()
        task, turns, number = asyncio.ensure_future(work), set[asyncio.Task[None]](), 0
        while not task.done():
            number += 1
            due = started + number * EVERY
            await asyncio.sleep(max(0.0, due - perf_counter()))
            turn = asyncio.create_task(self._turn(number, due))
            turns.add(turn)
            turn.add_done_callback(turns.discard)
        await asyncio.gather(task, *turns)
        return perf_counter() - started, process_time() - used, self.waits

    async def _turn(self, number: int, due: float) -> None:
        await self._store.recall(f"sms:+7701{number % 1000:07}")
        self._spoken.answer(session.new("Zm9yYmVuY2g0"), Text("протез"), Here(MONDAY, Surface.SMS))
        self.waits.append((perf_counter() - due) * 1000)


async def fill(redis: Client, spoken: Dialogue, number: int) -> None:
    pending = Pending(matters.law(spoken))
    for first in range(0, number, PAGE):
        pipeline = redis.pipeline(transaction=False)
        numbers = range(first, min(first + PAGE, number))
        for command in (*pending.matters(numbers), *pending.wakeups(numbers)):
            pipeline.execute_command(*command)
        await pipeline.execute()


async def measure(number: int, folder: Path) -> None:
    spoken, clock = dialogue.load(LOCALES), Hand(MONDAY)
    async with Embedded(folder) as url:
        redis = connect(url)
        batched = Batched(redis)
        await fill(redis, spoken, number)
        gc.collect()
        gc.freeze()
        law = Law(matters.law(spoken), matters.terms(spoken))
        calendar = Calendar(batched, workdays.base(), spoken.guide.workdays)
        duties = Duties(
            store=MatterStore(batched),
            readers=Readers(Store(batched)),
            wording=DutyWording(spoken.guide.words, law.duties),
            rules=law.duties,
            ways=matters.WAYS,
            clock=clock,
            wake=_nobody,
            wake_relays=_nobody,
        )
        offers = matters.build(batched, spoken, law.offers, clock, _nobody)
        recount = Recount(batched, calendar, law, matters=offers, duties=duties, clock=clock, me="bench")
        looks, turns = Looks(batched, calendar, law, clock), Turns(spoken, Store(batched))
        line = Line(MONDAY, "bench", OFF)

        async def looked() -> None:
            look = await looks.begin(line)
            while not look.done:
                found = await looks.find(look.name, 1.0)
                assert found is not None
                look = found
            print(f"    would move {sum(row.number for row in look.rows):,} of {look.of:,}")

        _tell("nothing else", *await turns.during(asyncio.sleep(ALONE)))
        _tell("looking what it would change", *await turns.during(looked()))
        assert await calendar.add(line, calendar.version)
        _tell("counting anew", *await turns.during(recount.catch_up()))
        print(f"    moved {(await recount.progress()).moved:,}")
        _tell("once more", *await turns.during(_again(recount, calendar)))
        await close(redis)


async def _again(recount: Recount, calendar: Calendar) -> None:
    """Nothing is left to be moved."""
    entry = Entry(kind=EntryKind.OFF, day=date(2028, 3, 1), source="an order")
    assert await calendar.add(Line(MONDAY, "bench", entry), calendar.version)
    await recount.catch_up()


def _tell(what: str, wall: float, cpu: float, waits: list[float]) -> None:
    p99 = quantiles(waits, n=100)[98] if len(waits) > 100 else max(waits)
    print(
        f"{what}: {wall:.1f} s, {cpu:.1f} s of CPU; a turn took {median(waits):.1f} ms, "
        f"99 of 100 under {p99:.1f} ms, the longest {max(waits):.1f} ms",
        flush=True,
    )


def _nobody(_: int) -> None:
    """No outbox is at work."""


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        uvloop.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(folder)))
