"""What becomes of an application is told to the person: soon, once, and in as few letters as possible."""

import asyncio
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from dialogs import session as sessions
from dialogs.applications.application import Hearing
from gateway.connection import Client
from gateway.esobes.events import Told
from gateway.journal.journal import Direction
from gateway.matters.news_store import place_of
from gateway.store import Line, Store
from tests.gateway.affairs import (
    AIGUL,
    MONDAY,
    OTHER,
    PAVEL,
    PHONE,
    Affairs,
    changed,
    decided,
    opened,
    scheduled,
)

MINUTE = timedelta(minutes=1)
NIGHT = MONDAY + timedelta(hours=12)
MORNING = MONDAY + timedelta(hours=23)
HEARING = Hearing(MONDAY + timedelta(days=2, hours=1), "Жаркент, Жібек жолы, 1", "келіп")
CHAT = "chat:aigul"


def later(told: Told, **by: float) -> Told:
    """E-Sobes wrote it down that much later."""
    return structs.replace(told, at=told.at + timedelta(**by))


async def stop(affairs: Affairs, address: str) -> None:
    """Whoever reads there wants no letters that they need not get."""
    session = sessions.new("somebody")
    session.quiet = True
    line = Line(0, "somebody", "sms", "settings", ())
    await Store(affairs.batched).commit(
        "test:stop", address, before=None, after=sessions.write(session), letters=[], line=line
    )


async def streams(affairs: Affairs, name: str) -> int:
    return sum([await affairs.redis.xlen(f"{{s{home:02}}}:{name}") for home in range(16)])


# What waits for whom


async def test_a_change_is_told_after_a_minute(affairs: Affairs) -> None:
    assert await affairs.told(changed())
    await affairs.until(MONDAY + MINUTE - timedelta(seconds=1))
    assert await affairs.screen() == []
    await affairs.until(MONDAY + MINUTE)
    assert len(await affairs.screen()) == 1
    assert await affairs.sent() == ["change"]


async def test_several_changes_within_a_minute_are_one_letter(affairs: Affairs) -> None:
    await affairs.told(changed("registered"))
    await affairs.until(MONDAY + MINUTE / 2)
    await affairs.told(changed("under_review", "A-2", service="special_transport_wheelchair"))
    await affairs.told(later(changed("home_visit"), seconds=5))
    await affairs.until(MONDAY + MINUTE)
    (text,) = await affairs.screen()
    name, wheelchair, hygiene = text.splitlines()
    assert name == "Айгүл:"
    assert wheelchair.startswith("Кресло-арба: қаралып жатыр")
    assert hygiene.startswith("Гигиеналық құралдар: қызметкер үйге")
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.screen()) == 1
    assert await streams(affairs, "events") == 3


async def test_the_minute_is_counted_from_the_first_change(affairs: Affairs) -> None:
    for number in range(5):
        await affairs.told(changed("under_review", f"A-{number}"))
        await affairs.until(MONDAY + (number + 1) * MINUTE / 4)
    await affairs.until(MONDAY + timedelta(hours=1))
    assert [line.at - MONDAY for line in await affairs.journal()] == [MINUTE, 2 * MINUTE]


@pytest.mark.parametrize("told", [decided("refused", "A-2"), scheduled(HEARING, "A-2")], ids=lambda told: told.type)
async def test_what_the_law_asks_for_leaves_at_once_and_takes_along_what_waits(told: Told, affairs: Affairs) -> None:
    await affairs.told(changed())
    await affairs.told(told)
    assert len(await affairs.screen()) == 1
    assert await affairs.sent() == [{"decision.made": "decision"}.get(told.type, "hearing")]
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.screen()) == 1


async def test_at_night_everything_waits_for_the_morning_and_is_one_letter(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    for told in (decided(), changed("under_review", "A-2"), scheduled(HEARING, "A-3")):
        await affairs.told(told)
    await affairs.until(MORNING - timedelta(seconds=1))
    assert (await affairs.screen(), await affairs.journal()) == ([], [])
    await affairs.until(MORNING)
    (text,) = await affairs.screen()
    assert "25 қараша, сәрсенбі, 11:00" in text
    assert [line.at for line in await affairs.journal()] == [MORNING]


async def test_a_change_just_before_the_night_waits_for_the_morning(affairs: Affairs) -> None:
    evening = NIGHT - timedelta(hours=1, seconds=30)
    await affairs.until(evening)
    await affairs.told(changed())
    await affairs.until(MORNING - timedelta(seconds=1))
    assert await affairs.screen() == []
    await affairs.until(MORNING)
    assert len(await affairs.screen()) == 1


async def test_a_letter_that_nobody_could_send_by_day_is_not_sent_at_night(affairs: Affairs) -> None:
    """The program did not run when its minute was over."""
    await affairs.told(changed())
    await affairs.clock.move(NIGHT)
    await affairs.until(NIGHT + timedelta(hours=1))
    assert await affairs.screen() == []
    await affairs.until(MORNING)
    assert len(await affairs.screen()) == 1


# Nothing twice, and nothing that is not so any more


async def test_of_what_was_overtaken_only_the_newest_stage_is_told(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(decided("approved"))
    await affairs.told(later(changed("ordered"), minutes=5))
    await affairs.until(MORNING)
    (text,) = await affairs.screen()
    assert "тапсырыс" in text.lower()
    assert "мақұлданды" not in text


async def test_what_is_as_it_was_is_no_news(affairs: Affairs) -> None:
    await affairs.told(decided("approved"))
    await affairs.told(later(changed("ordered"), seconds=10))
    await affairs.told(later(changed("approved"), seconds=20))
    await affairs.until(MONDAY + timedelta(hours=1))
    assert await affairs.sent() == ["decision"]


async def test_a_change_that_says_what_the_decision_said_is_not_told(affairs: Affairs) -> None:
    await affairs.told(decided("approved"))
    await affairs.told(later(changed("approved"), seconds=1))
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.screen()) == 1


async def test_a_change_and_then_the_decision_it_came_from_are_one_letter(affairs: Affairs) -> None:
    await affairs.told(changed("approved"))
    await affairs.told(later(decided("approved"), seconds=1))
    await affairs.until(MONDAY + timedelta(hours=1))
    assert await affairs.sent() == ["decision"]


async def test_what_comes_late_is_not_told_any_more(affairs: Affairs) -> None:
    await affairs.told(later(changed("ordered"), hours=2))
    await affairs.told(decided("approved"))
    await affairs.told(later(changed("delivering"), hours=1))
    await affairs.until(MONDAY + timedelta(hours=1))
    (text,) = await affairs.screen()
    assert "тапсырыс" in text.lower()
    assert await streams(affairs, "events") == 3


async def test_an_event_that_is_told_again_changes_nothing(affairs: Affairs) -> None:
    for told in (changed(), decided("refused", "A-2"), scheduled(HEARING, "A-3")):
        assert [await affairs.told(told) for _ in range(3)] == [True, False, False]
    assert await streams(affairs, "events") == 3
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.screen()) == 2


async def test_events_at_once_are_all_told_of(affairs: Affairs) -> None:
    events = [changed("completed", f"A-{number}", service="sanatorium_treatment") for number in range(5)]
    assert all(await asyncio.gather(*(affairs.desk.told(one) for one in events)))
    assert not any(await asyncio.gather(*(affairs.desk.told(one) for one in events)))
    await affairs.until(MONDAY + timedelta(hours=1))
    (text,) = await affairs.screen()
    assert text.count("Санаторий: ") == 5


async def test_a_wake_up_that_comes_twice_tells_once(affairs: Affairs) -> None:
    await affairs.told(changed())
    await affairs.clock.move(MONDAY + MINUTE)
    home, record = place_of(AIGUL.iin)
    await asyncio.gather(*(affairs.desk.woken(home, f".{record}") for _ in range(3)))
    await affairs.desk.woken(home, f".{record}")
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.screen()) == 1


async def test_no_name_in_redis_says_whom_the_news_are_about(affairs: Affairs, redis: Client) -> None:
    await affairs.told(changed())
    wakeups = [await redis.zrange(key, 0, -1) for key in await redis.keys("*:wakeups")]
    names = repr([await redis.keys("*"), wakeups])
    assert "}:news:" in names
    assert ".news:" in names
    assert AIGUL.iin not in names


async def test_nothing_is_left_to_wake_for(affairs: Affairs, redis: Client) -> None:
    await affairs.told(changed())
    await affairs.until(MONDAY + timedelta(hours=1))
    assert not await redis.keys("*:wakeups")


# Hearings


async def test_a_hearing_is_told_with_its_time_and_place_and_kept(affairs: Affairs) -> None:
    await affairs.told(scheduled(HEARING))
    (text,) = await affairs.screen()
    assert "25 қараша, сәрсенбі, 11:00" in text
    assert "Жаркент, Жібек жолы, 1" in text
    assert "алдымен сізді тыңдайды" in text
    assert await affairs.news.hearings(AIGUL.iin) == {"A-1": HEARING}
    assert await affairs.news.hearings(PAVEL.iin) == {}


async def test_a_hearing_is_told_of_though_a_change_came_before_it(affairs: Affairs) -> None:
    await affairs.told(later(changed("hearing_scheduled"), seconds=1))
    await affairs.told(scheduled(HEARING))
    assert await affairs.sent() == ["hearing"]
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.screen()) == 1


async def test_a_hearing_that_is_moved_is_told_anew(affairs: Affairs) -> None:
    await affairs.told(scheduled(HEARING))
    moved = structs.replace(HEARING, at=HEARING.at + timedelta(days=1))
    await affairs.told(later(scheduled(moved, event="moved"), hours=1))
    await affairs.told(later(scheduled(HEARING, event="late"), minutes=1))
    assert await affairs.sent() == ["hearing", "hearing"]
    assert await affairs.news.hearings(AIGUL.iin) == {"A-1": moved}


async def test_a_hearing_that_waits_is_not_overtaken_by_work_going_on(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(scheduled(HEARING))
    await affairs.told(later(changed("under_review"), minutes=1))
    await affairs.until(MORNING)
    assert await affairs.sent() == ["hearing"]


async def test_after_the_decision_there_is_no_hearing(affairs: Affairs) -> None:
    await affairs.told(scheduled(HEARING))
    await affairs.told(later(decided("refused"), hours=1))
    assert await affairs.news.hearings(AIGUL.iin) == {}
    await affairs.told(later(scheduled(HEARING, event="late"), minutes=1))
    assert await affairs.sent() == ["hearing", "decision"]


# To whom


async def test_everybody_is_told_who_is_reached_by_a_phone_or_its_chat(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(decided(phones=(PHONE, OTHER)))
    for address in (PHONE, OTHER, CHAT):
        assert len(await affairs.screen(address)) == 1


async def test_who_stopped_optional_letters_gets_decisions_and_hearings_only(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await stop(affairs, f"sms:{PHONE}")
    await affairs.told(changed())
    await affairs.until(MONDAY + MINUTE)
    assert (len(await affairs.screen()), len(await affairs.screen(CHAT))) == (0, 1)
    await affairs.told(later(changed("home_visit", "A-2"), hours=1))
    await affairs.told(later(scheduled(HEARING, "A-3"), hours=1))
    (text,) = await affairs.screen()
    assert "үйге" not in text.lower()
    assert "үйге" in (await affairs.screen(CHAT))[-1].lower()
    await affairs.told(later(decided("refused"), hours=2))
    assert len(await affairs.screen()) == 2


async def test_a_decision_is_told_to_all_where_a_change_with_the_same_stage_was_not(affairs: Affairs) -> None:
    await stop(affairs, f"sms:{PHONE}")
    await affairs.told(changed("queued", phones=(PHONE, OTHER)))
    await affairs.until(MONDAY + MINUTE)
    assert (await affairs.sent(), await affairs.sent(OTHER)) == ([], ["change"])
    await affairs.told(later(decided("queued", phones=(PHONE, OTHER)), hours=1))
    await affairs.told(later(decided("queued", event="again", phones=(PHONE, OTHER)), hours=2))
    assert await affairs.sent() == ["decision"]


async def test_each_reads_it_in_the_language_of_their_talk(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.write("рус", CHAT)
    await affairs.told(decided("approved"))
    assert "мақұлданды" in (await affairs.screen())[-1]
    assert "добрен" in (await affairs.screen(CHAT))[-1]


async def test_a_decision_that_e_sobes_calls_a_change_cannot_be_stopped(affairs: Affairs) -> None:
    await stop(affairs, f"sms:{PHONE}")
    for number, stage in enumerate(("approved", "refused")):
        await affairs.told(changed(stage, f"A-{number}"))
    await affairs.until(MONDAY + MINUTE)
    assert await affairs.sent() == ["change"]


async def test_who_said_that_it_is_not_their_phone_is_told_nothing_more(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    await affairs.told(changed(phones=(PHONE, OTHER)))
    await affairs.sms("не мой номер")
    await affairs.until(MONDAY + MINUTE)
    assert (await affairs.sent())[-1] == "not_mine"
    assert (await affairs.sent(OTHER))[-1] == "change"


async def test_a_person_whose_phone_became_known_only_later_is_told_the_decision(affairs: Affairs) -> None:
    assert await affairs.told(decided(phones=()))
    assert await affairs.journal() == []
    await affairs.told(later(decided(event="again"), hours=1))
    assert await affairs.sent() == ["decision"]


async def test_letters_go_to_the_phones_that_e_sobes_told_of_last(affairs: Affairs) -> None:
    await affairs.told(later(changed("under_review", phones=(OTHER,)), minutes=5))
    await affairs.told(changed("under_review", "A-2", phones=(PHONE,)))
    await affairs.until(MONDAY + MINUTE)
    assert (len(await affairs.screen(PHONE)), len(await affairs.screen(OTHER))) == (0, 1)


async def test_a_letter_says_whose_application_it_is_for_others_may_be_reached_at_the_same_phone(
    affairs: Affairs,
) -> None:
    await affairs.told(decided(phones=(OTHER,)))
    await affairs.told(decided(person=PAVEL, phones=(OTHER,)))
    first, second = await affairs.screen(OTHER)
    assert "Айгүл" in first
    assert "Павел" in second


async def test_the_language_is_that_of_the_person(affairs: Affairs) -> None:
    await affairs.told(decided("refused", person=PAVEL, refusal_reason="Нет заключения врача"))
    (text,) = await affairs.screen()
    assert "Нет заключения врача" in text
    assert "пожаловаться" in text


async def test_the_journal_says_what_was_told_about_which_case_and_by_whom(affairs: Affairs) -> None:
    told = structs.replace(decided(phones=(PHONE, OTHER)), specialist="Ахметова Г.", case="07-12")
    await affairs.told(told)
    lines = await affairs.journal()
    assert {(one.phone, one.nature, one.specialist, one.case, one.service) for one in lines} == {
        (phone, "decision", "Ахметова Г.", "07-12", "technical_aids_hygiene") for phone in (PHONE, OTHER)
    }
    assert all(one.direction is Direction.OUT and one.letter.startswith("news:") and one.parts for one in lines)
    assert not any(phone in one.letter for one in lines for phone in (PHONE[1:], OTHER[1:], AIGUL.iin))


async def test_what_became_of_the_letters_is_kept_for_good(affairs: Affairs, redis: Client) -> None:
    await affairs.told(decided())
    (name,) = [name async for name in redis.scan_iter(match="*:letter:news:*")]
    assert await redis.ttl(name) == -1


async def test_the_clock_of_the_sandbox_stops_at_every_moment_that_something_waits_for(affairs: Affairs) -> None:
    await affairs.told(changed("under_review", "A-1"))
    await affairs.told(changed("under_review", "A-2", person=PAVEL, phones=(OTHER,)))
    await affairs.until(MONDAY + timedelta(days=1))
    times: list[datetime] = [line.at for line in await affairs.journal()]
    assert times == [MONDAY + MINUTE, MONDAY + MINUTE]
