from datetime import datetime, timedelta

import pytest

from dialogs.messages import Content, Text, Unreadable
from dialogs.people import Phone
from gateway.clock import ALMATY
from gateway.routes import inbound
from gateway.routes.inbound import content, own_numbers, person
from gateway.routes.route import Ignored

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ALMATY)
SECRET = b"secret of the day"
PHONE = "+77011234567"


@pytest.mark.parametrize(
    ("sender", "phone"),
    [
        *dict.fromkeys(("+77011234567", "77011234567", "87011234567", "7011234567", " 77011234567"), PHONE).items(),
        ("8 (701) 123-45-67", PHONE),
        ("+77471234567", "+77471234567"),
        ("+77711234567", "+77711234567"),
        ("+79161234567", "+79161234567"),
        ("79161234567", "+79161234567"),
        ("998901234567", "+998901234567"),
        ("+12025550123", "+12025550123"),
    ],
)
def test_a_person_is_known_however_the_gateway_writes_the_number(sender: str, phone: str) -> None:
    found = person(sender)
    assert isinstance(found, Phone)
    assert found.e164 == phone


@pytest.mark.parametrize(
    "sender",
    [
        *("1414", "3030", "7111", "109", "8800", "+1414", "77071", "123456789"),
        *("eGov", "Kaspi", "beeline", "Halyk Bank", "KZ77011234567", "1-800-KASPI", "Банк", "anonymous", "hidden"),
        *("", " ", "+", "null", "0", "-1", "00000000000", "+70000000000", "1" * 400, "+7701123456", "+770112345678"),
        *("+77172555555", "87272555555", "+442079460000"),
        *("88000800123", "+78095551234", "12345678901", "+15005550006"),
        *(
            "٧٧٠١١٢٣٤٥٦٧",
            "７７０１１２３４５６７",
            "77011234567\x00",
            "\u202e77011234567",
            "77011234567\n1",
            "7701,1234567",
        ),
    ],
)
def test_nobody_else_is_answered(sender: str) -> None:
    assert isinstance(person(sender), Ignored)


@pytest.mark.parametrize("ours", ["+77011234567", "77011234567", "8 701 123 45 67"])
def test_we_do_not_answer_ourselves(ours: str) -> None:
    own = own_numbers(ours, "1414", "")
    for sender in ("+77011234567", "87011234567", "1414", ours):
        assert person(sender, own) == inbound.OURSELVES
    assert isinstance(person("+77011234568", own), Phone)


def name(given: bytes = b"", phone: str = PHONE, body: bytes = b"1", sent: bytes = b"", later: float = 0) -> str:
    now = NOW + timedelta(seconds=later)
    return inbound.name(SECRET, now, given=given, phone=phone, body=body, sent=sent)


def test_an_id_means_the_same_message_only_with_the_same_sender_and_text() -> None:
    assert name(b"7") == name(b"7", later=86400, sent=b"2026-11-21 07:00:00")
    different = {name(b"7"), name(b"7", body=b"2"), name(b"7", phone="+77011234568"), name(b"8"), name(b"7.1")}
    assert len(different) == 5


@pytest.mark.parametrize("given", [b"%d", b"a b", b"\xff\x00", "ү".encode(), b"x" * 65, b"x" * 70_000, b"a/../b"])
def test_a_strange_id_is_one_that_can_stand_in_an_address(given: bytes) -> None:
    assert name(given).replace(".", "").isalnum()
    assert len(name(given)) < 80
    assert name(given) != name(given + b"?")


def test_without_an_id_the_operators_second_tells_repeats_from_new_messages() -> None:
    at = b"2026-11-21 07:00:00"
    assert name(sent=at) == name(sent=at, later=3600)
    assert name(sent=at) != name(sent=b"2026-11-21 07:00:01")


@pytest.mark.parametrize(
    "sent",
    [b"", b"%T", b"0", b"soon", b"1970-01-01 00:00:00", b"2099-01-01 00:00:00", b"2026-13-41 99:00:00", b"\xff"],
)
def test_a_clock_that_cannot_be_believed_swallows_nothing(sent: bytes) -> None:
    assert name(sent=sent) == name(sent=sent, later=30)
    assert name(sent=sent) != name(sent=sent, later=60)


def test_a_name_tells_nobody_the_phone() -> None:
    other = inbound.name(b"another", NOW, given=b"", phone=PHONE, body=b"1")
    assert other != name()


def test_parts_do_not_run_into_each_other() -> None:
    assert name(phone="+7701123456", body=b"71") != name(phone="+77011234567", body=b"1")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", Text("")),
        ("иә 402".encode(), Text("иә 402")),
        ("иә 402".encode("utf-16-be"), Text("иә 402")),
        ("иә 👍".encode("utf-16-be"), Text("иә 👍")),
        ("иә".encode("utf-16"), Text("иә")),
        ("\ufeffиә".encode("utf-16-be"), Text("иә")),
        ("yes".encode("utf-16-be"), Text("yes")),
        ("\ufeffиә".encode(), Text("\ufeffиә")),
        (b"\x00402", Text("\x00402")),
        (b"4\x0002", Text("4\x0002")),
        (b"\xff\xfe\xfd", Unreadable("other")),
        ("да".encode("cp1251"), Unreadable("other")),
        ("иә".encode()[:3], Unreadable("other")),
        (b"\xed\xa0\x80", Unreadable("other")),
        (b"\xc0\xb4", Unreadable("other")),
        ("ә".encode() * 4096, Text("ә" * 2048)),
        (b"1" + "ә".encode() * 4096, Text("1" + "ә" * 2047)),
        ("ә".encode("utf-16-be") * 40_000, Text("ә" * 2048)),
    ],
)
def test_a_text_is_read_whole_or_not_at_all(body: bytes, said: Content) -> None:
    assert content(body) == said
