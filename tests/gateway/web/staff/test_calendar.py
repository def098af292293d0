"""The room of the calendar, as an administrator sees it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from dialogs import dialogue as dialogues
from dialogs import workdays
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from gateway.connection import Client
from gateway.staff.roles import Right, Role
from gateway.web.front import Front
from gateway.web.staff.calendar import PREFIX, CalendarRoom
from gateway.web.staff.console import entry_of
from gateway.workdays.calendar import KEY, Calendar
from gateway.workdays.looks import Looks
from gateway.workdays.open_deadlines import Law
from gateway.workdays.recount import Recount
from tests.conftest import LOCALES
from tests.gateway.affairs import AIGUL, PAVEL, Affairs, Hands, law, opened, put_together
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

OFF = {"kind": "off", "day": "2026-11-26", "source": "Order <b>1</b>"}


@pytest.fixture(name="dialogue")
def _dialogue() -> Dialogue:
    """With a calendar of its own, which tests change."""
    return dialogues.load(LOCALES)


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    async with put_together(redis, dialogue, Hands()) as affairs:
        yield affairs


class Room:
    def __init__(self, affairs: Affairs, dialogue: Dialogue) -> None:
        rules = Law(law(dialogue.guide.workdays), dialogue.guide.duties)
        self.calendar = Calendar(affairs.batched, workdays.base(), dialogue.guide.workdays)
        self.looks = Looks(affairs.batched, self.calendar, rules, affairs.clock)
        self.recount = Recount(
            affairs.batched,
            self.calendar,
            rules,
            matters=affairs.matters,
            duties=affairs.duties,
            clock=affairs.clock,
            me="here",
        )
        self.staff: Staffed = staffed(affairs.batched, dialogue.guide.words, affairs.clock)
        self.router = CalendarRoom(self.staff.console, self.calendar, self.looks, self.recount, 20).router()
        self.staff.console.open(self.router)
        self.front: Front = self.staff.front(affairs.batched)

    async def somebody(self, role: Role = Role.ADMINISTRATOR, language: Language = Language.RU) -> Signed:
        return await self.staff.signed_in(self.front, role, language=language)


@pytest.fixture
def room(affairs: Affairs, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr("gateway.web.staff.calendar.PATIENCE", 60.0)
    return Room(affairs, dialogue)


async def looked(somebody: Signed, **fields: str) -> httpx.Response:
    answer = await somebody.post(f"{PREFIX}/look", **fields)
    assert answer.status_code == 303, answer.text
    return await somebody.get(answer.headers["location"])


async def saved(somebody: Signed, page: httpx.Response) -> httpx.Response:
    found = re.search(r'name="look" value="([^"]+)"', page.text)
    assert found is not None
    return await somebody.post(f"{PREFIX}/save", look=found[1])


def test_every_route_asks_for_the_right(room: Room) -> None:
    entries = [entry_of(route) for route in room.router.routes]
    assert all(entry is not None and entry.right is Right.CALENDAR for entry in entries)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
async def test_others_do_not_come_in(room: Room, role: Role) -> None:
    somebody = await room.somebody(role)
    assert (await somebody.get(PREFIX)).status_code == 403
    assert (await somebody.post(f"{PREFIX}/look", **OFF)).status_code == 403


@pytest.mark.parametrize("language", list(Language))
async def test_the_year_is_twelve_tables_with_captions_and_today(room: Room, language: Language) -> None:
    page = await (await room.somebody(language=language)).get(PREFIX)
    assert page.status_code == 200
    assert page.text.count('<table class="month">') == page.text.count("<caption>") == 12
    assert page.text.count('aria-current="date"') == 1
    assert len(re.findall(r"<td[^>]*>\s*\d", page.text)) + len(re.findall(r"<td[^>]*><a", page.text)) == 365


async def test_a_year_that_nobody_has_looked_through_is_named(room: Room) -> None:
    somebody = await room.somebody()
    assert "2027 год ещё никто не проверил" not in (await somebody.get(f"{PREFIX}?year=2027")).text
    assert "2028 год ещё никто не проверил" in (await somebody.get(f"{PREFIX}?year=2028")).text
    page = await looked(somebody, kind="year", year="2028", day="", source="Приказ 7")
    assert (await saved(somebody, page)).headers["location"] == f"{PREFIX}?year=2028"
    assert "2028 год ещё никто не проверил" not in (await somebody.get(f"{PREFIX}?year=2028")).text


async def test_what_an_entry_changes_is_shown_before_it_is_saved(room: Room, affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.told(opened("O-2", person=PAVEL))
    somebody = await room.somebody()
    page = await looked(somebody, **OFF)
    assert "четверг, 26 ноября" in page.text
    assert "пятница, 27 ноября" in page.text
    assert "Order &lt;b&gt;1&lt;/b&gt;" in page.text
    assert AIGUL.iin not in page.text
    assert f"••••••••{AIGUL.iin[-4:]}" in page.text
    assert await affairs.batched("EXISTS", KEY) == 0
    answer = await saved(somebody, page)
    assert answer.headers["location"] == f"{PREFIX}?year=2026"
    await room.recount.catch_up()
    shown = (await somebody.get(PREFIX)).text
    assert "внесён сотрудником" in shown
    assert "<b>1</b>" not in shown
    assert somebody.account.login in shown
    assert "Действует" in shown


async def test_an_entry_is_taken_back_and_stays_in_the_history(room: Room) -> None:
    somebody = await room.somebody()
    await saved(somebody, await looked(somebody, **OFF))
    held = room.calendar.history[-1].id
    answer = await somebody.post(f"{PREFIX}/back", entry=held)
    await saved(somebody, await somebody.get(answer.headers["location"]))
    page = (await somebody.get(PREFIX)).text
    assert "Отменено" in page
    assert await room.calendar._redis("XLEN", KEY) == 2
    assert room.calendar.entries == []
    assert (await somebody.post(f"{PREFIX}/back", entry=held)).status_code == 422


async def test_what_staff_do_stands_in_the_audit(room: Room, affairs: Affairs) -> None:
    somebody = await room.somebody()
    await saved(somebody, await looked(somebody, **OFF))
    ((_, fields),) = await affairs.batched("XRANGE", "{staff}:deeds", "-", "+")
    assert b"calendar.entered" in fields[b"deed"]
    assert somebody.account.login.encode() in fields[b"deed"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"kind": "off", "day": "2026-12-16", "source": "x"}, "и так выходной"),
        ({"kind": "worked", "day": "2026-11-25", "source": "x"}, "и так рабочий"),
        ({"kind": "off", "day": "2026-11-25", "source": " "}, "Укажите основание"),
        ({"kind": "off", "day": "2026-01-25", "source": "x"}, "прошёл"),
        ({"kind": "off", "day": "32", "source": "x"}, "Укажите день"),
        ({"kind": "moved", "day": "2026-11-25", "source": "x"}, "Укажите день"),
        ({"kind": "year", "year": "99999999999999", "source": "x"}, "Укажите день"),
        ({"kind": "nothing", "day": "2026-11-25", "source": "x"}, "Укажите день"),
    ],
)
async def test_nonsense_is_refused_and_what_was_typed_stays(room: Room, typed: dict[str, str], why: str) -> None:
    answer = await (await room.somebody()).post(f"{PREFIX}/look", **typed)
    assert answer.status_code == 422
    assert why in answer.text


async def test_of_two_who_save_at_once_the_second_looks_again(room: Room) -> None:
    one, other = await room.somebody(), await room.somebody()
    first = await looked(one, **OFF)
    second = await looked(other, kind="off", day="2026-11-27", source="x")
    assert (await saved(one, first)).status_code == 303
    answer = await saved(other, second)
    assert answer.status_code == 409
    assert "Посмотрите ещё раз" in answer.text


async def test_nothing_is_saved_from_a_page_of_somebody_else(room: Room) -> None:
    somebody = await room.somebody()
    page = await looked(somebody, **OFF)
    name = re.search(r'name="look" value="([^"]+)"', page.text)
    assert name is not None
    answer = await somebody.browser.post(f"{PREFIX}/save", data={"csrf": "x", "look": name[1]})
    assert answer.status_code == 403
    assert room.calendar.entries == []


async def test_a_look_that_nobody_began_is_not_there(room: Room) -> None:
    somebody = await room.somebody()
    assert (await somebody.get(f"{PREFIX}/look/nothing")).status_code == 404
    assert (await somebody.post(f"{PREFIX}/save", look="nothing")).status_code == 404
