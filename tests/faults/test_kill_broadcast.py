"""A broadcast is paused, the program and its Redis are killed again and again, people opt out in the middle, and in
the end it is cancelled: nobody gets it twice, and everybody is counted."""

import asyncio
import os
import random
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest
from msgspec import structs

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from gateway.broadcasts.broadcast import Audience, Broadcast
from gateway.broadcasts.fates import Fate
from gateway.broadcasts.rolls import CHUNK, Counts, Recipient, Rolls
from gateway.broadcasts.store import BroadcastStore
from gateway.clock import ALMATY
from gateway.connection import Batched, RedisAwayError, close, connect
from gateway.embedded import Embedded
from gateway.store import SHARDS, shard_number
from tests.faults.kannel import Sender
from tests.faults.operator import Operator
from tests.faults.program import Program
from tests.faults.test_kill import free_port

PEOPLE = int(os.environ.get("BROADCAST", "4000"))
KILLS = int(os.environ.get("BROADCAST_KILLS", "6"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
SECRET = "secret-of-the-broadcast-test"
NAME, ROLL = "b0", "b0.1"
PATIENCE = 300.0
AT_ONCE = 100
"""Letters of a broadcast under way."""
SETTINGS = {
    "KELISIM_SMS_BROADCAST_RATE": "1000",
    "KELISIM_SMS_UNCLEAR_WAIT": "5",
    "KELISIM_QUIET_HOURS": "00:00-00:00",
    "KELISIM_KANNEL_PRICE": "10",
}


class Eye:
    """Looks at the program's own Redis from outside, and does there what staff would do."""

    def __init__(self, url: str) -> None:
        self._client = connect(url)
        redis = Batched(self._client)
        self.store, self.rolls = BroadcastStore(redis), Rolls(redis)

    async def aclose(self) -> None:
        await close(self._client)

    async def begin(self, people: Sequence[Recipient]) -> None:
        for number in range(SHARDS):
            there = [one for one in people if shard_number(f"sms:{one.phone}") == number]
            for chunk, first in enumerate(range(0, len(there), CHUNK)):
                await self.rolls.add(ROLL, number, chunk, there[first : first + CHUNK])
        now = datetime.now(ALMATY)
        audience = Audience(
            roll=ROLL,
            name="list.csv",
            columns=("Аты",),
            read=PEOPLE,
            recipients=PEOPLE,
            faulty=0,
            duplicates=0,
            by="aigul",
            at=now,
        )
        texts = Texts("Сәлем, {Аты}", "Привет, {Аты}")
        assert await self.store.add(
            Broadcast(
                id=NAME, title="", author="aigul", made=now, state=State.SCHEDULED, texts=texts, audience=audience
            )
        )

    async def step(self, state: State) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(RedisAwayError):
                    await self.store.change(NAME, lambda known: structs.replace(known, state=state))
                    return
                await asyncio.sleep(0.05)

    async def counts(self) -> Counts | None:
        with suppress(RedisAwayError):
            return await self.rolls.counts(ROLL)
        return None

    async def settled(self, program: Program) -> Counts:
        async with asyncio.timeout(PATIENCE):
            while True:
                program.check()
                with suppress(RedisAwayError):
                    if (await self.store.load(NAME)).settled:
                        return await self.rolls.counts(ROLL)
                await asyncio.sleep(0.1)


async def test_nobody_gets_it_twice_and_everybody_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nKILL_SEED={SEED}", flush=True)
    chance, port, began = random.Random(SEED), free_port(), monotonic()
    people = [Recipient(row + 2, f"+7701{row:07}", None, (f"Адам {row}",)) for row in range(PEOPLE)]
    async with (
        Operator(chance, "Адам") as operator,
        Program(tmp_path, port, operator.url, SECRET, **SETTINGS) as program,
    ):
        async with Embedded(tmp_path / "var") as url:
            eye = Eye(url)
            await eye.begin(people)
            await eye.aclose()
        eye = Eye(url)
        stopped: set[str] = set()
        await program.start()
        for kill in range(KILLS):
            await reached(operator, PEOPLE * (kill + 1) // (KILLS + 3), program)
            await asyncio.sleep(chance.uniform(0, 0.1))
            match kill % 3:
                case 0:
                    await program.end(signal.SIGKILL)
                case 1:
                    await program.kill_redis()
                case 2:
                    await program.end(signal.SIGKILL)
                    await program.kill_redis()
            if kill % 3 != 1:
                await program.start()
            if kill == KILLS // 2:
                await pause(eye, operator, program)
                stopped = await stop(operator, port)
        await reached(operator, PEOPLE * 9 // 10, program)
        await eye.step(State.CANCELLED)
        found = await eye.settled(program)
        await operator.told()
        final = await eye.rolls.counts(ROLL)
        await eye.aclose()
    judge(operator, found, final, stopped)
    with capsys.disabled():
        fates = ", ".join(f"{fate.name.lower()} {number}" for fate, number in final.by_fate.items())
        print(f"{PEOPLE} people, {KILLS} kills, {monotonic() - began:.0f} s: {fates}")


def judge(operator: Operator, found: Counts, final: Counts, stopped: set[str]) -> None:
    assert max(operator.phones.values()) == 1, "somebody got it twice"
    assert found.all == final.all == PEOPLE
    # What was under way when it was cancelled, and of which nobody could tell whether the operator has it.
    assert set(final.by_fate) <= {Fate.ACCEPTED, Fate.DELIVERED, Fate.OPTED_OUT, Fate.CANCELLED, Fate.UNKNOWN}
    assert final[Fate.UNKNOWN] <= AT_ONCE * KILLS
    assert final[Fate.ACCEPTED] + final[Fate.DELIVERED] == len(operator.phones) == final.by_sms == final.parts["k"]
    assert not final.parts.keys() - {"k"}
    assert 0 < final[Fate.OPTED_OUT] <= len(stopped - operator.phones.keys())
    assert final[Fate.CANCELLED] > 0


async def reached(operator: Operator, letters: int, program: Program) -> None:
    async with asyncio.timeout(PATIENCE):
        while operator.taken < letters:
            program.check()
            await asyncio.sleep(0.005)


async def pause(eye: Eye, operator: Operator, program: Program) -> None:
    """Nothing leaves while it is paused, once what was under way is there."""
    await eye.step(State.PAUSED)
    await until(eye, lambda counts: not counts[Fate.QUEUED] and counts[Fate.LEAVING] <= AT_ONCE * KILLS, program)
    before = -1
    while before != operator.taken:  # what was under way comes to its end; of what died with a process nobody knows
        before = operator.taken
        await asyncio.sleep(1.5)
    await asyncio.sleep(1.5)  # a whole look of the program's own clock
    assert operator.taken == before
    await eye.step(State.RUNNING)


async def until(eye: Eye, reached_: Callable[[Counts], bool], program: Program) -> None:
    async with asyncio.timeout(PATIENCE):
        while (counts := await eye.counts()) is None or not reached_(counts):
            program.check()
            await asyncio.sleep(0.05)


async def stop(operator: Operator, port: int) -> set[str]:
    """Some of those who have not got it yet write that they want nothing of the kind."""
    sender = Sender(port, SECRET)
    phones = [f"+7701{row:07}" for row in range(0, PEOPLE, PEOPLE // 100)]
    waiting = [phone for phone in phones if phone not in operator.phones]
    await asyncio.gather(*(sender.bring(phone, phone[1:], "СТОП") for phone in waiting))
    return set(waiting)
