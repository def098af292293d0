"""What every page of the console keeps to, tried on a room of its own."""

from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends
from starlette.responses import Response

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from gateway.clock import Clock
from gateway.connection import Batched, Client, connect
from gateway.staff.roles import Right, Role
from gateway.web.front import Front
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.cookies import SESSION
from tests.gateway.web.staff.signed import URL, Staffed, browsing, staffed


class Inbox:
    """Stands for a room."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.done = 0

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix="/staff/inbox", include_in_schema=False), self._console

        @routes.get("")
        async def look(visit: Annotated[Visit, Depends(console.needs(Right.INBOX))]) -> Response:
            return console.page(visit, "refused.html", why="staff.refused.right")

        @routes.post("/done")
        async def act(visit: Annotated[Visit, Depends(console.acts(Right.INBOX))]) -> Response:
            self.done += 1
            return console.back("/staff/inbox", "staff.left")

        return routes


@pytest.fixture
def staff(batched: Batched, dialogue: Dialogue) -> Staffed:
    return staffed(batched, dialogue.guide.words, Clock())


@pytest.fixture
def room(staff: Staffed) -> Inbox:
    room = Inbox(staff.console)
    staff.console.open(room.router())
    return room


@pytest.fixture
def front(staff: Staffed, batched: Batched, room: Inbox) -> Front:
    return staff.front(batched)


async def test_who_is_not_signed_in_is_led_to_the_login_page_and_back(front: Front) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url=URL) as browser:
        answer = await browser.get("/staff/inbox?page=2")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/staff/login?next=%2Fstaff%2Finbox%3Fpage%3D2"
        form = (await browser.get(answer.headers["location"])).text
        assert "<nav" not in form
        assert 'name="next" value="/staff/inbox?page=2"' in form


async def test_who_has_the_right_comes_in_and_who_has_not_is_told_so(staff: Staffed, front: Front) -> None:
    operator = await staff.signed_in(front, Role.OPERATOR)
    assert (await operator.get("/staff/inbox")).status_code == 200
    broadcaster = await staff.signed_in(front, Role.BROADCASTER)
    refused = await broadcaster.get("/staff/inbox")
    assert refused.status_code == 403
    assert "Этот раздел вам не открыт" in refused.text
    assert 'href="/staff/inbox"' not in refused.text


async def test_something_is_done_only_by_a_form_of_this_session(staff: Staffed, front: Front, room: Inbox) -> None:
    operator = await staff.signed_in(front, Role.OPERATOR)
    other = await staff.signed_in(front, Role.OPERATOR)
    for csrf in ("", "x", other.csrf):
        assert (await operator.browser.post("/staff/inbox/done", data={"csrf": csrf})).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await operator.browser.post("/staff/inbox/done", data={"csrf": operator.csrf}, headers=headers)
        assert answer.status_code == 403, headers
    del operator.browser.headers["Origin"]
    assert (await operator.post("/staff/inbox/done")).status_code == 403
    assert room.done == 0
    by_script = {"Origin": URL, "X-CSRF": operator.csrf}
    assert (await operator.browser.post("/staff/inbox/done", headers=by_script)).status_code == 303
    assert room.done == 1


async def test_a_notice_is_shown_once(staff: Staffed, front: Front, room: Inbox) -> None:
    operator = await staff.signed_in(front, Role.OPERATOR)
    assert (await operator.post("/staff/inbox/done")).headers["location"] == "/staff/inbox"
    assert "Вы вышли." in (await operator.get("/staff/inbox")).text
    assert "Вы вышли." not in (await operator.get("/staff/inbox")).text


async def test_a_wrong_token_opens_nothing(staff: Staffed, front: Front) -> None:
    operator = await staff.signed_in(front, Role.OPERATOR)
    operator.browser.cookies = httpx.Cookies({SESSION: operator.session})  # what Redis holds is no key either
    assert (await operator.get("/staff/inbox")).status_code == 303


async def test_while_redis_is_away_a_page_says_so(dialogue: Dialogue) -> None:
    away = connect("redis://127.0.0.1:1")
    staff = staffed(Batched(away), dialogue.guide.words, Clock())
    browser = browsing(staff.front(Batched(away)))
    browser.cookies.set(SESSION, "x" * 43, "kelisim.local", "/")
    answer = await browser.get("/staff")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "Мәлімет қоймасы жауап бермей тұр" in answer.text
    await away.aclose()


async def test_a_live_stream_keeps_nobody_signed_in_and_learns_when_they_are_out(
    staff: Staffed, front: Front, redis: Client
) -> None:
    operator = await staff.signed_in(front, Role.OPERATOR)
    key = f"{{staff}}:session:{operator.session}"
    await redis.expire(key, 60)
    await operator.browser.get("/staff/inbox", headers={"Accept": "text/event-stream"})
    assert await redis.ttl(key) <= 60
    await operator.get("/staff/inbox")
    assert await redis.ttl(key) > 60
    visit = Visit(operator.account, operator.session, operator.csrf, Language.RU, Clock().now(), "", "")
    assert await staff.console.still(visit)
    await staff.sessions.end_all(operator.account.login)
    assert not await staff.console.still(visit)
