"""What E-Sobes tells of invitations, choices and orders becomes letters, each once; and what people decide about an
invitation is passed on once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.duties.asking import Act, Arrive, Verdict
from dialogs.duties.duty import Reason, Setting
from dialogs.messages import Surface, Text
from dialogs.people import mark
from dialogs.talk import Here
from gateway.channels import Inbound, Letter, Outcome
from gateway.clock import ALMATY
from gateway.connection import Client
from gateway.journal.journal import Direction
from gateway.matters.duty_consequences import SOON
from gateway.matters.store import home_of
from gateway.matters.writing import Note
from tests.gateway.affairs import (
    AIGUL,
    MONDAY,
    OTHER,
    PAVEL,
    PHONE,
    Affairs,
    Hands,
    opened,
    put_together,
)
from tests.gateway.duty_events import (
    ARRIVE_BY,
    PLACE,
    UNTIL,
    choice,
    chosen,
    deed,
    doing,
    ended,
    find,
    invitation,
    invited,
    moved,
    order,
    ordered,
    to_choose,
)
from tests.gateway.ministry import answer, problem

CHAT = "chat:77"
BOTH = (PHONE, OTHER)
NIGHT = MONDAY.replace(hour=23)
MORNING = MONDAY.replace(day=24, hour=9)
POSTPONE = f"/do postpone in-3 {UNTIL}"
TAKEN = answer(
    "200 OK",
    '{"arrive_by": "2026-12-20", "signed": false, "sign_by": "2026-12-04", "sign_url": "https://aleumet.egov.kz/n/3"}',
)


def at(day: int, hour: int = 10, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ALMATY)


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    async with put_together(redis, doing(dialogue), Hands()) as affairs:
        affairs.ministry.answer_to = lambda _: TAKEN
        yield affairs


def relayed(affairs: Affairs) -> list[str]:
    return [told.key for told in affairs.ministry.taken]


async def waiting(affairs: Affairs, person: Any = AIGUL) -> int:
    """Letters that wait for the morning."""
    return await affairs.redis.zcard(f"{{s{home_of(person.iin):02}}}:later")


async def notes(affairs: Affairs) -> list[Note]:
    lines = await affairs.batched("XRANGE", f"{{s{home_of(AIGUL.iin):02}}}:office", "-", "+")
    return [msgspec.json.decode(fields[b"note"], type=Note) for _, fields in lines]


# Events


async def test_an_invitation_reaches_all_phones_and_the_chat_that_is_linked_to_one(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    assert await affairs.told(invited(phones=BOTH))
    for address in (PHONE, OTHER, CHAT):
        assert len(await affairs.screen(address)) == 1
    duty = await invitation(affairs)
    assert (duty.state, duty.arrive_by, duty.place, duty.setting) == (
        "invited",
        ARRIVE_BY,
        PLACE,
        Setting.INPATIENT,
    )


async def test_the_journal_has_a_line_for_every_letter(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited(phones=BOTH))
    lines = await affairs.journal()
    assert sorted((line.phone, line.channel) for line in lines) == sorted(
        [(PHONE, "sms"), (PHONE, "telegram"), (OTHER, "sms")]
    )
    for line in lines:
        assert (line.iin, line.name, line.birth_date) == (AIGUL.iin, AIGUL.name, AIGUL.birth_date)
        assert (line.case, line.specialist, line.service) == (
            "2026/118",
            "Оспанов Ерлан",
            "special_social_services_inpatient",
        )
        assert (line.at, line.direction) == (MONDAY, Direction.OUT)
        assert "invited" in line.nature
    assert len({line.letter for line in lines}) == 3


async def test_the_same_event_again_changes_nothing(affairs: Affairs) -> None:
    assert [await affairs.told(invited()) for _ in range(3)] == [True, False, False]
    assert len(await affairs.screen()) == 1
    assert await affairs.told(invited(event="another"))
    assert len(await affairs.screen()) == 1


async def test_many_events_at_once_are_each_stored_and_tell_once(affairs: Affairs) -> None:
    told = [invited(phones=BOTH), invited(event="another", phones=BOTH)] * 5
    stored = await asyncio.gather(*map(affairs.desk.told, told))
    assert stored.count(True) == 2
    await affairs.settle()
    assert [len(await affairs.screen(phone)) for phone in BOTH] == [1, 1]
    events = await affairs.redis.xlen(f"{{s{home_of(AIGUL.iin):02}}}:events")
    assert events == 2


async def test_an_invitation_of_the_night_waits_for_the_morning(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(invited())
    assert (await affairs.screen(), await affairs.journal()) == ([], [])
    await affairs.until(MORNING)
    assert len(await affairs.screen()) == 1
    assert [line.at for line in await affairs.journal()] == [MORNING]


async def test_who_has_not_heard_of_an_invitation_does_not_hear_of_its_end(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(invited())
    await affairs.told(ended())
    assert await waiting(affairs) == 0
    await affairs.until(at(10))
    assert (await affairs.screen(), await affairs.journal()) == ([], [])


async def test_an_end_that_comes_first_is_the_end(affairs: Affairs) -> None:
    await affairs.told(ended())
    await affairs.told(invited())
    await affairs.told(moved())
    await affairs.until(at(25))
    assert (await affairs.screen(), (await invitation(affairs)).state) == ([], "over")


async def test_letters_are_in_the_language_of_the_talk_where_there_is_one(affairs: Affairs) -> None:
    for said in ("здравствуйте", "2"):
        await affairs.sms(said, OTHER)
    before = len(await affairs.screen(OTHER))
    await affairs.told(invited(phones=BOTH))
    (kazakh,), russian = await affairs.screen(PHONE), await affairs.screen(OTHER)
    assert len(russian) == before + 1
    assert "желтоқсан" in kazakh
    assert "декабря" in russian[-1]


async def test_where_a_phone_serves_two_persons_each_is_named(affairs: Affairs) -> None:
    await affairs.told(invited())
    await affairs.told(invited("in-4", person=PAVEL))
    first, second = await affairs.screen()
    assert "Айгүл" not in first  # nobody else was known then
    assert "Павел" in second


async def test_phones_are_those_that_e_sobes_named_last(affairs: Affairs) -> None:
    await affairs.told(invited(phones=(PHONE,)))
    await affairs.told(invited(event="again", phones=(OTHER,)))
    assert await affairs.screen(OTHER) == []  # the invitation is the same
    await affairs.until(at(2))
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(OTHER))) == (1, 1)
    await affairs.sms(POSTPONE, PHONE)
    assert (await affairs.screen(PHONE))[-1] == "unknown"
    await affairs.sms("/do come in-3", OTHER)
    assert (await affairs.screen(OTHER))[-1] == "fine invited"


async def test_a_pocket_forgets_what_is_over_when_something_new_comes(affairs: Affairs) -> None:
    for name in ("in-1", "in-2", "in-3"):
        await affairs.told(invited(name))
    await affairs.told(ended("in-1"))
    assert len((await affairs.pocket()).duties) == 3
    await affairs.told(to_choose())
    assert [one.name for one in (await affairs.pocket()).duties] == [
        "invitation:in-2",
        "invitation:in-3",
        "choice:ch-1",
    ]


async def test_a_pocket_forgets_what_nothing_came_of_for_long_until_e_sobes_tells_of_it(affairs: Affairs) -> None:
    async def noted() -> list[str]:
        return [one.name for one in (await affairs.pocket()).duties]

    await affairs.told(ordered(service="technical_aids_hygiene"))
    for days, known in ((75, ["order:or-1", "choice:ch-1"]), (76, ["choice:ch-1", "choice:ch-2"])):
        await affairs.until(MONDAY + timedelta(days))
        await affairs.told(to_choose(known[-1].partition(":")[2], affairs.clock.now().date()))
        assert await noted() == known
    await affairs.told(ordered(outcome="refused", service="technical_aids_hygiene"))
    assert await noted() == ["choice:ch-1", "choice:ch-2", "order:or-1"]


# Reminders


async def test_reminders_leave_at_ten_and_none_after_the_last_day(affairs: Affairs) -> None:
    await affairs.told(invited())
    for before, after, number in ((at(2, 9), at(2), 2), (at(6, 9), at(6), 3)):
        await affairs.until(before)
        assert len(await affairs.screen()) == number - 1
        await affairs.until(after)
        assert len(await affairs.screen()) == number
    await affairs.until(at(20))
    assert len(await affairs.screen()) == 3
    assert (await invitation(affairs)).state == "lapsed"


async def test_a_clock_that_was_down_for_days_sends_one_reminder(affairs: Affairs) -> None:
    await affairs.told(invited())
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at = at(7, 15)
    await affairs.wakeups.ring()
    await affairs.wakeups.ring()
    await affairs.settle()
    assert [line.nature for line in await affairs.journal()] == ["invited", "eve"]


async def test_nothing_is_wanted_any_more_when_it_is_over(affairs: Affairs) -> None:
    await affairs.told(invited())
    await affairs.told(ended())
    assert len(await affairs.screen()) == 2
    await affairs.until(at(20))
    assert len(await affairs.screen()) == 2
    assert await affairs.redis.zcard(f"{{s{home_of(AIGUL.iin):02}}}:wakeups") == 0


async def test_a_correction_of_the_night_comes_alone(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(invited())
    await affairs.told(invited(arrive_by=date(2026, 12, 4)))
    assert await waiting(affairs) == 1
    await affairs.until(MORNING)
    (text,) = await affairs.screen()
    assert "4" in text
    await affairs.until(at(3))
    assert [line.nature for line in await affairs.journal()] == ["invited", "soon", "eve"]


async def test_who_declines_gets_no_reminder_and_the_office_knows(affairs: Affairs) -> None:
    await affairs.told(invited())
    await affairs.sms("/do decline in-3")
    await affairs.sms("/do decline in-3")
    (note,) = await notes(affairs)
    assert (note.what, note.duty, note.person, note.whose) == (
        "declined",
        "invitation:in-3",
        mark(AIGUL.iin),
        AIGUL.name,
    )
    await affairs.until(at(20))
    assert (await affairs.sent()) == ["invited"]
    assert relayed(affairs) == []


async def test_who_comes_is_reminded_all_the_same(affairs: Affairs) -> None:
    await affairs.told(invited())
    await affairs.sms("/do come in-3")
    await affairs.until(at(20))
    assert await affairs.sent() == ["invited", "soon", "eve"]
    (line,) = [line for line in await affairs.journal() if line.direction is Direction.IN]
    assert (line.nature, line.phone, line.iin, line.channel) == ("answer.come", PHONE, AIGUL.iin, "sms")


# Postponing


async def test_e_sobes_is_told_of_a_wish_to_the_letter(affairs: Affairs) -> None:
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    (told,) = affairs.ministry.taken
    assert (told.key, told.path) == ("in-3:postponement", "/invitations/in-3/postponement")
    assert msgspec.json.decode(told.body) == {
        "arrive_by": "2026-12-20",
        "reason": "illness",
        "at": "2026-11-23T10:00:00+05:00",
        "channel": "sms",
        "phone": PHONE,
    }
    assert "fine postponing" in await affairs.screen()
    duty = await invitation(affairs)
    assert (duty.state, duty.arrive_by) == ("unsigned", ARRIVE_BY)
    assert duty.wanted is not None
    assert (duty.wanted.until, duty.wanted.sign_by) == (UNTIL, date(2026, 12, 4))
    assert duty.wanted.url == "https://aleumet.egov.kz/n/3"
    assert await affairs.sent() == ["invited", "sign"]
    assert await affairs.heard() == ["answer.postpone"]


async def test_from_a_chat_it_is_told_so_with_the_phone_that_it_is_linked_to(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    await affairs.write(POSTPONE, CHAT)
    body = msgspec.json.decode(affairs.ministry.taken[0].body)
    assert (body["channel"], body["phone"]) == ("telegram", PHONE)


async def test_of_two_phones_in_the_same_moment_one_is_passed_on(affairs: Affairs) -> None:
    await affairs.told(invited(phones=BOTH))
    inbounds = [Inbound(f"at-once-{phone}", f"sms:{phone}", Text(POSTPONE)) for phone in BOTH]
    await asyncio.gather(*map(affairs.receiver.receive, [*inbounds, *inbounds]))
    await affairs.settle()
    assert relayed(affairs) == ["in-3:postponement"]
    answers = [(await affairs.screen(phone))[1].split()[0] for phone in BOTH]
    assert sorted(answers) == ["fine", "pending"]
    assert [line.nature for line in await affairs.journal() if line.direction is Direction.IN] == ["answer.postpone"]


@pytest.mark.parametrize("talked", [True, False])
async def test_a_message_that_comes_again_after_a_crash_is_answered_as_at_first(
    talked: bool, affairs: Affairs
) -> None:
    """The program died after the wish was stored and before, or after, it was answered."""
    await affairs.told(invited(phones=BOTH))
    inbound = Inbound("again", f"sms:{PHONE}", Text(POSTPONE))
    if talked:
        await affairs.receiver.receive(inbound)
    else:
        here = Here(MONDAY, Surface.SMS, PHONE, duties=(await invitation(affairs),))
        done = await affairs.duties.do(deed(POSTPONE), inbound, here)
        assert done is not None
        assert (done.verdict, done.invitation.state) == (Verdict.FINE, "postponing")
    for _ in range(2):
        await affairs.receiver.receive(inbound)
    await affairs.settle()
    assert relayed(affairs) == ["in-3:postponement"]
    screen = await affairs.screen()
    assert screen.count("fine postponing") == 1
    assert await affairs.heard() == ["answer.postpone"]
    assert await affairs.sent() == ["invited", "sign"]
    await affairs.sms(POSTPONE, OTHER)
    assert (await affairs.screen(OTHER))[-1] == "pending unsigned"


async def test_a_talk_that_comes_again_after_a_crash_says_what_it_would_have_said(
    redis: Client, dialogue: Dialogue
) -> None:
    """The real one: the wish was stored, and the talk knew nothing of it yet."""
    async with put_together(redis, dialogue, Hands()) as affairs:
        affairs.ministry.answer_to = lambda _: answer("503 Service Unavailable", "", "Retry-After: 1200")
        for name, phone, person in (("in-3", PHONE, AIGUL), ("in-4", OTHER, structs.replace(AIGUL, iin=PAVEL.iin))):
            await affairs.told(invited(name, phones=(phone,), person=person))
            for said in ("2", "1", "+5"):
                await affairs.sms(said, phone)
        inbound = Inbound("yes", f"sms:{PHONE}", Text("1"))
        here = Here(MONDAY, Surface.SMS, PHONE, duties=(await invitation(affairs),))
        asked = Arrive("in-3", Act.POSTPONE, ARRIVE_BY + timedelta(5), Reason.ILLNESS)
        assert await affairs.duties.do(asked, inbound, here)
        await affairs.receiver.receive(inbound)
        await affairs.sms("1", OTHER)
        assert await affairs.screen(PHONE) == await affairs.screen(OTHER)
        affairs.ministry.answer_to = lambda _: TAKEN
        await affairs.until(MONDAY + timedelta(hours=1))
        assert sorted(relayed(affairs)) == ["in-3:postponement", "in-4:postponement"]
        assert [(await affairs.sent(phone))[-1] for phone in BOTH] == ["sign", "sign"]


async def test_a_disputed_day_that_comes_again_stays_disputed(affairs: Affairs) -> None:
    await affairs.told(invited(setting=Setting.SEMI_INPATIENT, phones=BOTH))
    disputed = f"/do postpone in-3 {ARRIVE_BY + timedelta(12)}"
    inbound = Inbound("again", f"sms:{PHONE}", Text(disputed))
    here = Here(MONDAY, Surface.SMS, PHONE, duties=(await invitation(affairs),))
    first = await affairs.duties.do(deed(disputed), inbound, here)
    await affairs.sms(f"/do postpone in-3 {ARRIVE_BY + timedelta(10)}", OTHER)
    again = await affairs.duties.do(deed(disputed), inbound, here)
    assert first is not None
    assert again is not None
    assert first.verdict is again.verdict is Verdict.DISPUTED
    (note,) = await notes(affairs)
    assert (note.what, note.day) == ("disputed", ARRIVE_BY + timedelta(12))
    assert relayed(affairs) == ["in-3:postponement"]
    assert (await affairs.heard()) == ["answer.disputed"]


@pytest.mark.parametrize(
    ("setting", "days", "verdict"),
    [
        (Setting.INPATIENT, 31, "far"),
        (Setting.INPATIENT, 0, "early"),
        (Setting.SEMI_INPATIENT, 11, "disputed"),
        (Setting.SEMI_INPATIENT, 14, "disputed"),
        (Setting.SEMI_INPATIENT, 15, "far"),
        (Setting.HOME, 1, "setting"),
        (Setting.TEMPORARY, 1, "setting"),
    ],
)
async def test_what_is_not_allowed_is_not_passed_on(
    setting: Setting, days: int, verdict: str, affairs: Affairs
) -> None:
    await affairs.told(invited(setting=setting))
    await affairs.sms(f"/do postpone in-3 {ARRIVE_BY + timedelta(days)}")
    assert (await affairs.screen())[-1] == f"{verdict} invited"
    assert relayed(affairs) == []
    assert not (await invitation(affairs)).used


async def test_the_last_day_is_the_last_on_which_it_can_be_postponed(affairs: Affairs) -> None:
    for name in ("in-1", "in-2"):
        await affairs.told(invited(name))
    await affairs.until(at(7, 23).replace(minute=59, second=59))
    await affairs.sms(POSTPONE.replace("in-3", "in-1"))
    await affairs.until(at(8, 0))
    await affairs.sms(POSTPONE.replace("in-3", "in-2"))
    assert relayed(affairs) == ["in-1:postponement"]
    assert (await affairs.screen())[-1] == "late lapsed"


async def test_who_asks_at_night_is_answered_at_once_and_all_others_in_the_morning(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited(phones=BOTH))
    await affairs.until(NIGHT)
    await affairs.sms(POSTPONE)
    assert await affairs.sent() == ["invited", "invited", "sign"]
    assert (len(await affairs.screen(OTHER)), len(await affairs.screen(CHAT))) == (1, 1)
    await affairs.until(MORNING)
    assert (len(await affairs.screen(OTHER)), len(await affairs.screen(CHAT))) == (2, 2)
    assert len(await affairs.screen()) == 3


async def test_what_e_sobes_answers_long_after_waits_for_the_morning(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: answer("503 Service Unavailable", "", "Retry-After: 1200")
    await affairs.told(invited())
    await affairs.until(NIGHT)
    await affairs.sms(POSTPONE)
    affairs.ministry.answer_to = lambda _: TAKEN
    await affairs.until(NIGHT + 2 * SOON + timedelta(minutes=5))
    assert relayed(affairs) == ["in-3:postponement"]
    assert await affairs.sent() == ["invited"]
    await affairs.until(MORNING)
    assert await affairs.sent() == ["invited", "sign"]


async def test_what_waits_for_the_morning_and_is_not_so_any_more_never_comes(affairs: Affairs) -> None:
    await affairs.told(invited(phones=BOTH))
    await affairs.until(NIGHT)
    await affairs.sms(POSTPONE)
    await affairs.told(moved(phones=BOTH))
    await affairs.until(MORNING)
    assert await affairs.sent(OTHER) == ["invited", "moved"]
    assert await affairs.sent(PHONE) == ["invited", "sign", "moved"]


@pytest.mark.parametrize(
    "body", ["", "{}", "[1]", '{"arrive_by": "soon", "sign_by": 17, "sign_url": "https://evil.kz"}']
)
async def test_an_answer_that_cannot_be_read_has_been_taken_and_the_old_day_is_the_last_to_sign(
    body: str, affairs: Affairs
) -> None:
    affairs.ministry.answer_to = lambda _: answer("200 OK", body)
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    duty = await invitation(affairs)
    assert duty.wanted is not None
    assert (duty.state, duty.wanted.until, duty.wanted.sign_by, duty.wanted.url) == ("unsigned", UNTIL, ARRIVE_BY, "")


async def test_after_a_conflict_the_old_day_counts_and_nothing_is_passed_on_again(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: problem("409 Conflict", title="already postponed")
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    assert await affairs.sent() == ["invited", "conflict"]
    duty = await invitation(affairs)
    assert (duty.state, duty.used, duty.arrive_by) == ("invited", True, ARRIVE_BY)
    await affairs.sms(POSTPONE)
    assert (await affairs.screen())[-1] == "used invited"
    assert relayed(affairs) == ["in-3:postponement"]
    await affairs.until(at(6))
    assert await affairs.sent() == ["invited", "conflict", "soon", "eve"]


async def test_what_e_sobes_refused_can_be_sent_again_by_staff(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: problem("422 Unprocessable Entity", detail="не та дата")
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    assert await affairs.sent() == ["invited", "not_taken"]
    (refusal,) = await affairs.backlog.refused()
    affairs.ministry.answer_to = lambda _: TAKEN
    assert await affairs.backlog.again(refusal.letter.id)
    assert not await affairs.backlog.again(refusal.letter.id)
    affairs.relays.wake(home_of(AIGUL.iin))
    await affairs.settle()
    assert relayed(affairs) == ["in-3:postponement", "in-3:postponement:again1"]
    assert await affairs.sent() == ["invited", "not_taken", "sign"]
    assert (await invitation(affairs)).state == "unsigned"


async def test_an_answer_that_comes_twice_counts_once(affairs: Affairs) -> None:
    """The program died after it was stored, and before the relay was struck off."""
    sent: list[Letter] = []
    channel = affairs.channels["esobes"]

    class Twice:
        async def send(self, letter: Letter) -> Outcome:
            sent.append(letter)
            await channel.send(letter)
            return await channel.send(letter)

    affairs.channels["esobes"] = Twice()
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    assert len(affairs.ministry.calls) == 2
    assert len(relayed(affairs)) == len(sent) == 1
    assert await affairs.sent() == ["invited", "sign"]


async def test_signed_it_counts_and_unsigned_the_old_day_does(affairs: Affairs) -> None:
    await affairs.told(invited("in-1"))
    await affairs.told(invited("in-2", person=PAVEL, phones=(OTHER,)))
    await affairs.sms(POSTPONE.replace("in-3", "in-1"))
    await affairs.sms(POSTPONE.replace("in-3", "in-2"), OTHER)
    await affairs.until(at(3, 11))
    await affairs.told(moved("in-1"))
    await affairs.until(at(25))
    assert await affairs.sent() == ["invited", "sign", "sign_soon", "sign_eve", "moved", "soon", "eve"]
    natures = ["invited", "sign", "sign_soon", "sign_eve", "sign_last", "unsigned", "eve"]
    assert await affairs.sent(OTHER) == natures
    assert (await invitation(affairs, "in-1")).arrive_by == UNTIL
    assert (await invitation(affairs, "in-2", PAVEL)).arrive_by == ARRIVE_BY


async def test_a_change_before_the_invitation_is_kept(affairs: Affairs) -> None:
    await affairs.told(moved())
    await affairs.told(invited())
    duty = await invitation(affairs)
    assert (duty.state, duty.arrive_by, duty.place, duty.used) == ("postponed", UNTIL, PLACE, True)
    await affairs.sms(f"/do postpone in-3 {UNTIL + timedelta(3)}")
    assert (await affairs.screen())[-1] == "used postponed"
    await affairs.told(ended())
    assert relayed(affairs) == []


# Strangers


async def test_at_a_strangers_phone_nothing_is_told_or_decided(affairs: Affairs) -> None:
    await affairs.told(invited(phones=BOTH))
    await affairs.until(NIGHT)
    await affairs.told(invited(arrive_by=date(2026, 12, 9), phones=BOTH))
    await affairs.sms("не мой номер")
    assert await affairs.heard() == ["answer.not_mine"]
    assert (await affairs.pocket()).strangers == (mark(AIGUL.iin),)
    screen = await affairs.screen()
    await affairs.until(MORNING)
    assert await affairs.screen() == screen  # what waited for the morning does not come any more
    assert len(await affairs.screen(OTHER)) == 2
    await affairs.sms(POSTPONE)
    assert (await affairs.screen())[-1] == "unknown"
    await affairs.told(ended(phones=BOTH))
    assert len(await affairs.screen()) == len(screen) + 1
    assert len(await affairs.screen(OTHER)) == 3


async def test_a_phone_that_nobody_knows_decides_nothing(affairs: Affairs) -> None:
    await affairs.told(invited())
    for act in ("come", "decline"):
        await affairs.sms(f"/do {act} in-3", OTHER)
    await affairs.sms(POSTPONE, OTHER)
    assert await affairs.screen(OTHER) == ["unknown"] * 3
    await affairs.sms("/do come in-4")
    assert (await affairs.screen())[-1] == "unknown"
    assert relayed(affairs) == []


async def test_a_chat_that_is_linked_to_another_phone_decides_nothing(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(invited())
    await affairs.link(CHAT, OTHER)
    await affairs.write(POSTPONE, CHAT)
    assert (await affairs.screen(CHAT))[-1] == "unknown"


# Beside offers


async def test_codes_of_an_offer_work_beside_an_invitation_and_neither_touches_the_other(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    assert (await affairs.matter()).state == "asked"
    await affairs.sms((await affairs.matter()).yes)
    assert (await affairs.matter()).state == "consented"
    assert sorted(relayed(affairs)) == ["O-1:1", "in-3:postponement"]
    assert (await invitation(affairs)).state == "unsigned"


@pytest.mark.parametrize("word", ["иә", "да", "жоқ", "нет"])
async def test_a_word_without_a_code_says_nothing_of_an_offer_or_an_invitation_that_came_later(
    word: str, affairs: Affairs
) -> None:
    await affairs.told(opened())
    await affairs.until(MONDAY + timedelta(minutes=1))
    await affairs.told(invited())
    await affairs.sms(word)
    duty = await invitation(affairs)
    assert (duty.said, duty.used, duty.state) == ("", False, "invited")
    assert (await affairs.matter()).state == "asked"


@pytest.mark.parametrize("word", ["иә", "да", "жоқ", "нет"])
async def test_a_word_that_answers_an_offer_says_nothing_of_an_invitation_that_came_before(
    word: str, affairs: Affairs
) -> None:
    await affairs.told(invited())
    await affairs.until(MONDAY + timedelta(minutes=1))
    await affairs.told(opened())
    await affairs.sms(word)
    duty = await invitation(affairs)
    assert (duty.said, duty.used, duty.state) == ("", False, "invited")
    assert (await affairs.matter()).state in ("consented", "refusing")


# Choices and orders


async def test_a_choice_is_told_after_a_month_and_after_two(affairs: Affairs) -> None:
    await affairs.told(to_choose())
    await affairs.until(datetime(2026, 12, 23, 10, tzinfo=ALMATY))
    assert await affairs.sent() == ["choose", "month_over"]
    await affairs.until(datetime(2027, 1, 24, 9, tzinfo=ALMATY))
    assert await affairs.sent() == ["choose", "month_over"]
    await affairs.until(datetime(2027, 1, 24, 10, tzinfo=ALMATY))
    assert await affairs.sent() == ["choose", "month_over", "blocked"]
    await affairs.told(to_choose(opened_on=date(2027, 1, 25)))
    await affairs.told(chosen())
    await affairs.told(chosen(outcome="cancelled"))
    await affairs.until(datetime(2027, 6, 1, tzinfo=ALMATY))
    assert await affairs.sent() == ["choose", "month_over", "blocked", "choose", "chosen"]
    assert (await choice(affairs)).outcome == "chosen"


async def test_a_choice_whose_end_came_first_can_begin_anew(affairs: Affairs) -> None:
    await affairs.told(chosen(outcome="cancelled"))
    await affairs.told(to_choose(opened_on=date(2026, 11, 20)))
    assert await affairs.screen() == []
    await affairs.told(to_choose(opened_on=date(2026, 11, 25)))
    found = await choice(affairs)
    assert (found.service, found.last, found.state) == ("technical_aids_hygiene", date(2027, 1, 25), "open")


async def test_an_order_is_told_and_reminded_of(affairs: Affairs) -> None:
    await affairs.told(ordered(arrive_on=date(2026, 12, 17)))
    assert (await order(affairs)).cancel_by == date(2026, 12, 11)
    await affairs.until(at(31))
    assert await affairs.sent() == ["accepted", "cancel_soon", "arrive_soon"]
    assert (await order(affairs)).state == "over"


async def test_an_order_that_is_refused_after_all_reminds_of_nothing(affairs: Affairs) -> None:
    await affairs.told(ordered(arrive_on=date(2026, 12, 17)))
    await affairs.told(ordered(outcome="refused"))
    await affairs.until(at(31))
    assert await affairs.sent() == ["accepted", "refused"]
    assert (await order(affairs)).reason == "нет мест"


async def test_the_same_id_in_another_kind_is_another_duty(affairs: Affairs) -> None:
    await affairs.told(invited("7"))
    await affairs.told(to_choose("7"))
    await affairs.told(ordered("7", arrive_on=date(2026, 12, 17)))
    await affairs.told(opened("7"))
    found = [await find(affairs, name) for name in ("invitation:7", "choice:7", "order:7")]
    assert [type(one).__name__ for one in found] == ["Invitation", "Choice", "Order"]
    assert len(await affairs.screen()) == 4


async def test_what_waits_for_the_morning_does_not_come_to_a_phone_that_e_sobes_has_taken_off(
    affairs: Affairs,
) -> None:
    await affairs.link(CHAT, OTHER)
    await affairs.until(NIGHT)
    await affairs.told(invited(phones=BOTH))
    await affairs.told(invited(event="again", phones=(PHONE,)))
    await affairs.until(MORNING)
    assert [len(await affairs.screen(address)) for address in (PHONE, OTHER, CHAT)] == [1, 0, 0]


async def test_an_invitation_that_waits_for_the_morning_comes_though_somebody_postpones_at_night(
    affairs: Affairs,
) -> None:
    """Who asks may have seen it in a talk; the others have not."""
    affairs.ministry.answer_to = lambda _: answer("503 Service Unavailable", "", "Retry-After: 36000")
    await affairs.until(NIGHT)
    await affairs.told(invited(phones=BOTH))
    await affairs.sms(POSTPONE)
    await affairs.until(MORNING)
    assert [len(await affairs.sent(phone)) for phone in BOTH] == [1, 1]


async def test_a_refusal_that_staff_hear_twice_is_told_once(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: problem("409 Conflict", title="passed on")
    await affairs.told(invited())
    await affairs.sms(POSTPONE)
    for _ in range(2):
        assert await affairs.backlog.again("in-3:postponement")
        affairs.relays.wake(home_of(AIGUL.iin))
        await affairs.settle()
    assert len(relayed(affairs)) == 3
    await affairs.until(at(8, 12))
    assert await affairs.backlog.again("in-3:postponement")
    affairs.relays.wake(home_of(AIGUL.iin))
    await affairs.settle()
    assert await affairs.sent() == ["invited", "conflict", "soon", "eve"]
