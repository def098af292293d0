import asyncio
import logging

import msgspec
import pytest

from dialogs import session as sessions
from dialogs.dialogue import Dialogue
from dialogs.messages import Contact, Text
from dialogs.session import Session
from gateway.channels import Inbound, Letter
from gateway.clock import Clock
from gateway.connection import Batched, Client, RedisAwayError, connect
from gateway.receive import REMAINS_FOR, Receiver
from gateway.store import Store, outbox_key, shard, shard_number
from tests.gateway.affairs import Affairs, application, offers
from tests.gateway.talk import Counting, entries
from tests.gateway.talk import receiver as receiver_of

PHONE = "sms:+77011234567"


@pytest.fixture
def woken() -> list[int]:
    return []


@pytest.fixture
async def receiver(batched: Batched, store: Store, dialogue: Dialogue, woken: list[int]) -> Receiver:
    clock = Clock()
    return receiver_of(store, Counting(), offers(batched, dialogue, clock), clock, woken.append)


def said(name: str, text: str = "hello", address: str = PHONE) -> Inbound:
    return Inbound(name, address, Text(text))


async def letters(redis: Client, address: str = PHONE) -> list[Letter]:
    stored = await entries(redis, outbox_key(shard_number(address)))
    return [msgspec.json.decode(fields[b"letter"], type=Letter) for fields in stored]


async def texts(redis: Client) -> list[str]:
    return [letter.text for letter in await letters(redis)]


async def test_a_message_is_answered_and_remembered(receiver: Receiver, redis: Client, woken: list[int]) -> None:
    await receiver.receive(said("a"))
    await receiver.receive(said("b"))
    assert [(letter.id, letter.text) for letter in await letters(redis)] == [
        ("a:0", "message 1"),
        ("b:0", "message 2"),
    ]
    assert woken == [shard_number(PHONE)] * 2


async def test_the_same_message_again_does_nothing(receiver: Receiver, redis: Client) -> None:
    for _ in range(3):
        await receiver.receive(said("a"))
    assert await texts(redis) == ["message 1"]


async def test_messages_of_one_person_at_once_are_answered_one_after_the_other(
    receiver: Receiver, redis: Client
) -> None:
    await asyncio.gather(*(receiver.receive(said(f"m{number % 12}")) for number in range(24)))
    assert await texts(redis) == [f"message {number}" for number in range(1, 13)]


async def test_a_person_who_wants_to_be_forgotten_is_and_still_gets_the_answer(
    receiver: Receiver, redis: Client
) -> None:
    await receiver.receive(said("a"))
    await receiver.receive(said("b", "forget me"))
    assert await texts(redis) == ["message 1", "forgotten"]
    (left,) = [key async for key in redis.scan_iter(match="*77011234567*")]
    assert await redis.get(left) == sessions.write(sessions.remains(Session()))
    assert 0 < await redis.ttl(left) <= REMAINS_FOR.total_seconds()
    await receiver.receive(said("c"))
    assert (await texts(redis))[-1] == "message 1"


async def test_silence_is_an_answer(receiver: Receiver, redis: Client) -> None:
    await receiver.receive(said("a", "silence"))
    assert await texts(redis) == []
    assert await redis.xlen(f"{shard(PHONE)}:journal") == 1


async def test_a_list_for_a_phone_leaves_with_the_answer(receiver: Receiver, redis: Client) -> None:
    await receiver.receive(said("a", "send to +77017654321", "tg:1"))
    found = await letters(redis, "tg:1")
    assert [(letter.id, letter.address) for letter in found] == [("a:0", "tg:1"), ("a:1", "sms:+77017654321")]


async def test_the_journal_names_nobody(receiver: Receiver, redis: Client) -> None:
    await receiver.receive(said("a", "secret words"))
    (fields,) = await entries(redis, f"{shard(PHONE)}:journal")
    at, ref, where, note, names = msgspec.json.decode(fields[b"line"])
    assert (where, note, names) == ("sms", "counted", ["a:0"])
    assert at > 1_700_000_000
    assert len(ref) >= 12
    assert b"701" not in fields[b"line"].replace(ref.encode(), b"")


async def test_a_mistake_in_the_dialogue_is_apologised_for_and_tells_no_secret(
    receiver: Receiver, redis: Client, caplog: pytest.LogCaptureFixture
) -> None:
    await receiver.receive(said("a"))
    await receiver.receive(said("b", "break at my secret"))
    await receiver.receive(said("c"))
    assert await texts(redis) == ["message 1", "sorry", "message 2"]
    assert "the dialogue failed: KeyError" in caplog.text
    assert "my secret" not in caplog.text


async def test_a_session_that_cannot_be_read_begins_anew(
    receiver: Receiver, redis: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    await redis.set(f"{shard(PHONE)}:session:{PHONE}", b"{")
    await receiver.receive(said("a"))
    assert await texts(redis) == ["message 1"]


async def test_nothing_is_acknowledged_while_redis_is_away(dialogue: Dialogue) -> None:
    client, clock = connect("unix:///nowhere/redis.sock"), Clock()
    nobody = Batched(client)
    receiver = receiver_of(Store(nobody), Counting(), offers(nobody, dialogue, clock), clock, lambda _: None)
    with pytest.raises(RedisAwayError):
        await receiver.receive(said("a"))
    await client.aclose()


async def test_a_guardian_of_many_is_told_about_the_last_of_them(affairs: Affairs) -> None:
    wards = [f"12010150{number:04}" for number in range(40)]
    person = {"name": "Бала", "birth_date": "2012-01-01", "relation": "ward"}
    affairs.ministry.known["/persons?phone=%2B77011234567"] = {"persons": [{**person, "iin": iin} for iin in wards]}
    affairs.ministry.known |= {f"/persons/{iin}/applications": {"applications": []} for iin in wards}
    last = msgspec.to_builtins(application("under_review"), str_keys=True) | {"iin": wards[-1]}
    affairs.ministry.known[f"/persons/{wards[-1]}/applications"] = {"applications": [last]}
    await affairs.receiver.receive(Inbound("a", "chat:guardian", Contact("+77011234567", own=True)))
    await affairs.press("lang:ru", "chat:guardian")
    await affairs.press(f"app:{application().key}", "chat:guardian")
    assert "рассматривают" in (await affairs.screen("chat:guardian"))[-1]
