"""The program is killed again and again while both of its routes misbehave: everybody is answered, and no SMS is ever
taken by two routes."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.sms import smsc
from tests.faults.kannel import Sender
from tests.faults.program import Program
from tests.faults.test_kill import free_port
from tests.gateway.sms import kannel_double, smsc_double
from tests.gateway.sms.double import Double, Fault
from tests.gateway.sms.kannel_double import KannelDouble
from tests.gateway.sms.smsc_double import SmscDouble

KILLS = int(os.environ.get("ROUTE_KILLS", "6"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
SECRET = "secret-of-the-route-test"
PEOPLE = 8
SLOWEST = 0.03
PATIENCE = 60.0
MOODS = (
    *[None] * 20,
    Fault.SILENT,
    Fault.TAKEN_SILENT,
    Fault.HALF,
    Fault.E502,
    (Fault.E502, False),
    *[Fault.E503] * 10,
    Fault.PAGE,
)


async def test_no_sms_is_taken_by_two_routes_though_the_program_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nKILL_SEED={SEED}", flush=True)
    chance, port = random.Random(SEED), free_port()
    kannel = KannelDouble(f"http://127.0.0.1:{port}/sms/kannel/{SECRET}/dlr")
    async with (
        kannel,
        SmscDouble() as there,
        Program(tmp_path, port, kannel.url, SECRET, **settings(there)) as program,
    ):
        for double in (kannel, there):
            moody(double, chance)
        sender, enough = Sender(port, SECRET), asyncio.Event()
        people = [asyncio.create_task(write(sender, number, enough)) for number in range(PEOPLE)]
        for _ in range(KILLS):
            await program.start()
            await moment(chance, lambda: len(kannel.letters) + len(there.letters), program)
            await program.end(signal.SIGKILL)
        await program.start()
        enough.set()
        phones = {phone for written in await asyncio.gather(*people) for phone in written}
        for double in (kannel, there):
            double.faults.clear()
        async with asyncio.timeout(PATIENCE):
            while not phones <= {phone for _, phone, _ in (*kannel.letters, *there.letters)}:
                program.check()
                await asyncio.sleep(0.05)
    by_kannel = Counter(smsc.name(name) for name, _, _ in kannel.letters)
    by_smsc = Counter(name for name, _, _ in there.letters)
    with capsys.disabled():
        print(
            f"messages {len(phones)}, kills {KILLS}; by Kannel {len(by_kannel)}, of them again "
            f"{sum(times > 1 for times in by_kannel.values())}; by smsc {len(by_smsc)}"
        )
    assert not by_kannel.keys() & by_smsc.keys()
    assert set(by_smsc.values()) <= {1}, "smsc can be asked, so nothing is sent there twice"
    assert by_kannel
    assert by_smsc


async def moment(chance: random.Random, taken: Callable[[], int], program: Program) -> None:
    """A quarter of the kills falls somewhere in a start, the others somewhere in the work after it."""
    if chance.random() < 0.25:
        await asyncio.sleep(chance.uniform(0, 0.4))
        return
    letters = taken() + chance.randrange(1, 30)
    while taken() < letters:
        program.check()
        await asyncio.sleep(0.002)
    await asyncio.sleep(chance.uniform(0, 0.02))


def settings(there: SmscDouble) -> dict[str, str]:
    return {
        "KELISIM_SMS_ROUTES": "kannel,smsc",
        "KELISIM_SMS_UNCLEAR_WAIT": "1",
        "KELISIM_KANNEL_USERNAME": kannel_double.USERNAME,
        "KELISIM_KANNEL_PASSWORD": kannel_double.PASSWORD,
        "KELISIM_SMSC_URL": there.url,
        "KELISIM_SMSC_LOGIN": smsc_double.LOGIN,
        "KELISIM_SMSC_PASSWORD": smsc_double.PASSWORD,
        "KELISIM_SMSC_SENDER": "ESOBES",
        "KELISIM_SMSC_SECRET": SECRET,
    }


def moody(double: Double, chance: random.Random) -> None:
    double.faults += [chance.choice(MOODS) for _ in range(10_000)]

    async def takes_its_time() -> None:
        if chance.random() < 0.5:
            await asyncio.sleep(chance.uniform(0, SLOWEST))

    double.meanwhile = takes_its_time


async def write(sender: Sender, number: int, enough: asyncio.Event) -> list[str]:
    """One person after the other, one message each."""
    phones: list[str] = []
    while not enough.is_set():
        phones.append(f"+7701{number}{len(phones):06}")
        await sender.bring(phones[-1], phones[-1][1:], "сәлем")
        await asyncio.sleep(0.05)
    return phones
