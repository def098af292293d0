"""At the very moment of sending: whether it is still wanted, by whom, and where."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from dialogs.broadcasts.states import State
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.fates import Fate, Fates, place_of
from gateway.channels import Letter, Outcome, Retry, Sent, Unclear
from gateway.connection import Batched
from gateway.figures.figures import Figures
from gateway.letters import Delivery, Status
from gateway.routes.reports import Reported
from gateway.store import SHARDS, tag
from tests.gateway.broadcasts.sending import Desk, desk, people
from tests.gateway.carrying import carried_by
from tests.gateway.routes.scripted import Scripted

PERSON, PHONE, CHAT = "+77010000001", "sms:+77010000001", "tg:1"


async def held_back(whole: Desk) -> Broadcast:
    """All letters stand in the stream, the second one for a chat; ten minutes later they may leave."""
    await whole.link(PERSON, CHAT)
    whole.carrier.answer = lambda _: Retry("at rest", after=60.0)
    broadcast = await whole.broadcast(people(3))
    await whole.until(broadcast, lambda _, counts: counts.open == 3 and not counts[Fate.WAITS])
    whole.carrier.letters.clear()
    whole.carrier.answer = lambda _: Sent()
    return broadcast


async def let_go(whole: Desk, broadcast: Broadcast) -> dict[Fate, int]:
    await whole.clock.move(whole.clock.now() + timedelta(minutes=10))
    return await whole.through(broadcast)


async def test_who_stops_it_by_sms_gets_nothing_in_the_chat_either(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await held_back(whole)
        await whole.talk(PHONE, quiet=True)
        assert await let_go(whole, broadcast) == {Fate.ACCEPTED: 2, Fate.OPTED_OUT: 1}
        assert sorted(whole.carrier.phones) == ["+77010000000", "+77010000002"]


async def test_who_links_a_chat_and_stops_it_there_gets_no_sms_either(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await held_back(whole)
        await whole.link("+77010000002", "tg:2")
        await whole.talk("tg:2", quiet=True)
        assert await let_go(whole, broadcast) == {Fate.ACCEPTED: 2, Fate.OPTED_OUT: 1}


@pytest.mark.parametrize("chat", ["tg:7", None])
async def test_what_was_written_for_a_chat_that_is_not_theirs_any_more_goes_where_they_are(
    batched: Batched, chat: str | None
) -> None:
    async with desk(batched) as whole:
        broadcast = await held_back(whole)
        await whole.link(PERSON, chat)
        assert await let_go(whole, broadcast) == {Fate.ACCEPTED: 3}
        assert [one.address for one in whole.carrier.letters].count(chat or PHONE) == 1
        assert CHAT not in {one.address for one in whole.carrier.letters}


async def test_what_was_refused_after_all_goes_by_the_next_route(batched: Batched) -> None:
    async with desk(batched) as whole:
        first, second = Scripted("kannel"), Scripted("smsc")
        whole.channels["sms"] = routes = carried_by(batched, whole.clock, first, second)
        broadcast = await whole.broadcast(people(3))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 3}
        reports = Reported(batched, routes, whole.clock, whole.outbox.hurry)
        for _ in range(2):
            await reports.reported("kannel", Delivery(first.sent[0], Status.REJECTED))
        await whole.outbox.drained()
        assert second.sent == first.sent[:1]
        assert (await whole.counts(broadcast)).by_fate == {Fate.ACCEPTED: 3}
        await reports.reported("smsc", Delivery(first.sent[0], Status.FAILED))
        assert (await whole.counts(broadcast)).by_fate == {Fate.ACCEPTED: 2, Fate.FAILED: 1}


async def test_what_may_have_left_does_not_leave_again_to_whoever_has_stopped_it_meanwhile(batched: Batched) -> None:
    async with desk(batched) as whole:
        route = Scripted("kannel", Unclear("cut"))
        whole.channels["sms"] = carried_by(batched, whole.clock, route)
        broadcast = await whole.broadcast(people(1))
        await whole.until(broadcast, lambda *_: bool(route.sent))
        await whole.outbox.drained()
        await whole.talk("sms:+77010000000", quiet=True)
        await whole.clock.move(whole.clock.now() + timedelta(hours=1))
        assert await whole.through(broadcast) == {Fate.UNKNOWN: 1}
        assert len(route.sent) == 1


async def test_what_nobody_ever_answers_for_is_given_up_after_its_day(batched: Batched) -> None:
    async with desk(batched) as whole:
        route = Scripted("kannel", *[Unclear("cut")] * 500)
        whole.channels["sms"] = carried_by(batched, whole.clock, route)
        broadcast = await whole.broadcast(people(1))
        await whole.until(broadcast, lambda *_: bool(route.sent))
        for _ in range(25):
            await whole.clock.move(whole.clock.now() + timedelta(hours=1))
            await whole.sender.ring()
            await whole.outbox.drained()
        assert await whole.through(broadcast) == {Fate.UNKNOWN: 1}
        assert 20 < len(route.sent) < 26


async def test_a_chat_that_may_have_it_is_not_sent_it_again_however_long_nobody_was_there(batched: Batched) -> None:
    """As if the program had died while Telegram was being asked, and stood still for an hour."""
    async with desk(batched) as whole:
        broadcast = await held_back(whole)
        chat = next(one for one in await entries(whole) if one.address == CHAT)
        found = place_of(chat.id)
        assert found is not None
        await Fates(batched).step(*found, Fate.LEAVING, whole.clock.now().timestamp())
        await whole.clock.move(whole.clock.now() + timedelta(hours=1))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 2, Fate.UNKNOWN: 1}
        assert CHAT not in {one.address for one in whole.carrier.letters}


async def entries(whole: Desk) -> list[Letter]:
    """All that stands in the streams."""
    found = [await whole.redis("XRANGE", f"{tag(number)}:broadcasts", "-", "+") for number in range(SHARDS)]
    return [msgspec.json.decode(fields[b"letter"], type=Letter) for page in found for _, fields in page]


async def test_what_may_have_left_does_not_leave_again_while_it_is_paused(batched: Batched) -> None:
    async with desk(batched) as whole:
        route = Scripted("kannel", Unclear("cut"))
        whole.channels["sms"] = carried_by(batched, whole.clock, route)
        broadcast = await whole.broadcast(people(1))
        await whole.until(broadcast, lambda *_: bool(route.sent))
        await whole.outbox.drained()
        await whole.step(broadcast, State.PAUSED)
        await whole.clock.move(whole.clock.now() + timedelta(hours=1))
        await whole.outbox.drained()
        assert len(route.sent) == 1
        await whole.step(broadcast, State.RUNNING)
        assert await let_go(whole, broadcast) == {Fate.ACCEPTED: 1}
        assert len(route.sent) == 2


async def test_a_chat_that_is_slow_to_answer_a_cancelled_broadcast_is_not_said_to_have_got_nothing(
    batched: Batched,
) -> None:
    answered = asyncio.Event()

    class Slow:
        async def send(self, letter: Letter) -> Outcome:
            whole.carrier.letters.append(letter)
            await answered.wait()
            return Sent()

    async with desk(batched) as whole:
        await whole.link(PERSON, CHAT)
        whole.channels["tg"] = Slow()
        broadcast = await whole.broadcast(people(2)[1:])
        async with asyncio.timeout(60):
            while not whole.carrier.letters:
                await whole.sender.ring()
                await asyncio.sleep(0)
        await whole.step(broadcast, State.CANCELLED)
        await whole.clock.move(whole.clock.now() + timedelta(minutes=1))
        await whole.sender.ring()
        assert (await whole.counts(broadcast)).by_fate == {Fate.UNKNOWN: 1}
        answered.set()
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 1}


async def test_what_left_and_what_was_reported_of_it_count_once_in_the_figures(batched: Batched) -> None:
    async with desk(batched) as whole:
        route = Scripted("kannel")
        whole.channels["sms"] = carried_by(batched, whole.clock, route)
        await whole.through(await whole.broadcast(people(3)))
        reports = Reported(batched, None, whole.clock, lambda _: None)
        first, second, _ = route.sent
        for letter, status in (
            (first, Status.SENT),
            (first, Status.DELIVERED),
            (first, Status.DELIVERED),
            (second, Status.FAILED),
            (second, Status.DELIVERED),
        ):
            await reports.reported("kannel", Delivery(letter, status))
        counted = await Figures(batched).day(whole.clock.now().date())
    of_broadcasts = {name: number for name, number in counted.items() if name.startswith("cast")}
    assert of_broadcasts == {
        "cast sms kannel accepted": 3,
        "cast-report kannel delivered": 1,
        "cast-report kannel failed": 1,
    }
