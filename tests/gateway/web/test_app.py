from collections import ChainMap
from datetime import datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from dialogs.dialogue import Dialogue
from dialogs.inquiries import Register
from gateway.channels import Letter
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, Client, connect
from gateway.errands import Errands
from gateway.esobes.register import Copies
from gateway.esobes.relays import Backlog
from gateway.store import tag
from gateway.web import app
from gateway.web.guard import BODY_LIMIT
from tests.gateway.affairs import Hands, opened, put_together
from tests.gateway.web.conftest import SECRET, Build, browser


async def test_the_process_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"live": True}
    assert (await client.get("/health/ready")).json() == {"ready": True}


async def test_without_redis_the_process_is_alive_but_not_ready_and_says_why(build: Build, tmp_path: Path) -> None:
    async with browser(build(Batched(connect(f"unix://{tmp_path}/nobody")))) as client:
        assert (await client.get("/health/live")).status_code == 200
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["detail"].startswith("Redis is away: ")
        assert "kelisim_ready 0.0" in (await client.get("/metrics")).text


async def test_figures_count_answers_and_name_nobody(client: httpx.AsyncClient) -> None:
    await client.get(f"/sms/kannel/{SECRET}/mo", params={"from": "+77011234567", "text": "hello"})
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'kelisim_webhook_answers_total{channel="kannel",status="200"} 1.0' in answer.text
    assert 'kelisim_letters_total{channel="sms",outcome="accepted"} 3.0' in answer.text
    assert "kelisim_ready 1.0" in answer.text
    assert "7701" not in answer.text
    assert SECRET not in answer.text


async def test_figures_say_what_waits_for_e_sobes_if_anybody_can_count_it(batched: Batched, tmp_path: Path) -> None:
    clock = Clock()
    letter = Letter("O-1:1", "esobes:O-1", "{}", clock.now().timestamp() - 3600)
    await batched("XADD", "{s03}:relays", "*", "letter", msgspec.json.encode(letter))
    await Backlog(batched, clock).keep(5, letter, 422)
    front = app.build(lambda: batched("PING"), letters={}, relays=Backlog(batched, clock).figures)
    async with browser(front) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    assert "kelisim_relays_waiting 1.0" in lines
    assert "kelisim_relays_refused 1.0" in lines
    (oldest,) = [line for line in lines if line.startswith("kelisim_relays_oldest_seconds ")]
    assert 3600 <= float(oldest.split()[1]) < 3700
    away = Batched(connect(f"unix://{tmp_path}/nobody"))
    front = app.build(lambda: away("PING"), letters={}, relays=Backlog(away, clock).figures)
    async with browser(front) as client:
        text = (await client.get("/metrics")).text
    assert "kelisim_ready 0.0" in text
    assert "kelisim_relays" not in text


async def test_figures_count_what_left_through_every_outbox(
    batched: Batched, dialogue: Dialogue, redis: Client
) -> None:
    async with put_together(redis, dialogue, Hands()) as affairs:
        await affairs.sms("сәлем")
        await affairs.told(opened())
        await affairs.sms((await affairs.matter()).yes)
        counts = ChainMap(affairs.errands.counts, affairs.outbox.counts, affairs.relays.counts)
        async with browser(app.build(lambda: batched("PING"), letters=counts)) as client:
            lines = (await client.get("/metrics")).text.splitlines()
    assert 'kelisim_letters_total{channel="esobes",outcome="accepted"} 1.0' in lines
    assert 'kelisim_letters_total{channel="sms",outcome="accepted"} 3.0' in lines


async def test_figures_say_what_turns_have_left_to_be_done_and_for_how_long(batched: Batched) -> None:
    clock = Clock()
    for shard, minutes in ((3, 5), (9, 2)):
        letter = Letter("back:1", "back:sms:+77011234567", "{}", clock.now().timestamp() - 60 * minutes)
        await batched("XADD", f"{tag(shard)}:errands", "*", "letter", msgspec.json.encode(letter))
    await batched("XADD", f"{tag(7)}:errands", "*", "letter", "{")
    front = app.build(lambda: batched("PING"), letters={}, errands=Errands(batched, clock).figures)
    async with browser(front) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    assert "kelisim_errands_waiting 3.0" in lines
    (oldest,) = [line for line in lines if line.startswith("kelisim_errands_oldest_seconds ")]
    assert 300 <= float(oldest.split()[1]) < 400


async def test_figures_say_when_the_register_of_organisations_was_told_last(batched: Batched) -> None:
    copies, told = Copies(batched), datetime(2026, 11, 23, 10, tzinfo=ALMATY)
    await copies.keep("home", Register((), told))
    front = app.build(lambda: batched("PING"), letters={}, registers=copies.all)
    async with browser(front) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    (line,) = [line for line in lines if line.startswith("kelisim_register_fetched_timestamp_seconds{")]
    name, seconds = line.split()
    assert name.endswith('{setting="home"}')
    assert float(seconds) == told.timestamp()


async def test_the_interface_is_described_and_needs_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    assert "/health/ready" in (await client.get("/openapi.json")).json()["paths"]
    assert (await client.get("/docs")).status_code == 404


@pytest.mark.parametrize("path", ["/health/live", "/nothing", "/health/ready"])
async def test_every_page_is_guarded(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_what_is_not_there_is_told_as_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"title": "Not Found", "status": 404}


async def test_a_wrong_method_and_a_large_body_are_told_as_problems(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/health/live")
    assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")
    answer = await client.post("/health/live", content=b" " * (BODY_LIMIT + 1))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/sandbox", "/sandbox/clock", "/sandbox/sms/+77011234567"])
async def test_without_the_sandbox_there_are_no_phones_to_speak_from(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
