"""When the calendar changes, what is open gets another last day: never an earlier one than somebody was told, each by
its own commit, in every process, and whoever dies over it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest

from dialogs import dialogue as dialogues
from dialogs import workdays
from dialogs.dialogue import Dialogue
from dialogs.entries import Entry, EntryKind
from dialogs.matters.window import last_day
from gateway.clock import ALMATY
from gateway.connection import Client
from gateway.matters import office
from gateway.matters.writing import Note
from gateway.workdays import recount
from gateway.workdays.calendar import KEY, Calendar, Line
from gateway.workdays.looks import Look, Looks
from gateway.workdays.open_deadlines import Law
from gateway.workdays.recount import Recount
from tests.conftest import LOCALES
from tests.gateway.affairs import (
    AIGUL,
    MONDAY,
    PAVEL,
    Affairs,
    Hands,
    law,
    opened,
    put_together,
)
from tests.gateway.duty_events import choice, invited, order, ordered, to_choose

THURSDAY, FRIDAY, SATURDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28)
OFF = Entry(kind=EntryKind.OFF, day=THURSDAY, source="Order 1")
NIGHT = MONDAY.replace(hour=22)


@pytest.fixture(name="dialogue")
def _dialogue() -> Dialogue:
    """With a calendar of its own, which tests change."""
    return dialogues.load(LOCALES)


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    async with put_together(redis, dialogue, Hands()) as affairs:
        yield affairs


@pytest.fixture
async def calendar(affairs: Affairs, dialogue: Dialogue) -> Calendar:
    return Calendar(affairs.batched, workdays.base(), dialogue.guide.workdays)


@pytest.fixture
def rules(dialogue: Dialogue) -> Law:
    return Law(law(dialogue.guide.workdays), dialogue.guide.duties)


@pytest.fixture
def counting(affairs: Affairs, calendar: Calendar, rules: Law) -> Recount:
    return another(affairs, calendar, rules)


def another(affairs: Affairs, calendar: Calendar, rules: Law, me: str = "here") -> Recount:
    return Recount(
        affairs.batched, calendar, rules, matters=affairs.matters, duties=affairs.duties, clock=affairs.clock, me=me
    )


async def enter(calendar: Calendar, entry: Entry = OFF) -> str:
    await calendar.look()
    assert await calendar.add(Line(MONDAY, "saule", entry), calendar.version)
    return calendar.version


async def take_back(calendar: Calendar, held: str) -> None:
    assert await calendar.add(Line(MONDAY, "saule", takes_back=held), calendar.version)


async def looked_at(affairs: Affairs, calendar: Calendar, rules: Law, line: Line) -> Look:
    looks = Looks(affairs.batched, calendar, rules, affairs.clock)
    begun = await looks.begin(line)
    look = await looks.find(begun.name, 10)
    assert look is not None
    assert look.done
    return look


async def notes(affairs: Affairs) -> list[Note]:
    return await office.read(affairs.batched)


async def test_a_day_off_gives_everybody_who_was_asked_another_day(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(opened())
    assert last_day((await affairs.matter()).closes) == THURSDAY
    await enter(calendar)
    await counting.catch_up()
    matter = await affairs.matter()
    assert last_day(matter.closes) == FRIDAY
    assert matter.wake == MONDAY.replace(day=24, hour=0)
    assert await affairs.sent() == ["question"]
    assert (await counting.progress()).moved == 1


async def test_the_reminder_leaves_on_the_new_last_day_and_silence_counts_after_it(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(opened())
    await enter(calendar)
    await counting.catch_up()
    await affairs.until(datetime(2026, 11, 27, 9, tzinfo=ALMATY))
    assert await affairs.sent() == ["question"]
    assert (await affairs.matter()).state == "asked"
    await affairs.until(datetime(2026, 11, 27, 12, tzinfo=ALMATY))
    assert await affairs.sent() == ["question", "reminder"]
    await affairs.until(datetime(2026, 11, 28, 12, tzinfo=ALMATY))
    assert (await affairs.matter()).state == "cancelled"


async def test_who_was_told_a_day_keeps_it_when_the_calendar_would_take_it(
    affairs: Affairs, calendar: Calendar, counting: Recount, rules: Law
) -> None:
    await affairs.clock.move(datetime(2026, 11, 26, 10, tzinfo=ALMATY))
    await affairs.told(opened())
    tuesday = date(2026, 12, 1)
    assert last_day((await affairs.matter()).closes) == tuesday
    worked = Entry(kind=EntryKind.WORKED, day=SATURDAY, source="Order 2")
    look = await looked_at(affairs, calendar, rules, Line(MONDAY, "saule", worked))
    (row,) = look.rows
    assert (row.effect.what, row.effect.before, row.effect.after, row.effect.stays, row.number) == (
        "proactive",
        tuesday,
        date(2026, 11, 30),
        True,
        1,
    )
    assert [(one.service, one.end) for one in row.examples] == [((await affairs.matter()).service, AIGUL.iin[-4:])]
    await enter(calendar, worked)
    await counting.catch_up()
    assert last_day((await affairs.matter()).closes) == tuesday


async def test_who_was_not_told_yet_is_told_the_new_day_once(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.clock.move(NIGHT)
    await affairs.told(opened())
    assert await affairs.screen() == []
    assert last_day((await affairs.matter()).closes) == FRIDAY
    await enter(calendar)
    await counting.catch_up()
    assert last_day((await affairs.matter()).closes) == date(2026, 11, 30)
    await affairs.until(MONDAY.replace(day=24, hour=9, minute=5))
    (text,) = await affairs.screen()
    assert "30 қараша" in text
    assert await affairs.sent() == ["question"]


async def test_an_entry_taken_back_takes_no_day_from_anybody(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(opened())
    held = await enter(calendar)
    await counting.catch_up()
    await take_back(calendar, held)
    await counting.catch_up()
    assert calendar.workdays.is_working(THURSDAY)
    assert last_day((await affairs.matter()).closes) == FRIDAY
    await affairs.told(opened("O-2", person=PAVEL))
    assert last_day((await affairs.matter("O-2", PAVEL)).closes) == THURSDAY


async def test_what_was_answered_or_is_over_stays_as_it_is(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    answered = await affairs.matter()
    await enter(calendar)
    await counting.catch_up()
    assert await affairs.matter() == answered


async def test_a_window_that_has_just_closed_is_not_opened_again(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(opened())
    affairs.clock.at = datetime(2026, 11, 27, 0, 0, 5, tzinfo=ALMATY)  # type: ignore[attr-defined]
    await enter(calendar)
    await counting.catch_up()
    await affairs.wakeups.ring()
    await affairs.settle()
    assert (await affairs.matter()).state == "cancelled"


async def test_days_to_choose_become_more_and_months_stay(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(to_choose("ch-1", service="special_social_services_home"))
    await affairs.told(to_choose("ch-2", service="technical_aids_hygiene"))
    before = {name: (await choice(affairs, name)).last for name in ("ch-1", "ch-2")}
    await enter(calendar)
    await counting.catch_up()
    after = {name: (await choice(affairs, name)).last for name in ("ch-1", "ch-2")}
    assert (before["ch-1"], after["ch-1"]) == (date(2026, 11, 30), date(2026, 12, 1))
    assert before["ch-2"] == after["ch-2"]


async def test_a_day_to_give_a_bed_up_that_would_be_earlier_stays_and_the_office_hears_of_it_once(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(ordered(arrive_on=date(2026, 12, 2)))
    assert (await order(affairs)).cancel_by == FRIDAY
    await enter(calendar, Entry(kind=EntryKind.OFF, day=date(2026, 12, 1), source="Order 3"))
    await counting.catch_up()
    await enter(calendar, Entry(kind=EntryKind.OFF, day=date(2027, 6, 1), source="Order 4"))
    await counting.catch_up()
    assert (await order(affairs)).cancel_by == FRIDAY
    (note,) = await notes(affairs)
    assert (note.what, note.day, note.last, note.duty) == ("shortened", THURSDAY, FRIDAY, "order:or-1")


async def test_the_office_hears_of_it_also_where_a_reminder_moves(
    affairs: Affairs, calendar: Calendar, counting: Recount
) -> None:
    await affairs.told(ordered(arrive_on=date(2026, 12, 9)))
    assert (await order(affairs)).cancel_by == date(2026, 12, 4)
    await enter(calendar, Entry(kind=EntryKind.OFF, day=date(2026, 12, 3), source="Order 6"))
    await enter(calendar, Entry(kind=EntryKind.OFF, day=date(2026, 12, 8), source="Order 7"))
    await counting.catch_up()
    duty = await order(affairs)
    assert duty.cancel_by == date(2026, 12, 4)
    assert duty.wake == datetime(2026, 12, 2, 10, tzinfo=ALMATY)
    assert [note.day for note in await notes(affairs)] == [date(2026, 12, 2)]


async def test_reminders_of_an_arrival_are_counted_anew_and_its_day_stays(
    affairs: Affairs, calendar: Calendar, counting: Recount, rules: Law
) -> None:
    await affairs.told(invited())
    off = Entry(kind=EntryKind.OFF, day=date(2026, 12, 3), source="Order 5")
    look = await looked_at(affairs, calendar, rules, Line(MONDAY, "saule", off))
    assert (look.rows, look.reminders, look.arrivals) == ((), 1, 1)
    await enter(calendar, off)
    await counting.catch_up()
    await affairs.until(datetime(2026, 12, 1, 10, 1, tzinfo=ALMATY))
    assert await affairs.sent() == ["invited", "soon"]


async def test_another_process_takes_up_what_one_died_over(
    affairs: Affairs, calendar: Calendar, counting: Recount, rules: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [AIGUL, PAVEL]
    for number, person in enumerate(people):
        await affairs.told(opened(f"O-{number}", person=person))
    await enter(calendar)
    real = affairs.matters.recount
    died: list[str] = []

    async def dies(home: int, offer: str) -> bool:
        if died:
            raise RuntimeError("gone")
        died.append(offer)
        return await real(home, offer)

    monkeypatch.setattr(affairs.matters, "recount", dies)
    with pytest.raises(RuntimeError):
        await counting.catch_up()
    monkeypatch.setattr(affairs.matters, "recount", real)
    other = another(affairs, calendar, rules, "there")
    await other.catch_up()
    assert not (await other.progress()).is_done(calendar.version), "the first may still live"
    await affairs.batched("DEL", recount._LEASE)
    await other.catch_up()
    progress = await other.progress()
    assert progress.is_done(calendar.version)
    for number, person in enumerate(people):
        assert last_day((await affairs.matter(f"O-{number}", person)).closes) == FRIDAY


async def test_an_answer_at_the_same_moment_wins(affairs: Affairs, calendar: Calendar, counting: Recount) -> None:
    await affairs.told(opened())
    code = (await affairs.matter()).yes
    await enter(calendar)
    await asyncio.gather(counting.catch_up(), affairs.sms(code))
    assert (await affairs.matter()).state == "consented"
    assert affairs.answered() == [("O-1:1", "consent")]


async def test_all_processes_count_by_the_new_calendar(affairs: Affairs, calendar: Calendar) -> None:
    elsewhere = Calendar(affairs.batched, workdays.base(), workdays.load())
    await elsewhere.look()
    await enter(calendar)
    assert elsewhere.workdays.is_working(THURSDAY)
    running = asyncio.create_task(elsewhere.rounds.run())
    async with asyncio.timeout(60):
        while elsewhere.workdays.is_working(THURSDAY):  # noqa: ASYNC110 - it is the loop itself that is looked at
            await asyncio.sleep(0.02)
    elsewhere.rounds.stop()
    await running
    assert elsewhere.workdays.edition == 1


async def test_of_two_who_save_at_once_one_looks_again(affairs: Affairs, calendar: Calendar) -> None:
    elsewhere = Calendar(affairs.batched, workdays.base(), workdays.load())
    await enter(calendar)
    assert not await elsewhere.add(Line(MONDAY, "erlan", OFF), "")
    assert await affairs.batched("XLEN", KEY) == 1


async def test_a_line_that_cannot_be_read_stops_nobody(affairs: Affairs, calendar: Calendar) -> None:
    await affairs.batched("XADD", KEY, "*", "line", b"{")
    await enter(calendar)
    assert not calendar.workdays.is_working(THURSDAY)


async def test_a_look_changes_nothing_and_shows_what_would(affairs: Affairs, calendar: Calendar, rules: Law) -> None:
    await affairs.told(opened())
    await affairs.told(opened("O-2", person=PAVEL))
    before = [await affairs.matter(), await affairs.matter("O-2", PAVEL)]
    look = await looked_at(affairs, calendar, rules, Line(MONDAY, "saule", OFF))
    (row,) = look.rows
    assert (row.effect.before, row.effect.after, row.effect.stays, row.number) == (THURSDAY, FRIDAY, False, 2)
    assert look.looked == look.of
    assert [await affairs.matter(), await affairs.matter("O-2", PAVEL)] == before
    assert calendar.workdays.is_working(THURSDAY)
