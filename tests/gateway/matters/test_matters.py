"""What E-Sobes tells becomes letters, and only once."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.matters.codes import CODES
from dialogs.matters.matter import Answer, Kind
from dialogs.matters.pocket import Known, Pocket
from dialogs.sms_length import measure
from gateway.connection import Client
from gateway.matters.matters import NoRoomError
from gateway.matters.store import home_of
from gateway.matters.writing import Writing
from tests.gateway.affairs import (
    AIGUL,
    FRIDAY,
    MONDAY,
    OTHER,
    PAVEL,
    PHONE,
    Affairs,
    Hands,
    decided,
    opened,
    put_together,
    withdrawn,
)
from tests.gateway.ministry import answer, problem

NIGHT = MONDAY.replace(hour=22)
MORNING = MONDAY.replace(day=24, hour=9)


async def streams(affairs: Affairs, name: str) -> int:
    return sum([await affairs.redis.xlen(f"{{s{shard:02}}}:{name}") for shard in range(16)])


async def test_an_offer_reaches_all_phones_with_the_same_codes(affairs: Affairs) -> None:
    assert await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    for phone in (PHONE, OTHER):
        (text,) = await affairs.screen(phone)
        assert matter.yes in text
        assert text.index(matter.yes) < text.index(matter.no)
        assert measure(text).parts <= 2
    assert (matter.sent, matter.closes) == (MONDAY, FRIDAY)


async def test_the_journal_has_a_line_for_every_letter(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    lines = await affairs.journal()
    assert {line.phone for line in lines} == {PHONE, OTHER}
    for line in lines:
        assert (line.iin, line.name, line.birth_date) == (AIGUL.iin, AIGUL.name, AIGUL.birth_date)
        assert (line.case, line.specialist, line.nature) == ("2026/118", "Оспанов Ерлан", "question")
        assert (line.at, line.channel) == (MONDAY, "sms")
        assert 1 <= line.parts <= 2
    news = await affairs.letters.news([line.letter for line in lines])
    assert [one and one.status.value for one in news] == ["delivered", "delivered"]


async def test_the_same_event_again_changes_nothing(affairs: Affairs) -> None:
    assert [await affairs.told(opened()) for _ in range(3)] == [True, False, False]
    assert len(await affairs.screen()) == 1
    assert await streams(affairs, "events") == 0


async def test_the_same_offer_in_another_event_is_kept_and_asks_nobody_again(affairs: Affairs) -> None:
    await affairs.told(opened())
    assert await affairs.told(opened(event="another"))
    assert not await affairs.told(opened(event="another"))
    assert len(await affairs.screen()) == 1
    assert await streams(affairs, "events") == 1


async def test_the_same_event_many_times_at_once_asks_once_with_the_codes_that_the_phone_knows(
    affairs: Affairs,
) -> None:
    phones = (PHONE, OTHER)
    told = [opened(phones=phones), opened(event="another", phones=phones[::-1])] * 5
    stored = await asyncio.gather(*map(affairs.told, told))
    assert stored.count(True) == 2
    matter = await affairs.matter()
    for phone in phones:
        assert len(await affairs.screen(phone)) == 1
        assert [(o.id, o.yes, o.no) for o in (await affairs.pocket(f"sms:{phone}")).offers] == [
            ("O-1", matter.yes, matter.no)
        ]


async def test_two_offers_on_one_phone_have_codes_of_their_own(affairs: Affairs) -> None:
    await affairs.told(opened("O-1"))
    await affairs.told(opened("O-2", service="technical_aids_surdo"))
    first, second = await affairs.matter("O-1"), await affairs.matter("O-2")
    assert len({first.yes, first.no, second.yes, second.no}) == 4
    await affairs.sms(second.no)
    assert ((await affairs.matter("O-1")).state, (await affairs.matter("O-2")).state) == ("asked", "refusing")


async def test_where_a_phone_serves_two_persons_each_is_named(affairs: Affairs) -> None:
    await affairs.told(opened("O-1"))
    await affairs.told(opened("O-2", person=PAVEL))
    first, second = await affairs.screen()
    assert "Айгүл" not in first  # nobody else was known then
    assert "Павел" in second
    await affairs.sms((await affairs.matter("O-1")).yes)
    assert "Айгүл" in (await affairs.screen())[-1]


async def test_a_person_without_a_phone_cannot_be_reached(affairs: Affairs) -> None:
    assert await affairs.told(opened(phones=()))
    await affairs.until(FRIDAY)
    assert affairs.answered() == [("O-1:1", "undeliverable")]


@pytest.mark.parametrize(
    ("at", "closes"),
    [
        (NIGHT, MONDAY.replace(day=28, hour=0)),  # Monday 22:00 → Tuesday; until Friday 27 November
        (datetime(2026, 11, 27, 22, tzinfo=MONDAY.tzinfo), datetime(2026, 12, 3, tzinfo=MONDAY.tzinfo)),
        # Friday 22:00 → Saturday, the days are Monday, Tuesday, Wednesday 2 December
        (MONDAY.replace(hour=23, minute=59, second=59), MONDAY.replace(day=28, hour=0)),
    ],
)
async def test_an_offer_of_the_night_waits_for_the_morning_and_its_days_count_from_there(
    at: datetime, closes: datetime, affairs: Affairs
) -> None:
    await affairs.until(at)
    await affairs.told(opened())
    morning = (at + timedelta(1)).replace(hour=9, minute=0, second=0)
    await affairs.until(morning - timedelta(seconds=1))
    assert (await affairs.screen(), await affairs.journal()) == ([], [])
    await affairs.until(morning)
    assert len(await affairs.screen()) == 1
    assert [line.at for line in await affairs.journal()] == [morning]
    assert (await affairs.matter()).closes == closes


async def test_without_quiet_hours_an_offer_of_the_last_second_is_not_sent_on_the_wrong_day(
    redis: Client, dialogue: Dialogue
) -> None:
    last = MONDAY.replace(hour=23, minute=59, second=59)
    async with put_together(redis, dialogue, Hands(last), quiet=None) as affairs:
        await affairs.told(opened())
        assert await affairs.screen() == []
        await affairs.until(MORNING)
        (text,) = await affairs.screen()
        assert "27 қараша" in text
        assert (await affairs.matter()).closes == MONDAY.replace(day=28, hour=0)


async def test_who_has_not_heard_of_an_offer_does_not_hear_of_its_withdrawal(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(opened())
    await affairs.until(NIGHT.replace(hour=23))
    await affairs.told(withdrawn())
    await affairs.until(MORNING.replace(hour=12))
    assert (await affairs.screen(), await affairs.journal()) == ([], [])
    assert (await affairs.matter()).state == "withdrawn"


async def test_codes_run_out_and_until_then_none_is_lost_and_all_are_far_apart(affairs: Affairs) -> None:
    told = [opened(f"O-{number}") for number in range(60)]
    outcomes = await asyncio.gather(*(affairs.matters.told(one) for one in told), return_exceptions=True)
    assert all(outcome is True or isinstance(outcome, NoRoomError) for outcome in outcomes)
    taken = [f"O-{number}" for number, outcome in enumerate(outcomes) if outcome is True]
    assert len(taken) >= 40
    codes = [code for name in taken for code in structs.astuple(await affairs.matter(name))[8:10]]
    assert len(codes) == 2 * len(taken)
    assert all(sum(a != b for a, b in zip(*pair, strict=True)) >= 2 for pair in combinations(codes, 2))
    known = (await affairs.pocket()).offers
    assert {(offer.yes, offer.no) for offer in known} == set(zip(codes[::2], codes[1::2], strict=True))
    await affairs.settle()
    assert len(await affairs.screen()) == len(taken)


async def test_an_offer_that_found_no_room_finds_it_when_others_are_over(affairs: Affairs) -> None:
    number = 0
    with suppress(NoRoomError):
        for number in range(60):
            await affairs.matters.told(opened(f"O-{number}"))
    assert await affairs.find(f"O-{number}") is None
    await affairs.told(withdrawn("O-7"))
    gone = await affairs.matter("O-7")
    assert await affairs.told(opened(f"O-{number}"))
    new = await affairs.matter(f"O-{number}")
    assert {new.yes, new.no} & {gone.yes, gone.no}


async def test_offers_that_cross_on_several_phones_at_once_never_share_a_code(affairs: Affairs) -> None:
    third = "+77051112233"
    ways = [(PHONE, OTHER), (OTHER, third), (third, PHONE), (OTHER, PHONE), (PHONE, third, OTHER)]
    told = [opened(f"O-{number}", phones=ways[number % len(ways)]) for number in range(25)]
    assert all(await asyncio.gather(*map(affairs.matters.told, told)))
    matters = [await affairs.matter(f"O-{number}") for number in range(25)]
    for phone in (PHONE, OTHER, third):
        here = {matter.id: (matter.yes, matter.no) for matter in matters if phone in matter.phones}
        assert {offer.id: (offer.yes, offer.no) for offer in (await affairs.pocket(f"sms:{phone}")).offers} == here
        assert len({code for pair in here.values() for code in pair}) == 2 * len(here)


@pytest.mark.parametrize("begun_today", [True, False])
async def test_codes_that_were_only_just_reserved_are_given_to_nobody_else(
    begun_today: bool, affairs: Affairs
) -> None:
    """Their offers have not been stored yet; those of yesterday never will be."""
    day = MONDAY.toordinal() - (not begun_today)
    pairs = zip(CODES[::2], CODES[1::2], strict=True)
    offers = tuple(Known(f"O-{yes}", 0, "", yes, no, day) for yes, no in pairs)
    await affairs.store.commit_pocket(f"sms:{PHONE}", None, Pocket(offers=offers), Writing())
    if begun_today:
        with pytest.raises(NoRoomError):
            await affairs.matters.told(opened())
    else:
        assert await affairs.told(opened())


async def test_a_withdrawn_offer_is_told_of_and_its_codes_decide_nothing(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    assert [await affairs.told(withdrawn()) for _ in range(2)] == [True, False]
    assert await affairs.sent(OTHER) == ["question", "withdrawn"]
    await affairs.sms(matter.yes)
    assert await affairs.sent() == ["question", "withdrawn", "late_withdrawn"]
    await affairs.until(FRIDAY)
    assert affairs.answered() == []
    assert len(await affairs.screen()) == 3


@pytest.mark.parametrize("consent", [True, False])
async def test_a_withdrawal_after_the_answer_is_told_and_takes_nothing_back(consent: bool, affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.yes if consent else matter.no)
    await affairs.told(withdrawn())
    await affairs.until(FRIDAY)
    assert (await affairs.sent())[-1] == "withdrawn"
    # A refusal that was still held has nobody left to be told to.
    assert affairs.answered() == ([("O-1:1", "consent")] if consent else [])


async def test_an_offer_that_was_withdrawn_before_it_came_asks_nobody(affairs: Affairs) -> None:
    assert await affairs.told(withdrawn())
    assert not await affairs.told(withdrawn())
    assert await affairs.told(opened())
    await affairs.until(FRIDAY)
    assert (await affairs.screen(), affairs.answered()) == ([], [])


async def test_offers_and_their_withdrawals_at_once_leave_no_question_open(affairs: Affairs) -> None:
    names = [f"O-{number}" for number in range(12)]
    await asyncio.gather(*(affairs.matters.told(event(name)) for name in names for event in (opened, withdrawn)))
    assert {(await affairs.matter(name)).state for name in names} == {"withdrawn"}
    await affairs.settle()
    sent = await affairs.sent()
    assert sent.count("question") == sent.count("withdrawn")


async def test_a_decision_is_told_once_per_stage(affairs: Affairs) -> None:
    assert await affairs.told(decided("approved", event="one"))
    assert await affairs.told(decided("approved", event="two"))
    assert not await affairs.told(decided("approved", event="two"))
    assert len(await affairs.screen()) == 1
    await affairs.told(decided("queued"))
    assert await affairs.sent() == ["decision", "decision"]
    assert await streams(affairs, "events") == 3


async def test_a_decision_that_comes_after_a_later_one_is_not_told_any_more(affairs: Affairs) -> None:
    later = structs.replace(decided("approved"), at=MONDAY + timedelta(hours=2))
    await affairs.told(later)
    await affairs.told(decided("queued"))
    assert await affairs.sent() == ["decision"]
    await affairs.told(structs.replace(later, id="again"))
    assert await affairs.sent() == ["decision"]
    assert await streams(affairs, "events") == 3


async def test_a_decision_reaches_phones_that_nobody_has_written_from_in_the_morning(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(decided(person=PAVEL, phones=(PHONE, OTHER)))
    assert (await affairs.screen(), await affairs.journal()) == ([], [])
    await affairs.until(MORNING)
    for phone in (PHONE, OTHER):
        (text,) = await affairs.screen(phone)
        assert "одобрено" in text.lower()
    assert [line.at for line in await affairs.journal()] == [MORNING, MORNING]


async def test_a_decision_may_come_before_e_sobes_has_our_relay(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: answer("503 Service Unavailable")
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    await affairs.told(decided())
    assert await affairs.sent() == ["question", "consented", "decision"]
    affairs.ministry.answer_to = lambda _: answer("200 OK", "{}")
    await affairs.until(FRIDAY)
    assert affairs.answered() == [("O-1:1", "consent")]
    assert await affairs.sent() == ["question", "consented", "decision"]


async def test_e_sobes_that_holds_another_answer_is_told_of_to_the_person(affairs: Affairs) -> None:
    affairs.ministry.answers = [problem("409 Conflict", answer="refusal")]
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    assert await affairs.sent() == ["question", "consented", "conflict"]
    assert (await affairs.matter()).state == "over"
    assert len(await affairs.backlog.refused()) == 1


async def test_e_sobes_that_holds_the_same_answer_already_is_no_conflict(affairs: Affairs) -> None:
    affairs.ministry.answers = [problem("409 Conflict", answer="consent")]
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    assert (await affairs.matter()).state == "consented"
    assert await affairs.sent() == ["question", "consented"]


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_refusal_is_turned_if_e_sobes_still_takes_the_consent(accepted: bool, affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    assert affairs.answered() == []
    await affairs.until(MONDAY + timedelta(minutes=15))
    assert affairs.answered() == [("O-1:1", "refusal")]
    if not accepted:
        affairs.ministry.answers = [problem("409 Conflict", answer="refusal")]
    await affairs.sms(matter.yes)
    assert affairs.answered() == [("O-1:1", "refusal"), ("O-1:2", "consent")]
    last = "turned" if accepted else "conflict"
    assert await affairs.sent() == ["question", "refusing", "refused", "turning", last]
    assert await affairs.sent(OTHER) == ["question", "refused", last]
    assert (await affairs.matter()).state == ("consented" if accepted else "over")


async def test_what_e_sobes_says_of_an_earlier_answer_changes_nothing(affairs: Affairs) -> None:
    """A refusal, then a consent: both wait for E-Sobes, which has noted silence, and takes the consent then."""
    affairs.ministry.answer_to = lambda _: answer("503 Service Unavailable")
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.until(MONDAY + timedelta(minutes=16))
    await affairs.sms(matter.yes)
    affairs.ministry.answers = [problem("409 Conflict", answer="silence"), answer("200 OK", "{}")]
    await affairs.until(MONDAY + timedelta(hours=1))
    assert [told.key for told in affairs.ministry.taken] == ["O-1:1", "O-1:2"]
    assert await affairs.sent() == ["question", "refusing", "refused", "turning", "turned"]


async def test_the_final_answer_of_e_sobes_may_come_many_times(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.until(MONDAY + timedelta(minutes=16))
    await affairs.sms(matter.yes)
    for _ in range(3):
        await affairs.matters.settled(home_of(AIGUL.iin), "O-1", "O-1:2", 200, None)
    await affairs.settle()
    assert await affairs.sent() == ["question", "refusing", "refused", "turning", "turned"]


@pytest.mark.parametrize(
    ("kind", "end"), [(Kind.PROACTIVE, ["reminder", "cancelled"]), (Kind.REPLACEMENT, ["reminder", "queued"])]
)
async def test_silence_ends_at_midnight_and_the_person_hears_of_it_in_the_morning(
    kind: Kind, end: list[str], affairs: Affairs
) -> None:
    await affairs.told(opened(kind=kind))
    await affairs.until(FRIDAY - timedelta(seconds=1))
    assert await affairs.sent() == ["question", "reminder"]
    await affairs.until(FRIDAY)
    assert affairs.answered() == [("O-1:1", "silence")]
    assert await affairs.sent() == ["question", "reminder"]
    await affairs.until(FRIDAY.replace(hour=9))
    assert await affairs.sent() == ["question", *end]
    given = (await affairs.matter()).given
    assert given is not None
    assert (given.answer, given.at) == (Answer.SILENCE, FRIDAY)


async def test_a_stale_letter_does_not_leave_in_the_morning(affairs: Affairs) -> None:
    """The refusal is passed on after nine in the evening, and turned in the night."""
    await affairs.until(MONDAY.replace(hour=20, minute=50))
    await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.until(NIGHT)
    await affairs.sms(matter.yes)
    await affairs.until(MORNING)
    assert await affairs.sent() == ["question", "refusing", "turning", "turned"]
    assert await affairs.sent(OTHER) == ["question", "turned"]
