"""Keys that are stolen in part, revoked, worn out or guessed; and whoever asks too often."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from gateway.broadcasts.broadcast import Mode
from gateway.connection import Client
from gateway.staff.deeds import DEEDS
from gateway.staff.keys import Keys, Scope
from tests.gateway.broadcasts.sending import NOON
from tests.gateway.web.api.programs import GOOD, Office

PATH = "/api/broadcasts"


async def test_half_a_key_opens_nothing_and_is_told_nothing(office: Office) -> None:
    token, key = await office.keys.make("portal", Mode.LIVE, frozenset(Scope), "admin")
    front = office.front()
    wrongs = [
        token[:-1],
        token[: len(token) // 2],
        f"kelisim_live_{key.id}",
        f"kelisim_live_{key.id}_",
        token + "x" * 1000,
        token.swapcase(),
        key.digest,
        "é",
        "null",
    ]
    answers = []
    for wrong in wrongs:
        async with office.http(token, front) as http:
            http.headers = httpx.Headers([(b"authorization", f"Bearer {wrong}".encode())])
            answers.append(await http.get(PATH))
    for other in ({}, {"Authorization": token}, {"Authorization": f"Basic {token}"}, {"X-Api-Key": token}):
        async with office.http(token, front) as http:
            http.headers = httpx.Headers(other)
            answers.append(await http.get(PATH))
            answers.append(await http.get(f"{PATH}?key={token}"))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}


async def test_a_stranger_is_refused_before_anything_is_read(office: Office) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield bytes(10_000)

    async with office.http("kelisim_live_00000000_x") as http:
        for method, path in (("POST", PATH), ("PUT", f"{PATH}/0a/list")):
            answer = await http.request(method, path, content=body(), headers={"Idempotency-Key": "x"})
            assert answer.status_code == 401
    assert read == 0


async def test_a_key_that_is_revoked_while_its_list_arrives_brings_nothing(office: Office, redis: Client) -> None:
    program = await office.program()
    name = await program.made()

    async def body() -> AsyncIterator[bytes]:
        yield b"phone\n"
        await office.keys.revoke(program.key.id, "zhanar")
        yield b"+77990000001\n"

    answer = await program.http.put(f"{PATH}/{name}/list", content=body(), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 401
    known = await office.broadcasts.load(name)
    assert (known.audience, known.reading) == (None, None)
    assert list(office.lists.folder("x").parent.iterdir()) == []
    assert (await program.get()).status_code == 401
    assert (await program.get()).status_code == 401
    assert str(await redis.xrange(DEEDS)).count("key.late") == 1


async def test_a_key_that_is_revoked_while_its_broadcast_arrives_makes_none(office: Office) -> None:
    program = await office.program()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"title": "x", '
        await office.keys.revoke(program.key.id, "zhanar")
        yield b'"texts": {"kk": "a", "ru": "b"}}'

    headers = {"Idempotency-Key": "x", "Content-Type": "application/json"}
    assert (await program.http.post(PATH, content=body(), headers=headers)).status_code == 401
    assert await office.whole.store.newest(None, 10) == []


async def test_a_key_ends_with_its_day(office: Office) -> None:
    token, _ = await office.keys.make("portal", Mode.TEST, frozenset(Scope), "admin", NOON.date())
    async with office.http(token) as http:
        assert (await http.get(PATH)).status_code == 200
        await office.whole.clock.move(NOON + timedelta(days=1))
        assert (await http.get(PATH)).status_code == 401


async def test_whoever_guesses_waits_and_whoever_has_a_key_does_not(office: Office, redis: Client) -> None:
    program, front = await office.program(), office.front()
    async with office.http("kelisim_live_00000000_x", front) as http:
        answers = await asyncio.gather(*(http.get(PATH) for _ in range(60)))
    assert [answer.status_code for answer in answers].count(401) == 20
    late = [answer for answer in answers if answer.status_code == 429]
    assert len(late) == 40
    assert all(0 < int(answer.headers["retry-after"]) <= 60 for answer in late)
    assert (await program.get()).status_code == 200
    told = str(await redis.xrange(DEEDS))
    assert told.count("key.guessed") == 1


@pytest.mark.parametrize("path", ["", "/0a"])
async def test_who_asks_too_often_is_told_when_to_come_again(office: Office, path: str) -> None:
    keys = Keys(office.whole.redis, office.whole.clock, office.watch, 50)
    token, _ = await keys.make("portal", Mode.TEST, frozenset(Scope), "admin")
    async with office.http(token, office.front(keys)) as http:
        answers = [await http.get(f"{PATH}{path}") for _ in range(12)]
        assert {answer.status_code for answer in answers[:10]} <= {200, 404}
        assert {answer.status_code for answer in answers[10:]} == {429}
        assert answers[11].headers["retry-after"] == "2"
        assert answers[11].json()["code"] == "too_often"
        office.watch.now += 2
        assert (await http.get(f"{PATH}{path}")).status_code != 429


async def test_a_key_is_no_way_into_the_console_nor_a_session_into_the_interface(office: Office) -> None:
    program = await office.program()
    front = office.staff.front(office.whole.redis)
    token = program.http.headers["authorization"].removeprefix("Bearer ")
    async with office.http(token, front) as http:
        assert (await http.get("/staff/me")).status_code in (303, 401, 404)
    async with office.http("") as http:
        assert (await http.get(PATH, headers={"Cookie": f"kelisim={token}"})).status_code == 401


async def test_nothing_of_a_key_is_told_in_what_was_made_with_it(office: Office) -> None:
    program = await office.program()
    answer = await program.post(once="x", json=GOOD)
    known = await office.broadcasts.load(answer.json()["id"])
    assert known.author == "api:portal"
    assert program.http.headers["authorization"].split("_", 3)[3] not in answer.text


async def test_a_parameter_that_nobody_knows_is_refused(office: Office) -> None:
    program = await office.program()
    answer = await program.get(statu="failed")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "query.statu", "reason": "no such parameter"}]
