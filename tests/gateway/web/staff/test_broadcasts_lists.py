"""Tables of recipients on the pages: brought, read, and mended."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from gateway.broadcasts.broadcast import Filter
from gateway.connection import Batched, Client
from gateway.staff.roles import Role
from tests.gateway.web.staff.broadcasting import HOME, SERVICE, UPLOAD_LIMIT, Hall, bring, hall, table

EVIL = "<img src=x onerror=alert(1)>"
WRONG = f"Телефон;Аты\n87010000001;Адам\n12345;{EVIL}\n87010000001;=cmd()\n87010000001;Екінші\n"


@pytest.fixture
async def room(batched: Batched, redis: Client, dialogue: Dialogue, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(batched, redis, dialogue.guide.words, tmp_path) as found:
        yield found


def inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def draft(room: Hall) -> str:
    return (await room.broadcasts.make("aigul", "", (await room.ready()).texts)).id


async def test_what_is_wrong_is_told_by_row_and_column_and_escaped(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    assert (await bring(aigul, name, WRONG.encode())).status_code == 303
    await room.read(name)
    page = (await aigul.get(f"{HOME}/{name}/list")).text
    assert EVIL not in page
    assert "12345" in page
    assert "Телефон" in page
    assert "уже стоит в строке 2" in page
    assert "Строк нужно исправить" in page
    assert "Повторов" in page


async def test_the_faulty_rows_come_as_a_file_are_mended_and_come_back(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    await bring(aigul, name, WRONG.encode())
    await room.read(name)
    csv = await aigul.get(f"{HOME}/{name}/faults.csv")
    assert csv.headers["content-disposition"] == f'attachment; filename="{name}-faults.csv"'
    rows = csv.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Телефон;Аты;Что исправить"
    assert len(rows) == 4
    assert "'=cmd()" in rows[2]
    xlsx = (await aigul.get(f"{HOME}/{name}/faults.xlsx")).content
    sheet = openpyxl.load_workbook(BytesIO(xlsx)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["Телефон", "Аты", "Что исправить"]
    mended = csv.content.replace(b"12345", b"87010000009").replace(b"'=cmd()", b"x")
    await bring(aigul, name, mended)
    audience = (await room.read(name)).audience
    assert audience is not None
    assert audience.columns == ("Аты",)
    assert audience.recipients == 2
    assert "broadcast.faults" in await room.deeds()


async def test_a_file_that_is_no_table_is_refused_with_what_to_do(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    await bring(aigul, name, b"\x00\x01\x02" * 1000, f"{EVIL}.exe")
    assert (await room.read(name)).audience is None
    page = (await aigul.get(f"{HOME}/{name}/list")).text
    assert "Это не таблица" in page
    assert EVIL not in page


async def test_no_file_and_no_token_bring_nothing(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    nothing = await bring(aigul, name, b"", "")
    assert nothing.status_code == 422
    files = {"file": ("list.csv", table(1).encode(), "text/csv")}
    for data in ({}, {"csrf": "x"}):
        refused = await aigul.browser.post(f"{HOME}/{name}/list", data=data, files=files)
        assert refused.status_code == 403
    behind = await aigul.browser.post(
        f"{HOME}/{name}/list", files=[("file", files["file"]), ("csrf", (None, aigul.csrf))]
    )
    assert behind.status_code == 403  # who sends it is known before the file is taken
    assert (await room.broadcasts.load(name)).reading is None
    assert not await room.whole.redis("KEYS", f"*{name}.*")


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nabc"])
async def test_a_damaged_form_is_refused_and_leaves_nothing(room: Hall, tmp_path: Path, body: bytes) -> None:
    aigul, name = await room.writer(), await draft(room)
    before = inside(tmp_path)
    headers = {"X-CSRF": aigul.csrf, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await aigul.browser.post(f"{HOME}/{name}/list", content=body, headers=headers)
    assert answer.status_code == 422
    plain = {"X-CSRF": aigul.csrf, "Content-Type": "text/plain"}
    assert (await aigul.browser.post(f"{HOME}/{name}/list", content=body, headers=plain)).status_code == 422
    assert inside(tmp_path) == before


async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(room: Hall, tmp_path: Path) -> None:
    aigul, name = await room.writer(), await draft(room)
    before = inside(tmp_path)

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(UPLOAD_LIMIT // 1000 + 1):
            yield b"1" * 1000

    headers = {"X-CSRF": aigul.csrf, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await aigul.browser.post(f"{HOME}/{name}/list", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert inside(tmp_path) == before


async def test_the_list_of_what_has_begun_stays_as_it_is(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready()
    await room.broadcasts.start(made.id, "aigul")
    refused = await bring(aigul, made.id, table(5).encode())
    assert refused.status_code == 409
    assert "Сейчас это сделать нельзя" in refused.text
    assert (await room.broadcasts.load(made.id)).audience == made.audience


async def test_an_example_can_be_brought_as_it_is(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    for ending in ("csv", "xlsx"):
        example = (await aigul.get(f"{HOME}/example.{ending}")).content
        await bring(aigul, name, example, f"example.{ending}")
        audience = (await room.read(name)).audience
        assert audience is not None
        assert (audience.recipients, audience.faulty) == (3, 0)
        assert audience.columns == ("Имя", "Дата")


async def test_somebody_elses_faults_are_not_for_whoever_does_not_write(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    await bring(aigul, name, WRONG.encode())
    await room.read(name)
    auditor = await room.staff.signed_in(room.front, Role.AUDITOR, Role.APPROVER)
    assert (await auditor.get(f"{HOME}/{name}/faults.csv")).status_code == 403
    assert (await aigul.get(f"{HOME}/0000aaaa/faults.csv")).status_code == 404


async def test_people_can_be_looked_for_instead_and_it_is_told_by_what(room: Hall) -> None:
    aigul, name = await room.writer(), await draft(room)
    form = (await aigul.get(f"{HOME}/{name}/find")).text
    assert "Кресло-коляска" in form
    assert "Заявление: в очереди" in form
    found = await aigul.post(f"{HOME}/{name}/find", service=SERVICE, stage="application:queued", telegram="x")
    assert found.headers["location"] == f"{HOME}/{name}/list"
    assert (await room.read(name)).audience is None
    assert "Таких людей не нашлось" in (await aigul.get(f"{HOME}/{name}/list")).text
    known = await room.ready()
    assert known.audience is not None
    wanted = Filter(service=SERVICE, stage="application:queued")
    told = structs.replace(known, audience=structs.replace(known.audience, filter=wanted, name=""))
    await room.whole.store.change(known.id, lambda _: told)
    assert (
        "Услуга: Кресло-коляска · На каком этапе: Заявление: в очереди"
        in (await aigul.get(f"{HOME}/{known.id}/list")).text
    )
    await room.broadcasts.cancel(name, "aigul")
    assert (await aigul.post(f"{HOME}/{name}/find")).status_code == 409
