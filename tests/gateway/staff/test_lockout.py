"""Whoever guesses waits."""

import asyncio

import pytest

from gateway.connection import Batched
from gateway.staff.lockout import ADDRESS, LOGIN, Lockout
from tests.gateway.staff.people import Seconds

HERE = "192.0.2.1"


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def lockout(batched: Batched, seconds: Seconds) -> Lockout:
    return Lockout(batched, seconds)


async def test_pauses_of_a_login_grow_up_to_the_longest(lockout: Lockout, seconds: Seconds) -> None:
    for number in range(LOGIN.free):
        assert await lockout.tries("aigul", f"192.0.2.{number}") == 0
    pauses = []
    for number in range(8):
        wait = await lockout.tries("aigul", f"198.51.100.{number}")
        pauses.append(wait)
        seconds.now += wait
        assert await lockout.tries("aigul", f"198.51.100.{number}") == 0
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


async def test_of_a_hundred_at_once_no_more_get_through_than_may(lockout: Lockout) -> None:
    waits = await asyncio.gather(*(lockout.tries("aigul", f"10.0.0.{number}") for number in range(100)))
    assert waits.count(0) == LOGIN.free


async def test_one_address_cannot_try_many_logins(lockout: Lockout, seconds: Seconds) -> None:
    waits = [await lockout.tries(f"login{number}", HERE) for number in range(ADDRESS.free + 5)]
    assert waits.count(0) == ADDRESS.free
    assert waits[-1] == ADDRESS.first
    assert await lockout.tries("somebody", "192.0.2.2") == 0


async def test_the_right_password_forgives_the_login_but_not_what_others_tried_from_there(
    lockout: Lockout, seconds: Seconds
) -> None:
    for number in range(ADDRESS.free - 1):
        await lockout.tries(f"login{number}", HERE)
    for _ in range(3):  # an own account between the guesses helps nobody
        assert await lockout.tries("mallory", HERE) == 0
        await lockout.right("mallory", HERE)
    assert await lockout.tries("login", HERE) == 0
    assert await lockout.tries("login", HERE) > 0
    for _ in range(LOGIN.free - 1):
        await lockout.tries("aigul", "192.0.2.9")
    await lockout.right("aigul", "192.0.2.9")
    assert await lockout.tries("aigul", "192.0.2.9") == 0


async def test_an_administrator_unlocks_and_sees_until_when_it_would_be(lockout: Lockout) -> None:
    assert await lockout.waits("aigul") == 0
    for number in range(LOGIN.free):
        await lockout.tries("aigul", f"192.0.2.{number}")
    assert await lockout.waits("aigul") == LOGIN.first
    await lockout.unlock("aigul")
    assert await lockout.waits("aigul") == 0
    assert await lockout.tries("aigul", HERE) == 0
