"""A broadcast under way and after it on the pages: progress, pause, cancel, again, and what became of each."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from starlette.types import Message, Scope

from dialogs.broadcasts.states import State
from dialogs.dialogue import Dialogue
from gateway.broadcasts.fates import Fate
from gateway.channels import Letter, Outcome, Rejected, Sent
from gateway.connection import Batched, Client
from gateway.staff.roles import Role
from tests.gateway.web.staff.broadcasting import HOME, Hall, hall
from tests.gateway.web.staff.signed import Signed


@pytest.fixture
async def room(batched: Batched, redis: Client, dialogue: Dialogue, tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(batched, redis, dialogue.guide.words, tmp_path) as found:
        yield found


def asked(path: str, by: Signed) -> Scope:
    """Plain ASGI: httpx would wait for the end of the stream before it tells anything."""
    request = by.browser.build_request("GET", path, headers={"Accept": "text/event-stream"})
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("kelisim", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }


async def test_it_is_paused_resumed_and_cancelled_once_more_asked(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready(3)
    await room.broadcasts.start(made.id, "aigul")
    await room.whole.step(made, State.RUNNING)
    assert (
        "Приостановлено. Неотправленные"
        in (await aigul.get((await aigul.post(f"{HOME}/{made.id}/pause")).headers["location"])).text
    )
    twice = await aigul.post(f"{HOME}/{made.id}/pause")
    assert twice.status_code == 409
    assert "состояние рассылки – «Приостановлена»" in twice.text
    assert (await aigul.post(f"{HOME}/{made.id}/resume")).status_code == 303
    asked = (await aigul.get(f"{HOME}/{made.id}/cancel")).text
    assert "3 человека не получат сообщение" in asked
    assert (await room.broadcasts.load(made.id)).state is State.RUNNING
    await aigul.post(f"{HOME}/{made.id}/cancel")
    assert await room.whole.through(made) == {Fate.CANCELLED: 3}
    page = (await aigul.get(f"{HOME}/{made.id}")).text
    assert "Отменено, не отправлено" in page
    assert "Пройдено 0 из 3" in page
    assert "0\u202f₸" in page
    assert (await aigul.get(f"{HOME}/{made.id}/cancel")).status_code == 303  # there is nothing to ask any more
    assert [one for one in await room.deeds() if one.endswith("ed")] == [
        f"broadcast.{what}" for what in ("paused", "resumed", "cancelled")
    ]


async def test_what_it_costs_is_not_told_where_nobody_has_set_a_price(
    batched: Batched, redis: Client, dialogue: Dialogue, tmp_path: Path
) -> None:
    async with hall(batched, redis, dialogue.guide.words, tmp_path, price=0) as room:
        aigul, made = await room.writer(), await room.ready(3)
        await room.broadcasts.start(made.id, "aigul")
        await room.whole.through(made)
        page = (await aigul.get(f"{HOME}/{made.id}")).text
    assert "Пройдено 3 из 3" in page
    assert "₸" not in page


async def test_whom_it_has_not_reached_is_sent_to_again_and_nobody_else(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready(3)

    def answer(letter: Letter) -> Outcome:
        return Rejected("no") if letter.address.endswith("1") else Sent()

    room.whole.carrier.answer = answer
    await room.broadcasts.start(made.id, "aigul")
    await room.whole.through(made)
    page = (await aigul.get(f"{HOME}/{made.id}")).text
    assert "Отправить ещё раз тем, до кого не дошло" in page
    assert "Отправить ещё раз 1 человеку?" in (await aigul.get(f"{HOME}/{made.id}/again")).text
    room.whole.carrier.answer = lambda _: Sent()
    assert (await aigul.post(f"{HOME}/{made.id}/again")).status_code == 303
    assert await room.whole.through(made) == {Fate.ACCEPTED: 3}
    assert len(room.whole.carrier.letters) == 4
    assert (await aigul.post(f"{HOME}/{made.id}/again")).status_code == 409


async def test_what_became_of_each_by_group_page_and_phone_with_phones_masked(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready(60)
    room.whole.carrier.answer = lambda letter: Rejected("no") if letter.address.endswith("7") else Sent()
    await room.broadcasts.start(made.id, "aigul")
    await room.broadcasts.approve(made.id, "marat")
    await room.whole.through(made)
    first = (await aigul.get(f"{HOME}/{made.id}/people")).text
    assert first.count('<th scope="row"') == 50
    assert "+7701" not in first.replace("+7 701 123 45 67", "")
    more = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert (await aigul.get(more)).text.count('<th scope="row"') == 10
    failed = (await aigul.get(f"{HOME}/{made.id}/people", of="failed")).text
    assert failed.count("Не дошло: не приняли к отправке") == 6
    assert (await aigul.get(f"{HOME}/{made.id}/people", of="x")).status_code == 422
    found = (await aigul.post(f"{HOME}/{made.id}/people", phone="8 701 000 00 17")).text
    assert "Найденный человек" in found
    assert "••••••••0017" in found
    assert "Такого телефона в списке нет" in (await aigul.post(f"{HOME}/{made.id}/people", phone="87779990000")).text
    assert (await aigul.post(f"{HOME}/{made.id}/people", phone="<b>")).status_code == 422
    auditor = await room.staff.signed_in(room.front, Role.AUDITOR)
    assert "+77010000017" in (await auditor.post(f"{HOME}/{made.id}/people", phone="87010000017")).text
    assert (await room.deeds()).count("broadcast.person") == 3


async def test_the_outcomes_as_files_with_own_columns_for_who_wrote_them(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready(3)
    await room.broadcasts.start(made.id, "aigul")
    await room.whole.through(made)
    rows = (await aigul.get(f"{HOME}/{made.id}/people.csv")).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Строка списка;Телефон;Результат;Как;Сколько SMS;Когда;Аты"
    assert len(rows) == 4
    assert all("••••••••" in row and "Адам" in row for row in rows[1:])
    auditor = await room.staff.signed_in(room.front, Role.AUDITOR)
    assert "'+77010000000;" in (await auditor.get(f"{HOME}/{made.id}/people.csv")).content.decode("utf-8-sig")
    approver = await room.approver()
    assert "Адам" not in (await approver.get(f"{HOME}/{made.id}/people.csv")).content.decode("utf-8-sig")
    xlsx = (await aigul.get(f"{HOME}/{made.id}/people.xlsx", of="accepted")).content
    sheet = openpyxl.load_workbook(BytesIO(xlsx)).active
    assert sheet is not None
    assert sheet.max_row == 4
    none = await aigul.get(f"{HOME}/{made.id}/people.csv", of="failed")
    assert len(none.content.decode("utf-8-sig").splitlines()) == 1


async def test_the_stream_tells_how_far_it_has_come_and_ends_with_the_program(room: Hall) -> None:
    aigul, made = await room.writer(), await room.ready(3)
    await room.broadcasts.start(made.id, "aigul")
    await room.whole.through(made)
    said = ""

    async def send(message: Message) -> None:
        nonlocal said
        said += bytes(message.get("body", b"")).decode()
        if "event: news" in said:
            room.staff.console.closing.set()

    async def nothing_more() -> Message:
        await asyncio.Event().wait()
        return {}

    async with asyncio.timeout(60):
        await room.front(asked(f"{HOME}/{made.id}/stream", aigul), nothing_more, send)
    news = json.loads(said.split("event: news\ndata: ")[1].split("\n", maxsplit=1)[0])
    assert "Пройдено 3 из 3" in news["html"]
    assert f'data-key="{news["key"]}"' in (await aigul.get(f"{HOME}/{made.id}")).text


async def test_an_approver_sees_no_streams_of_what_is_not_there(room: Hall) -> None:
    approver = await room.approver()
    assert (await approver.get(f"{HOME}/0000aaaa/stream")).status_code == 404
