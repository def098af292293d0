"""What is asked for twice is done once: after a lost answer, at the same time, and after a death."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from dialogs.broadcasts.texts import Texts
from gateway.broadcasts.broadcast import Mode
from gateway.connection import Client, RedisAwayError
from gateway.web.api.broadcasts import PREFIX
from gateway.web.api.once import KEPT, LASTS, Begun, Busy, Kept, Once, Other
from tests.gateway.web.api import another
from tests.gateway.web.api.programs import GOOD, Office

HOME = Path(__file__).parents[4]
PEOPLE = [{"phone": f"+7799{number:07}", "values": {"Аты": "Айгүл"}} for number in range(30)]
WHOLE = {**GOOD, "recipients": PEOPLE}


async def test_the_same_again_is_the_same_answer_and_nothing_else_is_made(office: Office) -> None:
    program = await office.program()
    first = await program.post(once="one", json=WHOLE)
    await program.read(first.json()["id"])
    again = await program.post(once="one", json=WHOLE)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert len(await office.whole.store.newest(None, 10)) == 1
    other = await program.post(once="two", json=WHOLE)
    assert other.json()["id"] != first.json()["id"]


async def test_the_same_key_for_something_else_is_refused(office: Office) -> None:
    program = await office.program()
    name = (await program.post(once="one", json=GOOD)).json()["id"]
    for path, body in (("", {**GOOD, "title": "Басқа"}), (f"/{name}/cancel", None), (f"/{name}/start", {})):
        answer = await program.post(path, once="one", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert (await program.get(f"/{name}")).json()["state"] == "draft"


async def test_another_program_may_have_the_same_key(office: Office) -> None:
    names = set()
    for program in (await office.program(), await office.program(name="other")):
        names.add((await program.post(once="one", json=GOOD)).json()["id"])
    assert len(names) == 2


@pytest.mark.parametrize("key", ["", " ", "é", "x" * 256, "a b"])
async def test_without_a_proper_key_nothing_is_done(office: Office, key: str) -> None:
    program = await office.program()
    headers = [(b"idempotency-key", key.encode())] if key else []
    answer = await program.http.post(PREFIX, json=GOOD, headers=headers)
    assert answer.status_code == 422
    assert (await program.get()).json()["broadcasts"] == []


async def test_of_many_at_once_one_does_it_and_the_others_come_later(office: Office) -> None:
    program = await office.program()
    answers = await asyncio.gather(*(program.post(once="one", json=WHOLE) for _ in range(20)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] >= 1
    assert set(statuses) <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "under_way"
            assert int(answer.headers["retry-after"]) >= 1
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert len(await office.whole.store.newest(None, 10)) == 1


async def test_a_refusal_may_be_tried_again_with_the_same_key(office: Office) -> None:
    program = await office.program()
    name = (await program.post(once="make", json=GOOD)).json()["id"]
    assert (await program.post(f"/{name}/start", once="go")).status_code == 409
    table = "phone,Аты\n+77990000001,Айгүл\n"
    await program.put(name, table.encode())
    await program.read(name)
    assert (await program.post(f"/{name}/start", once="go")).status_code == 200
    assert (await program.post(f"/{name}/start", once="go")).headers["idempotent-replayed"] == "true"


class Dying(Once):
    """The process dies after the work, before the answer is kept."""

    async def keep(self, begun: Begun, answer: Kept) -> Kept:
        raise RedisAwayError("gone")

    async def let_go(self, begun: Begun) -> None:
        return


@pytest.mark.parametrize("path", ["", "/{name}/start", "/{name}/cancel"])
async def test_what_was_done_before_a_death_is_found_and_not_done_again(
    office: Office, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = await office.program()
    name = await program.made(PEOPLE, "first")
    path, body = path.format(name=name), None if path else WHOLE
    with monkeypatch.context() as during:
        during.setattr(Once, "keep", Dying.keep)
        during.setattr(Once, "let_go", Dying.let_go)
        dead = await office.program()
        assert (await dead.post(path, once="x", json=body)).status_code == 503
    before = len(await office.whole.store.newest(None, 10))
    assert (await program.post(path, once="x", json=body)).status_code == 409  # whoever did it may live
    office.watch.now += LASTS + 1
    answer = await program.post(path, once="x", json=body)
    assert answer.status_code in (200, 201), answer.text
    assert len(await office.whole.store.newest(None, 10)) == before
    known = await office.broadcasts.load(answer.json()["id"])
    assert [one.what for one in known.changes].count("made") == 1
    assert [one.what for one in known.changes].count("started") == int("start" in path)
    kept = await program.post(path, once="x", json=body)
    assert (kept.headers["idempotent-replayed"], kept.content) == ("true", answer.content)


async def test_a_list_that_was_lost_with_the_process_is_read_when_it_comes_again(office: Office) -> None:
    """The broadcast was made, its list was not taken yet."""
    program, once = await office.program(), Once(office.whole.redis, office.whole.clock, office.watch)
    body = json.dumps(WHOLE).encode()
    begun = await once.begin("api:portal test", "x", f"POST {PREFIX}\n".encode() + body)
    assert isinstance(begun, Begun)
    await office.broadcasts.make("api:portal", "Жаңалық", Texts("а", "б"), mode=Mode.TEST, name=begun.id)
    await once.let_go(begun)
    headers = {"Idempotency-Key": "x", "Content-Type": "application/json"}
    answer = await program.http.post(PREFIX, content=body, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (201, begun.id)
    assert office.lists.under_way == 1


async def test_an_answer_is_kept_for_a_day(office: Office, redis: Client) -> None:
    program = await office.program()
    await program.post(once="one", json=GOOD)
    (key,) = [key async for key in redis.scan_iter("{staff}:once:*")]
    assert KEPT.total_seconds() - 60 < await redis.ttl(key) <= KEPT.total_seconds()


async def test_the_first_answer_stays(office: Office) -> None:
    once = Once(office.whole.redis, office.whole.clock, office.watch)
    begun = await once.begin("a", "k", b"x")
    assert isinstance(begun, Begun)
    assert begun.since is None
    assert isinstance(await once.begin("a", "k", b"x"), Busy)
    assert isinstance(await once.begin("a", "k", b"y"), Other)
    office.watch.now += LASTS + 1
    second = await once.begin("a", "k", b"x")
    assert isinstance(second, Begun)
    assert (second.id, second.since is not None) == (begun.id, True)
    one, other = Kept(200, msgspec.Raw(b"1")), Kept(200, msgspec.Raw(b"2"))
    assert await once.keep(second, one) == one
    assert await once.keep(begun, other) == one
    assert await once.begin("a", "k", b"x") == one


async def test_two_processes_that_are_asked_for_the_same_at_once_do_it_once(
    office: Office, redis_url: str, tmp_path: Path
) -> None:
    program = await office.program()
    token = program.http.headers["authorization"].removeprefix("Bearer ")
    others = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", another.__name__, redis_url, str(tmp_path), token, stdin=PIPE, stdout=PIPE, cwd=HOME
        )
        for _ in range(2)
    ]
    async with asyncio.timeout(60):
        for one in others:
            assert one.stdout is not None
            assert await one.stdout.readline() == b"ready\n"
        told = await asyncio.gather(*(one.communicate(b"go\n") for one in others))
    answers = [[json.loads(line) for line in out.splitlines()] for out, _ in told]
    assert len(answers[0]) == another.NUMBER
    assert answers[0] == answers[1]
    assert {status for status, _ in answers[0]} == {201}
    assert len(await office.whole.store.newest(None, 100)) == another.NUMBER
