"""A one-time code reaches the person whose IIN it is, and nobody else learns whether there is one."""

import asyncio
import logging
from datetime import timedelta

import msgspec
import pytest

from dialogs.errands import SendCode
from dialogs.messages import Text
from dialogs.people import mark
from dialogs.sms_length import measure
from gateway.channels import Inbound, Letter
from gateway.errands import USELESS, Errands, Figures, errand_letter
from gateway.proofs import PER_DAY, Proofs
from gateway.store import AuditLine, shard, shard_number
from tests.gateway.affairs import AIGUL, MONDAY, OTHER, PHONE, Affairs, Hands, opened
from tests.gateway.ministry import Mischief
from tests.gateway.talk import entries

ASKER = "chat:berik"
CODE = "314159"
ABROAD = "+4915112345678"


def known(affairs: Affairs, *phones: str, language: str = "kk") -> None:
    """E-Sobes holds these phones for the person."""
    person = {"iin": AIGUL.iin, "name": AIGUL.name, "birth_date": AIGUL.birth_date, "language": language}
    affairs.ministry.known[f"/persons/{AIGUL.iin}"] = {"person": {**person, "relation": "self", "phones": phones}}


async def errand(affairs: Affairs, challenge: str = "c1", code: str = CODE) -> None:
    """As a turn leaves it."""
    until = (MONDAY + timedelta(minutes=5)).timestamp()
    left = SendCode(AIGUL.iin, challenge, code, max(until, affairs.clock.now().timestamp() + 300), "kk")
    letter = errand_letter(left, Inbound(f"test:{challenge}", ASKER, Text("")), "Ab1", affairs.clock.now())
    await affairs.batched("XADD", f"{shard(ASKER)}:errands", "*", "letter", msgspec.json.encode(letter))
    affairs.errands.wake(shard_number(ASKER))
    await affairs.settle()


async def later(affairs: Affairs, seconds: float) -> None:
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at += timedelta(seconds=seconds)
    await affairs.settle()


async def audit(affairs: Affairs) -> list[AuditLine]:
    lines = await entries(affairs.redis, f"{shard(AIGUL.iin)}:audit")
    return [msgspec.json.decode(line[b"audit"], type=AuditLine) for line in lines]


async def waiting(affairs: Affairs) -> Figures:
    return await Errands(affairs.batched, affairs.clock).figures()


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_code_goes_by_sms_to_the_first_phone_at_home_in_the_language_of_its_person(
    affairs: Affairs, language: str
) -> None:
    known(affairs, ABROAD, PHONE, OTHER, language=language)
    await errand(affairs)
    (text,) = await affairs.screen(PHONE)
    assert text.startswith(f"{CODE} – ")
    assert "10:05" in text
    assert ("Ешкімге айтпаңыз" if language == "kk" else "Никому не говорите") in text
    assert measure(text).parts <= 2
    assert await affairs.screen(OTHER) == await affairs.screen(ASKER) == []
    assert await Proofs(affairs.batched).sent(AIGUL.iin, "c1")
    assert await audit(affairs) == []


async def test_nothing_of_a_code_is_left_behind_but_that_it_went_out(affairs: Affairs) -> None:
    known(affairs, PHONE)
    await errand(affairs)
    assert await affairs.journal() == []
    assert await waiting(affairs) == Figures(0, 0.0)
    await affairs.phones.clear(f"sms:{PHONE}")
    async for key in affairs.redis.scan_iter():
        if await affairs.redis.type(key) == b"stream":
            assert CODE not in str(await affairs.redis.xrange(key)), key
        elif await affairs.redis.type(key) == b"string":
            assert CODE not in str(await affairs.redis.get(key)), key


@pytest.mark.parametrize("phones", [None, (), (ABROAD,), ("nothing", "+7727")])
async def test_where_no_phone_is_known_nothing_is_sent_and_the_audit_says_so(
    affairs: Affairs, phones: tuple[str, ...] | None
) -> None:
    if phones is not None:
        known(affairs, *phones)
    await errand(affairs)
    assert not await Proofs(affairs.batched).sent(AIGUL.iin, "c1")
    at = int(MONDAY.timestamp())
    assert await audit(affairs) == [AuditLine(at, "Ab1", "chat", "code_not_sent", mark(AIGUL.iin))]
    assert await waiting(affairs) == Figures(0, 0.0)
    assert await affairs.screen() == await affairs.screen(ASKER) == []


async def test_no_code_goes_to_a_phone_that_is_somebody_elses_by_now(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms("не мой номер")
    came = len(await affairs.screen(PHONE))
    known(affairs, PHONE, OTHER)
    await errand(affairs)
    assert (await affairs.screen(OTHER))[-1].startswith(CODE)
    known(affairs, PHONE)
    await errand(affairs, "c2")
    assert [line.what for line in await audit(affairs)] == ["code_not_sent"]
    assert len(await affairs.screen(PHONE)) == came


async def test_what_cannot_be_read_stands_in_nobodys_way_for_long(affairs: Affairs) -> None:
    letter = Letter("code:c0", f"code:{ASKER}", "{}", MONDAY.timestamp())
    await affairs.batched("XADD", f"{shard(ASKER)}:errands", "*", "letter", msgspec.json.encode(letter))
    known(affairs, PHONE)
    await errand(affairs)
    assert await waiting(affairs) == Figures(2, 0.0)
    await later(affairs, USELESS + 1)
    await errand(affairs, "c2")
    assert await waiting(affairs) == Figures(0, 0.0)
    assert len(await affairs.screen(PHONE)) == 1


async def gone(writer: asyncio.StreamWriter) -> None:
    """The connection ends without a word."""


async def no_json(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{")
    await writer.drain()


@pytest.mark.parametrize("mischief", [gone, no_json])
async def test_while_esobes_is_away_the_code_is_tried_again_in_seconds_and_then_sent_once(
    affairs: Affairs, mischief: Mischief
) -> None:
    known(affairs, PHONE)
    affairs.ministry.mischief = mischief
    await errand(affairs)
    for _ in range(10):
        await later(affairs, 5)
    asked = len(affairs.ministry.asked)
    assert asked >= 11
    assert await affairs.screen() == []
    assert await waiting(affairs) == Figures(1, 50.0)
    affairs.ministry.mischief = None
    await later(affairs, 5)
    assert len(await affairs.screen()) == 1
    assert await waiting(affairs) == Figures(0, 0.0)


async def test_a_code_that_is_too_late_is_not_sent_any_more(affairs: Affairs) -> None:
    known(affairs, PHONE)
    affairs.ministry.mischief = gone
    await errand(affairs)
    affairs.ministry.mischief = None
    asked = len(affairs.ministry.asked)
    await later(affairs, 300)
    assert len(affairs.ministry.asked) == asked
    assert await affairs.screen() == []
    assert await waiting(affairs) == Figures(0, 0.0)


async def test_an_errand_that_is_done_again_after_a_crash_sends_no_second_code(affairs: Affairs) -> None:
    known(affairs, PHONE)
    for _ in range(3):
        await errand(affairs)
    assert len(await affairs.screen()) == 1


async def test_whoever_asks_for_anothers_codes_again_and_again_does_not_fill_their_phone(affairs: Affairs) -> None:
    known(affairs, PHONE)
    for number in range(PER_DAY + 3):
        await errand(affairs, f"c{number}", f"{number:06}")
    assert len(await affairs.screen()) == PER_DAY
    assert [line.what for line in await audit(affairs)] == ["code_not_sent"] * 3
    await later(affairs, 24 * 3600)
    await errand(affairs, "tomorrow")
    assert len(await affairs.screen()) == PER_DAY + 1


async def test_no_log_tells_a_code_or_an_iin(affairs: Affairs, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gateway")
    known(affairs, PHONE)
    affairs.ministry.mischief = no_json
    await errand(affairs)
    affairs.ministry.mischief = None
    await later(affairs, 5)
    assert len(await affairs.screen()) == 1
    assert "waits after try 1" in caplog.text
    assert CODE not in caplog.text
    assert AIGUL.iin not in caplog.text


async def test_what_is_no_errand_stays_where_staff_can_find_it(affairs: Affairs) -> None:
    letter = errand_letter(SendCode(AIGUL.iin, "c1", CODE, 1.0, "kk"), Inbound("t", ASKER, Text("")), "", MONDAY)
    broken = msgspec.structs.replace(letter, text="{")
    await affairs.batched("XADD", f"{shard(ASKER)}:errands", "*", "letter", msgspec.json.encode(broken))
    await affairs.settle()
    assert (await waiting(affairs)).waiting == 1
