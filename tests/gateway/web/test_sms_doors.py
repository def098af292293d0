"""From a letter to the news of it, and from a person's message to its answer, over real HTTP and a real Redis. Only
the provider is a double."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from msgspec import Struct

from dialogs.dialogue import Dialogue
from gateway.authorities import authorities
from gateway.channels import Letter, Sent
from gateway.clock import Clock
from gateway.connection import Batched, Client, connect
from gateway.letters import Letters, Status
from gateway.routes.named import Named
from gateway.routes.reports import Reported
from gateway.sms.mobizon import Mobizon
from gateway.sms.smsc import Smsc, name
from gateway.store import Store
from gateway.web import app
from gateway.web.front import Front
from gateway.web.sms_doors import LARGEST, MobizonDoor, SmscDoor
from tests.gateway.affairs import offers
from tests.gateway.serving import served
from tests.gateway.sms.double import Fault
from tests.gateway.sms.mobizon_double import MobizonDouble
from tests.gateway.sms.smsc_double import SmscDouble
from tests.gateway.talk import Counting, receiver
from tests.gateway.web.conftest import SECRET, letters

STATUS = f"/sms/smsc/{SECRET}/status"
MO = f"/sms/smsc/{SECRET}/mo"
MOBIZON = f"/sms/mobizon/{SECRET}/status"
LETTER = Letter("kannel:4f.0a1b:0", "sms:+77011234567", "Сәлем", 1_795_244_400.0)
FIRST = 169275418


class Side(Struct, frozen=True):
    """All that takes part."""

    client: httpx.AsyncClient
    there: SmscDouble
    smsc: Smsc
    elsewhere: MobizonDouble
    mobizon: Mobizon
    letters: Letters

    async def post(self, path: str, fields: Mapping[str, str] | bytes) -> int:
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return (await self.client.post(path, content=body)).status_code


@asynccontextmanager
async def put_together(redis: Batched, dialogue: Dialogue) -> AsyncIterator[Side]:
    async with AsyncExitStack() as stack:
        there, elsewhere = SmscDouble(), MobizonDouble()
        await stack.enter_async_context(there)
        await stack.enter_async_context(elsewhere)
        named, clock = Named(redis), Clock()
        smsc = await stack.enter_async_context(aclosing(Smsc(there.account, named)))
        mobizon = await stack.enter_async_context(aclosing(Mobizon(elsewhere.account, named)))
        reports = Reported(redis, None, clock, lambda _: None)
        hears = receiver(Store(redis), Counting(), offers(redis, dialogue, clock), clock, lambda _: None)
        front: Front = app.build(
            lambda: redis("PING"),
            letters={},
            doors={
                "smsc": SmscDoor(hears, reports, named, clock, secret=SECRET, account=there.account),
                "mobizon": MobizonDoor(reports, named, mobizon, secret=SECRET, word=elsewhere.account.word),
            },
        )
        url = await stack.enter_async_context(served(front))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=url, verify=authorities(), trust_env=False)
        )
        yield Side(client, there, smsc, elsewhere, mobizon, Letters(redis))


@pytest.fixture
async def side(batched: Batched, dialogue: Dialogue) -> AsyncIterator[Side]:
    async with put_together(batched, dialogue) as side:
        yield side


async def test_a_letter_by_smsc_is_followed_to_its_end(side: Side) -> None:
    assert await side.smsc.send(LETTER) == Sent(name(LETTER.id))
    for status, known in ((0, Status.SENT), (1, Status.DELIVERED), (0, Status.DELIVERED), (1, Status.DELIVERED)):
        assert await side.post(STATUS, side.there.report(name(LETTER.id), status)) == 200
        assert await side.letters.status(LETTER.id) is known


async def test_a_report_may_be_faster_than_the_answer(side: Side) -> None:
    side.there.faults.append(Fault.HALF)
    await side.smsc.send(LETTER)
    assert await side.post(STATUS, side.there.report(name(LETTER.id), 1)) == 200
    assert await side.letters.status(LETTER.id) is Status.DELIVERED


async def test_a_report_may_come_as_a_query_and_at_the_other_address(side: Side) -> None:
    await side.smsc.send(LETTER)
    report = side.there.report(name(LETTER.id), 1)
    answer = await side.client.get(f"{MO}?charset=utf-8&sha1=1&{urlencode(report)}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert await side.letters.status(LETTER.id) is Status.DELIVERED


async def test_a_forged_report_changes_nothing(side: Side, redis: Client) -> None:
    await side.smsc.send(LETTER)
    true = side.there.report(name(LETTER.id), 1)
    before = await redis.dbsize()
    for forged in (
        {**true, "status": "20"},
        {**true, "id": name("tg:1:0")},
        {**true, "sha1": "0" * 40},
        {field: value for field, value in true.items() if field != "sha1"},
        side.there.report(name(LETTER.id), 1, word="guessed"),
        {},
    ):
        assert await side.post(STATUS, forged) == 403
    assert await side.post(STATUS.replace(SECRET, "guessed"), true) == 403
    assert await side.letters.status(LETTER.id) is None
    assert await redis.dbsize() == before


async def test_a_report_about_a_letter_of_somebody_else_is_taken_and_left(side: Side, redis: Client) -> None:
    assert await side.post(STATUS, side.there.report("4711", 1)) == 200
    assert await redis.dbsize() == 0


async def test_a_message_is_answered_once_however_often_it_is_brought(side: Side, redis: Client) -> None:
    message = side.there.message("77011234567", "коляска керек: 1 & 2")
    for _ in range(2):
        assert await side.post(MO, message) == 200
    (letter,) = await letters(redis)
    assert (letter.address, letter.text) == ("sms:+77011234567", "message 1")
    assert letter.id.startswith("smsc:998877.")
    assert await side.post(STATUS, side.there.message("77011234567", "тағы", "998878")) == 200
    assert len(await letters(redis)) == 2


async def test_a_forged_message_is_refused(side: Side, redis: Client) -> None:
    true = side.there.message("77011234567", "1")
    for forged in (
        {**true, "mes": "2"},
        {**true, "phone": "77017654321"},
        side.there.message("77011234567", "1", word="guessed"),
    ):
        assert await side.post(MO, forged) == 403
    assert await redis.dbsize() == 0


@pytest.mark.parametrize("sender", ["1414", "Kaspi", "77750000000"])
async def test_nobody_but_a_person_is_answered(side: Side, redis: Client, sender: str) -> None:
    assert await side.post(MO, side.there.message(sender, "thank you")) == 200
    assert await redis.dbsize() == 0


async def test_a_message_of_any_length_is_taken_so_that_it_does_not_come_for_ever(side: Side, redis: Client) -> None:
    assert await side.post(MO, side.there.message("77011234567", "ә" * 32_000)) == 200
    assert len(await letters(redis)) == 1
    assert await side.post(MO, b"x" * (LARGEST + 1)) == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", STATUS, 405),
        ("GET", MOBIZON, 405),
        ("POST", f"/sms/smsc/{SECRET}/other", 404),
        ("POST", f"/sms/mobizon/{SECRET}/mo", 404),
        ("POST", "/sms/smsc/", 404),
        ("POST", "/sms/smsc", 404),
        ("POST", "/sms/other/status", 404),
        ("POST", "/sms/smsc/%D0%B0/status", 403),
        ("POST", "/sms/mobizon//status", 403),
    ],
)
async def test_there_is_nothing_else(side: Side, method: str, path: str, status: int) -> None:
    assert (await side.client.request(method, path)).status_code == status


async def test_of_mobizon_nothing_is_believed_but_its_own_answer(side: Side) -> None:
    """Signed, and says that the letter arrived; but they know of nothing."""
    assert await side.mobizon.send(LETTER) == Sent(str(FIRST))
    lie = side.elsewhere.report(FIRST, "DELIVRD")
    assert await side.post(MOBIZON, lie) == 503
    assert await side.letters.status(LETTER.id) is Status.ACCEPTED
    side.elsewhere.statuses[FIRST] = "UNDELIV"
    assert await side.post(MOBIZON, lie) == 200
    assert await side.letters.status(LETTER.id) is Status.FAILED


async def test_a_letter_by_mobizon_is_followed_to_its_end(side: Side) -> None:
    await side.mobizon.send(LETTER)
    side.elsewhere.statuses[FIRST] = "DELIVRD"
    for attempt in (1, 2):
        assert await side.post(MOBIZON, side.elsewhere.report(FIRST, "DELIVRD", attempt=attempt)) == 200
        assert await side.letters.status(LETTER.id) is Status.DELIVERED


async def test_without_a_signature_mobizon_is_not_even_asked(side: Side) -> None:
    await side.mobizon.send(LETTER)
    side.elsewhere.statuses[FIRST] = "DELIVRD"
    asked = len(side.elsewhere.requests)
    true = side.elsewhere.report(FIRST, "DELIVRD")
    assert await side.post(MOBIZON, side.elsewhere.report(FIRST, "DELIVRD", word="guessed")) == 403
    assert await side.post(MOBIZON, json.dumps(json.loads(true) | {"eventId": 27}).encode()) == 403
    assert await side.post(MOBIZON.replace(SECRET, "guessed"), true) == 403
    assert await side.post(MOBIZON, b"{}") == 400
    assert len(side.elsewhere.requests) == asked
    assert await side.letters.status(LETTER.id) is None


async def test_a_report_of_mobizon_that_cannot_be_matched_or_checked_has_to_come_again(side: Side) -> None:
    true = side.elsewhere.report(FIRST, "DELIVRD")
    assert await side.post(MOBIZON, true) == 503
    await side.mobizon.send(LETTER)
    side.elsewhere.faults.append(Fault.E502)
    assert await side.post(MOBIZON, true) == 503
    assert await side.letters.status(LETTER.id) is None


async def test_while_redis_is_away_the_provider_is_asked_to_come_again(tmp_path: Path, dialogue: Dialogue) -> None:
    async with put_together(Batched(connect(f"unix://{tmp_path}/nobody")), dialogue) as side:
        assert await side.post(STATUS, side.there.report("k4f", 1)) == 503
        assert await side.post(MO, side.there.message("77011234567", "1")) == 503
        assert await side.post(MOBIZON, side.elsewhere.report(FIRST, "DELIVRD")) == 503
