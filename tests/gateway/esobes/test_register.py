"""The register of organisations is asked for seldom, kept long, and never told without its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest

from dialogs.inquiries import Register
from gateway.connection import Batched
from gateway.esobes.looking import AwayError
from gateway.esobes.register import KEPT, Registers
from gateway.esobes.telling import Esobes
from tests.gateway.affairs import MONDAY, Hands
from tests.gateway.ministry import TOKEN, Ministry, answer
from tests.gateway.mischief import MISCHIEF, says, silence

PATH = "/organisations?setting=inpatient"
LATER = timedelta(minutes=6)


@pytest.fixture
async def ministry() -> AsyncIterator[Ministry]:
    async with Ministry() as ministry:
        ministry.known[PATH] = told("Нұр")
        yield ministry


@pytest.fixture
async def esobes(ministry: Ministry) -> AsyncIterator[Esobes]:
    async with aclosing(Esobes(ministry.url, TOKEN)) as esobes:
        yield esobes


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def registers(esobes: Esobes, batched: Batched, clock: Hands) -> AsyncIterator[Registers]:
    async with aclosing(Registers(esobes, batched, clock)) as registers:
        yield registers


@pytest.fixture
async def elsewhere(esobes: Esobes, batched: Batched, clock: Hands) -> AsyncIterator[Registers]:
    """Another process."""
    async with aclosing(Registers(esobes, batched, clock)) as registers:
        yield registers


def told(*names: str) -> object:
    return {"organisations": [{"bin": "030240001236", "name": name, "setting": "inpatient"} for name in names]}


async def ask(registers: Registers, seconds: float = 60.0) -> Register:
    return await registers.of("inpatient", asyncio.get_running_loop().time() + seconds)


def names(register: Register) -> list[str]:
    return [one.name for one in register.entries]


async def test_it_is_told_with_its_time(registers: Registers) -> None:
    found = await ask(registers)
    assert (names(found), found.fetched) == (["Нұр"], MONDAY)


async def test_for_five_minutes_nobody_asks_again(
    ministry: Ministry, registers: Registers, elsewhere: Registers, clock: Hands
) -> None:
    first = await ask(registers)
    clock.at += timedelta(minutes=4)
    assert await ask(registers) is first
    assert await ask(elsewhere) == first
    assert ministry.asked == [PATH]


async def test_after_five_minutes_the_news_are_fetched_for_all_processes(
    ministry: Ministry, registers: Registers, elsewhere: Registers, clock: Hands
) -> None:
    await ask(registers)
    await ask(elsewhere)
    ministry.known[PATH] = told("Нұр", "Шапағат")
    clock.at += LATER
    assert names(await ask(registers)) == ["Нұр", "Шапағат"]
    found = await ask(elsewhere)
    assert (names(found), found.fetched) == (["Нұр", "Шапағат"], MONDAY + LATER)
    assert len(ministry.asked) == 2


async def test_each_setting_is_asked_for_by_itself(ministry: Ministry, registers: Registers) -> None:
    ministry.known["/organisations?setting=home"] = {"organisations": []}
    await ask(registers)
    until = asyncio.get_running_loop().time() + 60
    assert (await registers.of("home", until)).entries == ()
    assert ministry.asked == [PATH, "/organisations?setting=home"]


async def test_many_who_ask_at_once_ask_e_sobes_once(ministry: Ministry, registers: Registers) -> None:
    found = await asyncio.gather(*(ask(registers) for _ in range(50)))
    assert {id(one) for one in found} == {id(found[0])}
    assert ministry.asked == [PATH]


@pytest.mark.parametrize("name", ["500", "html", "nothing", "hung up", "wrong types", "404 of a gateway"])
async def test_while_e_sobes_is_away_the_last_copy_is_told_with_its_time(
    name: str, ministry: Ministry, registers: Registers, clock: Hands
) -> None:
    await ask(registers)
    ministry.mischief = MISCHIEF[name]
    clock.at += KEPT - timedelta(minutes=1)
    found = await ask(registers)
    assert (names(found), found.fetched) == (["Нұр"], MONDAY)


async def test_a_process_that_starts_while_e_sobes_is_away_has_the_copy_of_the_others(
    ministry: Ministry, registers: Registers, elsewhere: Registers, clock: Hands
) -> None:
    await ask(registers)
    ministry.mischief = MISCHIEF["503"]
    clock.at += timedelta(days=2)
    assert (await ask(elsewhere)).fetched == MONDAY


async def test_a_copy_older_than_a_week_is_told_nobody(
    ministry: Ministry, registers: Registers, clock: Hands
) -> None:
    await ask(registers)
    ministry.mischief = MISCHIEF["503"]
    clock.at += KEPT
    with pytest.raises(AwayError):
        await ask(registers)


async def test_redis_keeps_it_no_longer_than_a_week(batched: Batched, registers: Registers) -> None:
    await ask(registers)
    assert 0 < await batched("TTL", "register:inpatient") <= KEPT.total_seconds()


async def test_with_a_copy_nobody_waits_long_and_the_next_not_at_all(
    ministry: Ministry, registers: Registers, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(registers)
    monkeypatch.setattr("gateway.esobes.register._WITH_A_COPY", 0.05)
    monkeypatch.setattr("gateway.esobes.register._LONGEST", 0.1)
    ministry.mischief = silence
    clock.at += LATER
    assert (await ask(registers)).fetched == MONDAY
    fetching = set(registers._fetching.values())
    await asyncio.gather(*fetching)
    assert (await ask(registers)).fetched == MONDAY
    assert not registers._fetching
    assert len(ministry.asked) == 2


async def test_what_comes_too_late_for_whoever_asked_is_there_for_the_next(
    ministry: Ministry, registers: Registers
) -> None:
    late = asyncio.Event()

    async def takes_its_time(writer: asyncio.StreamWriter) -> None:
        await late.wait()
        await says(answer("200 OK", '{"organisations":[{"name":"Нұр"}]}'))(writer)

    ministry.mischief = takes_its_time
    with pytest.raises(AwayError):
        await ask(registers, 0.05)
    late.set()
    assert names(await ask(registers)) == ["Нұр"]
    assert ministry.asked == [PATH]


async def test_a_clock_that_was_set_back_makes_no_news_of_what_is_old(
    ministry: Ministry, registers: Registers, clock: Hands
) -> None:
    clock.at = MONDAY + timedelta(days=300)
    await ask(registers)
    clock.at = MONDAY
    assert (await ask(registers)).fetched == MONDAY
    assert len(ministry.asked) == 2


async def test_what_another_version_has_kept_is_fetched_anew(
    batched: Batched, registers: Registers, clock: Hands
) -> None:
    now = str(clock.at.timestamp())
    await batched("HSET", "register:inpatient", "fetched", now, "count", "1", "entries", '[{"other":1}]')
    assert names(await ask(registers)) == ["Нұр"]


async def test_a_whole_country_fits(ministry: Ministry, registers: Registers) -> None:
    ministry.known[PATH] = told(*(f"Орталық {number:05} {'x' * 150}" for number in range(20_000)))
    assert len((await ask(registers)).entries) == 20_000


async def test_staff_see_what_is_kept(registers: Registers) -> None:
    assert await registers.copies.all() == {}
    await ask(registers)
    ((setting, copy),) = (await registers.copies.all()).items()
    assert (setting, copy.fetched, copy.count) == ("inpatient", MONDAY, 1)
