"""A broadcast from its start to its end: everybody once, and everybody counted."""

import asyncio
from collections import Counter
from datetime import time, timedelta
from typing import cast

import pytest
from msgspec import structs

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from dialogs.language import Language
from gateway.broadcasts.broadcast import Audience, Broadcast
from gateway.broadcasts.fates import AGAIN, BY_SMS, Fate, Fates, Record, Released, rows_in
from gateway.broadcasts.rolls import Counts, Recipient
from gateway.broadcasts.sender import UNCLEAR
from gateway.channels import Letter, OptedOut, Outcome, Rejected, Retry, Sent
from gateway.connection import Batched
from gateway.letters import Status
from gateway.matters.store import pocket_key
from gateway.routes.trails import Trail, Trails
from gateway.store import SHARDS, shard_number
from tests.gateway.broadcasts.sending import NOON, Desk, desk, people


async def test_everybody_gets_it_once(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(2500))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 2500}
        assert Counter(whole.carrier.phones) == Counter({one.phone: 1 for one in people(2500)})
        assert {letter.text for letter in whole.carrier.letters} == {f"Сәлем, Адам {n}" for n in range(2500)}
        known = await whole.store.load(broadcast.id)
        assert (known.state, [change.what for change in known.changes]) == (State.DONE, ["began", "done"])


async def test_two_processes_release_nobody_twice(batched: Batched) -> None:
    async with desk(batched, run=True) as one, desk(batched, run=True, reader="other") as other:
        broadcast = await one.broadcast(people(2000))
        await asyncio.gather(one.through(broadcast), other.through(broadcast))
        phones = Counter(one.carrier.phones) + Counter(other.carrier.phones)
        assert phones == Counter({person.phone: 1 for person in people(2000)})


async def test_who_comes_late_with_an_earlier_round_releases_nobody(batched: Batched) -> None:
    async with desk(batched) as whole:
        whole.carrier.answer = lambda _: Rejected("no such number")
        first = await whole.broadcast(people(1))
        await whole.through(first)
        await again(whole, first)
        roll, number = cast(Audience, first.audience).roll, shard_number(f"sms:{people(1)[0].phone}")
        fates = Fates(batched)
        front = await fates.front(roll, number, 64)
        late = Released(0, Record(Fate.QUEUED, first.round, BY_SMS, 1, 0), b"{}")
        assert not await fates.release(roll, number, front, following=1, rows=[late])
        assert await fates.front(roll, number, 64) == front
        whole.carrier.answer = lambda _: Sent()
        assert await whole.through(first) == {Fate.ACCEPTED: 1}


async def test_one_that_cannot_go_on_does_not_hold_up_the_others(batched: Batched) -> None:
    async with desk(batched) as whole:
        broken = await whole.broadcast(people(3))
        await batched("SET", pocket_key("sms:+77010000001"), b"nobody can read it")
        other = await whole.broadcast([Recipient(2, "+77019999999", None, ("Әлия",))])
        assert await whole.through(other) == {Fate.ACCEPTED: 1}
        assert (await whole.counts(broken))[Fate.WAITS] == 1


async def test_it_waits_for_its_hour_and_for_the_morning(batched: Batched) -> None:
    async with desk(batched, quiet=(time(21), time(9))) as whole:
        broadcast = await whole.broadcast(people(20), starts=NOON + timedelta(hours=11))
        assert (await whole.sender.ring())[1] == (NOON + timedelta(hours=11)).timestamp()
        await whole.clock.move(NOON + timedelta(hours=11))
        assert (await whole.sender.ring())[0]
        assert await whole.sender.ring() == (False, (NOON + timedelta(hours=21)).timestamp())
        await whole.outbox.drained()
        assert not whole.carrier.letters
        await whole.clock.move(NOON + timedelta(hours=21))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 20}


async def test_words_come_in_the_language_of_the_list_then_of_the_talk_then_of_the_broadcast(
    batched: Batched,
) -> None:
    async with desk(batched) as whole:
        await whole.talk("sms:+77010000000", language=Language.RU)
        await whole.talk("sms:+77010000001", language=Language.RU)
        rows = people(3)
        rows[1] = structs.replace(rows[1], language=Language.KK)
        await whole.through(await whole.broadcast(rows, otherwise=Language.KK))
        texts = {letter.address: letter.text for letter in whole.carrier.letters}
        assert [text.split(",")[0] for _, text in sorted(texts.items())] == ["Привет", "Сәлем", "Сәлем"]


async def test_who_has_stopped_it_gets_nothing_and_is_counted(batched: Batched) -> None:
    async with desk(batched) as whole:
        await whole.talk("sms:+77010000001", quiet=True)
        await whole.link("+77010000002", "tg:2")
        await whole.talk("tg:2", quiet=True)
        assert await whole.through(await whole.broadcast(people(4))) == {Fate.ACCEPTED: 2, Fate.OPTED_OUT: 2}
        assert sorted(whole.carrier.phones) == ["+77010000000", "+77010000003"]


async def test_an_opt_out_counts_at_the_moment_of_sending(batched: Batched) -> None:
    """The letter stands in the stream already: nothing leaves while the provider is at rest."""
    async with desk(batched) as whole:
        whole.carrier.answer = lambda _: Retry("at rest", after=60.0)
        broadcast = await whole.broadcast(people(40))
        await whole.until(broadcast, lambda _, counts: counts.open == 40 and not counts[Fate.WAITS])
        await whole.talk("sms:+77010000007", quiet=True)
        whole.carrier.answer = lambda _: Sent()
        await whole.clock.move(whole.clock.now() + timedelta(minutes=10))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 39, Fate.OPTED_OUT: 1}


async def test_a_chat_goes_first_and_who_has_blocked_it_gets_an_sms(batched: Batched) -> None:
    def answer(letter: Letter) -> Outcome:
        return OptedOut("blocked") if letter.address == "tg:2" else Sent()

    async with desk(batched) as whole:
        await whole.link("+77010000001", "tg:1")
        await whole.link("+77010000002", "tg:2")
        whole.carrier.answer = answer
        broadcast = await whole.broadcast(people(3))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 3}
        addresses = Counter(letter.address for letter in whole.carrier.letters)
        assert addresses == Counter({"sms:+77010000000": 1, "tg:1": 1, "tg:2": 1, "sms:+77010000002": 1})
        counts = await whole.counts(broadcast)
        assert (counts.by_chat, counts.by_sms, counts.saved_parts, counts.parts) == (1, 2, 1, {"s": 2})


async def test_telegram_is_not_asked_twice_when_nobody_knows_whether_it_has_the_letter(batched: Batched) -> None:
    async with desk(batched) as whole:
        await whole.link("+77010000001", "tg:1")
        whole.carrier.answer = lambda letter: Retry("time-out", unclear=True) if letter.address == "tg:1" else Sent()
        assert await whole.through(await whole.broadcast(people(2))) == {Fate.ACCEPTED: 1, Fate.UNKNOWN: 1}
        assert [letter.address for letter in whole.carrier.letters].count("tg:1") == 1


async def test_paused_it_stands_still_and_resumed_it_goes_on_where_it_was(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(3000))
        await whole.until(broadcast, lambda _, counts: counts[Fate.ACCEPTED] >= 500)
        await whole.step(broadcast, State.PAUSED)
        await whole.until(broadcast, lambda _, counts: counts.open == counts[Fate.WAITS])
        left = len(whole.carrier.letters)
        await whole.sender.ring()
        await whole.outbox.drained()
        assert len(whole.carrier.letters) == left < 3000
        await whole.step(broadcast, State.RUNNING)
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 3000}
        assert max(Counter(whole.carrier.phones).values()) == 1


async def test_what_stands_in_the_stream_when_it_is_paused_does_not_leave(batched: Batched) -> None:
    async with desk(batched) as whole:
        whole.carrier.answer = lambda _: Retry("at rest", after=60.0)
        broadcast = await whole.broadcast(people(30))
        await whole.until(broadcast, lambda _, counts: not counts[Fate.WAITS])
        tried = len(whole.carrier.letters)
        await whole.step(broadcast, State.PAUSED)
        await whole.clock.move(whole.clock.now() + timedelta(minutes=10))
        await whole.until(broadcast, lambda _, counts: counts.open == counts[Fate.WAITS] == 30)
        assert len(whole.carrier.letters) == tried
        whole.carrier.answer = lambda _: Sent()
        await whole.step(broadcast, State.RUNNING)
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 30}


async def test_cancelled_it_ends_and_everybody_is_counted(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(3000))
        await whole.until(broadcast, lambda _, counts: counts[Fate.ACCEPTED] >= 500)
        await whole.step(broadcast, State.CANCELLED)
        found = await whole.through(broadcast)
        assert found[Fate.ACCEPTED] == len(whole.carrier.letters)
        assert found == {Fate.ACCEPTED: found[Fate.ACCEPTED], Fate.CANCELLED: 3000 - found[Fate.ACCEPTED]}


async def test_it_goes_once_more_to_those_only_whom_it_has_not_reached(batched: Batched) -> None:
    bad = "+77010000003"
    async with desk(batched) as whole:
        whole.carrier.answer = lambda letter: Rejected("no such number") if letter.address.endswith(bad) else Sent()
        broadcast = await whole.broadcast(people(6))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 5, Fate.REJECTED: 1}
        whole.carrier.answer = lambda _: Sent()
        await again(whole, broadcast)
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 6}
        assert Counter(whole.carrier.phones) == Counter({one.phone: 1 for one in people(6)} | {bad: 2})


async def again(whole: Desk, broadcast: Broadcast) -> None:
    assert broadcast.audience is not None
    fates = Fates(whole.redis)
    for number in range(SHARDS):
        rows = rows_in(await fates.records(broadcast.audience.roll, number), AGAIN)
        if rows:
            await fates.move(
                broadcast.audience.roll, number, rows, from_=AGAIN, to=Fate.WAITS, at=0, round_=broadcast.round + 1
            )
    await whole.step(broadcast, State.RUNNING, round=broadcast.round + 1, settled=False)


@pytest.mark.parametrize(
    ("reports", "fate"),
    [
        ([Status.DELIVERED], Fate.DELIVERED),
        ([Status.SENT, Status.DELIVERED], Fate.DELIVERED),
        ([Status.DELIVERED, Status.FAILED], Fate.DELIVERED),
        ([Status.FAILED, Status.DELIVERED], Fate.FAILED),
        ([Status.BUFFERED], Fate.ACCEPTED),
        ([Status.REJECTED], Fate.REJECTED),
    ],
)
async def test_what_providers_report_is_counted_once(batched: Batched, reports: list[Status], fate: Fate) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(1))
        await whole.through(broadcast)
        for status in (*reports, *reports):
            await whole.letters.mark(whole.carrier.letters[0].id, status)
        assert (await whole.counts(broadcast)).by_fate == {fate: 1}


async def test_a_report_that_is_faster_than_the_answer_hides_nothing_of_it(batched: Batched) -> None:
    async with desk(batched) as whole:
        reported = asyncio.Event()

        class Slow:
            async def send(self, letter: Letter) -> Outcome:
                await whole.letters.mark(letter.id, Status.DELIVERED)
                reported.set()
                return Sent("x-1", route="kannel", price=1250)

        whole.channels["sms"] = Slow()
        broadcast = await whole.broadcast(people(1))
        counts = await whole.until(broadcast, lambda known, _: known.settled)
        assert reported.is_set()
        assert counts == Counts({Fate.DELIVERED: 1}, by_sms=1, parts={"k": 1})
        assert counts.price({"kannel": 1250}, otherwise=1) == 1250


async def test_a_report_about_an_earlier_round_spares_the_next(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(1))
        await whole.through(broadcast)
        first = whole.carrier.letters[0].id
        await whole.letters.mark(first, Status.FAILED)
        await again(whole, broadcast)
        await whole.letters.mark(first, Status.DELIVERED)
        assert await whole.through(broadcast) == {Fate.DELIVERED: 1}
        assert len(whole.carrier.letters) == 1


async def test_what_is_too_long_for_an_sms_is_told_and_not_sent(batched: Batched) -> None:
    async with desk(batched) as whole:
        rows = [*people(1), Recipient(3, "+77019999999", None, ("ә" * 250,))]
        broadcast = await whole.broadcast(rows, texts=Texts("Сәлем, {Аты}", "Привет, {Аты}"))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 1, Fate.TOO_LONG: 1}


async def test_a_letter_that_stands_in_the_stream_twice_leaves_once(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(50))
        await whole.sender.ring()
        await whole.sender.ring()
        for number in range(SHARDS):
            for _, fields in await batched("XRANGE", f"{{s{number:02}}}:broadcasts", "-", "+"):
                await batched("XADD", f"{{s{number:02}}}:broadcasts", "*", "letter", fields[b"letter"])
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 50}
        assert max(Counter(whole.carrier.phones).values()) == 1


async def test_one_of_many_is_found_by_phone(batched: Batched) -> None:
    async with desk(batched) as whole:
        broadcast = await whole.broadcast(people(20_000))
        assert broadcast.audience is not None
        for number in (0, 1, 9_999, 19_999):
            found = await whole.rolls.find(broadcast.audience.roll, f"+7701{number:07}")
            assert found is not None
            assert found[1] == people(number + 1)[number]
        assert await whole.rolls.find(broadcast.audience.roll, "+77771234567") is None


async def test_what_is_unclear_stands_in_nobodys_way_and_is_come_back_to(batched: Batched) -> None:
    """As `Routes` has it: where a letter is about to go is written down before it leaves."""
    unclear = {one.phone for one in people(4000)[::2]}
    trails = Trails(batched)

    async with desk(batched) as whole:

        class Silent:
            def __init__(self) -> None:
                self.silent = True
                self.phones: list[str] = []

            async def send(self, letter: Letter) -> Outcome:
                phone = letter.address.removeprefix("sms:")
                self.phones.append(phone)
                if not self.silent or phone not in unclear:
                    return Sent(route="kannel")
                out = Trail("kannel", since=whole.clock.now().timestamp(), letter=letter)
                await trails.move(letter.id, Trail(), out, 3600)
                return Retry("no answer", after=900.0)

        whole.channels["sms"] = carrier = Silent()
        broadcast = await whole.broadcast(people(4000))
        await whole.until(broadcast, lambda _, counts: counts[Fate.ACCEPTED] == 2000 and not counts[Fate.WAITS])
        counts = await whole.counts(broadcast)
        assert counts.by_fate == {Fate.ACCEPTED: 2000, Fate.LEAVING: 2000}
        assert max(Counter(carrier.phones).values()) == 1
        carrier.silent = False
        await whole.clock.move(whole.clock.now() + timedelta(seconds=UNCLEAR + 31))
        assert await whole.through(broadcast) == {Fate.ACCEPTED: 4000}
        assert {phone for phone, times in Counter(carrier.phones).items() if times == 2} == unclear
