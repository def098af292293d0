"""The room of the SMS journal."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from msgspec import structs
from openpyxl import load_workbook

from dialogs.dialogue import Dialogue
from gateway.connection import Batched
from gateway.journal.export import Format
from gateway.journal.form import Asked
from gateway.journal.index import JournalIndex
from gateway.journal.journal import NothingError, Period
from gateway.journal.making import Making, Order
from gateway.journal.pages import Wanted
from gateway.letters import Letters, Status
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff.journal import JournalRoom
from tests.conftest import LOCALES
from tests.gateway.affairs import Hands
from tests.gateway.lines import AIGUL, CONSENT, HEADINGS, NOON, write
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

IVAN = structs.replace(
    AIGUL, iin="550301300456", name="Орлов Иван Ильич", phone="+77017654321", service="sanatorium_treatment"
)
NOVEMBER = {"first": "2026-11-01", "last": "2026-11-30"}


@pytest.fixture
def staff(batched: Batched, dialogue: Dialogue, redis_url: str) -> Staffed:
    staff = staffed(batched, dialogue.guide.words, Hands())
    making = Making(redis_url, LOCALES)
    services = dialogue.guide.catalogue.services
    staff.console.open(JournalRoom(staff.console, batched, JournalIndex(batched), making, services).router())
    return staff


@pytest.fixture
async def auditor(staff: Staffed, front: Front) -> Signed:
    return await staff.signed_in(front, Role.AUDITOR)


@pytest.fixture
async def administrator(staff: Staffed, front: Front) -> Signed:
    """May see the journal, but nobody's data in full."""
    return await staff.signed_in(front, Role.ADMINISTRATOR)


async def test_the_columns_are_those_of_the_law(batched: Batched, auditor: Signed) -> None:
    await write(batched, AIGUL, CONSENT)
    page = (await auditor.get("/staff/journal")).text
    places = [page.index(f">{heading}</th>") for heading in HEADINGS[auditor.account.language][1:]]
    assert places == sorted(places)
    for known in (AIGUL.iin, AIGUL.name, "12.04.1968", AIGUL.phone, "16.11.2026", "Согласие / 472", "2026/118"):
        assert known in page


async def test_nobody_is_named_to_whoever_may_not_see_it(batched: Batched, administrator: Signed) -> None:
    await write(batched, AIGUL)
    page = (await administrator.get("/staff/journal")).text
    for secret in (AIGUL.iin, AIGUL.name, "12.04.1968", AIGUL.phone):
        assert secret not in page
    assert "Н. А. С." in page


async def test_pages_follow_each_other(batched: Batched, auditor: Signed) -> None:
    for number in range(60):
        await write(batched, structs.replace(AIGUL, case=f"№-{number:03}"))
    first = (await auditor.get("/staff/journal")).text
    assert "№-059" in first
    assert "№-009" not in first
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = (await auditor.get(address)).text
    assert "№-009" in second
    assert "№-010" not in second
    assert "№-000" in second
    assert 'rel="next"' not in second


async def test_a_person_is_looked_for_by_a_form_and_stands_in_no_address(
    batched: Batched, auditor: Signed, staff: Staffed
) -> None:
    await write(batched, AIGUL, IVAN)
    answer = await auditor.post("/staff/journal", who="8 701 765 43 21", nature="question")
    assert answer.status_code == 200
    assert IVAN.name in answer.text
    assert AIGUL.name not in answer.text
    seen = await batched("XREVRANGE", "{staff}:deeds", "+", "-", "COUNT", 1)
    assert staff.deeds.mark(IVAN.phone) in seen[0][1][b"deed"].decode()
    assert (await auditor.post("/staff/journal", who="nobody")).status_code == 422


async def test_other_filters_make_an_address(auditor: Signed) -> None:
    answer = await auditor.post("/staff/journal", **NOVEMBER, channel="sms")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/staff/journal?first=2026-11-01&last=2026-11-30&channel=sms"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"service": "sanatorium_treatment"}, {"Орлов"}),
        ({"direction": "in"}, {"Нұрғалиева"}),
        ({"first": "2026-11-17"}, {"Орлов"}),
        ({"last": "2026-11-16"}, {"Нұрғалиева"}),
        ({"first": "2026-11-17", "last": "2026-11-16"}, {"Нұрғалиева", "Орлов"}),
        ({"undelivered": "1"}, {"Орлов"}),
        ({"first": "tomorrow", "channel": "pigeon", "direction": "up", "before": "?"}, {"Нұрғалиева", "Орлов"}),
        ({"nature": "nothing"}, set()),
    ],
)
async def test_filters_show_only_what_they_say(
    query: dict[str, str], names: set[str], batched: Batched, auditor: Signed
) -> None:
    await write(batched, AIGUL, CONSENT, structs.replace(IVAN, at=NOON + timedelta(1), letter="lost"))
    await Letters(batched).mark("lost", Status.FAILED)
    page = (await auditor.get("/staff/journal", **query)).text
    assert {name for name in ("Нұрғалиева", "Орлов") if name in page} == names


async def test_a_file_has_what_the_page_has(batched: Batched, auditor: Signed, administrator: Signed) -> None:
    await write(batched, AIGUL, CONSENT, IVAN)
    answer = await auditor.post("/staff/journal/export", **NOVEMBER, who=IVAN.iin, format="csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="journal-2026-11-01-2026-11-30.csv"'
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == [IVAN.iin]
    masked = await administrator.post("/staff/journal/export", **NOVEMBER, format="csv")
    assert IVAN.iin not in masked.text
    sheet = load_workbook(
        BytesIO((await auditor.post("/staff/journal/export", **NOVEMBER, format="xlsx", extended="1")).content)
    ).active
    assert sheet is not None
    assert [row[1] for row in sheet.iter_rows(min_row=7, values_only=True)] == [AIGUL.iin, IVAN.iin, AIGUL.iin]


async def test_a_file_of_what_did_not_arrive(batched: Batched, auditor: Signed) -> None:
    await write(batched, AIGUL, structs.replace(IVAN, letter="lost"))
    await Letters(batched).mark("lost", Status.FAILED)
    answer = await auditor.post("/staff/journal/export", **NOVEMBER, undelivered="1", format="csv")
    assert answer.text.count("\n") == 2
    assert IVAN.iin in answer.text


async def test_where_there_is_nothing_there_is_no_file(auditor: Signed) -> None:
    answer = await auditor.post("/staff/journal/export", **NOVEMBER, format="csv")
    assert answer.status_code == 422
    assert "в файл записать нечего" in answer.text


async def test_who_leaves_ends_the_work(batched: Batched, redis_url: str) -> None:
    await write(batched, *(structs.replace(AIGUL, specialist="м" * 2000) for _ in range(200)))
    order = Order(Format.CSV, Asked(Period(NOON.date(), NOON.date())), Wanted())
    pieces = await Making(redis_url, LOCALES).make(order)
    assert await anext(pieces)
    await pieces.aclose()  # type: ignore[attr-defined]


async def test_nothing_is_told_before_the_first_piece(batched: Batched, redis_url: str) -> None:
    order = Order(Format.CSV, Asked(Period(NOON.date(), NOON.date())), Wanted())
    with pytest.raises(NothingError):
        await Making(redis_url, LOCALES).make(order)
