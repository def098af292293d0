"""The program is killed between a promise and its keeping: what people were promised comes, and comes once."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from msgspec import Struct

from dialogs.people import Iin, read_iin
from gateway.clock import ALMATY
from tests.faults.kannel import Gateway, Sender
from tests.faults.program import Program
from tests.faults.test_kill import free_port
from tests.gateway.ministry import TOKEN, Ministry, answer

KILLS = int(os.environ.get("PROMISE_KILLS", "12"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
SECRET = "secret-of-the-promise-test"
PEOPLE = 6
PATIENCE = 60.0
"""Seconds for what has to come."""
NAME = "Кресло-арба"
MOMENT = datetime(2026, 11, 20, 10, tzinfo=ALMATY)


class World(Struct, frozen=True):
    """Everybody whom the program speaks with."""

    ministry: Ministry
    gateway: Gateway
    program: Program
    sender: Sender
    chance: random.Random

    async def say(self, phone: str, *texts: str, begin: int = 0) -> None:
        """Each is answered before the next is sent."""
        for number, text in enumerate(texts, begin):
            name = f"{phone[1:]}-{number}"
            await self.sender.bring(phone, name, text)
            await self.until(partial(self.gateway.arrivals.__contains__, f"kannel:{name}:0"))

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not there():
                self.program.check()
                await asyncio.sleep(0.02)

    async def kill_again_and_again(self) -> None:
        """E-Sobes answers now and then, so that the work lasts longer than one life."""
        moods = asyncio.create_task(self.change_moods())
        for _ in range(KILLS):
            await asyncio.sleep(self.chance.uniform(0, 1.5))
            await self.program.end(signal.SIGKILL)
            if self.chance.random() < 0.1:
                await self.program.kill_redis()
            await self.program.start()
        moods.cancel()
        self.ministry.mischief = None

    async def change_moods(self) -> None:
        while True:
            self.ministry.mischief = unavailable if self.chance.random() < 0.7 else None
            await asyncio.sleep(self.chance.uniform(0, 0.3))

    def letters(self, phone: str, beginning: str) -> list[str]:
        return [one for one in self.gateway.received.get(phone, []) if one.startswith(beginning)]

    def judge(self, phones: Iterable[str], beginning: str) -> None:
        """One letter each; the same one comes again only from another process, which cannot know that it had left."""
        for phone in phones:
            (letter,) = self.letters(phone, beginning)
            starts = self.gateway.arrivals[letter]
            assert starts == sorted(set(starts)), f"{letter} was sent twice by one process: {starts}"


@asynccontextmanager
async def whole(folder: Path) -> AsyncIterator[World]:
    """The real program between its E-Sobes and its gateway, never at night."""
    chance, port = random.Random(SEED), free_port()
    async with Ministry() as ministry, Gateway(chance) as gateway:
        settings = {"KELISIM_ESOBES_URL": ministry.url, "KELISIM_ESOBES_TOKEN": TOKEN}
        settings["KELISIM_QUIET_HOURS"] = "03:00-03:00"
        async with Program(folder, port, gateway.url, SECRET, **settings) as program:
            await program.start()
            yield World(ministry, gateway, program, Sender(port, SECRET), chance)


@pytest.fixture
async def world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[World]:
    with capsys.disabled():
        print(f"\nKILL_SEED={SEED}", flush=True)
    async with whole(tmp_path) as world:
        yield world


async def unavailable(writer: asyncio.StreamWriter) -> None:
    writer.write(answer("503 Service Unavailable"))
    await writer.drain()


async def never(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def phones_of(people: int) -> list[str]:
    return [f"+770112345{number:02}" for number in range(people)]


def iins() -> Iterator[str]:
    """As they have to be."""
    for number in range(10**5):
        digits = f"6804124{number:05}"
        if isinstance(read_iin(digits, date(2026, 11, 21)), Iin):
            yield digits


def person(iin: str, phone: str) -> dict[str, object]:
    born = date(1968, 4, 12)
    shared = {"iin": iin, "name": "Нұрғалиева Айгүл", "birth_date": born, "language": "kk", "relation": "self"}
    return {**shared, "phones": [phone]}


def with_applications(ministry: Ministry, phones: list[str]) -> None:
    for iin, phone in zip(islice(iins(), PEOPLE), phones, strict=True):
        application = {
            "id": f"A-{iin}",
            "service": "special_transport_wheelchair",
            "iin": iin,
            "channel": "office",
            "submitted_at": MOMENT,
            "registered_on": MOMENT.date(),
            "stage": "under_review",
            "history": [{"stage": "registered", "at": MOMENT}],
        }
        ministry.known[f"/persons?phone=%2B{phone[1:]}"] = {"persons": [person(iin, phone)]}
        ministry.known[f"/persons/{iin}/applications"] = {"applications": [application]}


async def were_promised(world: World) -> list[str]:
    """While E-Sobes is away."""
    phones = phones_of(PEOPLE)
    world.ministry.mischief = unavailable
    await asyncio.gather(*(world.say(phone, "сәлем", "1", "статус") for phone in phones))
    with_applications(world.ministry, phones)
    return phones


async def test_a_promise_is_kept_by_the_program_that_comes_after_the_one_that_gave_it(world: World) -> None:
    phones = await were_promised(world)
    await world.program.end(signal.SIGKILL)
    await world.program.kill_redis()
    await world.program.start()
    await asyncio.sleep(world.chance.uniform(0, 3))
    assert not any(world.letters(phone, "kept:") for phone in phones)
    world.ministry.mischief = None
    await world.until(lambda: all(world.letters(phone, "kept:") for phone in phones))
    await world.program.end(signal.SIGTERM)
    for phone in phones:
        (letter,) = world.letters(phone, "kept:")
        assert NAME in world.gateway.texts[letter]
        assert len(world.gateway.arrivals[letter]) == 1


async def test_a_promise_is_kept_once_though_the_program_is_killed_while_it_keeps_it(world: World) -> None:
    phones = await were_promised(world)
    await world.kill_again_and_again()
    await world.until(lambda: all(world.letters(phone, "kept:") for phone in phones))
    await world.program.end(signal.SIGTERM)
    world.judge(phones, "kept:")


async def asked_for_codes(world: World) -> list[str]:
    """From phones that E-Sobes does not know, with IINs of persons whom it does: the phones of these."""
    askers = phones_of(PEOPLE)
    owners = [f"+770212345{number:02}" for number in range(PEOPLE)]
    world.ministry.known |= {f"/persons?phone=%2B{phone[1:]}": {"persons": []} for phone in askers}
    await asyncio.gather(*(world.say(phone, "сәлем", "1", "статус", "1") for phone in askers))
    world.ministry.mischief = never
    asked = dict(zip(owners, islice(iins(), PEOPLE), strict=True))
    sends = [world.say(phone, iin, begin=4) for phone, iin in zip(askers, asked.values(), strict=True)]
    await asyncio.gather(*sends)
    world.ministry.known |= {f"/persons/{iin}": {"person": person(iin, phone)} for phone, iin in asked.items()}
    await world.until(lambda: {f"/persons/{iin}" for iin in asked.values()} <= set(world.ministry.asked))
    return owners


async def test_a_code_that_was_asked_for_before_a_kill_comes_once(world: World, tmp_path: Path) -> None:
    owners = await asked_for_codes(world)
    await world.program.end(signal.SIGKILL)
    world.ministry.mischief = None
    await world.program.start()
    await world.until(lambda: all(world.letters(phone, "code:") for phone in owners))
    await world.program.end(signal.SIGTERM)
    log = (tmp_path / "log").read_text()
    for phone in owners:
        (letter,) = world.letters(phone, "code:")
        assert len(world.gateway.arrivals[letter]) == 1
        assert world.gateway.texts[letter].partition(" ")[0] not in log


async def test_no_second_code_comes_though_the_program_is_killed_while_it_sends_the_first(world: World) -> None:
    owners = await asked_for_codes(world)
    await world.kill_again_and_again()
    await world.until(lambda: all(world.letters(phone, "code:") for phone in owners))
    await world.program.end(signal.SIGTERM)
    world.judge(owners, "code:")
