"""The sandbox' interface, to the letter: others test the whole system from outside through it."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from dialogs.dialogue import Dialogue
from gateway.channels import Letter
from gateway.clock import SandboxClock
from gateway.connection import Batched, connect
from gateway.papers import Papers
from gateway.web import app
from gateway.web.sandbox import Sandbox
from tests.gateway.affairs import put_together
from tests.gateway.web.conftest import PHONE, USER, browser, chat, now, sms
from tests.papers import CALENDAR, NOTICE


async def test_the_clock_shows_the_time_in_kazakhstan(citizen: httpx.AsyncClient) -> None:
    shown = await now(citizen)
    assert shown.utcoffset() == timedelta(hours=5)
    assert abs(shown - datetime.now(shown.tzinfo)) < timedelta(minutes=1)


async def test_the_clock_moves_forward_goes_on_from_there_and_comes_back(citizen: httpx.AsyncClient) -> None:
    target = (await now(citizen)).replace(microsecond=0) + timedelta(days=4)
    moved = await citizen.put("/sandbox/clock", json={"now": target.isoformat()})
    assert moved.status_code == 200
    assert timedelta() <= datetime.fromisoformat(moved.json()["now"]) - target < timedelta(minutes=1)
    assert target <= await now(citizen)
    back = await citizen.put("/sandbox/clock", json={"now": None})
    assert back.status_code == 200
    assert await now(citizen) < target


async def test_the_clock_takes_any_offset(citizen: httpx.AsyncClient) -> None:
    day = f"{await now(citizen) + timedelta(days=9):%Y-%m-%d}"
    for written, hour in ((f"{day}T04:00:00Z", 9), (f"{day}T18:00:00+05:00", 18)):
        assert (await citizen.put("/sandbox/clock", json={"now": written})).status_code == 200
        assert (await now(citizen)).hour == hour


async def test_the_clock_does_not_go_back(citizen: httpx.AsyncClient) -> None:
    answer = await citizen.put("/sandbox/clock", json={"now": "2026-01-05T09:00:00+05:00"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "forward only" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": ""},
        {"now": "tomorrow"},
        {"now": "2027-01-05T09:00:00"},
        {"now": 1795000000},
        {"now": "1795000000"},
        {"now": "2060-01-05T09:00:00+05:00"},
        {"now": None, "then": None},
        [],
    ],
)
async def test_a_time_that_is_none_is_refused_with_the_field_named(citizen: httpx.AsyncClient, body: object) -> None:
    answer = await citizen.put("/sandbox/clock", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert all(error["field"].startswith("body") and error["reason"] for error in answer.json()["errors"])


async def test_an_sms_is_answered_by_the_time_it_is_taken(citizen: httpx.AsyncClient) -> None:
    taken = await citizen.post("/sandbox/sms", json={"from": PHONE, "text": "коляска керек"})
    assert taken.status_code == 200
    question, answer = await sms(citizen)
    assert set(question) == {"direction", "text", "at", "status"}
    assert (question["direction"], question["text"], question["status"]) == ("in", "коляска керек", "received")
    assert (answer["direction"], answer["status"]) == ("out", "delivered")
    assert "1 – Қазақша" in answer["text"]
    assert datetime.fromisoformat(question["at"]) <= datetime.fromisoformat(answer["at"])
    assert datetime.fromisoformat(answer["at"]).utcoffset() == timedelta(hours=5)
    assert taken.json() == {"messages": [question, answer]}


async def test_messages_carry_the_time_of_the_clock(citizen: httpx.AsyncClient) -> None:
    target = await now(citizen) + timedelta(days=30)
    await citizen.put("/sandbox/clock", json={"now": target.isoformat()})
    await citizen.post("/sandbox/sms", json={"from": PHONE, "text": "сәлем"})
    assert all(datetime.fromisoformat(message["at"]) >= target for message in await sms(citizen))


async def test_every_phone_has_its_own_messages(citizen: httpx.AsyncClient) -> None:
    await citizen.post("/sandbox/sms", json={"from": "+77017654321", "text": "сәлем"})
    assert await sms(citizen) == []
    other = (await citizen.get("/sandbox/sms/%2B77017654321")).json()["messages"]
    assert [message["direction"] for message in other] == ["in", "out"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "сәлем"}, "body.from"),
        ({"from": PHONE}, "body.text"),
        ({"from": PHONE, "text": ""}, "body.text"),
        ({"from": PHONE, "text": 5}, "body.text"),
        ({"from": PHONE, "text": "ә" * 1001}, "body.text"),
        ({"from": "87011234567", "text": "сәлем"}, "body.from"),
        ({"from": "Bank", "text": "сәлем"}, "body.from"),
        ({"from": PHONE, "text": "сәлем", "to": "1414"}, "body.to"),
    ],
)
async def test_an_sms_that_is_none_is_refused_with_the_field_named(
    citizen: httpx.AsyncClient, body: object, field: str
) -> None:
    answer = await citizen.post("/sandbox/sms", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await sms(citizen) == []


async def test_what_is_no_phone_has_no_messages(citizen: httpx.AsyncClient) -> None:
    assert (await citizen.get("/sandbox/sms/1414")).status_code == 422
    assert (await citizen.get("/sandbox/telegram/a%20b")).status_code == 422


async def test_a_chat_is_answered_with_buttons_and_a_button_moves_it_on(citizen: httpx.AsyncClient) -> None:
    taken = await citizen.post("/sandbox/telegram", json={"user": USER, "text": "/start"})
    assert taken.status_code == 200
    question, answer = await chat(citizen)
    assert (question["direction"], question["text"]) == ("in", "/start")
    assert [button["label"] for button in answer["buttons"]] == ["Қазақша", "Русский"]
    await citizen.post("/sandbox/telegram", json={"user": USER, "choice": answer["buttons"][1]["id"]})
    assert "по-русски" in (await chat(citizen))[-1]["text"]


async def test_a_user_may_be_a_number_as_in_telegram(citizen: httpx.AsyncClient) -> None:
    assert (await citizen.post("/sandbox/telegram", json={"user": 77, "text": "/start"})).status_code == 200
    assert len((await citizen.get("/sandbox/telegram/77")).json()["messages"]) == 2


async def test_a_shared_phone_number_is_shown_and_answered(citizen: httpx.AsyncClient) -> None:
    await citizen.post("/sandbox/telegram", json={"user": USER, "contact": PHONE})
    question, answer = await chat(citizen)
    assert (question["text"], answer["direction"]) == (PHONE, "out")


async def test_somebody_elses_contact_that_is_passed_on_links_nothing(citizen: httpx.AsyncClient) -> None:
    await citizen.post("/sandbox/telegram", json={"user": USER, "contact": PHONE, "foreign": True})
    (_, passed_on), own = await chat(citizen), {"user": "own", "contact": PHONE}
    (_, shared) = (await citizen.post("/sandbox/telegram", json=own)).json()["messages"]
    assert PHONE[-4:] in shared["text"]
    assert PHONE[-4:] not in passed_on["text"]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "сәлем"},
        {"user": USER},
        {"user": "", "text": "сәлем"},
        {"user": "a b", "text": "сәлем"},
        {"user": True, "text": "сәлем"},
        {"user": USER, "text": "сәлем", "choice": "menu"},
        {"user": USER, "text": ""},
        {"user": USER, "choice": "x" * 65},
        {"user": USER, "contact": "1414"},
        {"user": USER, "contact": None},
        {"user": USER, "text": "сәлем", "message": 3},
        {"user": USER, "text": "сәлем", "foreign": True},
        {"user": USER, "contact": PHONE, "foreign": "yes"},
        {"user": USER, "text": "сәлем", "from": PHONE},
    ],
)
async def test_a_chat_message_that_is_none_is_refused(citizen: httpx.AsyncClient, body: object) -> None:
    answer = await citizen.post("/sandbox/telegram", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"]
    assert await chat(citizen) == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
async def test_a_body_that_is_no_json_is_refused(citizen: httpx.AsyncClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await citizen.post("/sandbox/sms", content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) in (
        (422, "application/problem+json"),
        (400, "application/problem+json"),
    )


async def test_another_site_cannot_speak_from_these_phones(citizen: httpx.AsyncClient) -> None:
    """A form on a foreign page can post plain text without asking the browser first, but not JSON."""
    body = json.dumps({"from": PHONE, "text": "сәлем"})
    answer = await citizen.post("/sandbox/sms", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422
    assert await sms(citizen) == []


async def test_many_people_at_once_all_get_their_answers(citizen: httpx.AsyncClient) -> None:
    numbers = [f"+770112345{number:02}" for number in range(30)]
    await asyncio.gather(*(citizen.post("/sandbox/sms", json={"from": one, "text": "сәлем"}) for one in numbers))
    for one in numbers:
        messages = (await citizen.get(f"/sandbox/sms/{one}")).json()["messages"]
        assert [message["direction"] for message in messages] == ["in", "out"]


async def test_a_file_that_a_chat_got_is_listed_and_fetched(
    citizen: httpx.AsyncClient, sandbox: Sandbox, papers: Papers
) -> None:
    for name, paper in (("a:0", NOTICE), ("b:0", None), ("c:0", CALENDAR)):
        await sandbox.phones.send(Letter(name, f"chat:{USER}", "Сәлем", 1.0, paper=paper))
    first, plain, last = await chat(citizen)
    assert "file" not in plain
    assert set(plain) == {"direction", "text", "at", "status", "number", "buttons", "ask_contact"}
    for message, paper in ((first, NOTICE), (last, CALENDAR)):
        file = await papers.made(paper)
        assert message["file"]["name"] == file.name
        answer = await citizen.get(message["file"]["url"])
        assert (answer.status_code, answer.content) == (200, file.content)
        assert answer.headers["content-type"] == file.media_type
        assert answer.headers["content-disposition"] == f'attachment; filename="{file.name}"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_message_without_a_file_has_none(citizen: httpx.AsyncClient) -> None:
    await citizen.post("/sandbox/telegram", json={"user": USER, "text": "сәлем"})
    for place in (f"{USER}/files/1", f"{USER}/files/77", "nobody/files/1"):
        answer = await citizen.get(f"/sandbox/telegram/{place}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_while_redis_is_away_every_request_says_so(
    dialogue: Dialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.outbox.outbox._LOOK", 0.05)
    away = connect(f"unix://{tmp_path}/nobody")
    nobody = Batched(away)
    async with (
        put_together(away, dialogue, SandboxClock(nobody)) as affairs,
        browser(app.build(lambda: nobody("PING"), sandbox=affairs.sandbox, letters={})) as asking,
    ):
        for answer in (
            await asking.post("/sandbox/sms", json={"from": PHONE, "text": "сәлем"}),
            await asking.get(f"/sandbox/sms/{PHONE}"),
            await asking.put("/sandbox/clock", json={"now": None}),
        ):
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
            assert answer.json()["detail"].startswith("Redis is away: ")
