"""Who did what: to look through, and as a table."""

import csv
from io import StringIO

import pytest

from dialogs.dialogue import Dialogue
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.deeds_search import Asked, Search
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff.audit import AuditRoom
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

ROOM = "/staff/audit"
IIN = "680412400123"


@pytest.fixture
def search(batched: Batched) -> Search:
    return Search(batched, by_ids=True)


@pytest.fixture
def staff(batched: Batched, dialogue: Dialogue, search: Search) -> Staffed:
    made = staffed(batched, dialogue.guide.words, Clock())
    made.console.open(AuditRoom(made.console, made.accounts, search).router())
    return made


@pytest.fixture
async def auditor(staff: Staffed, front: Front) -> Signed:
    return await staff.signed_in(front, Role.AUDITOR, login="auditor")


async def test_deeds_are_shown_with_their_words_and_the_person_by_the_last_digits(
    staff: Staffed, auditor: Signed
) -> None:
    await staff.deeds.note("aigul", "account.added", detail="<b>bolat</b>")
    await staff.deeds.note("aigul", "something.unknown", about=IIN)
    page = (await auditor.get(ROOM)).text
    assert "Заведён аккаунт сотрудника" in page
    assert "something.unknown" in page
    assert "••••0123" in page
    assert IIN not in page
    assert "&lt;b&gt;bolat" in page


async def test_a_person_is_found_and_that_somebody_looked_is_known(
    staff: Staffed, auditor: Signed, search: Search
) -> None:
    await staff.deeds.note("aigul", "account.added", about=IIN, detail="this")
    await staff.deeds.note("aigul", "account.added", about="680412400124", detail="other")
    page = (await auditor.post(ROOM, about="680412 400123")).text
    assert "this" in page
    assert ">other<" not in page
    assert 'value="••••0123"' in page
    looked = (await search.page(Asked(what="audit.searched"))).deeds
    assert [(deed.who, deed.tail) for deed in looked] == [("auditor", "0123")]


async def test_whom_somebody_looks_for_stands_in_no_address(staff: Staffed, auditor: Signed, search: Search) -> None:
    for number in range(60):
        await staff.deeds.note("aigul", "account.added", about=IIN, detail=f"n{number:03}")
        await staff.deeds.note("bolat", "account.added", about="680412400124", detail="other")
    page = (await auditor.post(ROOM, about=IIN, who="aigul")).text
    assert IIN not in page
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    further = (await auditor.browser.get(older)).text
    assert "n000" in further
    assert ">other<" not in further
    person = page.split('name="person" value="')[1].split('"')[0]
    again = (await auditor.post(ROOM, about="••••0123", person=person)).text  # the form as it came
    assert "n059" in again
    assert ">other<" not in again
    assert ">other<" in (await auditor.post(ROOM, about="", person=person)).text
    assert len((await search.page(Asked(what="audit.searched"))).deeds) == 1
    table = await auditor.get(f"{ROOM}/table.csv", person=person)
    assert "n000" in table.text
    assert "other" not in table.text


async def test_who_what_and_days_narrow_it_and_a_day_that_is_none_is_told(staff: Staffed, auditor: Signed) -> None:
    await staff.deeds.note("aigul", "account.added", detail="first")
    await staff.deeds.note("bolat", "login.right", detail="second")
    assert ">second<" not in (await auditor.get(ROOM, who="aigul")).text
    assert ">first<" not in (await auditor.get(ROOM, what="login.right")).text
    nothing = await auditor.get(ROOM, **{"from": "2099-01-01"})
    assert "Таких записей нет" in nothing.text
    wrong = await auditor.get(ROOM, to="26.11.2026")
    assert "Напишите день так" in wrong.text
    assert (await auditor.get(ROOM, before="x' OR 1")).status_code == 200


async def test_there_are_pages(staff: Staffed, auditor: Signed) -> None:
    for number in range(70):
        await staff.deeds.note("aigul", "login.right", detail=f"n{number:03}")
    page = await auditor.get(ROOM, who="aigul")
    assert "n069" in page.text
    assert "n019" not in page.text
    older = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    further = (await auditor.browser.get(older)).text
    assert "n019" in further
    assert "n000" in further
    assert 'rel="next"' not in further


async def test_the_table_opens_in_excel_and_runs_nothing_there(staff: Staffed, auditor: Signed) -> None:
    await staff.deeds.note("aigul", "account.added", about=IIN, detail="=cmd|'/c calc'!A0")
    answer = await auditor.get(f"{ROOM}/table.csv", who="aigul")
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Когда", "Кто", "Что сделано", "О ком", "Подробнее"]
    assert rows[1][1:] == ["aigul", "Заведён аккаунт сотрудника", "…0123", "'=cmd|'/c calc'!A0"]
    assert len(rows) == 2


async def test_only_who_may_see_it_does(staff: Staffed, front: Front) -> None:
    for role, status in ((Role.OPERATOR, 403), (Role.BROADCASTER, 403), (Role.ADMINISTRATOR, 200)):
        assert (await (await staff.signed_in(front, role)).get(ROOM)).status_code == status
