"""A storm of messages, from one phone or from many, on the real program: nobody else waits for it, nothing is lost,
and a consent in the middle of it counts once."""

import asyncio
import os
import random
import re
import time
from asyncio import Queue, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
import pytest
from msgspec import Struct
from redis.asyncio import Redis

from dialogs.conversation import PER_MINUTE
from gateway.clock import ALMATY
from tests.faults.kannel import Gateway
from tests.faults.program import Program
from tests.faults.test_kill import free_port
from tests.faults.test_promises import iins
from tests.gateway.ministry import TOKEN, Ministry

STORM = int(os.environ.get("STORM", "1000"))
"""Messages; 10 000 by hand."""
RATE = 10_000 / 60
"""A second."""
SECRET = "secret-of-the-storm-test"
LINES = 64
"""Connections that the gateway brings them over."""
LOUD = "+77015550001"
PATIENCE = 120.0
SOON = 500
"""Messages of the storm that are taken meanwhile, at most, until an ordinary person is answered."""
ANOTHER = 0.1
"""Seconds between two ordinary people."""


class World(Struct):
    ministry: Ministry
    gateway: Gateway
    program: Program
    port: int
    folder: Path
    busy: int = 0
    """Messages that were asked to come again."""
    taken: int = 0
    """The others."""

    async def bring(self, messages: list[tuple[str, str, str]]) -> float:
        """All of them, phone, id and text; how many seconds it took."""
        waiting: Queue[tuple[str, str, str]] = Queue()
        for message in messages:
            waiting.put_nowait(message)
        begun = time.monotonic()
        await asyncio.gather(*(self._line(waiting, begun, len(messages)) for _ in range(min(LINES, len(messages)))))
        return time.monotonic() - begun

    async def _line(self, waiting: Queue[tuple[str, str, str]], begun: float, whole: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while not waiting.empty():
            message = waiting.get_nowait()
            await asyncio.sleep(begun + (whole - waiting.qsize() - 1) / RATE - time.monotonic())
            status = await self._told(reader, writer, message)
            if status == 503:
                self.busy += 1
                waiting.put_nowait(message)
                await asyncio.sleep(0.05)
            else:
                assert status == 200, status
                self.taken += 1
        writer.close()

    async def _told(self, reader: StreamReader, writer: StreamWriter, message: tuple[str, str, str]) -> int:
        phone, name, text = message
        fields = f"from={quote(phone)}&to=1414&text={quote(text)}&id={name}&ts=2026-11-21+12:00:00"
        writer.write(f"GET /sms/kannel/{SECRET}/mo?{fields} HTTP/1.1\r\nHost: kelisim\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        assert length is not None
        await reader.readexactly(int(length[1]))
        return int(head.split()[1])

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not there():
                self.program.check()
                await asyncio.sleep(0.005)

    async def answered(self, phone: str) -> None:
        await self.until(lambda: bool(self.gateway.received.get(phone)))

    async def figures(self) -> tuple[int, int, int]:
        """Kilobytes of the program and of Redis, and keys."""
        resident = self._memory()
        (socket,) = list(self.folder.rglob("*.sock"))
        async with Redis(unix_socket_path=str(socket)) as redis:
            used = (await redis.info("memory"))["used_memory"] // 1024
            return resident, used, await redis.dbsize()

    def _memory(self) -> int:
        status = Path(f"/proc/{self.program._pid}/status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+)", status)
        assert resident is not None
        return int(resident[1])


class Told(Struct, frozen=True):
    took: float
    behind: int
    """Messages that were taken while anybody else waited, at most."""
    text: str


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    port = free_port()
    async with Ministry() as ministry, Gateway(random.Random(1)) as gateway:
        settings = {
            "KELISIM_ESOBES_URL": ministry.url,
            "KELISIM_ESOBES_TOKEN": TOKEN,
            "KELISIM_QUIET_HOURS": "03:00-03:00",
        }
        async with Program(tmp_path, port, gateway.url, SECRET, **settings) as program:
            await program.start()
            await listening(port)
            yield World(ministry, gateway, program, port, tmp_path)


async def listening(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with httpx.AsyncClient(trust_env=False) as asking:
                    if (await asking.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200:
                        return
            except httpx.ConnectError:
                await asyncio.sleep(0.05)


async def offered(world: World, phone: str) -> str:
    """The code for consent."""
    event = {
        "id": "event-1",
        "type": "offer.opened",
        "at": datetime.now(ALMATY),
        "person": {
            "iin": next(iter(islice(iins(), 1))),
            "name": "Нұрғалиева Айгүл",
            "birth_date": date(1968, 4, 12),
            "language": "kk",
            "phones": [phone],
        },
        "offer": {"id": "O-1", "service": "technical_aids_hygiene", "kind": "proactive", "device": None},
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as esobes:
        url = f"http://127.0.0.1:{world.port}/esobes/events"
        assert (await esobes.post(url, content=msgspec.json.encode(event))).status_code == 202
    await world.answered(phone)
    code = re.search(r"\b(\d{3}) – келіс", world.gateway.texts[world.gateway.received[phone][0]])
    assert code is not None, world.gateway.texts
    return code[1]


async def ordinary(world: World, ended: asyncio.Event) -> list[tuple[float, int]]:
    """One person after the other writes once; how long each waited for the answer, and behind how many messages."""
    waited: list[tuple[float, int]] = []
    people: list[asyncio.Task[None]] = []

    async def one(number: int) -> None:
        phone, begun, before = f"+7702{number:07}", time.monotonic(), world.taken
        await world.bring([(phone, f"quiet-{number}", "сәлем")])
        await world.answered(phone)
        waited.append((time.monotonic() - begun, world.taken - before))

    while not ended.is_set():
        people.append(asyncio.create_task(one(len(people))))
        await asyncio.sleep(ANOTHER)
    await asyncio.gather(*people)
    return waited


async def storm(world: World, messages: list[tuple[str, str, str]]) -> Told:
    before = await world.figures()
    ended = asyncio.Event()
    others = asyncio.create_task(ordinary(world, ended))
    took = await world.bring(messages)
    ended.set()
    others_waited = await others
    waited = sorted(seconds for seconds, _ in others_waited)
    behind = max(messages for _, messages in others_waited)
    after = await world.figures()
    text = (
        f"{len(messages)} messages in {took:.1f} s, {len(messages) / took:.0f} a second, {world.busy} asked to come "
        f"again; {len(waited)} others waited {waited[len(waited) // 2] * 1000:.0f} ms in the median, "
        f"{waited[-1] * 1000:.0f} at most, behind {behind} messages; "
        f"program {before[0] // 1024} → {after[0] // 1024} MB, Redis {before[1]} → {after[1]} KB, "
        f"keys {before[2]} → {after[2]}"
    )
    return Told(took, behind, text)


async def test_one_phone_writes_without_end(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    code = await offered(world, LOUD)
    flood = [(LOUD, f"loud-{number}", f"сәлем {number}") for number in range(STORM)]
    flood.insert(STORM // 2, (LOUD, "consent", code))
    told = await storm(world, flood)
    await world.until(lambda: bool(world.ministry.taken))
    letters = world.gateway.received[LOUD]
    with capsys.disabled():
        print(f"\n{told.text}; {len(letters)} letters to the one who writes")
    answered = [one.path for one in world.ministry.taken]
    assert answered == ["/offers/O-1/answer"]
    assert msgspec.json.decode(world.ministry.taken[0].body)["code"] == code
    assert len(letters) <= (PER_MINUTE + 2) * (told.took // 60 + 2) + 5
    assert told.behind < SOON
    judge(world)
    assert "770155" not in (world.folder / "log").read_text()


async def test_many_phones_write_at_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    phones = [f"+7705{number:07}" for number in range(STORM)]
    told = await storm(world, [(phone, f"many-{phone[1:]}", "сәлем") for phone in phones])
    for phone in phones:
        await world.answered(phone)
    with capsys.disabled():
        print(f"\n{told.text}")
    assert all(len(world.gateway.received[phone]) == 1 for phone in phones)
    judge(world)
    assert "7705" not in (world.folder / "log").read_text()


def judge(world: World) -> None:
    assert all(len(starts) == 1 for starts in world.gateway.arrivals.values()), "a letter left twice"
