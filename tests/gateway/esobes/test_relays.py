"""What E-Sobes is to be told arrives: in order, once, unchanged, and however long E-Sobes was away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import datetime, timedelta

import msgspec
import pytest

from gateway.channels import Letter, Rejected, Retry, Sent
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, Client, RedisAwayError
from gateway.esobes.relays import STREAM, Backlog, Figures, Queue, Relays
from gateway.esobes.telling import Esobes, Post, Refused, Taken
from gateway.outbox.outbox import Outbox
from gateway.store import SHARDS, shard_number, tag
from tests.gateway.ministry import TOKEN, Fault, Ministry, Told, answer, problem

UNAVAILABLE = answer("503 Service Unavailable")


class Hands(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, 10, 0, tzinfo=ALMATY)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Settling:
    """Takes note of final answers; `away`: so often Redis is away first."""

    def __init__(self) -> None:
        self.noted: list[tuple[int, str, str, int, str | None]] = []
        self.away = 0

    async def __call__(self, post: Post, relay: str, answer: Taken | Refused) -> None:
        if self.away:
            self.away -= 1
            raise RedisAwayError
        held = answer.held if isinstance(answer, Refused) else None
        self.noted.append((post.home, post.matter, relay, answer.status, held))


@pytest.fixture
async def ministry() -> AsyncIterator[Ministry]:
    async with Ministry() as ministry:
        yield ministry


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def backlog(batched: Batched, clock: Hands) -> Backlog:
    return Backlog(batched, clock)


@pytest.fixture
def settling() -> Settling:
    return Settling()


@pytest.fixture
async def channel(ministry: Ministry, backlog: Backlog, settling: Settling) -> AsyncIterator[Relays]:
    async with aclosing(Esobes(ministry.url, TOKEN)) as esobes:
        yield Relays(esobes, backlog, settling)


@pytest.fixture
async def outbox(channel: Relays, batched: Batched, clock: Hands) -> AsyncIterator[Outbox]:
    relays = Outbox(batched, {"esobes": channel}, clock, "main", stream=STREAM, forever=True, at_once=20)
    run = asyncio.create_task(relays.run())
    yield relays
    relays.stop()
    await run


def relay(offer: str, number: int = 1, created: float = 1.0) -> Letter:
    body = f'{{"answer": "consent",  "code":"{number}"}}'.encode()
    post = Post(home(offer), offer, ("offers", offer, "answer"), msgspec.Raw(body))
    return Letter(f"{offer}:{number}", f"esobes:{offer}", msgspec.json.encode(post).decode(), created)


def home(offer: str) -> int:
    """Any shard will do, but the offer's own: that is the person's."""
    return (shard_number(offer) + 1) % SHARDS


Write = Callable[..., Awaitable[None]]


@pytest.fixture
def write(batched: Batched) -> Write:
    async def commit(*relays: Letter) -> None:
        for one in relays:
            post = msgspec.json.decode(one.text, type=Post)
            await batched("XADD", stream(post.home), "*", "letter", msgspec.json.encode(one))

    return commit


def stream(shard: int) -> str:
    return f"{tag(shard)}:relays"


async def waiting(redis: Client) -> int:
    return sum([await redis.xlen(stream(shard)) for shard in range(SHARDS)])


async def test_a_relay_is_told_and_settled_before_it_is_struck_off(
    outbox: Outbox, write: Write, ministry: Ministry, settling: Settling, redis: Client
) -> None:
    await write(relay("O-1"), relay("O-1", 2))
    await outbox.drained()
    assert [told.body for told in ministry.taken] == [
        b'{"answer": "consent",  "code":"1"}',
        b'{"answer": "consent",  "code":"2"}',
    ]
    assert settling.noted == [(home("O-1"), "O-1", f"O-1:{number}", 200, None) for number in (1, 2)]
    assert await waiting(redis) == 0
    assert outbox.counts == {("esobes", "accepted"): 2}


async def test_what_could_not_be_settled_is_told_again_under_the_same_key(
    channel: Relays, ministry: Ministry, settling: Settling, backlog: Backlog
) -> None:
    settling.away = 2
    ministry.answer_to = lambda told: answer("200 OK") if told.key == "O-1:1" else answer("404 Not Found")
    assert isinstance(await channel.send(relay("O-1")), Retry)
    assert isinstance(await channel.send(relay("O-2")), Retry)
    assert settling.noted == []
    assert await channel.send(relay("O-1")) == Sent()
    assert await channel.send(relay("O-2")) == Rejected("E-Sobes answered 404")
    assert [told.key for told in ministry.calls] == ["O-1:1", "O-2:1"] * 2
    assert [told.key for told in ministry.taken] == ["O-1:1", "O-2:1"]
    assert [note[2:] for note in settling.noted] == [("O-1:1", 200, None), ("O-2:1", 404, None)]
    assert [refusal.letter.id for refusal in await backlog.refused()] == ["O-2:1"]


async def test_an_answer_that_got_lost_is_given_again_and_done_once(
    outbox: Outbox, write: Write, ministry: Ministry, settling: Settling, clock: Hands
) -> None:
    ministry.answers = [Fault(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", done=True)]
    await write(relay("O-1"))
    await outbox.drained()
    assert settling.noted == []
    clock.move(seconds=2)
    await outbox.drained()
    assert [told.key for told in ministry.calls] == ["O-1:1", "O-1:1"]
    assert len(ministry.taken) == len(settling.noted) == 1


async def test_the_order_of_one_offer_is_kept_while_others_go_on(
    outbox: Outbox, write: Write, ministry: Ministry, clock: Hands
) -> None:
    faults: list[Fault | bytes] = [Fault(), UNAVAILABLE, Fault(b"HTTP/1.1 "), answer("302 Found")] * 3
    ministry.answer_to = lambda told: faults.pop() if told.key == "O-1:2" and faults else answer("200 OK")
    await write(*(relay(offer, number) for number in (1, 2, 3) for offer in ("O-1", "O-2")))
    await outbox.drained()
    assert [told.key for told in ministry.taken if told.key.startswith("O-2")] == ["O-2:1", "O-2:2", "O-2:3"]
    assert "O-1:3" not in [told.key for told in ministry.calls]
    while faults:
        clock.move(minutes=6)
        await outbox.drained()
    clock.move(minutes=6)
    await outbox.drained()
    assert [told.key for told in ministry.taken if told.key.startswith("O-1")] == ["O-1:1", "O-1:2", "O-1:3"]


async def test_pauses_grow_to_five_minutes_and_never_end(
    outbox: Outbox, write: Write, ministry: Ministry, clock: Hands
) -> None:
    ministry.answer_to = lambda _: UNAVAILABLE
    await write(relay("O-1"))
    await outbox.drained()
    for tries, pause in enumerate((1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300), start=1):
        assert len(ministry.calls) == tries
        clock.move(seconds=pause / 2 - 0.01)
        await outbox.drained()
        assert len(ministry.calls) == tries, pause
        clock.move(seconds=pause / 2 + 0.01)
        await outbox.drained()
    clock.move(days=400)
    ministry.answer_to = lambda _: answer("200 OK")
    await outbox.drained()
    assert len(ministry.taken) == 1


async def test_a_retry_waits_as_long_as_e_sobes_asked(
    outbox: Outbox, write: Write, ministry: Ministry, clock: Hands
) -> None:
    ministry.answers = [answer("429 Too Many Requests", "", "Retry-After: 3600")]
    await write(relay("O-1"))
    await outbox.drained()
    clock.move(minutes=59)
    await outbox.drained()
    assert len(ministry.calls) == 1
    clock.move(minutes=2)
    await outbox.drained()
    assert len(ministry.taken) == 1


async def test_what_e_sobes_refuses_is_shown_to_staff_and_the_next_follows(
    outbox: Outbox, write: Write, ministry: Ministry, *, settling: Settling, backlog: Backlog, clock: Hands
) -> None:
    ministry.answers = [
        problem("409 Conflict", title="Another answer is held", answer="refusal"),
        problem("422 Unprocessable Content", detail="no such service"),
    ]
    await write(relay("O-1"), relay("O-1", 2), relay("O-1", 3))
    await outbox.drained()
    assert [note[2:] for note in settling.noted] == [
        ("O-1:1", 409, "refusal"),
        ("O-1:2", 422, None),
        ("O-1:3", 200, None),
    ]
    first, second = await backlog.refused()
    assert (first.offer, first.letter) == ("O-1", relay("O-1"))
    assert (first.status, first.held, first.reason) == (409, "refusal", "Another answer is held")
    assert (second.status, second.held, second.reason) == (422, None, "no such service")
    assert first.at == second.at == clock.now()
    assert await backlog.figures() == Figures(0, 0.0, 2)
    assert outbox.counts == {("esobes", "rejected"): 2, ("esobes", "accepted"): 1}


async def test_what_was_refused_is_told_again_when_staff_say_so(
    outbox: Outbox, write: Write, ministry: Ministry, settling: Settling, backlog: Backlog
) -> None:
    ministry.answer_to = lambda _: problem("401 Unauthorized", title="Unauthorized")
    await write(relay("O-1"))
    await outbox.drained()
    assert await backlog.again("O-1:1")
    await outbox.drained()
    assert [refusal.letter.id for refusal in await backlog.refused()] == ["O-1:1"]
    ministry.answer_to = lambda _: answer("200 OK")
    assert sorted(await asyncio.gather(backlog.again("O-1:1"), backlog.again("O-1:1"))) == [False, True]
    assert await backlog.refused() == []
    await outbox.drained()
    assert [told.key for told in ministry.taken] == ["O-1:1", "O-1:1:again1", "O-1:1:again2"]
    assert len({(told.path, told.body) for told in ministry.taken}) == 1
    assert [note[2:4] for note in settling.noted] == [("O-1:1", 401), ("O-1:1", 401), ("O-1:1", 200)]
    assert not await backlog.again("O-1:1")
    assert not await backlog.again("nobody's")


async def test_what_waits_is_counted_and_the_first_are_named(
    write: Write, backlog: Backlog, clock: Hands, redis: Client
) -> None:
    assert await backlog.waiting() == Queue(0, [])
    assert await backlog.figures() == Figures(0, 0.0, 0)
    now = clock.now().timestamp()
    await write(*(relay(f"O-{number}", created=now - number) for number in range(2000, 0, -1)))
    await redis.xadd(stream(0), {"letter": "{"})
    queue = await backlog.waiting(3)
    assert queue.count == 2001
    assert [one.relay for one in queue.first] == ["O-2000:1", "O-1999:1", "O-1998:1"]
    assert queue.first[0].offer == "O-2000"
    assert queue.first[0].since == clock.now() - timedelta(seconds=2000)
    assert await backlog.figures() == Figures(2001, 2000.0, 0)


async def test_what_is_no_relay_is_neither_told_nor_lost(channel: Relays, ministry: Ministry) -> None:
    assert await channel.send(Letter("O-1:1", "esobes:O-1", '{"home":1}', 1.0)) == Retry("no relay: ValidationError")
    assert ministry.calls == []


async def test_after_days_without_e_sobes_everything_arrives_once_and_in_order(
    batched: Batched, backlog: Backlog, settling: Settling, *, clock: Hands, write: Write, redis: Client
) -> None:
    sent = [relay(f"O-{offer}", number, clock.now().timestamp()) for number in (1, 2) for offer in range(500)]
    outages: list[Callable[[Told], bytes | Fault]] = [lambda _: UNAVAILABLE, lambda _: Fault(b"HTTP/1.1 ")]
    chance = iter(range(10**9))
    async with Ministry() as ministry, aclosing(Esobes(ministry.url, TOKEN)) as esobes:
        relays = Outbox(
            batched,
            {"esobes": Relays(esobes, backlog, settling)},
            clock,
            "main",
            stream=STREAM,
            forever=True,
            at_once=20,
        )
        await write(*sent)
        ministry.answer_to = outages[0]
        run = asyncio.create_task(relays.run())
        for day in range(3):
            ministry.answer_to = outages[day % 2]
            await relays.drained()
            assert await waiting(redis) == 1000
            clock.move(days=1)
        assert not ministry.taken
        # It comes back, but every fifth answer gets lost on the way.
        lost = Fault(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", done=True)
        ministry.answer_to = lambda _: answer("200 OK", "{}") if next(chance) % 5 else lost
        while await waiting(redis):
            await relays.drained()
            clock.move(minutes=6)
        relays.stop()
        await run
    assert len(ministry.taken) == 1000
    assert {told.key for told in ministry.taken} == {one.id for one in sent}
    bodies = {one.id: bytes(msgspec.json.decode(one.text, type=Post).body) for one in sent}
    assert {told.key: told.body for told in ministry.taken} == bodies
    places = {told.key: place for place, told in enumerate(ministry.taken)}
    assert all(places[f"O-{offer}:1"] < places[f"O-{offer}:2"] for offer in range(500))
    assert sorted(note[2] for note in settling.noted) == sorted(one.id for one in sent)
