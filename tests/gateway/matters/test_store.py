"""One script writes everything that a step brings about, or nothing."""

from datetime import timedelta

import pytest

from dialogs.matters import pocket
from dialogs.matters.matter import Matter
from dialogs.matters.pocket import Pocket
from dialogs.messages import Text
from gateway.channels import Inbound, Letter
from gateway.connection import Batched, Client
from gateway.journal.journal import Direction, Entry
from gateway.matters import store as matter_store
from gateway.matters.store import MatterStore
from gateway.matters.writing import Waiting, Writing
from gateway.store import SHARDS, Commit, shard_number, tag
from tests.gateway.affairs import AIGUL, MONDAY, PHONE, Affairs, opened

ADDRESS = f"sms:{PHONE}"
HOUR = MONDAY + timedelta(hours=1)


def line(nature: str = "question", letter: str = "") -> Entry:
    return Entry(
        MONDAY,
        Direction.OUT,
        "sms",
        AIGUL.iin,
        AIGUL.name,
        AIGUL.birth_date,
        None,
        "technical_aids_hygiene",
        nature,
        code=None,
        phone=PHONE,
        specialist=None,
        letter=letter,
    )


def letter(name: str, at: float = MONDAY.timestamp()) -> Letter:
    return Letter(name, ADDRESS, name, at, proof=True)


def later(name: str) -> Waiting:
    return Waiting(letter(name, HOUR.timestamp()), line(letter=name))


@pytest.fixture
async def matters(batched: Batched) -> MatterStore:
    return MatterStore(batched)


@pytest.fixture
async def matter(affairs: Affairs) -> Matter:
    """Stored, with its question sent."""
    await affairs.told(opened())
    return await affairs.matter()


async def keys(redis: Client, match: str) -> list[str]:
    return sorted([name.decode() async for name in redis.scan_iter(match=match)])


def writing(cause: str) -> Writing:
    return Writing(
        cause=cause,
        letters=[letter("now")],
        later=[later("morning")],
        relays=[letter("O-9:1")],
        entries=[line()],
        events=[b"{}"],
    )


async def test_everything_is_written_in_one_shard(matters: MatterStore, matter: Matter, redis: Client) -> None:
    home = 3
    assert await matters.commit_matter(home, "O-9", None, matter, writing("kannel:1")) is Commit.DONE
    begin = tag(home)
    assert await keys(redis, f"{begin}*") == sorted(
        f"{begin}:{name}"
        for name in (
            "matter:O-9",
            "seen:kannel:1",
            "broadcasts",
            "errands",
            "wakeups",
            "outbox",
            "later",
            "letters",
            "relays",
            "sms-journal",
            "events",
            "shelf:proactive:asked",
        )
    )
    assert matter_store.read(await matters.matter(home, "O-9")) == matter
    assert matter.wake is not None
    assert await redis.zscore(f"{begin}:wakeups", "O-9") == matter.wake.timestamp()


@pytest.mark.parametrize("case", ["conflict", "repeat"])
async def test_a_conflict_or_a_repeat_writes_nothing(
    case: str, matters: MatterStore, matter: Matter, redis: Client
) -> None:
    await matters.commit_matter(3, "O-9", None, matter, writing("kannel:1"))
    stored = await matters.matter(3, "O-9")
    matter.state = "consented"
    if case == "conflict":
        assert stored is not None
        outcome = await matters.commit_matter(3, "O-9", stored + b" ", matter, writing("kannel:2"))
        assert outcome is Commit.CONFLICT
        assert not await redis.exists(f"{tag(3)}:seen:kannel:2")
    else:
        outcome = await matters.commit_matter(3, "O-9", stored, matter, writing("kannel:1"))
        assert outcome is Commit.REPEATED
    assert await matters.matter(3, "O-9") == stored
    for stream in ("outbox", "relays", "sms-journal", "events"):
        assert await redis.xlen(f"{tag(3)}:{stream}") == 1
    assert await keys(redis, f"{tag(3)}:shelf:*") == [f"{tag(3)}:shelf:proactive:asked"]


async def test_the_clock_repeats_itself_harmlessly_and_leaves_no_mark(
    matters: MatterStore, matter: Matter, redis: Client
) -> None:
    await matters.commit_matter(3, "O-9", None, matter, Writing())
    assert await keys(redis, f"{tag(3)}:seen:*") == []


async def test_what_waits_for_nothing_is_not_woken(matters: MatterStore, matter: Matter, redis: Client) -> None:
    await matters.commit_matter(3, "O-9", None, matter, Writing())
    stored = await matters.matter(3, "O-9")
    matter.wake = None
    await matters.commit_matter(3, "O-9", stored, matter, Writing())
    assert await redis.zcard(f"{tag(3)}:wakeups") == 0


async def test_messages_are_known_for_days_and_events_for_a_month(matters: MatterStore, redis: Client) -> None:
    for cause in ("kannel:1", "esobes:1"):
        await matters.commit_event(3, Writing(cause=cause))
    assert 2 * 86400 < await redis.ttl(f"{tag(3)}:seen:kannel:1") <= 3 * 86400
    assert 29 * 86400 < await redis.ttl(f"{tag(3)}:seen:esobes:1") <= 30 * 86400
    assert await matters.commit_event(3, Writing(cause="esobes:1")) is Commit.REPEATED


async def test_a_pocket_that_is_empty_again_is_forgotten(matters: MatterStore, redis: Client) -> None:
    full = Pocket(chat="tg:1")
    assert await matters.commit_pocket(ADDRESS, None, full, Writing()) is Commit.DONE
    stored = (await matters.pockets([ADDRESS]))[ADDRESS]
    assert pocket.read(stored) == full
    assert await matters.commit_pocket(ADDRESS, None, full, Writing()) is Commit.CONFLICT
    assert await matters.commit_pocket(ADDRESS, stored, Pocket(), Writing()) is Commit.DONE
    assert await keys(redis, "*") == []


async def test_letters_for_later_move_to_the_outbox_and_into_the_journal_at_their_time(
    matters: MatterStore, redis: Client
) -> None:
    await matters.commit_event(3, Writing(cause="a", later=[later("one"), later("two")]))
    await matters.commit_event(3, Writing(cause="b", unsend=["two"]))
    found = await matters.due(MONDAY, 0.0)
    assert (found[3].letters, found[3].next) == (0, HOUR.timestamp())
    assert [await redis.xlen(f"{tag(3)}:{name}") for name in ("outbox", "sms-journal")] == [0, 0]
    found = await matters.due(HOUR, 3600.0)  # only matters wait a little longer
    assert (found[3].letters, found[3].next) == (1, None)
    assert (await matters.due(HOUR, 0.0))[3].letters == 0
    assert [await redis.xlen(f"{tag(3)}:{name}") for name in ("outbox", "sms-journal")] == [1, 1]
    assert await keys(redis, f"{tag(3)}:l*") == []


async def test_a_letter_that_is_put_in_twice_waits_once(matters: MatterStore) -> None:
    for cause in ("a", "b"):
        await matters.commit_event(3, Writing(cause=cause, later=[later("one")]))
    assert (await matters.due(HOUR, 0.0))[3].letters == 1


@pytest.mark.parametrize("where", ["address", "phone", "home"])
async def test_a_message_counts_as_known_wherever_it_was_dealt_with(
    where: str, matters: MatterStore, matter: Matter, affairs: Affairs
) -> None:
    told = await affairs.pocket()
    message = Inbound("tg:1", "chat:77", Text("иә"))
    found = await matters.known(told, message, ADDRESS)
    assert ([matter_store.read(one) for one in found.offers], found.seen) == ([matter], False)
    shard = {"address": shard_number("chat:77"), "phone": shard_number(ADDRESS), "home": told.offers[0].home}
    assert len(set(shard.values())) == 3
    await matters.commit_event(shard[where], Writing(cause="tg:1"))
    assert (await matters.known(told, message, ADDRESS)).seen


async def test_a_matter_is_small(matter: Matter, affairs: Affairs, redis: Client) -> None:
    """A million of them rest in Redis."""
    (name,) = await keys(redis, "*:matter:O-1")
    used = await redis.memory_usage(name)
    assert used is not None
    assert used < 800


async def test_every_shard_tells_what_is_due_there(matters: MatterStore, matter: Matter) -> None:
    for home in range(SHARDS):
        await matters.commit_matter(home, f"O-{home}-9", None, matter, Writing())
    assert matter.wake is not None
    early = await matters.due(matter.wake - timedelta(seconds=1), 0.0)
    assert {home: due.matters for home, due in early.items()} == dict.fromkeys(range(SHARDS), ())
    assert {due.next for due in early.values()} == {matter.wake.timestamp()}
    found = await matters.due(matter.wake, 0.0)
    assert all(f"O-{home}-9" in due.matters for home, due in found.items())
