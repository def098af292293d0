"""The program is killed while people put off their arrival: each wish is passed on once, and what came of it is told
once."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

import httpx
import msgspec
import pytest

from gateway.clock import ALMATY
from tests.faults.test_promises import KILLS, PEOPLE, SEED, World, iins, phones_of, whole
from tests.gateway.ministry import TOKEN, Fault, Told, answer

TALK = ("2", "1", "+5")
"""Cannot come, because of an illness, five days later…"""
YES = "1"


@pytest.fixture
async def world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[World]:
    with capsys.disabled():
        print(f"\nKILL_SEED={SEED}", flush=True)
    async with whole(tmp_path) as world:
        yield world


def invitation(iin: str, phone: str, last: date) -> dict[str, object]:
    organisation = {"name": "Центр «Үміт»", "address": "Жаркент, Абай көшесі, 5", "phone": "+77283155555"}
    return {
        "id": f"event-{iin}",
        "type": "invitation.opened",
        "at": datetime.now(ALMATY),
        "person": {
            "iin": iin,
            "name": "Нұрғалиева Айгүл",
            "birth_date": date(1968, 4, 12),
            "language": "kk",
            "phones": [phone],
        },
        "invitation": {
            "id": f"in-{iin}",
            "organisation": organisation,
            "setting": "inpatient",
            "arrive_by": last,
            "postponed": False,
        },
    }


async def were_invited(world: World) -> dict[str, str]:
    """Phone → invitation; everybody is one «yes» away from putting it off."""
    last = datetime.now(ALMATY).date() + timedelta(12)
    url = f"http://127.0.0.1:{world.sender._port}/esobes/events"
    people = dict(zip(phones_of(PEOPLE), islice(iins(), PEOPLE), strict=True))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as esobes:
        for phone, iin in people.items():
            body = msgspec.json.encode(invitation(iin, phone, last))
            await told(esobes, url, body)
    await world.until(lambda: all(world.letters(phone, "duty:") for phone in people))
    await asyncio.gather(*(world.say(phone, *TALK) for phone in people))
    return {phone: f"in-{iin}" for phone, iin in people.items()}


async def told(esobes: httpx.AsyncClient, url: str, body: bytes) -> None:
    """Again and again until the program listens."""
    while True:
        try:
            answered = await esobes.post(url, content=body)
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
            continue
        assert answered.status_code == 202, answered.text
        return


async def test_a_wish_is_passed_on_once_and_what_came_of_it_is_told_once(world: World) -> None:
    invitations = await were_invited(world)

    def unsteady(told: Told) -> bytes | Fault:
        """It takes a wish now and then, and sometimes its answer gets lost."""
        mood = world.chance.random()
        if mood < 0.3:
            return answer("503 Service Unavailable")
        if mood < 0.6:
            return Fault(done=mood < 0.5)
        return answer("200 OK", '{"signed": false}')

    world.ministry.answer_to = unsteady
    people = [asyncio.create_task(agrees(world, phone)) for phone in invitations]
    for _ in range(KILLS // 2):
        await asyncio.sleep(world.chance.uniform(0, 1.2))
        await world.program.end(signal.SIGKILL)
        if world.chance.random() < 0.1:
            await world.program.kill_redis()
        await world.program.start()
    await asyncio.gather(*people)
    world.ministry.answer_to = lambda _: answer("200 OK", '{"signed": false}')
    await world.until(lambda: all(signing(world, phone) and reply(world, phone) for phone in invitations))
    await world.program.end(signal.SIGTERM)
    taken = [told.key for told in world.ministry.taken]
    assert sorted(taken) == sorted(f"{name}:postponement" for name in invitations.values())
    bodies = {(told.key, told.body) for told in world.ministry.calls}
    assert len(bodies) == PEOPLE, "the same key always says the same"
    for phone in invitations:
        (letter,) = signing(world, phone)
        starts = world.gateway.arrivals[letter]
        assert starts == sorted(set(starts)), f"{letter} was sent twice by one process: {starts}"
        (said,) = reply(world, phone)
        assert "aleumet.egov.kz" in world.gateway.texts[said]


async def agrees(world: World, phone: str) -> None:
    """At some moment between the kills."""
    await asyncio.sleep(world.chance.uniform(0, KILLS / 2))
    await world.sender.bring(phone, f"{phone[1:]}-{len(TALK)}", YES)


def reply(world: World, phone: str) -> list[str]:
    """To the wish."""
    return [one for one in world.letters(phone, "kannel:") if one.endswith(f"-{len(TALK)}:0")]


def signing(world: World, phone: str) -> list[str]:
    """Letters that say until when it is to be signed."""
    return [one for one in world.letters(phone, "duty:") if ":sign:" in one]
