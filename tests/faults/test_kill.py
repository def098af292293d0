"""The program is killed at random moments under a stream of messages: nobody is left without an answer."""

import asyncio
import os
import random
import signal
import socket
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from tests.faults.kannel import Gateway, Sender
from tests.faults.program import Program

KILLS = int(os.environ.get("KILLS", "200"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
SECRET = "secret-of-the-kill-test"
PEOPLE = 8
PACE = 0.03
AT_ONCE = 0.2
"""Seconds from an answer to its record; in fact a few thousandths, but the machine may be busy."""
TALK = ("сәлем", "1", "0")
"""What everybody writes. Each person writes only this and hands over to the next, so nobody writes too much."""


async def test_every_message_is_answered_though_the_program_is_killed_again_and_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nKILL_SEED={SEED}", flush=True)
    chance = random.Random(SEED)
    port = free_port()
    async with Gateway(chance) as gateway, Program(tmp_path, port, gateway.url, SECRET) as program:
        sender, enough = Sender(port, SECRET), asyncio.Event()
        people = [asyncio.create_task(write(sender, number, enough)) for number in range(PEOPLE)]
        for _ in range(KILLS):
            await program.start()
            await moment(chance, gateway, program)
            await program.end(signal.SIGKILL)
            if chance.random() < 0.1:
                await program.kill_redis()
        await program.start()
        enough.set()
        await all_answered(gateway, sender, people, program)
    with capsys.disabled():
        print(figures(gateway, sender, program))
    judge(gateway, sender, program)


async def write(sender: Sender, number: int, enough: asyncio.Event) -> None:
    """One person after the other."""
    person = 0
    while not enough.is_set():
        person += 1
        phone = f"+7701{number}{person:06}"
        for turn, text in enumerate(TALK):
            await sender.bring(phone, f"{phone[1:]}-{turn}", text)
            await asyncio.sleep(PACE)


async def moment(chance: random.Random, gateway: Gateway, program: Program) -> None:
    """A quarter of the kills falls somewhere in a start, the others somewhere in the work after it, which is
    measured in letters: so a slow machine gets as far as a fast one."""
    if chance.random() < 0.25:
        await asyncio.sleep(chance.uniform(0, 0.4))
        return
    letters = gateway.taken + chance.randrange(1, 60)
    while gateway.taken < letters:
        program.check()
        await asyncio.sleep(0.002)
    await asyncio.sleep(chance.uniform(0, 0.02))


async def all_answered(gateway: Gateway, sender: Sender, people: list[asyncio.Task[None]], program: Program) -> None:
    """Nobody writes any more, and what was written is answered."""
    async with asyncio.timeout(60):
        while not (all(one.done() for one in people) and sender.taken_letters() <= gateway.arrivals.keys()):
            program.check()
            await asyncio.sleep(0.05)


def figures(gateway: Gateway, sender: Sender, program: Program) -> str:
    answered = Counter(len(starts) for starts in gateway.arrivals.values())
    more = sum(answered.values()) - answered[1] - answered[2]
    known = unrecorded(gateway, program)
    return (
        f"messages {len(sender.taken)}, kills {KILLS}, brought again {sender.refused}, answered once {answered[1]}, "
        f"twice where the answer was lost {answered[2]}, again where it was lost again {more}, "
        f"lost {len(sender.taken) - len(gateway.arrivals)}\n"
        f"of the answers lost {len(known)} had left the gateway before the kill, "
        f"{median(known or [0]) * 1000:.1f} ms before it in the median, {max(known, default=0) * 1000:.0f} ms at most"
    )


def unrecorded(gateway: Gateway, program: Program) -> list[float]:
    """How long before the kill those answers left which the killed process had no time to record."""
    found = []
    for letter, starts in gateway.arrivals.items():
        for start in starts[:-1]:
            left = gateway.answered.get((letter, start))
            if left is not None and left < program.ended[start]:
                found.append(program.ended[start] - left)
    return found


def judge(gateway: Gateway, sender: Sender, program: Program) -> None:
    assert gateway.arrivals.keys() == sender.taken_letters(), "one answer to each message"
    for letter, starts in gateway.arrivals.items():
        # A process that lives knows the provider's answer. Only the next one may have to send again.
        assert starts == sorted(set(starts)), f"{letter} was sent twice by one process: {starts}"
    assert median(unrecorded(gateway, program) or [0]) < AT_ONCE, "answers that were known were not recorded"
    for phone, letters in gateway.received.items():
        assert letters == sorted(letters), f"{phone} got its answers out of order"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
