import asyncio
from contextlib import aclosing
from datetime import datetime
from urllib.parse import parse_qs, quote_plus

import httpx
import pytest
from msgspec import structs

from dialogs.messages import Text, Unreadable
from gateway.channels import Attempt, Inbound, Letter, Rejected, Retry, Sent, Unclear
from gateway.clock import ALMATY
from gateway.letters import Delivery, Status
from gateway.routes.route import Ignored
from gateway.sms.kannel import Account, Kannel, build, parse_dlr, parse_mo, read
from tests.gateway.loopback import Loopback

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ALMATY)
SECRET = b"secret of the day"
LETTER = Letter("kannel:4f:0", "sms:+77011234567", "Сәлем, әже! 1 & 2 + 3", 1.0)


def mo(**fields: str | bytes) -> Inbound | Ignored:
    query = "&".join(f"{name.rstrip('_')}={quote_plus(value)}" for name, value in fields.items())
    return parse_mo(query.encode(), SECRET, NOW)


def name(**fields: str | bytes) -> str:
    inbound = mo(**fields)
    assert isinstance(inbound, Inbound)
    return inbound.id


def test_a_message_is_read() -> None:
    inbound = mo(from_="+77011234567", to="1414", text="қоляска керек", id="b4e2-1", ts="2026-11-21 07:00:00")
    assert isinstance(inbound, Inbound)
    assert inbound == Inbound(inbound.id, "sms:+77011234567", Text("қоляска керек"))
    assert inbound.id.startswith("kannel:b4e2-1.")


@pytest.mark.parametrize("sender", ["+77011234567", "77011234567", "87011234567", "7011234567", " 77011234567"])
def test_a_phone_is_one_phone_however_the_operator_writes_it(sender: str) -> None:
    inbound = mo(from_=sender, text="1", id="x")
    assert isinstance(inbound, Inbound)
    assert inbound.address == "sms:+77011234567"


@pytest.mark.parametrize("sender", ["1414", "Kaspi", "Halyk Bank", "", "8800", "KZ77011234567", "٧٧٠١١٢٣٤٥٦٧"])
def test_nobody_answers_short_codes_and_names(sender: str) -> None:
    assert isinstance(mo(from_=sender, text="1", id="x"), Ignored)


def test_a_message_without_a_sender_is_taken_and_left() -> None:
    assert parse_mo(b"text=1", SECRET, NOW) == Ignored("no phone")
    assert parse_mo(b"", SECRET, NOW) == Ignored("no phone")


def test_without_an_id_sender_text_and_time_make_one() -> None:
    given = {"from_": "+77011234567", "text": "1", "ts": "2026-11-21 07:00:00"}
    assert name(**given) == name(**given)
    assert len({name(**given), name(**{**given, "text": "2"}), name(**{**given, "ts": "2026-11-21 07:00:01"})}) == 3
    assert name(**given) != name(**{**given, "from_": "+77011234568"})
    assert "701" not in name(**given)


def test_a_name_made_of_a_phone_cannot_be_guessed_without_the_secret() -> None:
    query = b"from=%2B77011234567&text=1&ts=2026-11-21"
    ours, theirs = parse_mo(query, SECRET, NOW), parse_mo(query, b"another", NOW)
    assert isinstance(ours, Inbound)
    assert isinstance(theirs, Inbound)
    assert ours.id != theirs.id


def test_without_id_and_time_the_minute_of_arrival_counts() -> None:
    given = {"from_": "+77011234567", "text": "1"}
    assert name(**given) == name(**given)


def test_a_strange_id_becomes_one_that_can_stand_in_an_address() -> None:
    assert name(from_="+77011234567", text="1", id="%d & more").removeprefix("kannel:").replace(".", "").isalnum()


def test_text_as_it_came_from_the_operator_is_read_too() -> None:
    inbound = mo(from_="+77011234567", text="Қоляска 1".encode("utf-16-be"), id="x")
    assert isinstance(inbound, Inbound)
    assert inbound.content == Text("Қоляска 1")


def test_what_is_no_text_is_unreadable_and_not_an_error() -> None:
    inbound = mo(from_="+77011234567", text=b"\xff\xfe\xfd", id="x")
    assert isinstance(inbound, Inbound)
    assert inbound.content == Unreadable("other")


def test_an_empty_message_is_a_message() -> None:
    for inbound in (mo(from_="+77011234567", id="x"), mo(from_="+77011234567", text="", id="x")):
        assert isinstance(inbound, Inbound)
        assert inbound.content == Text("")


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        ("1", Status.DELIVERED),
        ("2", Status.FAILED),
        ("4", Status.BUFFERED),
        ("8", Status.SENT),
        ("16", Status.REJECTED),
    ],
)
def test_a_report_is_read(type_: str, status: Status) -> None:
    assert parse_dlr(f"id=kannel:4f:0&type={type_}".encode()) == Delivery("kannel:4f:0", status)


@pytest.mark.parametrize("query", [b"", b"id=a", b"type=1", b"id=a&type=32", b"id=a&type=%d"])
def test_a_report_about_nothing_is_ignored(query: bytes) -> None:
    assert isinstance(parse_dlr(query), Ignored)


ACCOUNT = Account("http://127.0.0.1:1", "user", "word", "1414", "https://example.kz/sms/kannel/s3cret/dlr")


def test_a_letter_becomes_a_request() -> None:
    assert build(LETTER, ACCOUNT) == {
        "username": "user",
        "password": "word",
        "from": "1414",
        "to": "+77011234567",
        "text": "Сәлем, әже! 1 & 2 + 3",
        "charset": "UTF-8",
        "coding": "2",
        "dlr-mask": "31",
        "dlr-url": "https://example.kz/sms/kannel/s3cret/dlr?id=kannel:4f:0&type=%d",
    }


def test_a_latin_letter_leaves_in_the_alphabet_of_gsm() -> None:
    request = build(structs.replace(LETTER, text="Code – «4711»"), ACCOUNT)
    assert (request["text"], request["coding"]) == ('Code - "4711"', "0")


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (202, b"0: Accepted for delivery", {}, Sent()),
        (202, b"0: Accepted for delivery: 7b1f-9", {}, Sent("7b1f-9")),
        (202, b"0: Accepted for delivery: \xff", {}, Sent()),
        (202, b"3: Queued for later delivery", {}, Sent()),
        (200, b"<html>a login page</html>", {}, Unclear("Kannel answered 200")),
        (400, b"Missing receiver", {}, Rejected("Kannel answered 400")),
        (403, b"Authorization failed for sendsms", {}, Rejected("Kannel answered 403")),
        (429, b"", {"retry-after": "30"}, Retry("Kannel answered 429", 30.0)),
        (503, b"Temporal failure", {}, Retry("Kannel answered 503")),
        (503, b"", {"retry-after": "soon"}, Retry("Kannel answered 503")),
        (302, b"", {}, Retry("Kannel answered 302")),
        (500, b"", {}, Retry("Kannel answered 500")),
        (502, b"", {}, Unclear("Kannel answered 502")),
        (504, b"", {}, Unclear("Kannel answered 504")),
    ],
)
def test_an_answer_becomes_an_outcome(status: int, body: bytes, headers: dict[str, str], outcome: Attempt) -> None:
    assert read(status, body, httpx.Headers(headers)) == outcome


async def test_the_letter_arrives_at_the_gateway_as_it_was_written() -> None:
    async with Loopback() as gateway, aclosing(Kannel(_at(gateway))) as channel:
        assert await channel.send(LETTER) == Sent("1")
        assert parse_qs(gateway.queries[0]) == {key: [value] for key, value in build(LETTER, _at(gateway)).items()}


async def test_a_gateway_that_is_away_surely_has_not_got_it_and_one_that_breaks_off_may() -> None:
    async with Loopback(silent=True) as gateway, aclosing(Kannel(_at(gateway))) as channel:
        assert await channel.send(LETTER) == Unclear("Kannel: ServerDisconnectedError")
    async with aclosing(Kannel(ACCOUNT)) as channel:
        assert await channel.send(LETTER) == Retry("Kannel: ClientConnectorError")


async def test_the_log_holds_neither_phone_nor_password(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "gateway")
    caplog.set_level("INFO")
    async with Loopback() as gateway, aclosing(Kannel(_at(gateway))) as channel:
        await asyncio.gather(*(channel.send(LETTER) for _ in range(3)))
    assert "7701" not in caplog.text
    assert "word" not in caplog.text


def _at(gateway: Loopback) -> Account:
    return Account(gateway.url, "user", "word", "1414", ACCOUNT.reports)
