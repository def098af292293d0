"""Whatever happens to an offer, no line of the log says whose it is or what they wrote."""

import logging
from datetime import timedelta

import pytest

from gateway.channels import Letter, Outcome, Retry
from gateway.connection import Client
from tests.gateway.affairs import AIGUL, FRIDAY, MONDAY, OTHER, PAVEL, PHONE, Affairs, decided, opened, withdrawn
from tests.gateway.ministry import answer, problem

WORDS = "біздің үй Жаркентте"


async def whole_life(affairs: Affairs, redis: Client) -> None:
    """Everything that can happen, and everything that can go wrong."""
    affairs.ministry.answers = [
        answer("503 Service Unavailable"),
        problem("422 Unprocessable Content", detail=f"{AIGUL.name} {AIGUL.iin}"),
        problem("409 Conflict", answer="refusal", detail=f"{AIGUL.name} {PHONE}"),
    ]
    await affairs.link("chat:77")
    for number, person in enumerate((AIGUL, PAVEL, AIGUL, PAVEL)):
        await affairs.told(opened(f"O-{number}", person=person, phones=(PHONE, OTHER)))
    matter = await affairs.matter("O-0")
    for text in (WORDS, f"{WORDS}?", f"{matter.yes} {matter.no}", "иә", matter.no, "не мой номер"):
        await affairs.sms(text)
        await affairs.write(text, "chat:77")
    await affairs.until(MONDAY + timedelta(hours=1))
    await affairs.sms(matter.yes, OTHER)
    await affairs.sms((await affairs.matter("O-1", PAVEL)).yes, OTHER)
    await affairs.told(decided())
    await affairs.told(withdrawn("O-2"))

    class Broken:
        async def send(self, letter: Letter) -> Outcome:
            if letter.address == f"sms:{PHONE}":
                raise KeyError(letter.text)
            return Retry("busy")

    affairs.channels["sms"] = Broken()
    await affairs.told(opened("O-9", phones=(PHONE, OTHER)))
    await affairs.until(FRIDAY.replace(hour=9))
    for name in [name async for name in redis.scan_iter(match="*:pocket:*")]:
        await redis.set(name, b'["' + PHONE.encode())
    await affairs.sms(WORDS)
    for name in [name async for name in redis.scan_iter(match="*:matter:*")]:
        await redis.set(name, f'["{AIGUL.iin}", "{AIGUL.name}"'.encode())
    await affairs.clock.move(FRIDAY + timedelta(days=30))
    await affairs.wakeups.ring()


async def test_no_log_line_tells_who_or_what(
    affairs: Affairs, redis: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await whole_life(affairs, redis)
    assert "could not be stepped" in caplog.text
    assert "hearing an answer failed" in caplog.text
    assert "the channel «sms» failed" in caplog.text
    secrets = [PHONE[1:], OTHER[1:], AIGUL.iin, PAVEL.iin, *AIGUL.name.split(), *PAVEL.name.split(), *WORDS.split()]
    for record in caplog.records:
        written = f"{record.getMessage()} {record.args} {record.exc_text or ''}"
        assert not [secret for secret in secrets if secret in written], record.name
