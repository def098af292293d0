"""The same code on a Redis Cluster of three: every commit stays within one slot, and letters leave from all."""

import asyncio
import contextlib
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisError

from dialogs import dialogue as dialogues
from dialogs import workdays
from dialogs.dialogue import Dialogue
from dialogs.entries import Entry, EntryKind
from dialogs.matters.letters import key
from dialogs.messages import Text
from gateway.channels import Inbound, Letter, Outcome, Sent
from gateway.clock import Clock
from gateway.connection import Batched, RedisUnfitError, check, connect
from gateway.embedded import binary
from gateway.matters.store import home_of
from gateway.outbox.outbox import Outbox
from gateway.staff.accounts import Accounts
from gateway.staff.codes import Codes
from gateway.staff.deeds import Deeds
from gateway.staff.deeds_search import Asked, Search
from gateway.staff.lockout import Lockout
from gateway.staff.sessions import Sessions
from gateway.staff.signing import In, Signing, Wrong
from gateway.store import Store, shard_number
from gateway.workdays.calendar import Calendar, Line
from gateway.workdays.looks import Looks
from gateway.workdays.open_deadlines import Law
from gateway.workdays.recount import Recount
from tests.conftest import LOCALES
from tests.gateway.affairs import AIGUL, FRIDAY, Hands, law, offers, opened, put_together, withdrawn
from tests.gateway.staff.people import PASSWORD, held
from tests.gateway.talk import Counting
from tests.gateway.talk import receiver as receiver_of

SLOTS = 16384


def two_free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


Ports = list[tuple[int, int]]
"""One for commands and one for the other nodes, per node."""


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Ports]:
    running, ports = [], []
    for number in range(3):
        port, bus = two_free_ports()
        folder = tmp_path / str(number)
        folder.mkdir()
        flags = f"--port {port} --cluster-enabled yes --cluster-port {bus} --bind 127.0.0.1 --dir {folder}"
        more = "--appendonly yes --maxmemory-policy noeviction --save"
        running.append(subprocess.Popen([binary(), *flags.split(), *more.split(), ""], stdout=subprocess.DEVNULL))
        ports.append((port, bus))
    yield ports
    for node in running:
        node.kill()
        node.wait()


async def join(ports: Ports) -> None:
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Redis(port=port, protocol=2)) for port, _ in ports]
        for number, client in enumerate(clients):
            await until_it_answers(client)
            first, last = SLOTS * number // 3, SLOTS * (number + 1) // 3 - 1
            await told(client, "ADDSLOTSRANGE", first, last)
            await told(client, "MEET", "127.0.0.1", *ports[0])
        async with asyncio.timeout(60):
            for client in clients:
                while (await told(client, "INFO"))["cluster_state"] != "ok":  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)


async def told(client: Redis, *words: str | int) -> Any:
    return await client.execute_command(f"CLUSTER {words[0]}", *words[1:])  # type: ignore[no-untyped-call]


async def until_it_answers(client: Redis) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await client.ping()
            except (RedisError, OSError):
                await asyncio.sleep(0.02)
            else:
                return


class Book:
    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    async def send(self, letter: Letter) -> Outcome:
        self.texts.append((letter.address, letter.text))
        return Sent()


async def test_one_unfit_node_is_enough_to_refuse_a_cluster(nodes: Ports) -> None:
    await join(nodes)
    async with Redis(port=nodes[2][0], protocol=2) as node:
        await node.config_set("appendonly", "no")
    redis = connect(f"redis+cluster://127.0.0.1:{nodes[0][0]}")
    with pytest.raises(RedisUnfitError, match="appendonly yes"):
        await check(redis)
    await redis.aclose()


async def test_messages_are_answered_and_letters_leave_on_a_cluster(nodes: Ports, dialogue: Dialogue) -> None:
    await join(nodes)
    redis = connect(f"redis+cluster://127.0.0.1:{nodes[0][0]}")
    assert isinstance(redis, RedisCluster)
    await check(redis)
    batched, book, clock = Batched(redis), Book(), Clock()
    outbox = Outbox(batched, {"sms": book}, clock, "main")
    receiver = receiver_of(Store(batched), Counting(), offers(batched, dialogue, clock), clock, outbox.wake)
    people = [f"sms:+770112345{number:02}" for number in range(60)]
    assert len({shard_number(person) for person in people}) == 16
    for turn in range(2):
        messages = [Inbound(f"{person}-{turn}", person, Text("hello")) for person in people]
        await asyncio.gather(*(receiver.receive(message) for message in messages * 2))
    run = asyncio.create_task(outbox.run())
    await outbox.drained()
    assert sorted(book.texts) == sorted((person, f"message {turn}") for person in people for turn in (1, 2))
    outbox.stop()
    await run
    await redis.aclose()


async def test_staff_sign_in_on_a_cluster_and_what_they_do_is_found(nodes: Ports) -> None:
    await join(nodes)
    redis = connect(f"redis+cluster://127.0.0.1:{nodes[0][0]}")
    batched = Batched(redis)
    accounts, deeds = Accounts(batched), Deeds(batched, "a-secret", Clock())
    sessions = Sessions(batched, accounts)
    signing = Signing(accounts, sessions, Lockout(batched), Codes(batched), deeds)
    await accounts.add(held("aigul", password=await signing.passwords.hash(PASSWORD)))
    assert isinstance(await signing.by_password("aigul", "wrong", "192.0.2.1", ""), Wrong)
    entered = await signing.by_password("aigul", PASSWORD, "192.0.2.1", "")
    assert isinstance(entered, In)
    assert await sessions.find(entered.token)
    assert len(await sessions.of("aigul")) == 1
    await deeds.note("aigul", "person.seen", about=AIGUL.iin)
    search = Search(batched, by_ids=True)
    assert len((await search.page(Asked(mark=deeds.mark(AIGUL.iin)))).deeds) == 1
    assert len((await search.page(Asked())).deeds) == 3
    assert await sessions.end_all("aigul") == 1
    await redis.aclose()


async def test_offers_live_on_a_cluster(nodes: Ports, dialogue: Dialogue) -> None:
    """Persons, phones and chats in all shards: opened, answered, taken back, closed by silence, withdrawn."""
    await join(nodes)
    redis = connect(f"redis+cluster://127.0.0.1:{nodes[0][0]}")
    async with put_together(redis, dialogue, Hands()) as affairs:
        people = [structs.replace(AIGUL, iin=f"6804124{number:05}") for number in range(40)]
        phones = {person.iin: (f"+7701{person.iin[-7:]}", f"+7702{person.iin[-7:]}") for person in people}
        assert len({home_of(person.iin) for person in people}) == 16
        for person in people:
            one, other = phones[person.iin]
            await affairs.link(f"chat:{person.iin}", one)
            await affairs.matters.told(opened(f"O-{person.iin}", person=person, phones=(one, other)))
        for number, person in enumerate(people):
            matter = await affairs.matter(f"O-{person.iin}", person)
            one, other = phones[person.iin]
            if number % 4 == 0:
                await affairs.sms(matter.yes, other)
            elif number % 4 == 1:
                await affairs.press(f"offer:{key(matter.id)}:no", f"chat:{person.iin}")
            elif number % 4 == 2:
                await affairs.sms("не мой номер", one)
                await affairs.matters.told(withdrawn(matter.id, person=person))
        await affairs.until(FRIDAY.replace(hour=9))
        ends = {f"O-{person.iin}:1": number % 4 for number, person in enumerate(people) if number % 4 != 2}
        answers = {0: "consent", 1: "refusal", 3: "silence"}
        assert sorted(affairs.answered()) == sorted((name, answers[end]) for name, end in ends.items())
        natures = Counter(line.nature for line in await affairs.journal())
    await redis.aclose()
    assert natures["question"] == 120  # two phones and a chat each
    assert natures["cancelled"] == 30
    assert natures["not_mine"] == 10
    assert natures["withdrawn"] == 10


async def test_another_calendar_reaches_all_shards_of_a_cluster(nodes: Ports) -> None:
    await join(nodes)
    redis, spoken = connect(f"redis+cluster://127.0.0.1:{nodes[0][0]}"), dialogues.load(LOCALES)
    async with put_together(redis, spoken, Hands()) as affairs:
        people = [structs.replace(AIGUL, iin=f"6804124{number:05}") for number in range(40)]
        for person in people:
            await affairs.matters.told(opened(f"O-{person.iin}", person=person))
        calendar = Calendar(affairs.batched, workdays.base(), spoken.guide.workdays)
        rules = Law(law(spoken.guide.workdays), spoken.guide.duties)
        counting = Recount(
            affairs.batched,
            calendar,
            rules,
            matters=affairs.matters,
            duties=affairs.duties,
            clock=affairs.clock,
            me="here",
        )
        off = Entry(kind=EntryKind.OFF, day=date(2026, 11, 26), source="an order")
        looks = Looks(affairs.batched, calendar, rules, affairs.clock)
        look = await looks.find((await looks.begin(Line(affairs.clock.now(), "saule", off))).name, 10)
        assert look is not None
        assert [row.number for row in look.rows] == [40]
        assert await calendar.add(Line(affairs.clock.now(), "saule", off), "")
        await counting.catch_up()
        closes = {(await affairs.matter(f"O-{person.iin}", person)).closes for person in people}
        assert closes == {FRIDAY + timedelta(1)}
        assert (await counting.progress()).is_done(calendar.version)
    await redis.aclose()
