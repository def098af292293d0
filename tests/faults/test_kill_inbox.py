"""The program and its Redis are killed while people write to a specialist and one answers: what each has written
stands in their case once, in its order, and each answer leaves once from each process that may have to send it."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from dialogs import words
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError, close, connect
from gateway.embedded import Embedded
from gateway.inbox.case import Kind, RefusedError, State
from gateway.inbox.inbox import Inbox
from tests.conftest import LOCALES
from tests.faults.kannel import Gateway, Sender
from tests.faults.program import Program
from tests.faults.test_kill import free_port

KILLS = int(os.environ.get("INBOX_KILLS", "12"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
SECRET = "secret-of-the-inbox-test"
PEOPLE, MESSAGES = 8, 16
"""Nobody writes so fast that they are asked to slow down."""
PATIENCE = 60.0
T = TypeVar("T")


class Specialist:
    """Works in the program's own Redis, as the console does, and comes again whenever it is away."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self._client = connect(url)
        nothing: Callable[[int], None] = lambda _: None  # noqa: E731
        self.inbox = Inbox(Batched(self._client), words.load(LOCALES), Clock(), wake=nothing, wake_errands=nothing)
        self.answered: set[str] = set()
        self._chance = chance

    async def aclose(self) -> None:
        await close(self._client)

    async def surely(self, act: Callable[[], Awaitable[T]]) -> T:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await act()
                except RedisAwayError:
                    await asyncio.sleep(0.05)

    async def work(self) -> None:
        """Takes everybody, and answers each of them now and then, each form sent off twice."""
        number = 0
        while True:
            for case in (await self.surely(lambda: self.inbox.queue(State.WAITING, 50))).cases:
                await self.surely(lambda name=case.id: self.inbox.take(name, "dana", f"take-{name}", here))  # type: ignore[misc]
            for case in (await self.surely(lambda: self.inbox.queue(State.TAKEN, 50))).cases:
                number += 1
                for _ in range(2):
                    await self.surely(lambda name=case.id, mark=f"form-{number}": self.answer(name, mark))  # type: ignore[misc]
            await asyncio.sleep(self._chance.uniform(0.1, 0.6))

    async def answer(self, name: str, mark: str) -> None:
        try:
            await self.inbox.answer(name, "dana", mark, f"Жауап {mark}")
        except RefusedError:
            return
        self.answered.add(f"inbox:{mark}")


async def here(_: str) -> bool:
    return True


async def test_what_is_written_and_what_is_answered_is_there_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nKILL_SEED={SEED}", flush=True)
    chance, port = random.Random(SEED), free_port()
    phones = [f"+770112345{number:02}" for number in range(PEOPLE)]
    async with (
        Gateway(chance) as gateway,
        Program(tmp_path, port, gateway.url, SECRET, KELISIM_INBOX="1") as program,
    ):
        await program.start()
        sender = Sender(port, SECRET)
        people = [asyncio.create_task(write(sender, phone, chance)) for phone in phones]
        specialist = Specialist(Embedded(tmp_path / "var").url, chance)
        work = asyncio.create_task(specialist.work())
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.1, 1.5))
            await program.end(signal.SIGKILL)
            if chance.random() < 0.4:
                await program.kill_redis()
            await program.start()
        await asyncio.wait_for(asyncio.gather(*people), PATIENCE)
        await all_there(specialist, phones)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await all_sent(specialist, gateway, program)
        for phone in phones:
            await judge(specialist, phone)
        for letter in specialist.answered:
            starts = gateway.arrivals[letter]
            assert starts == sorted(set(starts)), f"{letter} was sent twice by one process: {starts}"
        await specialist.aclose()
    with capsys.disabled():
        print(f"kills {KILLS}, messages {PEOPLE * MESSAGES}, answers {len(specialist.answered)}, lost 0, twice 0")


async def write(sender: Sender, phone: str, chance: random.Random) -> None:
    for number, text in enumerate(("қаз", "маманға", *(f"Сөз {number}" for number in range(MESSAGES)))):
        await sender.bring(phone, f"{phone[1:]}-{number}", text)
        await asyncio.sleep(chance.uniform(0, 1.0))


async def said(specialist: Specialist, phone: str) -> list[str]:
    lines = await specialist.surely(lambda: specialist.inbox.desk.lines(f"sms:{phone}", 500))
    return [line.text for line in lines if line.kind is Kind.SAID]


async def all_there(specialist: Specialist, phones: list[str]) -> None:
    async with asyncio.timeout(PATIENCE):
        missing = set(phones)
        while missing:
            missing = {phone for phone in missing if len(await said(specialist, phone)) < MESSAGES}
            await asyncio.sleep(0.1)


async def all_sent(specialist: Specialist, gateway: Gateway, program: Program) -> None:
    async with asyncio.timeout(PATIENCE):
        while not specialist.answered <= gateway.arrivals.keys():
            program.check()
            await asyncio.sleep(0.1)


async def judge(specialist: Specialist, phone: str) -> None:
    assert await said(specialist, phone) == [f"Сөз {number}" for number in range(MESSAGES)]
    lines = await specialist.surely(lambda: specialist.inbox.desk.lines(f"sms:{phone}", 500))
    letters = [line.letter for line in lines if line.kind is Kind.ANSWER]
    assert len(letters) == len(set(letters))
    assert [line.kind for line in lines].count(Kind.TAKEN) == 1
