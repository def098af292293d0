"""Texts as no person types them, from Kannel's request to what is decided, on a real Redis."""

from urllib.parse import quote_from_bytes

import msgspec
import pytest
from msgspec import structs

from dialogs.matters.matter import Matter
from dialogs.messages import Text
from gateway.channels import Inbound
from gateway.sms.kannel import parse_mo
from tests.gateway.affairs import MONDAY, PHONE, Affairs, opened

SECRET = b"secret of the day"

DECIDES = (
    *(
        "{}",
        " {} ",
        "\ufeff{}",
        "\u200f{}\u200e",
        "\u202b{}\u202c",
        "\u2067{}\u2069",
        "\u2068{}\u2069",
        "{}\x00",
        "\x00{}",
    ),
    *("{}\u200b", "\u2060{}\u2060", "{}\r\n", "\t{}\n\n", "\u00a0{}\u3000", "\u00ad{}", "{}\u2028", "{}\U000e0001"),
)
"""What may stand around an answer."""
NUMBERS = (
    lambda code: code.translate({ord(one): 0xFF10 + int(one) for one in "0123456789"}),
    lambda code: code.translate({ord(one): 0x0660 + int(one) for one in "0123456789"}),
    "\u200b".join,
    "\u2060".join,
)
"""A code that is seen as itself."""
UNSURE = (
    *("\u202e{}", "\u202e{}\u202c", "\u202d{}", "{}\ufffd", "\x1b[8m{}", "{}\u0336", "\u200f1 {}"),
    *("{}" + "\u0301", "{}\ud83d", "{}" + " \u202e" + "иә", "{}" + "ә" * 70_000, "{}" + "\x00" * 70_000 + "1"),
)
"""Nobody knows what was meant."""


def brought(body: bytes, name: str = "7", phone: str = PHONE) -> Inbound:
    query = f"from={quote_from_bytes(phone.encode())}&to=1414&text={quote_from_bytes(body)}&id={name}".encode()
    inbound = parse_mo(query, SECRET, MONDAY)
    assert isinstance(inbound, Inbound)
    return inbound


@pytest.fixture
async def matter(affairs: Affairs) -> Matter:
    await affairs.told(opened())
    return await affairs.matter()


async def say(affairs: Affairs, text: str, name: str = "7") -> None:
    """A lone surrogate can only come from Telegram."""
    try:
        inbound = brought(text.encode(), name)
    except UnicodeEncodeError:
        inbound = Inbound(f"tg:{name}", f"sms:{PHONE}", Text(text))
    await affairs.receiver.receive(inbound)
    await affairs.settle()


def codes(affairs: Affairs) -> list[object]:
    return [msgspec.json.decode(one.body)["code"] for one in affairs.ministry.taken]


@pytest.mark.parametrize("around", DECIDES, ids=ascii)
async def test_marks_around_an_answer_change_nothing(affairs: Affairs, matter: Matter, around: str) -> None:
    await say(affairs, around.format(matter.yes))
    assert codes(affairs) == [matter.yes]


@pytest.mark.parametrize("around", DECIDES, ids=ascii)
async def test_nor_do_they_around_a_word(affairs: Affairs, matter: Matter, around: str) -> None:
    await say(affairs, around.format("иә"))
    assert affairs.answered() == [("O-1", "consent")] or codes(affairs) == [None]


@pytest.mark.parametrize("number", range(len(NUMBERS)))
async def test_a_code_is_what_is_seen(affairs: Affairs, matter: Matter, number: int) -> None:
    await say(affairs, NUMBERS[number](matter.yes))
    assert codes(affairs) == [matter.yes]


@pytest.mark.parametrize("around", UNSURE, ids=lambda text: ascii(text[:20]))
async def test_what_is_not_sure_decides_nothing_and_is_asked_again(
    affairs: Affairs, matter: Matter, around: str
) -> None:
    for number, said in enumerate((matter.yes, "иә", matter.no)):
        await say(affairs, around.replace("{}", said), str(number))
    assert affairs.ministry.taken == []
    assert (await affairs.matter()).state == "asked"
    assert len(await affairs.screen()) == 4


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b" ",
            b"\x00",
            b"\x00" * 64,
            b"\x1b\x07",
            b"\xff\xfe\xfd",
            b"\xed\xa0\xbd",
            b"\xc0\x80",
            b"\xf8\x88\x80\x80",
        ),
        *("\u202e".encode(), "\ufeff".encode(), b"\xff" * 70_000, b"a" * 65_536, "ү".encode() * 32_768, b"\x04" * 8),
        *("да".encode("cp1251"), "нет".encode("koi8-r"), "иә".encode("utf-16-le"), b"{}", b"%s%d", b"\n" * 5_000),
    ],
    ids=lambda body: ascii(body[:12]),
)
async def test_whatever_comes_is_answered_and_decides_nothing(affairs: Affairs, matter: Matter, body: bytes) -> None:
    await affairs.receiver.receive(brought(body))
    await affairs.receiver.receive(brought(body))
    await affairs.settle()
    assert affairs.ministry.taken == []
    assert len(await affairs.screen()) == 2
    await affairs.receiver.receive(brought("иә".encode(), "8"))
    await affairs.settle()
    assert codes(affairs) == [None]


async def test_text_as_the_operator_writes_it_decides_too(affairs: Affairs, matter: Matter) -> None:
    await affairs.receiver.receive(brought(f"иә {matter.yes}".encode("utf-16-be")))
    await affairs.settle()
    assert codes(affairs) == [matter.yes]


async def test_nobody_is_shown_what_turns_a_text_round(affairs: Affairs, matter: Matter) -> None:
    await say(affairs, "\u202eболады ма\u0007 \u2066не?\ud83d")
    await say(affairs, f"иә\u2066 {matter.yes}\u0007", "8")
    shown = [*map(str, map(structs.astuple, await affairs.journal())), *await affairs.screen()]
    shown += [one.body.decode() for one in affairs.ministry.taken]
    assert not [letter for one in shown for letter in one if letter in "\u202e\u2066\x07\ud83d"]


async def test_ids_are_no_reason_to_lose_a_message(affairs: Affairs, matter: Matter) -> None:
    await say(affairs, "сәлем", "1")
    await say(affairs, matter.yes, "1")
    await say(affairs, matter.yes, "1")
    assert codes(affairs) == [matter.yes]
    assert len(await affairs.screen()) == 3


@pytest.mark.parametrize("said", ["иә", "жоқ", "{yes}", "{no}", "Кім бұл?", "менің нөмірім емес", "999", "рахмет"])
async def test_a_robot_that_says_the_same_is_confirmed_a_few_times_only(
    affairs: Affairs, matter: Matter, said: str
) -> None:
    for number in range(60):
        await say(affairs, said.format(yes=matter.yes, no=matter.no), str(number))
    assert len(await affairs.screen()) <= 25
    assert len(affairs.ministry.taken) <= 1
