"""Keys of programs: shown once, looked at in constant time, of use until they are revoked."""

import asyncio
from datetime import date, timedelta

import pytest

from gateway.broadcasts.broadcast import Mode
from gateway.clock import SandboxClock
from gateway.connection import Batched, Client
from gateway.staff.keys import AT_ONCE, KEYS, Keys, Scope, UnknownKeyError
from tests.gateway.broadcasts.sending import NOON

BOTH = frozenset(Scope)


class Watch:
    """Real time, as a test wants it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def clock(batched: Batched) -> SandboxClock:
    clock = SandboxClock(batched)
    await clock.set_back(NOON)
    return clock


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def keys(batched: Batched, clock: SandboxClock, watch: Watch) -> Keys:
    return Keys(batched, clock, watch)


async def test_a_key_is_found_by_the_whole_of_it_and_by_nothing_less(keys: Keys) -> None:
    token, made = await keys.make("portal", Mode.LIVE, BOTH, "admin")
    assert await keys.find(token) == made
    others = [
        *(token[:length] for length in range(len(token))),
        f"{token}x",
        token.replace("live", "test"),
        token.replace(made.id, "00000000"),
        f"kelisim_live_{made.id}_",
        f"kelisim_live_{made.id}_{made.digest}",
        made.digest,
        token.upper(),
        "",
        "___",
    ]
    for other in others:
        assert await keys.find(other) is None, other


async def test_redis_holds_no_key_that_opens_anything(keys: Keys, redis: Client) -> None:
    token, made = await keys.make("portal", Mode.LIVE, BOTH, "admin")
    stored = await redis.hget(KEYS, made.id)
    assert stored is not None
    assert token.split("_", 3)[3].encode() not in stored


async def test_a_revoked_key_is_dead_for_good_and_names_who_did_it(keys: Keys) -> None:
    token, made = await keys.make("portal", Mode.LIVE, BOTH, "admin")
    assert await keys.lives(made)
    await keys.revoke(made.id, "zhanar")
    assert not await keys.lives(made)
    await keys.revoke(made.id, "somebody-else")
    found = await keys.find(token)
    assert found is not None
    assert found.revoked_by == "zhanar"
    with pytest.raises(UnknownKeyError):
        await keys.revoke("00000000", "zhanar")


async def test_the_last_day_counts_and_the_next_does_not(keys: Keys, clock: SandboxClock) -> None:
    _, made = await keys.make("portal", Mode.TEST, BOTH, "admin", NOON.date())
    assert await keys.lives(made)
    await clock.move(NOON + timedelta(days=1))
    assert not await keys.lives(made)


async def test_who_asks_too_often_waits_and_others_do_not(keys: Keys, watch: Watch) -> None:
    _, busy = await keys.make("busy", Mode.TEST, BOTH, "admin")
    _, calm = await keys.make("calm", Mode.TEST, BOTH, "admin")
    waits = await asyncio.gather(*(keys.use(busy) for _ in range(AT_ONCE + 10)))
    assert sum(wait == 0 for wait in waits) == AT_ONCE
    assert max(waits) == 1
    assert await keys.use(calm) == 0
    watch.now += 1
    assert [await keys.use(busy) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


async def test_when_a_key_was_used_last_is_known(keys: Keys, watch: Watch) -> None:
    _, made = await keys.make("portal", Mode.TEST, BOTH, "admin", date(2027, 1, 1))
    assert await keys.all() == [(made, None)]
    await keys.use(made)
    ((_, used),) = await keys.all()
    assert used is not None
    assert used.timestamp() == watch.now


async def test_keys_that_open_nothing_come_last(keys: Keys) -> None:
    _, first = await keys.make("first", Mode.TEST, BOTH, "admin")
    _, second = await keys.make("second", Mode.TEST, BOTH, "admin")
    assert [one.name for one, _ in await keys.all()] == ["second", "first"]
    await keys.revoke(second.id, "admin")
    assert [one.id for one, _ in await keys.all()] == [first.id, second.id]


async def test_whoever_tries_wrong_keys_waits_by_their_address(keys: Keys) -> None:
    waits = [await keys.wrong("203.0.113.7") for _ in range(25)]
    assert [one.wait > 0 for one in waits] == [False] * 20 + [True] * 5
    assert [one.just_now for one in waits].count(True) == 1
    assert (await keys.wrong("203.0.113.8")).wait == 0
