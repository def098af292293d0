"""Whatever E-Sobes does when it is asked, whoever wants to know where their application is gets a sensible answer
when the time is over that is set for it, and what was promised as soon as E-Sobes answers again."""

import asyncio
from asyncio import StreamWriter
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from dialogs.dialogue import Dialogue
from dialogs.messages import Text
from gateway.channels import Inbound
from gateway.connection import Client
from gateway.esobes.looking import Looking
from tests.gateway.affairs import MONDAY, PHONE, Affairs, Hands, put_together
from tests.gateway.esobes.test_reading import APPLICATION, IIN, PERSON
from tests.gateway.ministry import Mischief
from tests.gateway.mischief import MISCHIEF, passes, says, silence

CHAT = "chat:7"
LIMIT = 3.0
"""Seconds that anybody waits."""
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


async def asks(affairs: Affairs, address: str) -> None:
    """And is answered, though nothing that hangs here would ever end by itself."""
    async with asyncio.timeout(60):
        await affairs.receiver.receive(Inbound(f"asked:{address}", address, Text("статус")))


async def everybody_asks(affairs: Affairs) -> None:
    await asyncio.gather(asks(affairs, f"sms:{PHONE}"), asks(affairs, CHAT))
    await affairs.settle()


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
async def test_the_answer_comes_in_time_and_the_promise_is_kept(
    name: str, affairs: Affairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Looking.look
    left: list[float] = []

    async def noted(
        looking: Looking, path: tuple[str, ...], params: Mapping[str, str], until: float, enough: int
    ) -> Any:
        left.append(until - asyncio.get_running_loop().time())
        return await look(looking, path, params, until, enough)

    monkeypatch.setattr(Looking, "look", noted)
    if name == REFUSED:
        await affairs.ministry.go()
    else:
        affairs.ministry.mischief = MISCHIEF[name]
    await everybody_asks(affairs)
    assert left
    assert max(left) < LIMIT
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
        passes(seconds)
        await says(affairs.ministry.tells(path))(writer)

    return mischief


async def test_several_questions_of_one_message_have_the_time_of_one(
    affairs: Affairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.receive.PATIENCE", 16.0)
    affairs.ministry.mischief = slowly(affairs, 9.0)
    for address in (f"sms:{PHONE}", CHAT):
        affairs.ministry.asked.clear()
        await asks(affairs, address)
        assert [path.partition("?")[0] for path in affairs.ministry.asked[:2]] == [
            "/persons",
            f"/persons/{IIN}/applications",
        ]
        await affairs.settle()
    assert [text.startswith(AWAY) for text in await last(affairs)] == [True, True]
    affairs.ministry.mischief = None
    await kept(affairs)


async def test_nobody_waits_for_somebody_elses_question(affairs: Affairs, monkeypatch: pytest.MonkeyPatch) -> None:
    """All connections are taken by those who wait in vain; whoever comes after them waits no longer than they do."""
    monkeypatch.setattr("gateway.esobes.looking.CONNECTIONS", CONNECTIONS)
    monkeypatch.setattr("gateway.receive.PATIENCE", 6.0)
    crowd = [f"sms:+7702{number:07}" for number in range(2 * CONNECTIONS)]
    for address in crowd:
        await affairs.receiver.receive(Inbound(f"first:{address}", address, Text("ru")))
    affairs.ministry.mischief = silence
    others = [asyncio.create_task(asks(affairs, address)) for address in crowd]
    await everybody_asks(affairs)
    await asyncio.gather(*others)
    assert len(affairs.ministry.asked) == CONNECTIONS
    affairs.ministry.mischief = None
    await kept(affairs)
