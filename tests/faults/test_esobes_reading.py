"""Whatever E-Sobes does when it is asked, whoever wants to know where their application is gets a sensible answer
within three seconds, and what was promised as soon as E-Sobes answers again."""

import asyncio
from asyncio import StreamWriter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from dialogs.dialogue import Dialogue
from dialogs.messages import Text
from gateway.channels import Inbound
from gateway.connection import Client
from tests.gateway.affairs import MONDAY, PHONE, Affairs, Hands, put_together
from tests.gateway.esobes.test_reading import APPLICATION, IIN, PERSON
from tests.gateway.ministry import Mischief
from tests.gateway.mischief import MISCHIEF, says, silence

CHAT = "chat:7"
LIMIT = 3.0 + 2.0
"""Seconds from the person's message to the answer that is stored: three, and what a machine adds that is busy with
other things. Nothing of what is played here would end by itself."""
CONNECTIONS = 20
AWAY = "Сейчас не можем получить данные."
KEPT = "Система ответила. Как обещали:"
DUE = "27 ноября"
REFUSED = "nobody listens"


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    """Somebody who has talked to us before, by SMS and in a linked chat."""
    async with put_together(redis, dialogue, Hands()) as affairs:
        affairs.ministry.known = {
            "/persons?phone=%2B77011234567": {"persons": [PERSON]},
            f"/persons/{IIN}/applications": {"applications": [APPLICATION]},
        }
        await affairs.sms("ru")
        await affairs.write("Русский", CHAT)
        await affairs.link(CHAT)
        yield affairs


async def asked(affairs: Affairs, address: str) -> float:
    """Seconds that somebody waited."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await affairs.receiver.receive(Inbound(f"asked:{address}", address, Text("статус")))
    return loop.time() - began


async def everybody_asks(affairs: Affairs) -> None:
    waited = await asyncio.gather(asked(affairs, f"sms:{PHONE}"), asked(affairs, CHAT))
    await affairs.settle()
    assert max(waited) < LIMIT


async def last(affairs: Affairs) -> list[str]:
    return [(await affairs.screen(screen))[-1] for screen in (PHONE, CHAT)]


async def kept(affairs: Affairs) -> None:
    """What was promised comes once, by itself."""
    before = [len(await affairs.screen(screen)) for screen in (PHONE, CHAT)]
    await affairs.until(MONDAY + timedelta(minutes=2))
    assert [text.startswith(KEPT) and DUE in text for text in await last(affairs)] == [True, True]
    await affairs.until(MONDAY + timedelta(days=4))
    assert [len(await affairs.screen(screen)) for screen in (PHONE, CHAT)] == [number + 1 for number in before]


@pytest.mark.parametrize("name", [*sorted(MISCHIEF), REFUSED])
async def test_the_answer_comes_in_time_and_the_promise_is_kept(name: str, affairs: Affairs) -> None:
    if name == REFUSED:
        await affairs.ministry.go()
    else:
        affairs.ministry.mischief = MISCHIEF[name]
    await everybody_asks(affairs)
    assert [text.startswith(AWAY) for text in await last(affairs)] == [True, True]
    await affairs.until(MONDAY + timedelta(minutes=1))
    assert [text.startswith(AWAY) for text in await last(affairs)] == [True, True]
    affairs.ministry.mischief = None
    if name == REFUSED:
        await affairs.ministry.come_back()
    await kept(affairs)


def slowly(affairs: Affairs, seconds: float) -> Mischief:
    """Each question for itself would be answered in time."""

    async def mischief(writer: StreamWriter) -> None:
        path = affairs.ministry.asked[-1]
        await asyncio.sleep(seconds)
        await says(affairs.ministry.tells(path))(writer)

    return mischief


async def test_several_questions_of_one_message_have_the_time_of_one(affairs: Affairs) -> None:
    affairs.ministry.mischief = slowly(affairs, 1.5)
    await everybody_asks(affairs)
    assert {path.partition("?")[0] for path in affairs.ministry.asked} == {"/persons", f"/persons/{IIN}/applications"}
    assert [text.startswith(AWAY) for text in await last(affairs)] == [True, True]
    affairs.ministry.mischief = None
    await kept(affairs)


async def test_nobody_waits_for_somebody_elses_question(affairs: Affairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """All connections are taken by those who wait in vain; whoever comes after them waits no longer than they do."""
    monkeypatch.setattr("gateway.esobes.looking.CONNECTIONS", CONNECTIONS)
    crowd = [f"sms:+7702{number:07}" for number in range(2 * CONNECTIONS)]
    for address in crowd:
        await affairs.receiver.receive(Inbound(f"first:{address}", address, Text("ru")))
    affairs.ministry.mischief = silence
    others = [asyncio.create_task(asked(affairs, address)) for address in crowd]
    await everybody_asks(affairs)
    assert max(await asyncio.gather(*others)) < LIMIT
    assert len(affairs.ministry.asked) == CONNECTIONS
    affairs.ministry.mischief = None
    await kept(affairs)
