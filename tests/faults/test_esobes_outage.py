"""E-Sobes is away for three days while a thousand answers come: afterwards it has been told all of them, once each
and in their order, as if it had never been away."""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import msgspec
import pytest
from msgspec import Struct
from pydantic import SecretStr

from bot import relays as for_staff
from bot.settings import Settings
from dialogs.dialogue import Dialogue
from dialogs.matters.matter import Matter, Person
from dialogs.messages import Text
from gateway.channels import Inbound
from gateway.connection import Client
from gateway.esobes.relays import Relays
from gateway.esobes.telling import Esobes
from tests.gateway.affairs import AIGUL, MONDAY, Affairs, Hands, opened, put_together
from tests.gateway.ministry import TOKEN, Ministry

SEED = int(os.environ.get("OUTAGE_SEED", "20261123"))
OFFERS = 1000
TURNED = 150
"""So many refuse, and agree once the refusal was on its way."""
SILENT = 150
"""So many never answer; so there are as many answers as offers."""
AWAY = timedelta(days=3)
LOOKS = 6
"""At so many moments of the outage answers come and E-Sobes is tried again; in the middle the program starts anew."""
HOLD = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(minutes=5)


class Said(Struct, frozen=True):
    """What somebody answers, and when."""

    at: datetime
    person: int
    agrees: bool


class Play:
    """What everybody does, and what E-Sobes has to be told because of it."""

    def __init__(self) -> None:
        chance = random.Random(SEED)
        self.begins = MONDAY + timedelta(minutes=30)
        self.ends = self.begins + AWAY
        self.moments = [self.begins + AWAY * (look + 0.5) / LOOKS for look in range(LOOKS)]
        self.said: list[list[Said]] = [[] for _ in self.moments]
        people = list(range(OFFERS))
        chance.shuffle(people)
        for place, person in enumerate(people[: OFFERS - SILENT]):
            look = chance.randrange(LOOKS - 1)
            turns = place < TURNED
            self._say(look, person, agrees=not turns and chance.random() < 0.7)
            if turns:
                self._say(chance.randrange(look + 1, LOOKS), person, agrees=True)
        self.told: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
        for one in (one for said in self.said for one in said):
            self.told[offer_of(one.person)].append(("consent" if one.agrees else "refusal", one.at))

    @property
    def answers(self) -> int:
        return sum(map(len, self.said))

    def _say(self, look: int, person: int, *, agrees: bool) -> None:
        at = self.moments[look] + timedelta(seconds=len(self.said[look]))
        self.said[look].append(Said(at, person, agrees))


@pytest.fixture
async def ministry() -> AsyncIterator[Ministry]:
    async with Ministry() as ministry:
        yield ministry


@pytest.fixture
def staff(redis_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


async def test_three_days_without_esobes_lose_nothing(
    redis: Client, staff: Settings, dialogue: Dialogue, ministry: Ministry, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\nOUTAGE_SEED={SEED}", flush=True)
    play, clock = Play(), Hands()
    async with running(redis, dialogue, clock, ministry) as affairs:
        codes = await ask_everybody(affairs)
        await ministry.go()
        await answer(affairs, play, codes, range(LOOKS // 2))
    async with running(redis, dialogue, clock, ministry) as affairs:
        await answer(affairs, play, codes, range(LOOKS // 2, LOOKS))
        await jump(affairs, play.ends)
        seen = await for_staff.told(staff)
        assert not ministry.calls
        await ministry.come_back()
        began = perf_counter()
        await affairs.until(play.ends + LONGEST_PAUSE)
        took = perf_counter() - began
        judge(ministry, play)
        afterwards = await for_staff.told(staff)
        await affairs.until(MONDAY + timedelta(days=4))
        judge_silence(ministry, play)
    with capsys.disabled():
        print(figures(play, seen, took), flush=True)
    assert seen[0].startswith(f"waiting for E-Sobes: {play.answers}, the first since 23.11.2026 "), seen[0]
    assert afterwards == ["nothing waits for E-Sobes", "nothing was refused"]


@asynccontextmanager
async def running(redis: Client, dialogue: Dialogue, clock: Hands, ministry: Ministry) -> AsyncIterator[Affairs]:
    """One life of the program. Its E-Sobes outlives it."""
    async with put_together(redis, dialogue, clock) as affairs:
        esobes = Esobes(ministry.url, TOKEN)
        affairs.channels["esobes"] = Relays(esobes, affairs.backlog, affairs.desk.settled)
        yield affairs
    await esobes.aclose()


async def ask_everybody(affairs: Affairs) -> dict[str, Matter]:
    people = list(map(person_of, range(OFFERS)))
    events = [opened(offer_of(n), person=person, phones=(phone_of(n),)) for n, person in enumerate(people)]
    await asyncio.gather(*map(affairs.matters.told, events))
    await affairs.settle()
    return {offer_of(n): await affairs.matter(offer_of(n), person) for n, person in enumerate(people)}


async def answer(affairs: Affairs, play: Play, codes: dict[str, Matter], looks: range) -> None:
    assert isinstance(affairs.clock, Hands)
    for look in looks:
        await jump(affairs, play.moments[look])
        for one in play.said[look]:
            affairs.clock.at = one.at
            matter = codes[offer_of(one.person)]
            text = Text(matter.yes if one.agrees else matter.no)
            await affairs.receiver.receive(Inbound(f"{one.person}:{look}", f"sms:{phone_of(one.person)}", text))
        await jump(affairs, affairs.clock.at + HOLD)


async def jump(affairs: Affairs, to: datetime) -> None:
    """Whatever was due until then is done in one go, and E-Sobes tried once: from one moment to the next it would be
    ten thousands of times."""
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at = to
    await affairs.wakeups.ring()
    await affairs.settle()


def judge(ministry: Ministry, play: Play) -> None:
    """Each once, with the time at which the person wrote it, and those about one offer in their order."""
    assert len(ministry.calls) == len(ministry.taken) == play.answers
    assert len({told.key for told in ministry.taken}) == play.answers
    assert by_offer(ministry) == play.told


def judge_silence(ministry: Ministry, play: Play) -> None:
    """Who said nothing was not forgotten meanwhile."""
    friday = datetime.combine(MONDAY.date() + timedelta(4), datetime.min.time(), MONDAY.tzinfo)
    silent = {offer_of(n): [("silence", friday)] for n in range(OFFERS) if offer_of(n) not in play.told}
    assert len(silent) == SILENT
    assert by_offer(ministry) == play.told | silent


def by_offer(ministry: Ministry) -> dict[str, list[tuple[str, datetime]]]:
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for told in ministry.taken:
        offer, _, number = told.key.rpartition(":")
        body = msgspec.json.decode(told.body)
        found[offer].append((body["answer"], datetime.fromisoformat(body["at"])))
        assert int(number) == len(found[offer])
    return found


def figures(play: Play, seen: list[str], took: float) -> str:
    return (
        f"E-Sobes away for {AWAY.days} days: offers {OFFERS}, answers {play.answers}, of them {TURNED} consents "
        f"after a refusal that was waiting already; the program started anew once\n"
        f"staff saw: {seen[0]}\n"
        f"after its return all were told within {LONGEST_PAUSE.seconds // 60} minutes of the clock, {took:.1f} s of "
        f"work: once each {play.answers}, with another time 0, out of order 0; then {SILENT} silences"
    )


def offer_of(number: int) -> str:
    return f"O-{number}"


def phone_of(number: int) -> str:
    return f"+7701{number:07}"


def person_of(number: int) -> Person:
    return msgspec.structs.replace(AIGUL, iin=f"68041240{number:04}")
