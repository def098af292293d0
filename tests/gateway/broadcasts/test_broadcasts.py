"""What staff do with a broadcast, and what they are refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from msgspec import structs

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from dialogs.language import Language
from gateway.broadcasts import lists
from gateway.broadcasts.broadcast import Audience, Broadcast, BroadcastError, Filter, Mode, Reading
from gateway.broadcasts.fates import Fate
from gateway.broadcasts.forgetting import Forgetting
from gateway.broadcasts.intake.rows import Row, Summary
from gateway.broadcasts.known import Known
from gateway.broadcasts.lists import ALIVE, Lists
from gateway.broadcasts.reached import Reached
from gateway.channels import Rejected, Sent
from gateway.connection import Batched, Client
from gateway.inquiries import Inquiries
from gateway.store import outbox_key, shard_number
from tests.gateway.broadcasts.sending import NOON, Desk, Hand, desk, hand, people

TEXTS = Texts("Сәлем, {Аты}", "Привет, {Аты}")


class Office:
    def __init__(self, whole: Desk, hand: Hand) -> None:
        self.whole = whole
        self.lists = hand.lists
        self.broadcasts = hand.broadcasts

    async def with_list(self, csv: str, texts: Texts = TEXTS, mode: Mode = Mode.LIVE) -> Broadcast:
        made = await self.broadcasts.make("aigul", "Жаңалық", texts, mode=mode)
        return await self.bring(made, csv)

    async def bring(self, made: Broadcast, csv: str) -> Broadcast:
        _, reading, upload = await self.broadcasts.take_list(made.id, "aigul", "list.csv")
        upload.write_text(csv, "utf-8")
        await self.broadcasts.read_list(made.id, reading, frozenset({"+77010000001"}))
        return await self.read(made)

    async def read(self, made: Broadcast) -> Broadcast:
        """Once nobody is at work on its list."""
        async with asyncio.timeout(60):
            while self.lists.under_way:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return await self.broadcasts.load(made.id)


@pytest.fixture
async def office(batched: Batched, redis: Client, tmp_path: Path) -> AsyncIterator[Office]:
    async with desk(batched) as whole, hand(whole, redis, tmp_path / "lists", price=1200) as found:
        yield Office(whole, found)


def table(number: int) -> str:
    return "телефон;Аты\n" + "".join(f"{one.phone};{one.values[0]}\n" for one in people(number))


async def test_from_a_file_to_everybody_in_it(office: Office) -> None:
    made = await office.with_list(table(3) + "12345;Қате\n")
    audience = cast(Audience, made.audience)
    assert (audience.recipients, audience.faulty, audience.columns) == (3, 1, ("Аты",))
    started = await office.broadcasts.start(made.id, "aigul")
    assert started.state is State.SCHEDULED
    assert await office.whole.through(started) == {Fate.ACCEPTED: 3}
    (sent,) = await Reached(office.whole.redis).by_phone("+77010000001")
    assert (sent.broadcast.id, sent.record.fate, sent.text) == (made.id, Fate.ACCEPTED, "Сәлем, Адам 1")


async def test_many_need_a_second_person(office: Office) -> None:
    made = await office.with_list(table(4))
    assert (await office.broadcasts.start(made.id, "aigul")).state is State.WAITING
    with pytest.raises(BroadcastError, match="own"):
        await office.broadcasts.approve(made.id, "aigul")
    sent_back = await office.broadcasts.send_back(made.id, "erlan", "Қате бар")
    assert (sent_back.state, sent_back.changes[-1].why) == (State.DRAFT, "Қате бар")
    await office.broadcasts.start(made.id, "aigul")
    approved = await office.broadcasts.approve(made.id, "erlan")
    assert (approved.state, approved.approver) == (State.SCHEDULED, "erlan")
    assert await office.whole.through(approved) == {Fate.ACCEPTED: 4}


async def test_who_has_changed_the_text_may_not_approve_it(office: Office) -> None:
    made = await office.with_list(table(4))
    await office.broadcasts.rewrite(
        made.id, "erlan", title="Басқа", written=Texts("Қайырлы күн", "Добрый день"), otherwise=Language.RU
    )
    await office.broadcasts.start(made.id, "aigul")
    with pytest.raises(BroadcastError, match="own"):
        await office.broadcasts.approve(made.id, "erlan")


async def test_who_has_made_the_key_of_a_program_may_not_approve_what_it_writes(office: Office) -> None:
    made = await office.broadcasts.make("program", "Жаңалық", TEXTS, behind="erlan")
    await office.bring(made, table(4))
    await office.broadcasts.start(made.id, "program")
    with pytest.raises(BroadcastError, match="own"):
        await office.broadcasts.approve(made.id, "erlan")


async def test_what_runs_cannot_be_changed(office: Office) -> None:
    made = await office.with_list(table(2))
    await office.broadcasts.start(made.id, "aigul")
    with pytest.raises(BroadcastError, match="not_now"):
        await office.broadcasts.rewrite(made.id, "aigul", title="", written=Texts("а", "б"), otherwise=Language.KK)
    with pytest.raises(BroadcastError, match="not_now"):
        await office.broadcasts.take_list(made.id, "aigul", "other.csv")


@pytest.mark.parametrize(
    ("csv", "texts", "why"),
    [
        ("", TEXTS, "no_list"),
        ("телефон;Аты\n12345;Қате\n", TEXTS, "nobody"),
        (table(1), Texts("Сәлем, {Күні}", "Привет"), "texts"),
        (table(1), Texts("Сәлем", ""), "texts"),
        (table(1), Texts("ә" * 300, "Привет"), "too_long"),
    ],
)
async def test_what_is_not_whole_cannot_start(office: Office, csv: str, texts: Texts, why: str) -> None:
    made = await office.with_list(csv, texts) if csv else await office.broadcasts.make("aigul", "Бос", texts)
    with pytest.raises(BroadcastError, match=why):
        await office.broadcasts.start(made.id, "aigul")


async def test_another_list_takes_the_place_of_the_first(office: Office, batched: Batched) -> None:
    made = await office.with_list(table(3))
    first = cast(Audience, made.audience).roll
    made = await office.bring(made, table(2))
    assert cast(Audience, made.audience).recipients == 2
    assert (await office.whole.rolls.counts(first)).all == 0
    assert not office.lists.folder(first).exists()


async def test_a_file_that_is_none_is_refused_and_the_list_that_was_there_stays(office: Office) -> None:
    made = await office.bring(await office.with_list(table(2)), "a;b\n1;2\n")
    assert made.refused is not None
    assert cast(Audience, made.audience).recipients == 2


async def test_a_reading_that_nobody_goes_on_with_ends(office: Office) -> None:
    made = await office.broadcasts.make("aigul", "", TEXTS)
    _, reading, _ = await office.broadcasts.take_list(made.id, "aigul", "list.csv")
    await office.whole.store.change(made.id, lambda known: structs.replace(known, reading=reading))
    await office.whole.clock.move(NOON + timedelta(seconds=ALIVE + 1))
    known = await office.broadcasts.load(made.id)
    assert (known.reading, known.refused) == (None, ("staff.broadcast.list.interrupted", ()))


async def test_a_list_that_takes_long_is_not_taken_for_interrupted(
    office: Office, redis: Client, batched: Batched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "ALIVE", 1)
    found, whole = asyncio.Event(), office.whole

    class Slow(Known):
        async def find(self, wanted: Filter) -> tuple[Summary, list[Row]]:
            await found.wait()
            return await super().find(wanted)

    slow, inquiries = Slow(redis, batched), cast("Inquiries", None)
    made = await office.broadcasts.make("aigul", "Жаңалық", TEXTS)
    reading = Reading("b7.1", "", NOON, "aigul", Filter())
    made = await whole.store.change(made.id, lambda known: structs.replace(known, reading=reading))
    async with aclosing(
        Lists(batched, whole.store, whole.rolls, inquiries, slow, clock=whole.clock, folder=tmp_path)
    ) as at_work:
        at_work.read(made, reading, frozenset())
        left, renewed = 1000, 0
        async with asyncio.timeout(60):
            while renewed < 4:
                before, left = left, await batched("PTTL", "{staff}:reading:b7.1")
                renewed += left > before > 0
                await asyncio.sleep(0.01)
        assert await at_work.closed_if_interrupted(made) == made
        found.set()
        while at_work.under_way:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (await office.broadcasts.load(made.id)).refused == ("staff.broadcast.list.found_nobody", ())


async def test_the_team_gets_it_and_nobody_else(office: Office) -> None:
    made = await office.with_list(table(3), mode=Mode.TEAM)
    assert (cast(Audience, made.audience).recipients, cast(Audience, made.audience).faulty) == (1, 2)


async def test_nobody_is_known_of_whom_this_is_so(office: Office) -> None:
    made = await office.broadcasts.make("aigul", "", TEXTS)
    await office.broadcasts.find_list(made.id, "aigul", Filter(language="kk"), frozenset())
    known = await office.read(made)
    assert known.refused == ("staff.broadcast.list.found_nobody", ())


async def test_once_more_to_those_whom_it_has_not_reached(office: Office) -> None:
    bad = "+77010000002"
    office.whole.carrier.answer = lambda letter: Rejected("no") if letter.address.endswith(bad) else Sent()
    made = await office.with_list(table(3))
    await office.broadcasts.start(made.id, "aigul")
    assert await office.whole.through(made) == {Fate.ACCEPTED: 2, Fate.REJECTED: 1}
    office.whole.carrier.answer = lambda _: Sent()
    assert (await office.broadcasts.again(made.id, "aigul")).round == 1
    assert await office.whole.through(made) == {Fate.ACCEPTED: 3}
    assert sorted(office.whole.carrier.phones).count(bad) == 2
    with pytest.raises(BroadcastError, match="nobody_failed"):
        await office.broadcasts.again(made.id, "aigul")


async def test_it_can_be_tried_on_oneself(office: Office, batched: Batched) -> None:
    made = await office.with_list(table(3))
    texts = await office.broadcasts.try_on(made.id, "+77770000000", "once")
    assert sorted({text.split(",")[0] for text in texts}) == ["Привет", "Сәлем"]
    key = outbox_key(shard_number("sms:+77770000000"))
    assert await batched("XLEN", key) == 2


async def test_what_it_will_cost_is_said_before(office: Office) -> None:
    made = await office.with_list(table(3))
    found = await office.broadcasts.estimate(made)
    assert (found.recipients, found.parts, found.price, found.exact) == (3, 3, 3600, True)
    assert found.by_language[Language.KK].example.startswith("Сәлем, Адам ")


async def test_after_a_while_nobody_knows_whom_it_went_to_and_everybody_how_many_they_were(office: Office) -> None:
    made = await office.with_list(table(3))
    await office.broadcasts.start(made.id, "aigul")
    await office.whole.through(made)
    draft = await office.with_list(table(2))
    clock = office.whole.clock
    forgetting = Forgetting(office.whole.store, office.lists, clock, timedelta(days=30))
    await forgetting.look()
    assert len(await Reached(office.whole.redis).by_phone("+77010000001")) == 1
    await clock.move(clock.now() + timedelta(days=31))
    await forgetting.look()
    await forgetting.look()
    assert await Reached(office.whole.redis).by_phone("+77010000001") == []
    progress = await office.broadcasts.progress(made.id)
    assert progress.counts is not None
    assert progress.counts.by_fate == {Fate.ACCEPTED: 3}
    assert not list(office.lists.folder("").iterdir())
    with pytest.raises(BroadcastError, match="no_list"):
        await office.broadcasts.again(made.id, "aigul")
    with pytest.raises(BroadcastError, match="no_list"):
        await office.broadcasts.start(draft.id, "aigul")
