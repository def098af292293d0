"""A wish from outside: asked for by SMS, taken by the built-in E-Sobes, found again in the status."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bot.running import Running

OLGA = "+77010000109"
IIN = "790908400114"
LABELS = ("Попросить эту услугу", "Да, передайте", "Где моё заявление", "Согласен (согласна)", "Ничего из этого")


async def answered(program: Running, count: int) -> list[str]:
    """What the phone was sent, once there are so many."""
    async with asyncio.timeout(60):
        while True:
            texts = [one["text"] for one in await program.screen(OLGA) if one["direction"] == "out"]
            if len(texts) >= count:
                return texts
            await asyncio.sleep(0.02)


class Phone:
    def __init__(self, program: Running) -> None:
        self.program = program
        self.read = 0

    async def says(self, text: str) -> str:
        await self.program.sms(OLGA, text)
        texts = await answered(self.program, self.read + 1)
        self.read = len(texts)
        return texts[-1]

    async def to_the_question(self) -> str:
        """Through the whole list, whatever it asks: by the first number, until the service can be asked for."""
        await self.says("рус")
        screen = await self.says("кресло-коляска")
        for _ in range(30):
            number = _number(screen, *LABELS) or "1"
            screen = await self.says(number)
            if "передать отделу?" in screen:
                return screen
        raise AssertionError(screen)


def _number(screen: str, *labels: str) -> str | None:
    lines = (line.split(" – ", 1) for line in screen.splitlines() if " – " in line)
    return next((number for number, label in lines if label in labels), None)


async def held(program: Running) -> dict[str, Any]:
    found: dict[str, Any] = (await program.http.get("/sandbox/page/esobes")).json()
    return found


async def wishes(program: Running) -> list[dict[str, Any]]:
    """What E-Sobes was told of them; it is told of offers as well."""
    return [relay for relay in (await held(program))["relays"] if relay["path"] == "/requests"]


async def go(program: Running, *, away: bool) -> None:
    (await program.http.put("/sandbox/page/esobes/away", json={"away": away})).raise_for_status()


async def move(program: Running, **by: float) -> None:
    now = datetime.fromisoformat((await program.http.get("/sandbox/clock")).json()["now"])
    later = (now + timedelta(**by)).isoformat()
    (await program.http.put("/sandbox/clock", json={"now": later})).raise_for_status()


async def test_what_is_asked_for_by_sms_comes_to_e_sobes_and_is_found_in_the_status(tmp_path: Path) -> None:
    async with Running(tmp_path) as program:
        phone = Phone(program)
        assert "Кресло-коляска" in await phone.to_the_question()
        await program.sms(OLGA, "1")
        accepted, registered = (await answered(program, phone.read + 2))[-2:]
        phone.read += 2
        assert accepted.startswith("Кресло-коляска: просьбу записали")
        (relay,) = await wishes(program)
        assert relay["status"] == 201
        assert (relay["body"]["service"], relay["body"]["phone"]) == ("special_transport_wheelchair", OLGA)
        assert IIN not in str(relay)
        people = (await held(program))["people"]
        (olga,) = (one for one in people if OLGA in one["phones"])
        (new,) = (one for one in olga["applications"] if one["service"] == "special_transport_wheelchair")
        assert new["id"] in registered
        assert "Кресло-коляска" in await phone.says("статус")


async def test_what_is_asked_for_while_e_sobes_is_away_is_passed_on_after_a_restart(tmp_path: Path) -> None:
    async with Running(tmp_path) as program:
        phone = Phone(program)
        await phone.to_the_question()
        await go(program, away=True)
        assert "как только ответит" in await phone.says("1")
        (waiting,) = (await held(program))["waiting"]["first"]
        assert waiting["offer"].endswith(":special_transport_wheelchair")
    async with Running(tmp_path) as program:
        await go(program, away=False)
        await move(program, minutes=30)
        await move(program, days=1)  # the night, if it was one, is over
        registered = (await answered(program, phone.read + 1))[-1]
        assert "Кресло-коляска" in registered
        state = await held(program)
        assert len(await wishes(program)) == 1
        assert (state["waiting"]["count"], state["refused"]) == (0, [])
