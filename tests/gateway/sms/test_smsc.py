"""On recorded answers of smsc, and against a double of it that takes nothing but what it describes."""

from contextlib import aclosing
from datetime import datetime
from pathlib import Path

import pytest

from dialogs.messages import Text, Unreadable
from dialogs.sms_length import fitted
from gateway.channels import Attempt, Inbound, Letter, Rejected, Retry, Sent, Unclear
from gateway.clock import ALMATY
from gateway.connection import Batched, connect
from gateway.letters import Status
from gateway.routes.named import Named
from gateway.routes.route import Ignored
from gateway.sms.smsc import Smsc, is_signed, name, pairs_of, parse_mo, parse_report, read, read_status
from tests.gateway.sms.double import TAKEN, Fault, Hasty
from tests.gateway.sms.smsc_double import WORD, SmscDouble

LETTER = Letter("kannel:4f.0a1b:0", "sms:+77011234567", "Сәлем, әже! 1 & 2 + 3 = «4» %41\nҚош", 1.0)
NAME = name(LETTER.id)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ALMATY)


@pytest.fixture
def named(batched: Batched) -> Named:
    return Named(batched)


@pytest.mark.parametrize(
    ("body", "attempt"),
    [
        (b'{"id":67,"cnt":1}', Sent("67")),
        (b'{"id": "k4f", "cnt": 1, "cost": "3.8", "balance": "282.75"}', Sent("k4f")),
        (b'{"error":"parameters error","error_code":1}', Rejected("smsc: wrong parameters")),
        (b'{"error":"authorise error","error_code":2}', Retry("smsc: wrong login or password")),
        (b'{"error":"no money","error_code":3,"id":67}', Retry("smsc: no money left")),
        (b'{"error":"ip blocked","error_code":4}', Retry("smsc: our address is blocked for a while")),
        (b'{"error":"wrong date","error_code":5}', Unclear("smsc: error 5")),
        (b'{"error":"message is denied","error_code":6}', Rejected("smsc: the text or the sender is forbidden")),
        (b'{"error":"invalid number","error_code":7,"id":64}', Rejected("smsc: no such number")),
        (b'{"error":"cannot be delivered","error_code":"8"}', Rejected("smsc: no way there")),
        (b'{"error":"duplicate request, wait a minute","error_code":9}', Unclear("smsc: error 9")),
        (b'{"error":"too many concurrent requests","error_code":9}', Retry("smsc: too many requests at once")),
        (b'{"error":"something new"}', Unclear("smsc: neither taken nor refused")),
        (b"{}", Unclear("smsc: neither taken nor refused")),
        (b"<html>", Unclear("smsc: not the answer that was agreed on")),
        (b"", Unclear("smsc: not the answer that was agreed on")),
        (b'{"id":67,"cnt"', Unclear("smsc: not the answer that was agreed on")),
        (b"\xff", Unclear("smsc: not the answer that was agreed on")),
    ],
)
def test_an_answer_becomes_an_attempt(body: bytes, attempt: Attempt) -> None:
    assert read(body) == attempt


STATUSES = {
    -3: (None, Retry),
    -2: (Status.ACCEPTED, Sent),
    -1: (Status.ACCEPTED, Sent),
    0: (Status.SENT, Sent),
    1: (Status.DELIVERED, Sent),
    2: (Status.DELIVERED, Sent),
    4: (Status.DELIVERED, Sent),
    3: (Status.FAILED, Sent),
    20: (Status.FAILED, Sent),
    22: (Status.REJECTED, Rejected),
    23: (Status.REJECTED, Rejected),
    24: (Status.REJECTED, Retry),
    25: (Status.REJECTED, Rejected),
    99: (None, Sent),
}


@pytest.mark.parametrize(("number", "meaning"), STATUSES.items())
def test_a_status_means_one_thing_in_a_report_and_in_an_answer(
    number: int, meaning: tuple[Status | None, type[Attempt]]
) -> None:
    status, attempt = meaning
    report = parse_report(pairs_of(f"id=k4f&phone=77011234567&status={number}&err=0".encode()))
    assert report == (("k4f", status) if status else Ignored("no report about a letter"))
    answer = read_status(b'{"status":%d,"last_date":"11.03.2020 20:35:30","last_timestamp":1583948130}' % number)
    assert isinstance(answer, attempt)
    assert getattr(answer, "delivered", False) is (status is Status.DELIVERED)


@pytest.mark.parametrize(
    "body", [b'{"error":"authorise error","error_code":2}', b'{"error":"x","error_code":9}', b"{}", b"<html>", b"[]"]
)
def test_a_question_that_is_not_answered_settles_nothing(body: bytes) -> None:
    assert isinstance(read_status(body), Unclear)


@pytest.mark.parametrize("form", [b"", b"id=k4f", b"status=1", b"id=k4f&status=", b"id=k4f&status=one", b"&&="])
def test_a_report_about_nothing_is_ignored(form: bytes) -> None:
    assert isinstance(parse_report(pairs_of(form)), Ignored)


def test_a_letter_has_one_name_that_smsc_can_keep() -> None:
    names = {name(f"tg:{number}:0") for number in range(1000)}
    assert len(names) == 1000
    assert all(len(one) <= 40 and one.isalnum() and one[0] == "k" for one in names)
    assert name(LETTER.id) == NAME


def mo(form: bytes) -> Inbound | Ignored:
    return parse_mo(pairs_of(form), b"secret", NOW, frozenset({"1414"}))


def test_a_message_is_read_and_known_again() -> None:
    text = "қоляска керек".encode()
    form = b"id=998877&phone=77011234567&to=77750000000&ts=1583948130&mes=" + text
    inbound = mo(form)
    assert isinstance(inbound, Inbound)
    assert (inbound.address, inbound.content) == ("sms:+77011234567", Text("қоляска керек"))
    assert inbound.id.startswith("smsc:998877.")
    assert mo(form) == inbound
    assert mo(form.replace(text, b"1")) != inbound


@pytest.mark.parametrize("sender", ["1414", "Kaspi", "", "77272123456", "77750000000", "x" * 5000])
def test_nobody_answers_short_codes_names_landlines_and_ourselves(sender: str) -> None:
    assert isinstance(mo(f"id=1&phone={sender}&to=77750000000&mes=1".encode()), Ignored)


def test_what_is_no_text_is_unreadable_and_what_is_empty_is_a_message() -> None:
    for body, content in ((b"%FF%FE%FD", Unreadable("other")), (b"", Text(""))):
        inbound = mo(b"id=1&phone=77011234567&mes=" + body)
        assert isinstance(inbound, Inbound)
        assert inbound.content == content


def test_without_an_id_the_time_tells_messages_from_repeats() -> None:
    ts = int(NOW.timestamp())
    one, again, other = (mo(f"phone=77011234567&mes=1&ts={at}".encode()) for at in (ts, ts, ts - 1))
    assert one == again != other


REPORT = (b"id", b"phone", b"status")


@pytest.mark.parametrize(
    ("form", "signed"),
    [
        (b"id=1001&phone=79991234567&status=1&md5=adb82f1006c35e0a619644fd11453048", True),
        (b"id=1001&phone=79991234567&status=1&md5=ADB82F1006C35E0A619644FD11453048", True),
        (b"sha1=1&id=1001&phone=79991234567&status=1&sha1=64c2fab4810dd3cfa612f55960b0a31733888831", True),
        (b"id=1001&phone=79991234567&status=2&md5=adb82f1006c35e0a619644fd11453048", False),
        (b"id=1001&phone=79991234567&status=1&md5=", False),
        (b"id=1001&phone=79991234567&status=1&crc32=1", False),
        (b"id=1001&phone=79991234567&status=1", False),
        (b"", False),
    ],
)
def test_a_signature_covers_what_is_reported(form: bytes, signed: bool) -> None:
    assert is_signed(pairs_of(form), REPORT, b"word") is signed
    assert not is_signed(pairs_of(form), REPORT, b"")


@pytest.mark.parametrize("apikey", [False, True])
@pytest.mark.parametrize("sender", ["ESOBES", ""])
async def test_a_letter_arrives_as_it_was_written(named: Named, apikey: bool, sender: str) -> None:
    async with SmscDouble(apikey=apikey, sender=sender) as there, aclosing(Smsc(there.account, named)) as smsc:
        assert await smsc.send(LETTER) == Sent(NAME)
        assert there.letters == [(NAME, "+77011234567", LETTER.text)]
        assert await named.letter("smsc", NAME) == LETTER.id
        assert await smsc.ask(LETTER) == Sent()
        there.statuses[NAME] = 1
        assert await smsc.ask(LETTER) == Sent(delivered=True)


EXPECTED: dict[Fault, type[Attempt]] = {
    Fault.SILENT: Unclear,
    Fault.TAKEN_SILENT: Unclear,
    Fault.HANGING: Unclear,
    Fault.HALF: Unclear,
    Fault.PAGE: Unclear,
    Fault.OTHER: Unclear,
    Fault.BROKEN: Unclear,
    Fault.E403: Retry,
    Fault.E429: Retry,
    Fault.E500: Unclear,
    Fault.E502: Unclear,
    Fault.E503: Retry,
    Fault.E504: Unclear,
    Fault.MOVED: Retry,
}


@pytest.mark.parametrize("fault", Fault)
async def test_whatever_goes_wrong_the_question_settles_it(named: Named, fault: Fault) -> None:
    """And while the question itself goes wrong, nothing is settled."""
    wire = Hasty("smsc") if fault is Fault.HANGING else None
    async with (
        SmscDouble(fault, fault) as there,
        aclosing(Smsc(there.account, named, wire)) as meets_it,
        aclosing(Smsc(there.account, named)) as smsc,
    ):
        attempt = await meets_it.send(LETTER)
        assert type(attempt) is EXPECTED[fault]
        assert isinstance(await meets_it.ask(LETTER), Unclear)
        assert await smsc.ask(LETTER) == (Sent() if fault in TAKEN else Retry("smsc: it was never there"))
        assert bool(there.letters) is (fault in TAKEN)
        if isinstance(attempt, Retry):
            assert not there.letters


async def test_the_same_within_a_minute_may_be_there(named: Named) -> None:
    """The first answer was lost, and smsc takes nothing twice in a minute: whether it has it, it is asked."""
    async with SmscDouble(Fault.E502) as there, aclosing(Smsc(there.account, named)) as smsc:
        await smsc.send(LETTER)
        assert await smsc.send(LETTER) == Unclear("smsc: error 9")
        assert await smsc.ask(LETTER) == Sent()
        assert len(there.letters) == 1


async def test_it_goes_out_as_short_as_it_can_be_said(named: Named) -> None:
    """And is looked for in that form."""
    letter = Letter("tg:1:0", LETTER.address, "Your code — «123»…", LETTER.created)
    async with SmscDouble() as there, aclosing(Smsc(there.account, named)) as smsc:
        await smsc.send(letter)
        assert there.letters[0][2] == fitted(letter.text) != letter.text


async def test_nobody_there_means_later(named: Named) -> None:
    async with SmscDouble() as there:
        account = there.account
    async with aclosing(Smsc(account, named)) as smsc:
        assert await smsc.send(LETTER) == Retry("smsc: ClientConnectorError")
        assert await smsc.ask(LETTER) == Unclear("smsc: ClientConnectorError")


async def test_what_could_not_be_matched_later_does_not_leave(tmp_path: Path) -> None:
    away = Named(Batched(connect(f"unix://{tmp_path}/nobody")))
    async with SmscDouble() as there, aclosing(Smsc(there.account, away)) as smsc:
        assert isinstance(await smsc.send(LETTER), Retry)
        assert there.requests == []


async def test_the_log_holds_neither_phone_nor_password(named: Named, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "gateway")
    caplog.set_level("INFO")
    async with SmscDouble(Fault.E502) as there, aclosing(Smsc(there.account, named)) as smsc:
        reasons = [await smsc.send(LETTER), await smsc.ask(LETTER)]
    for secret in ("7701", "pass", WORD):
        assert secret not in caplog.text
        assert secret not in str(reasons)
