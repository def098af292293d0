"""How a large file comes in: it is known who sends it before any of it is read, and how much of it may."""

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message

from dialogs.dialogue import Dialogue
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.roles import Right, Role
from gateway.web.front import Front
from gateway.web.guard import BODY_LIMIT
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.cookies import SESSION
from tests.gateway.web.staff.signed import URL, Signed, Staffed, staffed

LIMIT = 4 * BODY_LIMIT


class Room:
    """Counts what comes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.came = 0

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix="/staff/broadcasts", include_in_schema=False), self._console

        @routes.post("/{draft}/file")
        async def file(
            draft: str, request: Request, visit: Annotated[Visit, Depends(console.uploads(Right.BROADCASTS_WRITE))]
        ) -> Response:
            async for piece in request.stream():
                self.came += len(piece)
            return PlainTextResponse(f"{draft} {visit.account.login} {self.came}")

        @routes.post("/small")
        async def small(visit: Annotated[Visit, Depends(console.acts(Right.BROADCASTS_WRITE))]) -> Response:
            return PlainTextResponse(visit.account.login)

        return routes


@pytest.fixture
def staff(batched: Batched, dialogue: Dialogue) -> Staffed:
    return staffed(batched, dialogue.guide.words, Clock())


@pytest.fixture
def room(staff: Staffed) -> Room:
    made = Room(staff.console)
    staff.console.open(made.router())
    return made


@pytest.fixture
def front(staff: Staffed, batched: Batched, room: Room) -> Front:
    return staff.front(batched, upload_limit=LIMIT)


@pytest.fixture
async def erlan(staff: Staffed, front: Front) -> Signed:
    return await staff.signed_in(front, Role.BROADCASTER, login="erlan")


async def pieces(number: int, size: int = 1024) -> AsyncIterator[bytes]:
    for _ in range(number):
        yield bytes(size)


async def test_more_than_elsewhere_comes_through(erlan: Signed) -> None:
    headers = {"X-CSRF": erlan.csrf}
    answer = await erlan.browser.post("/staff/broadcasts/7/file", content=bytes(LIMIT), headers=headers)
    assert (answer.status_code, answer.text) == (200, f"7 erlan {LIMIT}")
    answer = await erlan.browser.post("/staff/broadcasts/small", content=bytes(BODY_LIMIT + 1), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("announced", [True, False])
async def test_but_not_more_than_may(erlan: Signed, room: Room, announced: bool) -> None:
    content = bytes(LIMIT + 1) if announced else pieces(LIMIT // 1024 + 1)
    answer = await erlan.browser.post("/staff/broadcasts/7/file", content=content, headers={"X-CSRF": erlan.csrf})
    assert answer.status_code == 413
    assert room.came <= (0 if announced else LIMIT)


async def status_without_a_body(front: Front, cookie: str, **headers: str) -> int:
    """What is answered while the body has yet to be sent. Whoever reads of it fails."""
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read before it was known who sends it")

    async def send(message: Message) -> None:
        sent.append(message)

    named = {"host": "kelisim", "cookie": cookie, "content-length": str(LIMIT), "origin": URL, **headers}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/staff/broadcasts/7/file",
        "raw_path": b"/staff/broadcasts/7/file",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("kelisim", 80),
        "client": ("192.0.2.1", 4242),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }
    await front(scope, receive, send)
    return int(sent[0]["status"])


async def test_nothing_is_read_of_what_a_stranger_sends(staff: Staffed, front: Front, erlan: Signed) -> None:
    cookie = f"{SESSION}={erlan.browser.cookies[SESSION]}"
    operator = await staff.signed_in(front, Role.OPERATOR)
    without_right = f"{SESSION}={operator.browser.cookies[SESSION]}"
    assert await status_without_a_body(front, "") == 303
    assert await status_without_a_body(front, without_right) == 403
    assert await status_without_a_body(front, cookie, origin="https://evil.example") == 403
    assert await status_without_a_body(front, cookie, **{"x-csrf": "wrong"}) == 403
