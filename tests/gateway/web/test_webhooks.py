import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from gateway.connection import Batched, Client, connect
from gateway.letters import Letters, Status
from gateway.web.front import UNDER_WAY
from gateway.web.webhooks import TELEGRAM_BODY
from tests.gateway.web.conftest import SECRET, Build, browser, letters

HOOK = "/telegram/webhook"
MO = f"/sms/kannel/{SECRET}/mo"
DLR = f"/sms/kannel/{SECRET}/dlr"
PROBLEM = "application/problem+json"


def update(number: int = 1, text: str = "сәлем") -> dict[str, object]:
    person = {"id": 77, "language_code": "kk"}
    chat = {"id": 77, "type": "private"}
    return {"update_id": number, "message": {"message_id": 5, "chat": chat, "from": person, "text": text}}


def pressed(number: int = 1) -> dict[str, object]:
    message = {"message_id": 5, "chat": {"id": 77, "type": "private"}}
    return {
        "update_id": number,
        "callback_query": {"id": "9", "from": {"id": 77}, "data": "menu", "message": message},
    }


async def post(client: httpx.AsyncClient, body: object, secret: str = SECRET) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post(HOOK, content=content, headers={"X-Telegram-Bot-Api-Secret-Token": secret})


async def test_an_update_is_committed_before_it_is_taken(client: httpx.AsyncClient, redis: Client) -> None:
    answer = await post(client, update())
    assert (answer.status_code, answer.content) == (200, b"")
    assert [(letter.address, letter.text) for letter in await letters(redis)] == [("tg:77", "message 1")]


async def test_an_update_that_comes_twice_is_answered_once(client: httpx.AsyncClient, redis: Client) -> None:
    for _ in range(2):
        assert (await post(client, update())).status_code == 200
    assert len(await letters(redis)) == 1


async def test_a_pressed_button_stops_looking_busy_by_the_answer_itself(client: httpx.AsyncClient) -> None:
    answer = await post(client, pressed())
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["method"] == "answerCallbackQuery"


@pytest.mark.parametrize("secret", ["", "a-secret-of-our", SECRET.upper(), f"{SECRET}x"])
async def test_without_the_secret_nothing_is_taken(client: httpx.AsyncClient, redis: Client, secret: str) -> None:
    answer = await post(client, update(), secret)
    assert (answer.status_code, answer.headers["content-type"]) == (403, PROBLEM)
    assert await letters(redis) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b"null", b'"\xff"', b"\xff\xfe", b'{"update_id":', b'{"a":' * 40_000]
)
async def test_a_body_that_is_no_update_is_refused_without_our_code(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await post(client, body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", [{}, {"update_id": 3, "something_new": {"a": 1}}, {"update_id": "x"}])
async def test_an_update_of_an_unknown_kind_is_taken_and_passed_over(
    client: httpx.AsyncClient, redis: Client, body: object
) -> None:
    assert (await post(client, body)).status_code == 200
    assert await letters(redis) == []


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    assert (await post(client, b" " * (TELEGRAM_BODY + 1))).status_code == 413


async def test_a_body_over_the_limit_is_refused_also_when_its_length_is_not_announced(
    client: httpx.AsyncClient,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(TELEGRAM_BODY // 1024 + 1):
            yield b" " * 1024

    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert (await client.post(HOOK, content=endless(), headers=headers)).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", HOOK, "POST"), ("PUT", HOOK, "POST"), ("POST", MO, "GET"), ("POST", DLR, "GET")],
)
async def test_a_wrong_method_is_told_the_right_one(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def sms(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.get(MO, params={"from": "87011234567", "to": "1414", "text": "коляска керек", **fields})


async def test_an_sms_is_committed_and_nothing_goes_back(client: httpx.AsyncClient, redis: Client) -> None:
    answer = await sms(client, id="4f")
    assert (answer.status_code, answer.content) == (200, b"")
    (letter,) = await letters(redis)
    assert re.fullmatch(r"kannel:4f\.[0-9a-f]{12}:0", letter.id)
    assert letter.address == "sms:+77011234567"


async def test_an_sms_without_an_id_is_known_again_by_sender_text_and_time(
    client: httpx.AsyncClient, redis: Client
) -> None:
    at = datetime.now(UTC)
    for _ in range(2):
        await sms(client, ts=f"{at:%Y-%m-%d %H:%M:%S}")
    await sms(client, ts=f"{at - timedelta(seconds=1):%Y-%m-%d %H:%M:%S}")
    assert len(await letters(redis)) == 2


@pytest.mark.parametrize("secret", ["x", f"{SECRET}x", "%D0%B0", ""])
async def test_the_secret_in_the_address_is_asked_for(client: httpx.AsyncClient, redis: Client, secret: str) -> None:
    answer = await client.get(f"/sms/kannel/{secret}/mo", params={"from": "+77011234567", "text": "hello"})
    assert answer.status_code == 403
    assert await letters(redis) == []


@pytest.mark.parametrize("path", [f"/sms/kannel/{SECRET}/", f"/sms/kannel/{SECRET}/other", f"/sms/kannel/{SECRET}"])
async def test_there_is_nothing_else_below_the_secret(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_an_sms_of_no_persons_phone_is_taken_and_left_unanswered(
    client: httpx.AsyncClient, redis: Client
) -> None:
    assert (await client.get(MO, params={"from": "Bank", "text": "win"})).status_code == 200
    assert (await client.get(MO)).status_code == 200
    assert await letters(redis) == []


async def test_a_query_of_any_length_is_taken_so_that_it_does_not_come_for_ever(
    client: httpx.AsyncClient, redis: Client
) -> None:
    assert (await sms(client, id="x" * 64_000)).status_code == 200
    assert (await sms(client, text="ә" * 10_000)).status_code == 200
    assert (await sms(client, **{"from": "7" * 64_000})).status_code == 200
    assert len(await letters(redis)) == 2


async def test_ids_that_are_given_twice_belong_to_two_messages(client: httpx.AsyncClient, redis: Client) -> None:
    for text, sender in (("1", "87011234567"), ("2", "87011234567"), ("1", "87011234568"), ("2", "87011234567")):
        assert (await sms(client, id="7", text=text, **{"from": sender})).status_code == 200
    found = [letter.address for letter in await letters(redis)]
    assert sorted(found) == ["sms:+77011234567", "sms:+77011234567", "sms:+77011234568"]


async def test_our_own_number_is_never_answered(client: httpx.AsyncClient, redis: Client) -> None:
    assert (await sms(client, to="+77011234567")).status_code == 200
    assert await letters(redis) == []


async def test_a_delivery_report_is_kept_and_never_goes_back(client: httpx.AsyncClient, batched: Batched) -> None:
    for kind in ("8", "1", "4", "nonsense"):
        assert (await client.get(DLR, params={"id": "a:0", "type": kind})).status_code == 200
    assert await Letters(batched).status("a:0") is Status.DELIVERED


@pytest.fixture
async def away(tmp_path: Path) -> Batched:
    """A Redis that is not there."""
    return Batched(connect(f"unix://{tmp_path}/nobody"))


async def test_while_redis_is_away_the_provider_is_asked_to_come_again(build: Build, away: Batched) -> None:
    async with browser(build(away)) as client:
        for answer in (await post(client, update()), await sms(client), await client.get(f"{DLR}?id=a&type=1")):
            assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
            assert answer.headers["retry-after"] == "1"


async def test_more_at_once_than_can_be_served_soon_are_asked_to_come_again(build: Build, batched: Batched) -> None:
    front = build(batched)
    front._under_way = UNDER_WAY
    async with browser(front) as client:
        refusal = await post(client, update())
        assert (refusal.status_code, bool(refusal.content)) == (503, True), "Kannel takes an empty answer for a yes"
        front._under_way -= 1
        assert (await post(client, update())).status_code == 200
