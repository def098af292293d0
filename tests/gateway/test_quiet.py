"""Nothing that nobody asked for leaves at night, whatever kept it from leaving by day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta

import msgspec

from gateway.channels import Letter, Outcome, Retry, Sent
from gateway.clock import ALMATY
from gateway.connection import Batched, Client
from gateway.letters import Letters, Status
from gateway.matters.store import MatterStore
from gateway.matters.wakeups import Wakeups
from gateway.outbox.outbox import Outbox
from gateway.store import outbox_key
from tests.gateway.affairs import Hands

EVENING = datetime(2026, 11, 23, 20, 59, 59, tzinfo=ALMATY)
MORNING = datetime(2026, 11, 24, 9, tzinfo=ALMATY)
NIGHT = (time(21), time(9))
ANNA = "sms:+77011111111"


class Provider:
    def __init__(self, *outcomes: Outcome) -> None:
        self.took: list[str] = []
        self.outcomes = list(outcomes)

    async def send(self, letter: Letter) -> Outcome:
        outcome = self.outcomes.pop(0) if self.outcomes else Sent()
        if outcome == Sent():
            self.took.append(letter.id)
        return outcome


def notice(name: str = "notice", until: datetime | None = None) -> Letter:
    ends = until.timestamp() if until else 0.0
    return Letter(name, ANNA, "…", EVENING.timestamp(), until=ends, proof=True, unasked=True)


async def write(redis: Batched, *letters: Letter) -> None:
    for letter in letters:
        await redis("XADD", outbox_key(7), "*", "letter", msgspec.json.encode(letter))


@asynccontextmanager
async def running(redis: Batched, provider: Provider, clock: Hands) -> AsyncIterator[Outbox]:
    outbox = Outbox(redis, {"sms": provider}, clock, "main", quiet=NIGHT)
    run = asyncio.create_task(outbox.run())
    yield outbox
    outbox.stop()
    await run


async def ring(redis: Batched, clock: Hands, outbox: Outbox) -> float | None:
    async def nobody(home: int, offer: str) -> None:
        raise AssertionError

    due = await Wakeups(MatterStore(redis), clock, nobody, outbox.wake).ring()
    await outbox.drained()
    return due


async def test_what_no_provider_took_by_day_waits_for_the_morning_and_an_answer_does_not(batched: Batched) -> None:
    clock, provider = Hands(EVENING), Provider(Retry("away", 600))
    async with running(batched, provider, clock) as outbox:
        await write(batched, notice())
        await outbox.drained()
        clock.at += timedelta(minutes=11)
        await write(batched, Letter("answer", ANNA, "…", clock.at.timestamp()))
        await outbox.drained()
        assert provider.took == ["answer"]
        assert await ring(batched, clock, outbox) == MORNING.timestamp()
        assert provider.took == ["answer"]
        clock.at = MORNING
        assert await ring(batched, clock, outbox) is None
    assert provider.took == ["answer", "notice"]


async def test_what_was_found_after_a_start_at_night_waits_as_well(batched: Batched, redis: Client) -> None:
    clock, provider = Hands(EVENING + timedelta(hours=4)), Provider()
    await write(batched, notice())
    async with running(batched, provider, clock) as outbox:
        await outbox.drained()
        assert provider.took == []
        assert await redis.xlen(outbox_key(7)) == 0
        clock.at = MORNING + timedelta(hours=13)  # the next night has come, and the letter is still of use
        await ring(batched, clock, outbox)
        assert provider.took == []


async def test_what_is_of_no_use_in_the_morning_is_given_up_in_the_evening(batched: Batched) -> None:
    clock, provider = Hands(EVENING + timedelta(hours=1)), Provider()
    await write(batched, notice(until=EVENING + timedelta(hours=3)))
    async with running(batched, provider, clock) as outbox:
        await outbox.drained()
        assert await ring(batched, clock, outbox) is None
    assert provider.took == []
    assert await Letters(batched).status("notice") is Status.EXPIRED
