"""What is due happens at its time, once, and nobody waits for those who cannot be helped."""

import asyncio
import gc
import logging
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from dialogs.matters.pocket import Known, Pocket
from dialogs.messages import Text
from gateway.channels import Inbound
from gateway.connection import Batched, RedisAwayError, close, connect
from gateway.matters.store import PAGE, MatterStore
from gateway.matters.wakeups import LAG, REST, Wakeups
from gateway.matters.writing import Writing
from gateway.store import SHARDS, tag
from tests.gateway.affairs import FRIDAY, MONDAY, OTHER, PHONE, Affairs, Hands, opened
from tests.gateway.matters.test_store import later

Rung = list[tuple[int, str]]


async def due(batched: Batched, home: int, name: str, seconds: float) -> None:
    await batched("ZADD", f"{tag(home)}:wakeups", repr((MONDAY + timedelta(seconds=seconds)).timestamp()), name)


async def done(batched: Batched, home: int, name: str) -> None:
    await batched("ZREM", f"{tag(home)}:wakeups", name)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def rung(batched: Batched, clock: Hands) -> tuple[Wakeups, Rung]:
    """A clock whose matters are done once it has rung for them."""
    heard: Rung = []

    async def woken(home: int, offer: str) -> None:
        heard.append((home, offer))
        await done(batched, home, offer)

    return Wakeups(MatterStore(batched), clock, woken, lambda _: None), heard


async def test_what_is_due_rings_in_its_order_and_the_next_is_named(
    rung: tuple[Wakeups, Rung], batched: Batched, clock: Hands
) -> None:
    wakeups, heard = rung
    for seconds in (3, 1, 2, 60):
        await due(batched, 5, f"in {seconds}", seconds)
    assert await wakeups.ring() == (MONDAY + timedelta(seconds=1)).timestamp()
    assert heard == []
    clock.at += timedelta(seconds=3)
    assert await wakeups.ring() == (MONDAY + timedelta(seconds=60)).timestamp()
    assert heard == [(5, "in 1"), (5, "in 2"), (5, "in 3")]
    clock.at += timedelta(seconds=60)
    assert await wakeups.ring() is None
    assert len(heard) == 4


async def test_more_than_a_page_rings_in_one_go(rung: tuple[Wakeups, Rung], batched: Batched, clock: Hands) -> None:
    wakeups, heard = rung
    for number in range(2 * PAGE + 1):
        batched("ZADD", f"{tag(5)}:wakeups", int(MONDAY.timestamp()), f"O-{number}")
    assert await wakeups.ring() is None
    assert len(heard) == len(set(heard)) == 2 * PAGE + 1


async def test_it_rings_a_little_late_for_matters_so_that_the_last_answers_are_in(
    rung: tuple[Wakeups, Rung], batched: Batched, clock: Hands
) -> None:
    wakeups, heard = rung
    await due(batched, 5, "O-1", 0)
    clock.at += timedelta(seconds=LAG - 0.001)
    await wakeups.ring(LAG)
    assert heard == []
    clock.at += timedelta(seconds=0.001)
    await wakeups.ring(LAG)
    assert heard == [(5, "O-1")]


async def test_one_that_fails_stops_nobody_and_is_tried_again_later(
    batched: Batched, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    secret = "the words of a person"

    async def woken(home: int, offer: str) -> None:
        heard.append(offer)
        if offer == "broken":
            raise KeyError(secret)
        await done(batched, home, offer)

    wakeups = Wakeups(MatterStore(batched), clock, woken, lambda _: None)
    await due(batched, 5, "broken", -2)
    await due(batched, 5, "whole", -1)
    assert await wakeups.ring() == (MONDAY + REST).timestamp()
    assert Counter(heard) == {"broken": 1, "whole": 1}
    assert await wakeups.ring() is not None
    clock.at += REST
    await wakeups.ring()
    assert Counter(heard) == {"broken": 2, "whole": 1}
    assert "a matter in shard 5 could not be stepped: KeyError" in caplog.text
    assert secret not in caplog.text


async def test_a_matter_that_somebody_else_has_put_off_meanwhile_stays_there(batched: Batched) -> None:
    store = MatterStore(batched)
    await due(batched, 5, "O-1", 3600)
    await store.rest(5, "O-1", MONDAY + REST)
    await store.rest(5, "gone", MONDAY + REST)
    assert await batched("ZRANGE", f"{tag(5)}:wakeups", 0, -1, "WITHSCORES") == [
        b"O-1",
        repr((MONDAY + timedelta(hours=1)).timestamp()).removesuffix(".0").encode(),
    ]


async def test_a_wakeup_without_a_matter_does_not_ring_for_ever(affairs: Affairs) -> None:
    await due(affairs.batched, 5, "nobody's", 0)
    await affairs.wakeups.ring()


async def test_a_thousand_at_once_each_happen_once(affairs: Affairs) -> None:
    """In two processes, and a third that starts anew."""
    phones = [f"+7701{number:07}" for number in range(1000)]
    names = [f"O-{phone}" for phone in phones]
    await asyncio.gather(*(affairs.matters.told(opened(f"O-{phone}", phones=[phone])) for phone in phones))
    await affairs.settle()
    await affairs.clock.move(FRIDAY)
    others = [Wakeups(affairs.store, affairs.clock, affairs.matters.woken, affairs.outbox.wake) for _ in range(2)]
    await asyncio.gather(affairs.wakeups.ring(), others[0].ring())
    await others[1].ring()
    await affairs.settle()
    assert Counter(affairs.answered()) == {(f"{name}:1", "silence"): 1 for name in names}
    await affairs.clock.move(FRIDAY.replace(hour=9))
    await asyncio.gather(affairs.wakeups.ring(), others[0].ring())
    await affairs.settle()
    lines = Counter((line.nature, line.phone) for line in await affairs.journal())
    assert lines == {(nature, phone): 1 for nature in ("question", "cancelled") for phone in phones}


async def test_the_reminder_and_the_end_come_once_and_in_their_order(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(OTHER,)))
    other = Wakeups(affairs.store, affairs.clock, affairs.matters.woken, affairs.outbox.wake)
    moment = MONDAY
    while moment < FRIDAY + timedelta(days=7):
        moment += timedelta(hours=1)
        await affairs.clock.move(moment)
        await asyncio.gather(affairs.wakeups.ring(LAG), other.ring(LAG))
    await affairs.settle()
    assert await affairs.sent(OTHER) == ["question", "reminder", "cancelled"]
    assert affairs.answered() == [("O-1:1", "silence")]


async def test_it_waits_while_redis_is_away_and_stops_when_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr("gateway.matters.wakeups.LOOK", 0.0)
    client = connect("unix:///nowhere/redis.sock")
    store = MatterStore(Batched(client))
    with pytest.raises(RedisAwayError):
        await store.due(MONDAY, 0.0)

    async def woken(home: int, offer: str) -> None: ...

    wakeups = Wakeups(store, Hands(), woken, lambda _: None)
    run = asyncio.create_task(wakeups.rounds.run())
    async with asyncio.timeout(60):
        while caplog.text.count("the clock of the matters: Redis is away") < 3:  # noqa: ASYNC110 - a log knows no events
            await asyncio.sleep(0)
    wakeups.rounds.stop()
    await run
    await close(client)


async def test_while_redis_is_away_each_call_fails_once_and_leaves_nothing_behind() -> None:
    """What nobody has looked at would be told to the log, shard by shard, at every look."""
    left: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: left.append(context))
    client = connect("unix:///nowhere/redis.sock")
    store = MatterStore(Batched(client))
    offers = [Known(f"O-{home}", home, "someone", "475", "817", 0) for home in range(SHARDS)]
    asked: list[Awaitable[object]] = [
        store.due(MONDAY, 0.0),
        store.matters(offers),
        store.known(Pocket(tuple(offers)), Inbound("a", f"sms:{PHONE}", Text("сәлем")), f"sms:{PHONE}"),
        store.pockets([f"sms:{PHONE}", f"sms:{OTHER}"]),
    ]
    for one in asked:
        with pytest.raises(RedisAwayError):
            await one
    gc.collect()
    assert not left
    await close(client)


async def test_the_name_of_a_letter_without_the_letter_does_not_stop_the_clock(affairs: Affairs) -> None:
    await affairs.batched("ZADD", f"{tag(5)}:later", 0, "lost")
    await affairs.told(opened())
    await affairs.until(FRIDAY)
    assert affairs.answered() == [("O-1:1", "silence")]


async def test_it_rings_by_itself(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.clock.move(FRIDAY + timedelta(seconds=LAG))
    rung = asyncio.Event()

    async def woken(home: int, offer: str) -> None:
        await affairs.matters.woken(home, offer)
        rung.set()

    wakeups = Wakeups(affairs.store, affairs.clock, woken, affairs.outbox.wake)
    run = asyncio.create_task(wakeups.rounds.run())
    await rung.wait()
    wakeups.rounds.stop()
    await run
    await affairs.settle()
    assert affairs.answered() == [("O-1:1", "silence")]


async def test_all_shards_are_looked_at(rung: tuple[Wakeups, Rung], batched: Batched) -> None:
    wakeups, heard = rung
    for home in range(SHARDS):
        await due(batched, home, "O-1", 0)
    await wakeups.ring()
    assert sorted(heard) == [(home, "O-1") for home in range(SHARDS)]


async def test_a_letter_for_later_leaves_once_and_one_that_was_taken_back_never(affairs: Affairs) -> None:
    first, second = later("first"), later("second")
    await affairs.store.commit_event(5, Writing(cause="a", later=[first, second]))
    await affairs.store.commit_event(5, Writing(cause="b", unsend=["second", "third"]))
    await affairs.clock.move(MONDAY + timedelta(hours=1))
    others = [Wakeups(affairs.store, affairs.clock, affairs.matters.woken, affairs.outbox.wake) for _ in range(3)]
    await asyncio.gather(*(one.ring() for one in others))
    await affairs.settle()
    assert await affairs.screen() == ["first"]
    assert [line.letter for line in await affairs.journal()] == ["first"]
