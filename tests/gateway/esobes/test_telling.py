"""E-Sobes is told to the letter of its contract, by a client that expects every failure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Literal

import httpx
import msgspec
import pytest

from gateway.channels import Retry
from gateway.esobes.looking import AwayError
from gateway.esobes.telling import _PATIENCE, Esobes, Post, Refused, Taken, read
from tests.gateway.ministry import TOKEN, Fault, Ministry, answer, problem
from tests.gateway.mischief import passes

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
BODY = '{"answer":"consent","at":"2026-11-25T10:00:00+05:00","text":"иә 472"}'


def post(*path: str, again: int = 0) -> Post:
    return Post(3, "O-17", path or ("offers", "O-17", "answer"), msgspec.Raw(BODY.encode()), again)


@pytest.fixture
async def ministry() -> AsyncIterator[Ministry]:
    async with Ministry() as ministry:
        yield ministry


@pytest.fixture
async def esobes(ministry: Ministry) -> AsyncIterator[Esobes]:
    async with aclosing(Esobes(ministry.url, TOKEN)) as client:
        yield client


async def test_an_answer_arrives_as_the_contract_wants_it(ministry: Ministry, esobes: Esobes) -> None:
    assert await esobes.tell(post(), "O-17:1") == Taken(200)
    (told,), (head,) = ministry.calls, ministry.headers
    assert (told.key, told.path, told.body.decode()) == ("O-17:1", "/offers/O-17/answer", BODY)
    assert head.startswith("POST /api/offers/O-17/answer HTTP/1.1\r\n")
    assert f"\r\nAuthorization: Bearer {TOKEN}\r\n" in head
    assert "\r\nContent-Type: application/json\r\n" in head


async def test_a_request_is_told_the_same_way(ministry: Ministry, esobes: Esobes) -> None:
    ministry.answers = [answer("201 Created", '{"application":{"id":"A-5"}}')]
    taken = await esobes.tell(post("requests"), "O-17:note")
    assert isinstance(taken, Taken)
    assert (taken.status, taken.application) == (201, b'{"id":"A-5"}')
    assert (ministry.calls[0].path, ministry.calls[0].key) == ("/requests", "O-17:note")


async def test_of_a_postponement_that_was_taken_everything_said_is_kept(ministry: Ministry, esobes: Esobes) -> None:
    said = '{"arrive_by":"2026-12-20","signed":false,"sign_by":"2026-12-10","sign_url":"https://aleumet.egov.kz/"}'
    ministry.answers = [answer("200 OK", said)]
    assert await esobes.tell(post("invitations", "in/1", "postponement"), "in/1:postponement") == Taken(
        200, said.encode()
    )
    assert (ministry.calls[0].path, ministry.calls[0].key) == (
        "/invitations/in%2F1/postponement",
        "in/1:postponement",
    )
    ministry.answers = [problem("409 Conflict", detail="It was postponed before.")]
    refused = await esobes.tell(post("invitations", "in-2", "postponement"), "in-2:postponement")
    assert refused == Refused(409, None, "It was postponed before.")


async def test_whatever_an_offer_is_called_it_stays_one_part_of_the_address(
    ministry: Ministry, esobes: Esobes
) -> None:
    await esobes.tell(post("offers", "АОЖБ 17/2?a=1#b%2F", "answer"), "АОЖБ 17/2%:1")
    assert ministry.calls[0].path == "/offers/%D0%90%D0%9E%D0%96%D0%91%2017%2F2%3Fa%3D1%23b%252F/answer"
    assert ministry.calls[0].key == "%D0%90%D0%9E%D0%96%D0%91%2017/2%25:1"


async def test_what_is_sent_anew_after_a_refusal_has_a_key_of_its_own(ministry: Ministry, esobes: Esobes) -> None:
    for again in (0, 1, 2, 2):
        await esobes.tell(post(again=again), "O-17:1")
    assert [told.key for told in ministry.taken] == ["O-17:1", "O-17:1:again1", "O-17:1:again2"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(), "E-Sobes: RemoteProtocolError"),
        (Fault(b"HTTP/1.1 200 OK\r\nContent-Le"), "E-Sobes: RemoteProtocolError"),
        (Fault(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a":'), "E-Sobes: RemoteProtocolError"),
        (Fault(b'HTTP/1.1 409 Conflict\r\nContent-Length: 9\r\n\r\n{"a":'), "E-Sobes: RemoteProtocolError"),
        (Fault(b"220 mail.example.kz ESMTP\r\n"), "E-Sobes: RemoteProtocolError"),
        (answer("200 OK", "xx", "Content-Encoding: gzip"), "E-Sobes: DecodingError"),
        (answer("200 OK", f'"{"x" * 300_000}"'), "E-Sobes answered without end"),
    ],
)
async def test_half_an_answer_means_once_more(
    fault: Fault | bytes, reason: str, ministry: Ministry, esobes: Esobes
) -> None:
    ministry.answers = [fault]
    assert await esobes.tell(post(), "O-17:1") == Retry(reason)
    if isinstance(fault, Fault):
        assert await esobes.tell(post(), "O-17:1") == Taken(200)


async def test_where_no_address_is_set_e_sobes_is_away_and_nobody_unknown() -> None:
    async with aclosing(Esobes("", TOKEN)) as nowhere:
        with pytest.raises(AwayError, match="no address"):
            await nowhere.look(("persons", "680412400123"), {}, asyncio.get_running_loop().time() + 60)


async def test_a_server_that_is_not_there_or_does_not_answer_means_once_more(
    ministry: Ministry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with aclosing(Esobes("http://127.0.0.1:1", TOKEN)) as nobody:
        assert await nobody.tell(post(), "O-17:1") == Retry("E-Sobes: ConnectError")

    class Silence(asyncio.Event):
        async def wait(self) -> Literal[True]:
            passes(_PATIENCE)
            return await super().wait()

    ministry.silence = Silence()
    async with aclosing(Esobes(ministry.url, TOKEN)) as impatient:
        assert await impatient.tell(post(), "O-17:1") == Retry("E-Sobes: ReadTimeout")
    ministry.silence = asyncio.Event()
    monkeypatch.setattr("gateway.esobes.telling._LONGEST", 0.05)
    async with aclosing(Esobes(ministry.url, TOKEN)) as esobes:
        assert await esobes.tell(post(), "O-17:1") == Retry("E-Sobes: TimeoutError")
        ministry.silence.set()
        monkeypatch.setattr("gateway.esobes.telling._LONGEST", 20.0)
        assert await esobes.tell(post(), "O-17:1") == Taken(200)


DATE = "Wed, 25 Nov 2026 05:02:00 GMT"


@pytest.mark.parametrize(
    ("status", "body", "headers", "meaning"),
    [
        (200, "{}", {}, Taken(200)),
        (200, "", {}, Taken(200)),
        (200, "[1]", {}, Taken(200)),
        (200, "null", {}, Retry("E-Sobes answered 200")),
        (200, "\ufeff{}", {}, Taken(200)),
        (201, '{"application":{"id":"A-1"}}', {}, Taken(201, b'{"application":{"id":"A-1"}}')),
        (204, "", {}, Taken(204)),
        (200, "<html>a login page</html>", {}, Retry("E-Sobes answered 200")),
        (200, '{"answer":', {}, Retry("E-Sobes answered 200")),
        (200, "[" * 9999, {}, Retry("E-Sobes answered 200")),
        (302, "", {}, Retry("E-Sobes answered 302")),
        (307, "", {}, Retry("E-Sobes answered 307")),
        (408, "", {}, Retry("E-Sobes answered 408")),
        (425, "", {}, Retry("E-Sobes answered 425")),
        (429, "", {"retry-after": "30"}, Retry("E-Sobes answered 429", 30.0)),
        (500, "", {}, Retry("E-Sobes answered 500")),
        (503, "", {"retry-after": DATE}, Retry("E-Sobes answered 503", 120.0)),
        (503, "", {"retry-after": DATE.replace("2026", "2025")}, Retry("E-Sobes answered 503")),
        (503, "", {"retry-after": DATE.replace("GMT", "-0000")}, Retry("E-Sobes answered 503")),
        (503, "", {"retry-after": "soon"}, Retry("E-Sobes answered 503")),
        (503, "", {"retry-after": "0"}, Retry("E-Sobes answered 503")),
        (503, "", {"retry-after": "9" * 400}, Retry("E-Sobes answered 503", 86400.0)),
        (599, "{}", {}, Retry("E-Sobes answered 599")),
        (400, "", {}, Refused(400)),
        (401, '{"title":"Unauthorized"}', {}, Refused(401, None, "Unauthorized")),
        (404, '{"title":"Not Found","detail":"no such offer"}', {}, Refused(404, None, "no such offer")),
        (422, "nonsense", {}, Refused(422)),
        (422, '{"answer":"consent"}', {}, Refused(422)),
        (410, "[1]", {}, Refused(410)),
        (409, '{"answer":"refusal"}', {}, Refused(409, "refusal")),
        (409, '{"title":"held","answer":"silence"}', {}, Refused(409, "silence", "held")),
        (409, '{"answer":{"answer":"consent","at":"2026-11-25"}}', {}, Refused(409, "consent")),
        (409, '{"title":"held","offer":{"id":"O","held":{"answer":"undeliverable"}}}', {},
         Refused(409, "undeliverable", "held")),
        (409, '{"answer":"maybe"}', {}, Refused(409)),
        (409, '{"answer":["consent"],"detail":5}', {}, Refused(409)),
        (409, '["consent"]', {}, Refused(409)),
        (409, "<html>", {}, Refused(409)),
        (409, "", {}, Refused(409)),
        (409, '{"a":' * 900 + '{"answer":"consent"}' + "}" * 900, {}, Refused(409, "consent")),
    ],
)  # fmt: skip
def test_every_answer_means_one_thing(
    status: int, body: str, headers: dict[str, str], meaning: Taken | Refused | Retry
) -> None:
    assert read(status, body.encode(), httpx.Headers(headers), NOW) == meaning


@pytest.mark.parametrize(
    ("body", "application"),
    [
        (b"", b""),
        (b'{"answer":"consent"}', b""),
        (b'{"application":{}}', b""),
        (b'{"application":null}', b""),
        (b'{"application": {"id": "A-1"}}', b'{"id":"A-1"}'),
    ],
)
def test_an_application_that_came_of_it_stands_in_what_was_said(body: bytes, application: bytes) -> None:
    assert Taken(201, body).application == application
    assert "A-1" not in repr(Taken(201, body))


def test_an_answer_that_is_not_utf_8_is_none() -> None:
    assert read(200, b'"\xff"', {}, NOW) == Retry("E-Sobes answered 200")


async def test_the_log_holds_neither_the_offer_nor_what_was_said(
    ministry: Ministry, esobes: Esobes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "gateway")
    caplog.set_level("INFO")
    ministry.answers = [problem("422 Unprocessable", detail="Анна Әлиқызы is unknown")]
    await esobes.tell(post(), "O-17:1")
    await esobes.tell(post(), "O-17:2")
    assert caplog.text == ""
