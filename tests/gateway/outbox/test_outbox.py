import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from gateway.channels import Channel, Letter, OptedOut, Outcome, Rejected, Retry, Sent
from gateway.clock import Clock
from gateway.connection import Batched, Client, connect
from gateway.embedded import Embedded
from gateway.letters import Letters, Status
from gateway.outbox.outbox import Outbox
from gateway.sms.kannel import Account, Kannel
from gateway.store import SHARDS, Line, Store, outbox_key, shard_number
from tests.gateway.affairs import Hands
from tests.gateway.carrying import PATIENCE, carried_by
from tests.gateway.loopback import Loopback, answer

ANNA, BERIK = "sms:+77011111111", "sms:+77022222222"


def account(gateway: Loopback) -> Account:
    return Account(gateway.url, "u", "p", "1414", "http://x/dlr")


class Book:
    """A channel that writes down what it is given, and answers as it is told to."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.letters: list[Letter] = []
        self.outcomes = list(outcomes)

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return self.outcomes.pop(0) if self.outcomes else Sent()

    @property
    def texts(self) -> list[str]:
        return [letter.text for letter in self.letters]


@pytest.fixture
def clock() -> Hands:
    return Hands()


Running = Callable[..., AbstractAsyncContextManager[Outbox]]


@pytest.fixture
def running(batched: Batched, clock: Hands) -> Running:
    @asynccontextmanager
    async def start(channel: Channel, reader: str = "main", ahead: int = 20_000) -> AsyncIterator[Outbox]:
        outbox = Outbox(batched, {"sms": channel}, clock, reader, ahead=ahead)
        run = asyncio.create_task(outbox.run())
        yield outbox
        outbox.stop()
        await run

    return start


Write = Callable[..., Awaitable[None]]


@pytest.fixture
def write(store: Store, clock: Hands) -> Write:
    async def commit(address: str, *texts: str) -> None:
        now = clock.now().timestamp()
        letters = [Letter(f"{text}:0", address, text, now) for text in texts]
        line = Line(1, "", "sms", "", ())
        before = await store.load(address)
        await store.commit(texts[0], address, before=before, after=b"x", letters=letters, line=line)

    return commit


async def waiting(redis: Client) -> int:
    return sum([await redis.xlen(outbox_key(number)) for number in range(SHARDS)])


async def status(batched: Batched, text: str) -> Status | None:
    return await Letters(batched).status(f"{text}:0")


async def test_what_two_shards_say_to_one_address_comes_as_it_was_said(
    running: Running, batched: Batched, clock: Hands
) -> None:
    book, now = Book(), clock.now().timestamp()
    encode = msgspec.json.Encoder().encode
    for place, shard in enumerate((9, 3, 12, 0), 1):
        letter = Letter(f"{place}:0", ANNA, str(place), now)
        await batched("XADD", outbox_key(shard), f"{1000 + place}-0", "letter", encode(letter))
    async with running(book) as outbox:
        await outbox.drained()
    assert book.texts == ["1", "2", "3", "4"]


async def test_letters_leave_and_are_struck_off(
    running: Running, write: Write, redis: Client, batched: Batched
) -> None:
    book = Book()
    await write(ANNA, "before the start")
    async with running(book) as outbox:
        await write(ANNA, "after it")
        await outbox.drained()
    assert book.texts == ["before the start", "after it"]
    assert await waiting(redis) == 0
    assert await status(batched, "after it") is None, "there is nothing to tell"
    assert outbox.counts == {("sms", "accepted"): 2}


async def test_a_wake_up_is_enough(running: Running, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.outbox.outbox._LOOK", 3600.0)
    arrived = asyncio.Event()

    class Bell(Book):
        async def send(self, letter: Letter) -> Outcome:
            arrived.set()
            return Sent()

    async with running(Bell()) as outbox:
        await outbox.drained()
        await write(ANNA, "hello")
        outbox.wake(shard_number(ANNA))
        async with asyncio.timeout(60):
            await arrived.wait()


async def test_one_person_does_not_wait_for_the_letters_of_others(running: Running, write: Write) -> None:
    arrived = asyncio.Event()

    class Slow(Book):
        async def send(self, letter: Letter) -> Outcome:
            if letter.address == BERIK:
                await arrived.wait()
            return await super().send(letter)

    book = Slow()
    async with running(book) as outbox:
        await write(BERIK, "a")
        await write(ANNA, "b", "c")
        async with asyncio.timeout(60):
            await outbox.drained(ANNA)
        assert book.texts == ["b", "c"]
        everybody = asyncio.create_task(outbox.drained())
        berik = asyncio.create_task(outbox.drained(BERIK))
        await outbox.drained(ANNA)
        assert not berik.done()
        assert not everybody.done()
        arrived.set()
        await asyncio.gather(berik, everybody)
        assert book.texts == ["b", "c", "a"]


async def test_whoever_waits_for_an_address_waits_for_its_letters_from_other_shards_too(
    running: Running, redis: Client, clock: Hands
) -> None:
    book = Book()
    async with running(book) as outbox:
        await outbox.drained()
        for number in range(250):
            letter = Letter(f"{number}:0", ANNA, str(number), clock.now().timestamp())
            elsewhere = outbox_key((shard_number(ANNA) + number % 15 + 1) % SHARDS)
            await redis.xadd(elsewhere, {"letter": msgspec.json.encode(letter)})
        await outbox.drained(ANNA)
        assert sorted(book.texts, key=int) == [str(number) for number in range(250)]


async def test_whoever_waits_for_an_address_is_not_kept_by_letters_that_never_end(
    running: Running, write: Write
) -> None:
    neighbour = next(one for n in range(999) if shard_number(one := f"sms:+77030000{n:03}") == shard_number(ANNA))

    class Endless(Book):
        async def send(self, letter: Letter) -> Outcome:
            if letter.address == neighbour and not stopped:
                await write(neighbour, f"one more than {len(self.letters)}")
                outbox.wake(shard_number(neighbour))
            return await super().send(letter)

    stopped, book = False, Endless()
    async with running(book) as outbox:
        await write(neighbour, *(f"{number}" for number in range(300)))
        await write(ANNA, "hello")
        async with asyncio.timeout(60):
            await outbox.drained(ANNA)
        assert "hello" in book.texts
        stopped = True
        await outbox.drained()


async def test_a_stream_of_its_own_is_left_to_its_outbox(
    running: Running, write: Write, redis: Client, batched: Batched, clock: Hands
) -> None:
    letter = Letter("a:1", "esobes:a", "consent", clock.now().timestamp())
    stream = outbox_key(3).replace("outbox", "relays")
    await redis.xadd(stream, {"letter": msgspec.json.encode(letter)})
    letters, answers = Book(), Book(*[Retry("down")] * 5)
    relays = Outbox(batched, {"esobes": answers}, clock, "main", stream="relays", forever=True)
    run = asyncio.create_task(relays.run())
    async with running(letters) as outbox:
        await write(ANNA, "hello")
        await asyncio.gather(relays.drained(), outbox.drained())
        assert (letters.texts, answers.texts) == (["hello"], ["consent"])
        for tries in range(2, 7):
            assert await redis.xlen(stream) == 1
            await clock.move(clock.now() + timedelta(days=30))
            await relays.drained()
            assert answers.texts == ["consent"] * tries
    assert await redis.xlen(stream) == 0
    relays.stop()
    await run


async def test_letters_that_find_no_room_in_memory_wait_in_redis_and_keep_nobody(
    running: Running, write: Write, clock: Hands, redis: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pile", "streams"):
        monkeypatch.setattr(f"gateway.outbox.{module}.PAGE", 5)
    book = Book(*[Retry("down")] * 20)
    neighbours = [one for n in range(999) if shard_number(one := f"sms:+77030000{n:03}") == shard_number(ANNA)]
    for number in range(30):
        await write(neighbours[number], f"{number}")
    async with running(book, ahead=5) as outbox:
        await outbox.drained()
        assert len(book.texts) == 5
        for _ in range(20):
            await clock.move(clock.now() + timedelta(minutes=6))
            await outbox.drained()
    assert set(book.texts) == {f"{number}" for number in range(30)}
    assert await waiting(redis) == 0


async def test_no_more_shards_are_read_than_there_is_room_for(
    running: Running, write: Write, clock: Hands, redis: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pile", "streams"):
        monkeypatch.setattr(f"gateway.outbox.{module}.PAGE", 5)
    book = Book(*[Retry("down")] * 10)
    people = [f"sms:+77030000{number:03}" for number in range(160)]
    for person in people:
        await write(person, person)
    async with running(book, ahead=10) as outbox:
        await outbox.drained()
        assert len(book.texts) in range(10, 15)  # the last page may have more than there is room for
        for _ in range(20):
            await clock.move(clock.now() + timedelta(minutes=6))
            await outbox.drained()
    assert set(book.texts) == set(people)
    assert await waiting(redis) == 0


async def test_the_order_of_one_person_is_kept_while_others_go_on(
    running: Running, write: Write, clock: Hands
) -> None:
    book = Book(Retry("busy"))
    await write(ANNA, "a1", "a2", "a3")
    async with running(book) as outbox:
        await outbox.drained()
        await write(BERIK, "b1")
        await outbox.drained()
        assert book.texts == ["a1", "b1"]
        await clock.move(clock.now() + timedelta(seconds=2))
        await outbox.drained()
    assert book.texts == ["a1", "b1", "a1", "a2", "a3"]


async def test_hundreds_of_letters_at_once_all_leave_once_and_in_order(
    running: Running, write: Write, redis: Client
) -> None:
    book = Book()
    people = [f"sms:+770100000{number:02}" for number in range(40)]
    await asyncio.gather(*(write(person, *(f"{person} {number:02}" for number in range(15))) for person in people))
    async with running(book) as outbox:
        await outbox.drained()
    for person in people:
        assert [text for text in book.texts if text.startswith(person)] == [f"{person} {n:02}" for n in range(15)]
    assert len(book.texts) == 600
    assert await waiting(redis) == 0


async def test_a_retry_waits_as_long_as_the_provider_asked(
    write: Write, running: Running, clock: Hands, redis: Client, batched: Batched
) -> None:
    later = answer("503 Service Unavailable", "", "Retry-After: 90")
    async with Loopback([later]) as gateway, aclosing(Kannel(account(gateway))) as kannel:
        async with running(carried_by(batched, clock, kannel)) as outbox:
            await write(ANNA, "hello")
            await outbox.drained()
            await clock.move(clock.now() + timedelta(seconds=80))
            await outbox.drained()
            assert gateway.texts == ["hello"]
            await clock.move(clock.now() + timedelta(seconds=11))
            await outbox.drained()
        assert gateway.texts == ["hello", "hello"]
    assert await waiting(redis) == 0
    assert outbox.counts == {("sms", "retry"): 1, ("sms", "accepted"): 1}


async def test_pauses_grow_until_the_letter_is_a_day_old(
    running: Running, write: Write, clock: Hands, redis: Client, batched: Batched
) -> None:
    book = Book(*[Retry("down")] * 10_000)
    async with running(book) as outbox:
        await write(ANNA, "hello")
        tries = []
        for minutes in (1, 10, 100):
            await outbox.drained()
            await clock.move(clock.now() + timedelta(minutes=minutes))
            await outbox.drained()
            tries.append(len(book.texts))
        assert tries == [2, 3, 4]
        await clock.move(clock.now() + timedelta(hours=24))
        await outbox.drained()
    assert len(book.texts) == 4
    assert await status(batched, "hello") is Status.EXPIRED
    assert await waiting(redis) == 0


async def test_a_letter_leaves_only_while_it_is_of_use(
    running: Running, batched: Batched, clock: Hands, redis: Client
) -> None:
    book, now = Book(Retry("down"), Retry("down")), clock.now().timestamp()
    for name, until in (("an hour", now + 3600), ("two days", now + 2 * 86400)):
        letter = Letter(f"{name}:0", f"sms:{name}", name, now, until=until)
        await redis.xadd(outbox_key(shard_number(letter.address)), {"letter": msgspec.json.encode(letter)})
    async with running(book) as outbox:
        await outbox.drained()
        await clock.move(clock.now() + timedelta(hours=47))
        await outbox.drained()
    assert sorted(book.texts) == ["an hour", "two days", "two days"]
    assert await status(batched, "an hour") is Status.EXPIRED
    assert await status(batched, "two days") is None
    assert await waiting(redis) == 0


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Sent("7b1f"), Status.ACCEPTED),
        (Sent("7b1f", delivered=True), Status.DELIVERED),
        (Rejected("no such number"), Status.REJECTED),
    ],
)
async def test_of_a_letter_that_proves_something_everything_is_kept_for_good(
    outcome: Outcome, expected: Status, *, running: Running, batched: Batched, clock: Hands, redis: Client
) -> None:
    letter = Letter("a:0", ANNA, "hello", clock.now().timestamp(), proof=True)
    await redis.xadd(outbox_key(shard_number(ANNA)), {"letter": msgspec.json.encode(letter)})
    async with running(Book(outcome)) as outbox:
        await outbox.drained()
    (news,) = await Letters(batched).news(["a:0"])
    assert news is not None
    assert (news.status, news.provider) == (expected, "7b1f" if isinstance(outcome, Sent) else "")
    assert abs(news.at - clock.now()) < timedelta(minutes=1)
    (key,) = [key async for key in redis.scan_iter("*:letter:*")]
    assert await redis.ttl(key) == -1


@pytest.mark.parametrize(
    ("outcome", "expected"), [(Rejected("no such number"), Status.REJECTED), (OptedOut("blocked"), Status.OPTED_OUT)]
)
async def test_a_letter_that_nobody_takes_is_not_tried_again(
    outcome: Outcome, expected: Status, running: Running, write: Write, batched: Batched
) -> None:
    book = Book(outcome)
    await write(ANNA, "never", "next")
    async with running(book) as outbox:
        await outbox.drained()
    assert book.texts == ["never", "next"]
    assert await status(batched, "never") is expected


async def test_a_channel_that_breaks_is_tried_again(
    running: Running, write: Write, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Book):
        async def send(self, letter: Letter) -> Outcome:
            if not self.letters:
                self.letters.append(letter)
                raise RuntimeError(letter.address)
            return await super().send(letter)

    book = Broken()
    await write(ANNA, "hello")
    async with running(book) as outbox:
        await outbox.drained()
        await clock.move(clock.now() + timedelta(seconds=2))
        await outbox.drained()
    assert book.texts == ["hello", "hello"]
    assert "the channel «sms» failed: RuntimeError" in caplog.text
    assert ANNA not in caplog.text


async def test_letters_for_a_channel_that_is_off_wait_for_it(running: Running, write: Write, redis: Client) -> None:
    await write("tg:1", "hello")
    async with running(Book()) as outbox:
        await outbox.drained()
    assert await waiting(redis) == 1


async def crash(outbox_run: asyncio.Task[None]) -> None:
    outbox_run.cancel()
    with suppress(asyncio.CancelledError):
        await outbox_run


async def test_a_letter_read_but_not_sent_before_a_crash_is_sent_after_it(
    running: Running, write: Write, batched: Batched, clock: Hands
) -> None:
    reached = asyncio.Event()

    class Hanging(Book):
        async def send(self, letter: Letter) -> Outcome:
            reached.set()
            await asyncio.Event().wait()
            return Sent()

    await write(ANNA, "one", "two")
    doomed = Outbox(batched, {"sms": Hanging()}, clock, "main")
    run = asyncio.create_task(doomed.run())
    await reached.wait()
    await crash(run)
    book = Book()
    async with running(book) as outbox:
        await write(ANNA, "three")
        await outbox.drained()
    assert book.texts == ["one", "two", "three"]
    for task in doomed._sending:
        task.cancel()


async def test_a_letter_whose_answer_was_lost_waits_for_a_report_and_is_sent_once_more(
    running: Running, write: Write, clock: Hands, redis: Client, batched: Batched
) -> None:
    async with (
        Loopback(silent=True) as gateway,
        aclosing(Kannel(account(gateway))) as kannel,
    ):
        async with running(carried_by(batched, clock, kannel)) as outbox:
            await write(ANNA, "hello")
            await outbox.drained()
            gateway.silent = False
            await clock.move(clock.now() + timedelta(seconds=PATIENCE - 1))
            await outbox.drained()
            assert gateway.texts == ["hello"]
            await clock.move(clock.now() + timedelta(seconds=3))
            await outbox.drained()
        assert gateway.texts == ["hello", "hello"]
    assert await waiting(redis) == 0


async def test_an_unreadable_entry_holds_up_nobody(running: Running, write: Write, redis: Client) -> None:
    await redis.xadd(outbox_key(shard_number(ANNA)), {"letter": "{"})
    await write(ANNA, "hello")
    book = Book()
    async with running(book) as outbox:
        await outbox.drained()
    assert book.texts == ["hello"]
    assert await waiting(redis) == 0


async def test_a_second_process_leaves_a_stream_to_the_first_and_takes_over_when_that_is_dead(
    batched: Batched, clock: Hands, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Book(*[Retry("down")] * 9), Book()
    outboxes = [Outbox(batched, {"sms": book}, clock, f"host:{n}") for n, book in enumerate((first, second))]
    await write(ANNA, "one", "two")
    first_run = asyncio.create_task(outboxes[0].run())
    await outboxes[0].drained()
    second_run = asyncio.create_task(outboxes[1].run())
    await outboxes[1].drained()
    assert (first.texts, second.texts) == (["one"], [])
    await crash(first_run)
    monkeypatch.setattr("gateway.outbox.streams.SILENCE", 0.0)
    await write(ANNA, "three")
    await outboxes[1].drained()
    assert second.texts == ["one", "two", "three"]
    await crash(second_run)


async def test_a_process_that_stops_leaves_the_streams_to_another_at_once(
    batched: Batched, clock: Hands, write: Write
) -> None:
    books = Book(), Book()
    for number, book in enumerate(books):
        outbox = Outbox(batched, {"sms": book}, clock, f"host:{number}")
        run = asyncio.create_task(outbox.run())
        await write(ANNA, f"to {number}")
        await outbox.drained()
        outbox.stop()
        await run
    assert [book.texts for book in books] == [["to 0"], ["to 1"]]


async def test_the_outbox_waits_while_redis_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gateway.embedded._GUARD", 0.05)
    monkeypatch.setattr("gateway.outbox.outbox._LOOK", 0.05)
    launch, missed = Embedded._launch_unless_alive, "the outbox waits for Redis"
    async with Embedded(tmp_path) as url:
        # It is started again only once it was missed.
        monkeypatch.setattr(Embedded, "_launch_unless_alive", lambda it: missed in caplog.text and launch(it))
        redis = connect(url)
        batched, book = Batched(redis), Book()
        outbox = Outbox(batched, {"sms": book}, Clock(), "main")
        run = asyncio.create_task(outbox.run())
        await outbox.drained()
        pid = int((await redis.info("server"))["process_id"])
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while missed not in caplog.text:  # noqa: ASYNC110 - a log knows no events
                await asyncio.sleep(0.01)
        await outbox.drained()
        letter = Letter("a:0", ANNA, "hello", time.time())
        line = Line(1, "", "sms", "", ())
        await Store(batched).commit("a", ANNA, before=None, after=b"x", letters=[letter], line=line)
        await outbox.drained()
        assert book.texts == ["hello"]
        outbox.stop()
        await run
        await redis.aclose()


async def test_the_outbox_goes_on_when_redis_has_lost_its_streams(
    running: Running, write: Write, redis: Client
) -> None:
    book = Book()
    async with running(book) as outbox:
        await write(ANNA, "one")
        await outbox.drained()
        await redis.flushall()
        await write(ANNA, "two")
        await outbox.drained()
    assert book.texts == ["one", "two"]
