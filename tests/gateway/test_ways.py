"""One person, several ways: what the law does not ask for goes to the linked chat, and an SMS follows once if the
chat has not taken it in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from dialogs import session as sessions
from dialogs import statutory
from dialogs.dialogue import Dialogue
from dialogs.matters.pocket import Pocket
from gateway.channels import Letter, OptedOut, Outcome, Rejected, Retry, Sent
from gateway.connection import Client
from gateway.esobes.events import Told
from gateway.letters import Status
from gateway.outbox.outbox import Outbox
from gateway.store import SHARDS, Line, Store, tag
from gateway.ways import Way, Ways
from tests.gateway.affairs import (
    FRIDAY,
    MONDAY,
    NIGHT,
    OTHER,
    PHONE,
    Affairs,
    Hands,
    changed,
    decided,
    opened,
    put_together,
    withdrawn,
)
from tests.gateway.duty_events import ended, invited, moved, to_choose

CHAT, SECOND, SMS = "chat:aigul", "chat:second", f"sms:{PHONE}"
AFTER = timedelta(minutes=2)
MORNING = MONDAY.replace(day=24, hour=9)
GATHERED = MONDAY + timedelta(minutes=1)
"""When what has changed is told."""
GONE = pytest.mark.parametrize("gone", [Rejected("no such chat"), OptedOut("blocked")])


class Provider:
    """A chat program, or an operator."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        self.outcome = outcome or Sent()
        self.took: list[str] = []
        self.hangs: asyncio.Event | None = None
        """It answers only then."""

    async def send(self, letter: Letter) -> Outcome:
        if self.hangs is not None:
            await self.hangs.wait()
        if isinstance(self.outcome, Sent):
            self.took.append(letter.text)
        return self.outcome


SILENT = Retry("nobody answers")


async def changed_at_ten(affairs: Affairs, outcome: Outcome | None = None, *phones: str) -> None:
    """The office tells of something that the law does not ask for; the chat program answers so."""
    await affairs.link(CHAT)
    if outcome is not None:
        affairs.channels["chat"] = Provider(outcome)
    await affairs.told(changed(phones=phones or (PHONE,)))
    await affairs.until(GATHERED)


async def waiting(affairs: Affairs) -> int:
    """SMS and letters that wait for their time."""
    found = [await affairs.redis.zcard(f"{tag(shard)}:later") for shard in range(SHARDS)]
    kept = [await affairs.redis.hlen(f"{tag(shard)}:letters") for shard in range(SHARDS)]
    assert sum(kept) in (sum(found), 2 * sum(found))
    return sum(found)


async def lines(affairs: Affairs) -> list[tuple[str, str, datetime]]:
    return [(one.channel, one.nature, one.at) for one in await affairs.journal()]


# The chat takes it, or does not


async def test_what_the_chat_has_taken_does_not_come_by_sms(affairs: Affairs) -> None:
    await changed_at_ten(affairs)
    assert await waiting(affairs) == 0
    await affairs.until(GATHERED + AFTER)
    assert (len(await affairs.screen(CHAT)), await affairs.screen(PHONE)) == (1, [])
    assert await lines(affairs) == [("telegram", "change", GATHERED)]


@GONE
async def test_what_the_chat_refuses_comes_by_sms_at_once_and_stands_so_in_the_journal(
    gone: Outcome, affairs: Affairs
) -> None:
    await changed_at_ten(affairs, gone)
    await affairs.until(GATHERED + timedelta(seconds=1))
    assert len(await affairs.screen(PHONE)) == 1
    await affairs.until(GATHERED + AFTER)
    assert await lines(affairs) == [("telegram", "change", GATHERED), ("sms", "change", GATHERED)]
    assert (await waiting(affairs), len(await affairs.screen(PHONE))) == (0, 1)


async def test_an_sms_follows_a_chat_that_says_nothing_once(affairs: Affairs) -> None:
    await changed_at_ten(affairs, SILENT)
    await affairs.until(GATHERED + AFTER - timedelta(seconds=1))
    assert (await affairs.screen(PHONE), await waiting(affairs)) == ([], 1)
    await affairs.until(GATHERED + AFTER)
    assert (len(await affairs.screen(PHONE)), await waiting(affairs)) == (1, 0)
    affairs.channels["chat"] = came_back = Provider()
    await affairs.until(GATHERED + timedelta(hours=1))
    assert (len(await affairs.screen(PHONE)), came_back.took) == (1, [])
    assert [channel for channel, *_ in await lines(affairs)] == ["telegram", "sms"]


async def test_a_chat_that_takes_it_after_a_while_is_in_time(affairs: Affairs) -> None:
    await changed_at_ten(affairs, SILENT)
    affairs.channels["chat"] = late = Provider()
    await asyncio.sleep(0)
    affairs.clock.at += timedelta(minutes=1)  # type: ignore[attr-defined]
    await affairs.settle()
    assert (len(late.took), await waiting(affairs)) == (1, 0)
    await affairs.until(GATHERED + AFTER)
    assert await affairs.screen(PHONE) == []


async def test_a_chat_that_confirms_in_the_very_moment_or_later_changes_nothing(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    affairs.channels["chat"] = chat = Provider()
    chat.hangs = asyncio.Event()
    await affairs.told(changed())
    clock = affairs.clock
    assert isinstance(clock, Hands)
    for moment in (GATHERED, GATHERED + AFTER):
        clock.at = moment
        await affairs.wakeups.ring()
        await affairs.outbox.drained(SMS)
    assert len(await affairs.screen(PHONE)) == 1
    chat.hangs.set()
    await affairs.until(GATHERED + AFTER + AFTER)
    assert (len(await affairs.screen(PHONE)), len(chat.took), await waiting(affairs)) == (1, 1, 0)


@pytest.mark.parametrize("after", [timedelta(seconds=30), AFTER, timedelta(hours=3)])
async def test_a_program_that_begins_anew_in_between_sends_it_one_way(
    after: timedelta, redis: Client, dialogue: Dialogue
) -> None:
    async with put_together(redis, dialogue, Hands()) as affairs:
        await changed_at_ten(affairs, SILENT)
    async with put_together(redis, dialogue, Hands(GATHERED + after)) as affairs:
        await affairs.until(GATHERED + timedelta(hours=4))
        by_sms, to_chat = len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))
        assert (by_sms, to_chat) == ((0, 1) if after < AFTER else (1, 0))
        assert await waiting(affairs) == 0


async def test_an_outbox_that_is_killed_before_it_struck_the_letter_off_takes_the_sms_with_it_later(
    affairs: Affairs,
) -> None:
    """Another reads what it left behind."""
    await changed_at_ten(affairs, SILENT)
    other = Outbox(affairs.batched, affairs.channels, affairs.clock, "test", quiet=NIGHT)
    affairs.channels["chat"] = chat = Provider()
    run = asyncio.create_task(other.run())
    await other.drained()
    other.stop()
    await run
    assert (len(chat.took), await waiting(affairs)) == (1, 0)


async def test_a_chat_that_is_blocked_is_not_tried(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.answers.block(CHAT)
    await affairs.told(changed())
    await affairs.until(GATHERED)
    assert (len(await affairs.screen(PHONE)), await affairs.screen(CHAT)) == (1, [])
    await affairs.told(invited())
    assert (len(await affairs.screen(PHONE)), await affairs.screen(CHAT)) == (2, [])
    await affairs.write("сәлем", CHAT)
    await affairs.told(ended())
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))) == (2, 2)


# What the law asks for


@pytest.mark.parametrize("told", [opened(), decided(), invited(), to_choose(), changed("approved")])
async def test_what_the_law_asks_for_comes_both_ways(told: Told, affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(told)
    await affairs.until(GATHERED)
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))) == (1, 1)
    assert await waiting(affairs) == 0


@asynccontextmanager
async def preferring(
    redis: Client, dialogue: Dialogue, clock: Hands | None = None, **more: Any
) -> AsyncIterator[Affairs]:
    """The chat, also for what the law asks for."""
    async with put_together(redis, dialogue, clock or Hands(), sms_too=False, **more) as affairs:
        await affairs.link(CHAT)
        yield affairs


@pytest.mark.parametrize("told", [opened(), decided(), invited(), to_choose(), changed("approved")])
async def test_unless_the_setting_says_otherwise(told: Told, redis: Client, dialogue: Dialogue) -> None:
    async with preferring(redis, dialogue) as affairs:
        await affairs.told(told)
        await affairs.until(GATHERED + AFTER)
        assert (await affairs.screen(PHONE), len(await affairs.screen(CHAT))) == ([], 1)


async def test_who_was_asked_in_the_chat_alone_was_asked(redis: Client, dialogue: Dialogue) -> None:
    async with preferring(redis, dialogue) as affairs:
        await affairs.told(opened())
        await affairs.until(FRIDAY + timedelta(hours=10))
        assert (await affairs.matter()).tries == 1
        assert affairs.answered() == [("O-1:1", "silence")]
        assert await affairs.sent() == ["question", "reminder", "cancelled"]
        assert await affairs.screen(PHONE) == []


async def test_a_word_answers_what_came_to_the_chat_alone_and_the_answer_there_is_enough(
    redis: Client, dialogue: Dialogue
) -> None:
    async with preferring(redis, dialogue) as affairs:
        await affairs.told(opened())
        await affairs.write("иә", CHAT)
        assert affairs.answered() == [("O-1:1", "consent")]
        await affairs.until(MONDAY + AFTER)
        assert (await affairs.screen(PHONE), await waiting(affairs)) == ([], 0)
        assert await affairs.sent() == ["question", "consented"]


async def test_an_answer_that_does_not_get_through_is_followed_by_the_sms(redis: Client, dialogue: Dialogue) -> None:
    async with preferring(redis, dialogue) as affairs:
        await affairs.told(opened())
        affairs.channels["chat"] = Provider(OptedOut("blocked"))
        await affairs.write((await affairs.matter()).yes, CHAT)
        await affairs.until(MONDAY + timedelta(seconds=1))
        assert await affairs.sent() == ["question", "consented", "consented_elsewhere"]
        assert len(await affairs.screen(PHONE)) == 1


async def test_a_word_by_sms_is_answered_by_sms(redis: Client, dialogue: Dialogue) -> None:
    async with preferring(redis, dialogue) as affairs:
        await affairs.told(opened())
        await affairs.sms((await affairs.matter()).yes)
        await affairs.until(MONDAY + AFTER)
        assert len(await affairs.screen(PHONE)) == 1
        assert await affairs.sent() == ["question", "consented", "consented_elsewhere"]
        assert len(await affairs.screen(CHAT)) == 2


async def test_who_could_be_asked_neither_way_is_asked_anew_on_another_day(redis: Client, dialogue: Dialogue) -> None:
    async with preferring(redis, dialogue) as affairs:
        phones = affairs.channels["sms"]
        affairs.channels["chat"], affairs.channels["sms"] = Provider(Rejected("no such chat")), Provider(SILENT)
        await affairs.told(opened())
        await affairs.until(MORNING - timedelta(hours=1))
        assert (await affairs.matter()).tries == 2
        affairs.channels["sms"] = phones
        await affairs.until(MORNING + timedelta(seconds=1))
        assert len(await affairs.screen(PHONE)) == 1


async def test_who_got_it_neither_way_was_not_silent(redis: Client, dialogue: Dialogue) -> None:
    async with preferring(redis, dialogue) as affairs:
        for address in (SMS, CHAT):
            await affairs.phones.unreachable(address, True)
        await affairs.told(opened())
        await affairs.until(FRIDAY + timedelta(hours=10))
        assert affairs.answered() == [("O-1:1", "undeliverable")]


async def test_a_chat_does_not_make_a_question_arrive_where_the_law_wants_an_sms(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.phones.unreachable(SMS, True)
    await affairs.told(opened())
    await affairs.until(FRIDAY + timedelta(hours=10))
    assert affairs.answered() == [("O-1:1", "undeliverable")]


async def test_nobody_waits_until_it_is_too_late(redis: Client, dialogue: Dialogue) -> None:
    late = Hands(MONDAY.replace(hour=23, minute=57, second=30))
    async with preferring(redis, dialogue, late, quiet=None) as affairs:
        await affairs.told(opened())
        assert (len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))) == (1, 1)
        assert await waiting(affairs) == 0


# At night


async def test_nothing_follows_in_quiet_hours(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    affairs.channels["chat"] = Provider(SILENT)
    await affairs.told(invited())
    before = len(await affairs.screen(PHONE))
    await affairs.until(MONDAY.replace(hour=20, minute=59, second=10))
    await affairs.told(ended())
    await affairs.until(MORNING - timedelta(seconds=1))
    assert len(await affairs.screen(PHONE)) == before
    await affairs.until(MORNING + timedelta(seconds=1))
    assert len(await affairs.screen(PHONE)) == before + 1


async def test_what_is_told_at_night_goes_to_the_chat_in_the_morning(affairs: Affairs) -> None:
    await changed_at_night(affairs)
    assert (len(await affairs.screen(CHAT)), await affairs.screen(PHONE)) == (1, [])
    assert await waiting(affairs) == 0


async def changed_at_night(affairs: Affairs, outcome: Outcome | None = None) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    for address in (SMS, CHAT):
        await affairs.phones.clear(address)
    if outcome is not None:
        affairs.channels["chat"] = Provider(outcome)
    await affairs.until(MONDAY.replace(hour=22))
    await affairs.told(ended())
    assert await waiting(affairs) == 2
    await affairs.until(MORNING + timedelta(seconds=1))


async def test_and_by_sms_a_little_later_if_the_chat_does_not_take_it(affairs: Affairs) -> None:
    await changed_at_night(affairs, SILENT)
    assert await affairs.screen(PHONE) == []
    await affairs.until(MORNING + AFTER)
    assert len(await affairs.screen(PHONE)) == 1


async def test_sms_that_follow_leave_in_the_order_in_which_they_were_told(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    names = [f"in-{number}" for number in range(6)]
    for name in names:
        await affairs.told(invited(name))
    for address in (SMS, CHAT):
        await affairs.phones.clear(address)
    affairs.channels["chat"] = Provider(SILENT)
    affairs.channels["sms"] = operator = Provider()
    clock = affairs.clock
    assert isinstance(clock, Hands)
    for number, name in enumerate(names):
        clock.at = MONDAY.replace(hour=20, minute=59) + timedelta(seconds=number)
        await affairs.told(ended(name, ("passed_on", "cancelled")[number % 2]))
    await affairs.until(MORNING + AFTER)
    assert len(operator.took) == 6
    assert operator.took[0] != operator.took[1]
    assert operator.took == operator.took[:2] * 3


@GONE
async def test_both_ways_keep_their_order_when_the_chat_begins_to_refuse(gone: Outcome, affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    await affairs.told(invited("in-4"))
    affairs.channels["chat"] = chat = Provider()
    affairs.channels["sms"] = operator = Provider()
    await affairs.told(ended())
    clock = affairs.clock
    assert isinstance(clock, Hands)
    clock.at += timedelta(seconds=1)
    chat.outcome = gone
    await affairs.told(ended("in-4", "cancelled"))
    await affairs.until(MONDAY + AFTER + AFTER)
    assert (len(chat.took), len(operator.took)) == (1, 1)
    assert chat.took != operator.took


# What is overtaken while it waits


async def test_what_is_of_no_use_any_more_does_not_follow(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    await affairs.until(datetime(2026, 12, 2, 9, 59, tzinfo=MONDAY.tzinfo))
    affairs.channels["chat"] = Provider(SILENT)
    before = len(await affairs.screen(PHONE))
    await affairs.until(datetime(2026, 12, 2, 10, 1, tzinfo=MONDAY.tzinfo))
    assert await waiting(affairs) == 1
    await affairs.told(ended(outcome="admitted"))
    assert await waiting(affairs) == 0
    await affairs.until(datetime(2026, 12, 2, 11, tzinfo=MONDAY.tzinfo))
    assert len(await affairs.screen(PHONE)) == before


async def test_nothing_follows_to_a_phone_whose_owner_is_a_stranger(affairs: Affairs) -> None:
    await affairs.told(opened())
    await changed_at_ten(affairs, SILENT)
    assert await waiting(affairs) == 1
    await affairs.sms("не мой номер")
    assert await waiting(affairs) == 0


@pytest.mark.parametrize("how", ["other chat", "other phone", "unlinked", "blocked"])
async def test_the_sms_leaves_if_the_chat_is_taken_away_in_the_meantime(how: str, affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    for address in (SMS, CHAT):
        await affairs.phones.clear(address)
    await affairs.until(MONDAY.replace(hour=22))
    await affairs.told(ended())
    if how == "other chat":
        await affairs.link(SECOND)
    elif how == "other phone":
        await affairs.link(CHAT, OTHER)
    elif how == "unlinked":
        await affairs.answers.link(CHAT, None, affairs.clock.now())
    else:
        await affairs.answers.block(CHAT)
        affairs.channels["chat"] = Provider(OptedOut("blocked"))
    await affairs.until(MORNING + AFTER)
    assert (len(await affairs.screen(PHONE)), await affairs.screen(OTHER)) == (1, [])
    assert await waiting(affairs) == 0


# Several phones, several readers


async def test_each_phone_has_its_own_way(affairs: Affairs) -> None:
    await changed_at_ten(affairs, None, PHONE, OTHER)
    assert (await affairs.screen(PHONE), len(await affairs.screen(OTHER))) == ([], 1)
    assert len(await affairs.screen(CHAT)) == 1


async def stop(affairs: Affairs, address: str) -> None:
    """Whoever reads there wants no letters that they need not get."""
    session = sessions.new("somebody")
    session.quiet = True
    line = Line(0, "somebody", "sms", "settings", ())
    await Store(affairs.batched).commit(
        f"test:stop:{address}", address, before=None, after=sessions.write(session), letters=[], line=line
    )


@pytest.mark.parametrize(("stopped", "by_sms", "to_chat"), [(SMS, 0, 1), (CHAT, 1, 0)])
async def test_what_somebody_has_stopped_one_way_does_not_come_that_way(
    stopped: str, by_sms: int, to_chat: int, affairs: Affairs
) -> None:
    await stop(affairs, stopped)
    await changed_at_ten(affairs)
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))) == (by_sms, to_chat)
    assert await waiting(affairs) == 0
    await affairs.until(GATHERED + AFTER)
    assert len(await affairs.screen(PHONE)) == by_sms


async def test_a_withdrawn_offer_is_told_the_way_that_is_preferred(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(opened())
    await affairs.told(withdrawn())
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))) == (1, 2)


async def test_a_day_that_was_moved_is_told_both_ways(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    await affairs.told(moved())
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(CHAT))) == (2, 2)


async def test_what_became_of_the_chats_letter_is_known_for_good(affairs: Affairs) -> None:
    await changed_at_ten(affairs, SILENT)
    await affairs.until(GATHERED + AFTER)
    first, second = [one.letter for one in await affairs.journal()]
    assert await affairs.letters.status(first) is Status.EXPIRED
    assert await affairs.letters.status(second) is Status.DELIVERED


# The rule by itself


def of(known: Pocket, at: datetime = MONDAY, until: timedelta = timedelta(7), *, both: bool = False) -> list[Way]:
    ways = Ways(statutory.load(), NIGHT)
    return ways.of(PHONE, known, lambda _: at, lambda leaves: leaves + until, both=both)


@pytest.mark.parametrize("known", [Pocket(), Pocket(chat=CHAT, blocked=True)])
def test_a_phone_without_a_chat_gets_it_by_sms_at_once(known: Pocket) -> None:
    assert of(known) == [Way(SMS, MONDAY)]


def test_an_sms_waits_for_the_chat_and_the_chat_has_no_more_time_than_that() -> None:
    linked = Pocket(chat=CHAT)
    assert of(linked) == [Way(SMS, MONDAY + AFTER, waits=True), Way(CHAT, MONDAY, until=MONDAY + AFTER)]
    assert of(linked, both=True) == [Way(SMS, MONDAY), Way(CHAT, MONDAY)]
    assert of(linked, until=AFTER) == [Way(SMS, MONDAY), Way(CHAT, MONDAY)]


def test_in_the_evening_sms_wait_for_the_morning_and_keep_their_order() -> None:
    evening = MONDAY.replace(hour=20, minute=59)
    sms = [of(Pocket(chat=CHAT), evening + timedelta(seconds=second))[0] for second in range(0, 60, 5)]
    leaves = [one.leaves for one in sms]
    assert leaves == sorted(set(leaves))
    assert MORNING < leaves[0] <= leaves[-1] < MORNING + timedelta(seconds=1)


def test_who_asks_at_night_gets_the_answer_in_the_chat_until_the_morning() -> None:
    night = MONDAY.replace(hour=23)
    sms, chat = of(Pocket(chat=CHAT), night)
    assert (chat.leaves, chat.until) == (night, sms.leaves)
    assert MORNING < sms.leaves < MORNING + timedelta(seconds=1)
