"""What becomes of letters, and what that means for the offer."""

from datetime import datetime, timedelta

import msgspec
import pytest

from dialogs.dialogue import Dialogue
from dialogs.matters.matter import Kind
from gateway.channels import Letter, Outcome, Rejected, Retry, Sent
from gateway.connection import Client
from gateway.letters import Status
from gateway.phones import Phones
from tests.gateway.affairs import (
    FRIDAY,
    MONDAY,
    OTHER,
    PHONE,
    Affairs,
    Hands,
    opened,
    put_together,
    withdrawn,
)
from tests.gateway.ministry import problem

MORNING = FRIDAY.replace(hour=9)


@pytest.mark.parametrize(
    ("kind", "letter"), [(Kind.PROACTIVE, "unreached_offer"), (Kind.REPLACEMENT, "unreached_replacement")]
)
async def test_who_could_not_be_reached_was_not_silent(kind: Kind, letter: str, affairs: Affairs) -> None:
    for phone in (PHONE, OTHER):
        await affairs.phones.unreachable(f"sms:{phone}", True)
    await affairs.told(opened(phones=(PHONE, OTHER), kind=kind))
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "undeliverable")]
    assert await affairs.sent() == ["question", "reminder", letter]
    (told,) = affairs.ministry.taken
    body = msgspec.json.decode(told.body)
    assert (body["at"], body["phone"]) == ("2026-11-27T00:00:00+05:00", PHONE)


async def test_one_phone_that_was_reached_is_enough_for_silence(affairs: Affairs) -> None:
    await affairs.phones.unreachable(f"sms:{PHONE}", True)
    await affairs.told(opened(phones=(PHONE, OTHER)))
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "silence")]


async def test_a_phone_that_was_switched_on_for_the_reminder_was_reached(affairs: Affairs) -> None:
    await affairs.phones.unreachable(f"sms:{PHONE}", True)
    await affairs.told(opened())
    await affairs.until(FRIDAY - timedelta(days=1))
    await affairs.phones.unreachable(f"sms:{PHONE}", False)
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "silence")]


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (Status.DELIVERED, "silence"),
        (Status.SENT, "silence"),
        (Status.FAILED, "undeliverable"),
        (Status.BUFFERED, "undeliverable"),
    ],
)
async def test_the_last_report_about_the_question_counts(
    status: Status, end: str, redis: Client, dialogue: Dialogue
) -> None:
    async with put_together(redis, dialogue, Hands(), reminder_at=None) as affairs:
        await affairs.told(opened())
        (line,) = await affairs.journal()
        # The simulator reports a delivery at once; a real provider does later.
        await redis.delete(*[name async for name in redis.scan_iter(match="*:letter:*")])
        await affairs.letters.mark(line.letter, Status.ACCEPTED, proof=True)
        await affairs.letters.mark(line.letter, status)
        await affairs.until(MORNING)
        assert affairs.answered() == [("O-1:1", end)]


class Away:
    """A provider that is away until it is told to come back."""

    def __init__(self, phones: Phones) -> None:
        self.back = False
        self._phones = phones

    async def send(self, letter: Letter) -> Outcome:
        return await self._phones.send(letter) if self.back else Retry("away")


class Taking:
    """A provider that takes letters and never reports."""

    async def send(self, letter: Letter) -> Outcome:
        return Sent()


@pytest.fixture
async def provider(affairs: Affairs) -> Away:
    away = Away(affairs.phones)
    affairs.channels["sms"] = away
    return away


@pytest.mark.parametrize("given_up", [True, False])
async def test_a_question_that_no_provider_took_leaves_on_the_next_day_with_a_new_last_day(
    given_up: bool, affairs: Affairs, provider: Away
) -> None:
    """Whether the outbox has seen before midnight that it is too late for that letter, or not yet."""
    await affairs.told(opened())
    (letter,) = await waiting(affairs)
    assert "26 қараша" in letter.text
    if given_up:
        await affairs.until(MONDAY.replace(hour=23, minute=59, second=30))
        assert await affairs.letters.status(letter.id) is Status.EXPIRED
    await affairs.until(MONDAY.replace(day=24, hour=8))
    provider.back = True
    await affairs.until(MONDAY.replace(day=24, hour=8, minute=30))
    assert await affairs.screen() == []  # the old letter is of no use any more
    await affairs.until(MONDAY.replace(day=24, hour=9))
    (text,) = await affairs.screen()
    assert "27 қараша" in text
    matter = await affairs.matter()
    assert (matter.closes, matter.tries) == (datetime(2026, 11, 28, tzinfo=MONDAY.tzinfo), 2)
    await affairs.until(matter.closes + timedelta(days=1))
    assert affairs.answered() == [("O-1:1", "silence")]
    assert await affairs.sent() == ["question", "question", "reminder", "cancelled"]


async def test_a_provider_may_be_away_for_a_week(affairs: Affairs, provider: Away) -> None:
    await affairs.told(opened())
    await affairs.until(MONDAY + timedelta(days=7))
    provider.back = True
    await affairs.until(MONDAY + timedelta(days=7, hours=1))
    assert len(await affairs.screen()) == 1
    assert (await affairs.matter()).closes == datetime(2026, 12, 4, tzinfo=MONDAY.tzinfo)
    assert affairs.answered() == []


async def test_who_has_heard_by_one_phone_is_not_asked_again_for_the_sake_of_the_other(
    affairs: Affairs, provider: Away
) -> None:
    class Half(Away):
        async def send(self, letter: Letter) -> Outcome:
            return await self._phones.send(letter) if letter.address == f"sms:{OTHER}" else Retry("away")

    affairs.channels["sms"] = Half(affairs.phones)
    await affairs.told(opened(phones=(PHONE, OTHER)))
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "silence")]
    assert (await affairs.sent(OTHER)).count("question") == 1


async def test_a_chat_alone_is_no_sms(affairs: Affairs) -> None:
    """The law counts on the SMS; the chat comes on top."""
    await affairs.link("chat:77")
    await affairs.phones.unreachable(f"sms:{PHONE}", True)
    await affairs.told(opened())
    assert len(await affairs.screen("chat:77")) == 1
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "undeliverable")]


async def test_what_was_not_so_for_long_is_not_told_in_the_morning(affairs: Affairs) -> None:
    """E-Sobes says in the night that it knows of a refusal: «you stand in the queue» would be wrong."""
    affairs.ministry.answers = [problem("409 Conflict", answer="refusal")]
    await affairs.told(opened(kind=Kind.REPLACEMENT))
    await affairs.until(MORNING)
    assert await affairs.sent() == ["question", "reminder", "conflict"]


async def test_a_letter_that_waits_for_the_morning_stays_true_if_nothing_is_told_instead(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.until(FRIDAY + timedelta(hours=1))
    await affairs.told(withdrawn())
    await affairs.until(MORNING)
    assert await affairs.sent() == ["question", "reminder", "cancelled"]


async def test_letters_name_nobody_in_their_names(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    letters = {line.letter for line in await affairs.journal()}
    assert len(letters) == 2
    assert not any("701" in name or ":O-1" in name for name in letters)


async def test_a_rejected_letter_leaves_the_journal_as_it_is(affairs: Affairs) -> None:
    class Refusing:
        async def send(self, letter: Letter) -> Outcome:
            return Rejected("no such number")

    affairs.channels["sms"] = Refusing()
    await affairs.told(opened())
    (line,) = await affairs.journal()
    (news,) = await affairs.letters.news([line.letter])
    assert news is not None
    assert (line.nature, news.status) == ("question", Status.REJECTED)


async def waiting(affairs: Affairs) -> list[Letter]:
    found = []
    for shard in range(16):
        for _, fields in await affairs.batched("XRANGE", f"{{s{shard:02}}}:outbox", "-", "+"):
            found.append(msgspec.json.decode(fields[b"letter"], type=Letter))
    return found


async def test_a_question_that_is_known_to_have_failed_outweighs_a_reminder_of_which_nothing_is_known(
    affairs: Affairs,
) -> None:
    affairs.channels["sms"] = Taking()
    await affairs.told(opened())
    (line,) = await affairs.journal()
    await affairs.letters.mark(line.letter, Status.FAILED)
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "undeliverable")]


async def test_letters_that_were_taken_and_of_which_nothing_bad_is_known_have_arrived(affairs: Affairs) -> None:
    affairs.channels["sms"] = Taking()
    await affairs.told(opened())
    await affairs.until(MORNING)
    assert affairs.answered() == [("O-1:1", "silence")]
