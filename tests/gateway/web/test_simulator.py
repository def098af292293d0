import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from dialogs.language import Language
from gateway.connection import Client
from gateway.web import simulator
from gateway.web.front import Front
from tests.gateway.web.conftest import PHONE, USER, chat, now, sms

PLAYED = {"phone": PHONE, "user": USER}


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_one_language_and_brings_no_script_or_style_of_its_own(
    citizen: httpx.AsyncClient, language: Language
) -> None:
    answer = await citizen.get("/sandbox", params={"lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert ("Басқа азамат" in answer.text) is (language is Language.KK)
    assert ("Другой гражданин" in answer.text) is (language is Language.RU)
    assert answer.text.count("<script") == answer.text.count('<script type="module" src="/static/') == 1
    assert "<style" not in answer.text
    assert "style=" not in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text


async def test_the_page_is_kazakh_unless_asked_otherwise(citizen: httpx.AsyncClient) -> None:
    assert '<html lang="kk">' in (await citizen.get("/sandbox")).text
    assert (await citizen.get("/sandbox", params={"lang": "en"})).status_code == 422


@pytest.mark.parametrize("name", ["simulator.css", "simulator.js", "esobes.js", "sun.svg", "ornament.svg"])
async def test_all_the_page_needs_comes_from_here(citizen: httpx.AsyncClient, name: str) -> None:
    answer = await citizen.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["../page.py", "..%2fpage.py", "nothing.js"])
async def test_nothing_else_does(citizen: httpx.AsyncClient, name: str) -> None:
    assert (await citizen.get(f"/static/{name}")).status_code == 404


async def turn(citizen: httpx.AsyncClient, **hands: object) -> httpx.Response:
    return await citizen.post("/sandbox/page/clock", params={"lang": "ru"}, json=hands)


async def test_the_clock_goes_on_by_an_hour_by_a_working_day_and_back(citizen: httpx.AsyncClient) -> None:
    assert (await turn(citizen, to="2043-12-15T23:30")).json()["day"] == "вторник, 15 декабря"
    # 16 December is a holiday.
    answer = (await turn(citizen, forward="working_day")).json()
    assert (answer["day"], answer["time"], answer["moved"]) == ("четверг, 17 декабря", "23:30", True)
    assert answer["suggested"] == "2043-12-18T09:00"
    assert (await turn(citizen, forward="quarter")).json()["time"] == "23:45"
    assert (await turn(citizen, forward="hour")).json()["day"] == "пятница, 18 декабря"
    assert (await turn(citizen, back=True)).json()["moved"] is False


@pytest.mark.parametrize(
    "hands", [{}, {"to": "now"}, {"to": 5}, {"forward": "year"}, {"forward": "hour", "back": True}]
)
async def test_other_turns_of_the_clock_are_refused(citizen: httpx.AsyncClient, hands: dict[str, object]) -> None:
    before = await now(citizen)
    assert (await turn(citizen, **hands)).status_code == 422
    assert (await now(citizen) - before).total_seconds() < 5


async def test_the_clock_of_the_page_does_not_go_back_either(citizen: httpx.AsyncClient) -> None:
    assert (await turn(citizen, to="2026-01-05T09:00")).status_code == 409


async def test_beginning_anew_forgets_the_talk_and_empties_both_screens(citizen: httpx.AsyncClient) -> None:
    for text in ("сәлем", "1"):
        await citizen.post("/sandbox/sms", json={"from": PHONE, "text": text})
        await citizen.post("/sandbox/telegram", json={"user": USER, "text": text})
    assert (await citizen.post("/sandbox/page/restart", json=PLAYED)).status_code == 200
    assert await sms(citizen) == await chat(citizen) == []
    await citizen.post("/sandbox/sms", json={"from": PHONE, "text": "сәлем"})
    assert "1 – Қазақша" in (await sms(citizen))[-1]["text"]


class Stream:
    """The page's live stream, read from the app itself: httpx would wait for its end."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._told: asyncio.Queue[bytes] = asyncio.Queue()
        self._open = asyncio.Event()
        self.ended = asyncio.Event()

    async def run(self) -> None:
        query = f"lang=ru&phone=%2B{PHONE[1:]}&user={USER}".encode()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/sandbox/stream",
            "raw_path": b"/sandbox/stream",
            "query_string": query,
            "root_path": "",
            "headers": [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self._front(scope, self._receive, self._send)
        self.ended.set()

    async def _receive(self) -> dict[str, Any]:
        await self._open.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self._told.put_nowait(message["body"])

    async def next(self, *names: str) -> dict[str, Any]:
        while True:
            async with asyncio.timeout(60):
                told = (await self._told.get()).decode()
            name, _, data = told.partition("\n")
            if name.removeprefix("event: ") in names:
                found: dict[str, Any] = json.loads(data.removeprefix("data: "))
                return found


@pytest.fixture
async def stream(front: Front) -> AsyncIterator[Stream]:
    watching = Stream(front)
    running = asyncio.create_task(watching.run())
    yield watching
    front.close()
    async with asyncio.timeout(60):
        await running


async def test_the_stream_tells_the_time_what_was_and_what_comes(citizen: httpx.AsyncClient, stream: Stream) -> None:
    clock = await stream.next("clock")
    assert datetime.strptime(clock["time"], "%H:%M")
    screens = {(await stream.next("history"))["surface"] for _ in range(2)}
    assert screens == {"sms", "chat"}
    await citizen.post("/sandbox/sms", json={"from": PHONE, "text": "hello"})
    question, answer = await stream.next("message"), await stream.next("message")
    assert (question["text"], question["parts"], question["characters"]) == ("hello", 1, 5)
    assert (answer["direction"], answer["status"], answer["parts"]) == ("out", "delivered", 2)
    assert answer["number"] == question["number"] + 1


async def test_more_pages_than_redis_has_connections_for_are_asked_to_come_again(
    citizen: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulator, "STREAMS", 0)
    answer = await citizen.get("/sandbox/stream", params=PLAYED | {"lang": "kk"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_the_stream_ends_when_redis_goes_away(front: Front, stream: Stream, redis: Client) -> None:
    for _ in range(2):
        await stream.next("history")
    await redis.client_kill_filter(skipme=True)
    async with asyncio.timeout(60):
        await stream.ended.wait()


async def test_the_stream_ends_when_the_server_stops(front: Front, stream: Stream) -> None:
    await stream.next("clock")
    front.close()
    async with asyncio.timeout(60):
        await stream.ended.wait()


async def test_a_phone_that_is_off_gets_nothing_until_it_is_on_again(citizen: httpx.AsyncClient) -> None:
    for off, answers in ((True, 0), (False, 1)):
        power = await citizen.put("/sandbox/page/power", json={"phone": PHONE, "off": off})
        assert (power.status_code, power.json()) == (200, {"phone": PHONE, "off": off})
        await citizen.post("/sandbox/sms", json={"from": PHONE, "text": "сәлем"})
        assert [one["direction"] for one in await sms(citizen)].count("out") == answers
    assert (await citizen.put("/sandbox/page/power", json={"phone": PHONE})).status_code == 422
