"""On recorded answers of Mobizon, and against a double of it that takes nothing but what it describes."""

import json
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path

import pytest

from dialogs.sms_length import fitted
from gateway.channels import Attempt, Letter, Rejected, Retry, Sent, Unclear
from gateway.connection import Batched, connect
from gateway.letters import Status
from gateway.routes.named import Named
from gateway.sms.mobizon import FINAL, Mobizon, is_signed, parse_event, read, read_list, read_status, reported
from tests.gateway.sms.double import TAKEN, Fault, Hasty
from tests.gateway.sms.mobizon_double import APIKEY, WORD, MobizonDouble

NOW = 1_795_244_400.0  # 2026-11-21T07:00:00Z
LETTER = Letter("kannel:4f.0a1b:0", "sms:+77011234567", "Сәлем, әже! 1 & 2 + 3 = «4» %41\nҚош", NOW)
FIRST = 169275418


@pytest.fixture
def named(batched: Batched) -> Named:
    return Named(batched)


@pytest.mark.parametrize(
    ("body", "attempt"),
    [
        (
            b'{"code":0,"data":{"campaignId":245455096,"messageId":169275418,"status":2},"message":""}',
            Sent("169275418"),
        ),
        (
            b'{"code":"0","data":{"campaignId":"1","messageId":"169275418","status":1},"message":""}',
            Sent("169275418"),
        ),
        (b'{"code":0,"data":[],"message":""}', Unclear("mobizon: taken, without a name")),
        (b'{"code":1,"data":{"recipient":"Wrong number"},"message":"Check the fields"}', Rejected("mobizon: 1")),
        (b'{"code":1,"data":{"from":"Not registered"},"message":""}', Retry("mobizon: the sender is refused")),
        (b'{"code":1,"data":{"from":"No","text":"No"},"message":""}', Rejected("mobizon: 1")),
        (b'{"code":1,"data":[],"message":""}', Rejected("mobizon: 1")),
        (b'{"code":3,"data":null,"message":""}', Unclear("mobizon: code 3")),
        (b'{"code":5,"data":null,"message":""}', Retry("mobizon: no such method")),
        (b'{"code":8,"data":null,"message":"Login error"}', Retry("mobizon: wrong key")),
        (b'{"code":9,"data":null,"message":""}', Retry("mobizon: no access")),
        (b'{"code":10,"data":null,"message":""}', Unclear("mobizon: code 10")),
        (b'{"code":11,"data":null,"message":""}', Rejected("mobizon: 11")),
        (b'{"code":13,"data":"api.mobizon.com","message":""}', Retry("mobizon: another server serves this account")),
        (b'{"code":14,"data":null,"message":""}', Retry("mobizon: the account is blocked")),
        (b'{"code":15,"data":null,"message":"Not enough money"}', Retry("mobizon: it was not done")),
        (b'{"code":30,"data":null,"message":""}', Retry("mobizon: too often")),
        (b'{"code":100,"data":5,"message":""}', Unclear("mobizon: code 100")),
        (b'{"code":999,"data":null}', Unclear("mobizon: code 999")),
        (b"{}", Unclear("mobizon: not the answer that was agreed on")),
        (b"<html>", Unclear("mobizon: not the answer that was agreed on")),
        (b"\xff", Unclear("mobizon: not the answer that was agreed on")),
    ],
)
def test_an_answer_becomes_an_attempt(body: bytes, attempt: Attempt) -> None:
    assert read(body) == attempt


STATUSES = {
    "NEW": Status.ACCEPTED,
    "ENQUEUD": Status.ACCEPTED,
    "ACCEPTD": Status.SENT,
    "PDLIVRD": Status.SENT,
    "UNDELIV": Status.FAILED,
    "REJECTD": Status.REJECTED,
    "DELIVRD": Status.DELIVERED,
    "EXPIRED": Status.FAILED,
    "DELETED": Status.REJECTED,
    "SOMETHING": None,
}


@pytest.mark.parametrize(("word", "status"), STATUSES.items())
def test_a_status_is_read(word: str, status: Status | None) -> None:
    one = {"id": "7", "status": word, "segNum": 1, "startSendTs": None, "statusUpdateTs": "2026-01-15 11:42:08"}
    body = json.dumps({"code": 0, "data": [{**one, "id": 6, "status": "DELIVRD"}, one], "message": ""}).encode()
    assert read_status(body, 7) is status
    assert read_status(body, 8) is None


@pytest.mark.parametrize("body", [b'{"code":8,"data":null}', b'{"code":0,"data":{}}', b"{}", b"<html>"])
def test_what_is_no_answer_says_nothing(body: bytes) -> None:
    assert read_status(body, 7) is None
    assert read_list(body, LETTER) is None or body == b'{"code":0,"data":{}}'


EVENT = json.loads(MobizonDouble.report(FIRST, "DELIVRD"))


def test_a_signature_does_not_cover_what_is_reported() -> None:
    for changed in (EVENT, {**EVENT, "data": {**EVENT["data"], "status": "REJECTD"}}, {**EVENT, "webhookId": 2}):
        event = parse_event(json.dumps(changed).encode())
        assert event is not None
        assert is_signed(event, WORD)
        assert not is_signed(event, "another")
        assert not is_signed(event, "")
        assert reported(event) == FIRST
    for changed in (
        {"attempt": 2},
        {"eventId": 27},
        {"eventCreateTs": "2026-01-15 11:42:29"},
        {"sign": ""},
        {"sign": "ә"},
    ):
        event = parse_event(json.dumps(EVENT | changed).encode())
        assert event is not None
        assert not is_signed(event, WORD)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"eventId":1}', b'{"a":' * 9000])
def test_what_is_no_event_is_none(body: bytes) -> None:
    assert parse_event(body) is None


def test_events_of_forms_are_about_no_letter() -> None:
    event = parse_event(json.dumps(EVENT | {"eventType": "form-submission"}).encode())
    assert event is not None
    assert reported(event) is None


@pytest.mark.parametrize("sender", ["ESOBES", ""])
async def test_a_letter_arrives_as_it_was_written(named: Named, sender: str) -> None:
    async with MobizonDouble(sender=sender) as there, aclosing(Mobizon(there.account, named)) as mobizon:
        assert await mobizon.send(LETTER) == Sent(str(FIRST))
        assert there.letters == {FIRST: ("77011234567", LETTER.text)}
        assert await named.letter("mobizon", str(FIRST)) == LETTER.id
        assert await mobizon.status(FIRST) is Status.ACCEPTED
        assert await mobizon.status(FIRST + 1) is None
        there.statuses[FIRST] = "DELIVRD"
        assert await mobizon.status(FIRST) in FINAL


EXPECTED: Mapping[Fault, type[Attempt]] = dict.fromkeys(Fault, Unclear) | dict.fromkeys(
    (Fault.E403, Fault.E429, Fault.E503, Fault.MOVED), Retry
)


@pytest.mark.parametrize("fault", Fault)
async def test_whatever_goes_wrong_only_what_is_there_is_believed(named: Named, fault: Fault) -> None:
    wire = Hasty("mobizon") if fault is Fault.HANGING else None
    async with (
        MobizonDouble(fault, fault, fault) as there,
        aclosing(Mobizon(there.account, named, wire)) as meets_it,
        aclosing(Mobizon(there.account, named)) as mobizon,
    ):
        assert type(await meets_it.send(LETTER)) is EXPECTED[fault]
        assert isinstance(await meets_it.ask(LETTER), Unclear)
        assert await meets_it.status(FIRST) is None
        expected = Sent(str(FIRST)) if fault in TAKEN else Unclear("mobizon: not in the list yet")
        assert await mobizon.ask(LETTER) == expected
        assert await named.letter("mobizon", str(FIRST)) == (LETTER.id if fault in TAKEN else None)


async def test_another_letter_with_the_same_text_is_not_taken_for_this_one(named: Named) -> None:
    other = Letter("kannel:50.0a1b:0", LETTER.address, LETTER.text, NOW + 60)
    async with MobizonDouble() as there, aclosing(Mobizon(there.account, named)) as mobizon:
        await mobizon.send(LETTER)
        assert await mobizon.ask(other) == Unclear("mobizon: not in the list yet")
        there.faults.append(Fault.E502)
        await mobizon.send(other)
        assert await mobizon.ask(other) == Sent(str(FIRST + 1))
        assert await mobizon.ask(other) == Sent(str(FIRST + 1))
        assert await mobizon.ask(LETTER) == Sent(str(FIRST))


async def test_one_that_left_long_before_is_not_taken_for_this_one(named: Named) -> None:
    async with MobizonDouble(Fault.E502) as there, aclosing(Mobizon(there.account, named)) as mobizon:
        await mobizon.send(LETTER)
        there.left[FIRST] = "2026-11-20 06:59:59"
        assert isinstance(await mobizon.ask(LETTER), Unclear)
        there.left[FIRST] = "2026-11-20 18:00:00"  # by a clock that is behind ours
        assert await mobizon.ask(LETTER) == Sent(str(FIRST))


async def test_it_goes_out_as_short_as_it_can_be_said(named: Named) -> None:
    """And is looked for in that form."""
    letter = Letter("tg:1:0", LETTER.address, "Your code — «123»…", LETTER.created)
    async with MobizonDouble(Fault.E502) as there, aclosing(Mobizon(there.account, named)) as mobizon:
        await mobizon.send(letter)
        assert there.letters[FIRST][1] == fitted(letter.text) != letter.text
        assert await mobizon.ask(letter) == Sent(str(FIRST))


async def test_nobody_there_means_later(named: Named) -> None:
    async with MobizonDouble() as there:
        account = there.account
    async with aclosing(Mobizon(account, named)) as mobizon:
        assert await mobizon.send(LETTER) == Retry("mobizon: ClientConnectorError")
        assert isinstance(await mobizon.ask(LETTER), Unclear)
        assert await mobizon.status(FIRST) is None


async def test_a_letter_that_left_has_left_also_while_redis_is_away(tmp_path: Path) -> None:
    away = Named(Batched(connect(f"unix://{tmp_path}/nobody")))
    async with MobizonDouble() as there, aclosing(Mobizon(there.account, away)) as mobizon:
        assert await mobizon.send(LETTER) == Sent(str(FIRST))
        assert isinstance(await mobizon.ask(LETTER), Unclear)


async def test_the_log_holds_neither_phone_nor_key(named: Named, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "gateway")
    caplog.set_level("INFO")
    async with MobizonDouble(Fault.E502) as there, aclosing(Mobizon(there.account, named)) as mobizon:
        reasons = [await mobizon.send(LETTER), await mobizon.ask(LETTER)]
    for secret in ("7701", APIKEY, WORD):
        assert secret not in caplog.text
        assert secret not in str(reasons)
