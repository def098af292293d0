"""Passwords, and the codes of an app."""

import asyncio
import unicodedata

import pyotp
import pytest
from argon2 import extract_parameters

from gateway.connection import Batched
from gateway.staff.codes import STEP, Codes, address
from gateway.staff.passwords import LONGEST, Passwords, _nobodys, made_up, weakness
from tests.gateway.staff.people import PASSWORD, Seconds

SECRET = "JBSWY3DPEHPK3PXP" * 2


async def test_only_the_right_password_fits() -> None:
    passwords = Passwords()
    kept = await passwords.hash(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert await passwords.fits(unicodedata.normalize("NFD", PASSWORD), kept)
    assert not await passwords.fits(PASSWORD.upper(), kept)
    assert not await passwords.fits(PASSWORD, None)
    assert not await passwords.fits(PASSWORD, "not a hash at all")


async def test_a_login_that_nobody_has_costs_what_all_others_cost() -> None:
    passwords = Passwords()
    kept = await passwords.hash(PASSWORD)
    assert extract_parameters(_nobodys(passwords._hasher())) == extract_parameters(kept)


async def test_others_go_on_while_a_password_is_looked_at() -> None:
    looking = asyncio.create_task(Passwords().hash(PASSWORD))
    turns = 0
    while not looking.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("короткий", "staff.password.short"),
        ("x" * (LONGEST + 1), "staff.password.long"),
        ("aaaaaaaaaaaaaaaa", "staff.password.guessed"),
        ("123456789012", "staff.password.guessed"),
        ("Qwerty12345!", "staff.password.guessed"),
        ("a.seitkali2026", "staff.password.guessed"),
        ("Келісім Kelisim", "staff.password.guessed"),
        (PASSWORD, None),
        ("көк аспан 77 жұлдыз", None),
    ],
)
def test_what_is_easily_guessed_is_refused(password: str, why: str | None) -> None:
    assert weakness(password, "a.seitkali") == why


def test_what_is_made_up_is_good_and_never_the_same() -> None:
    made = {made_up() for _ in range(50)}
    assert len(made) == 50
    assert all(weakness(one, "a.seitkali") is None for one in made)


async def test_a_code_is_taken_once_and_within_half_a_minute_around(batched: Batched) -> None:
    seconds = Seconds()
    codes, shown = Codes(batched, seconds), pyotp.TOTP(SECRET)
    for off in (-STEP, 0, STEP):
        code = shown.at(int(seconds.now) + off)
        assert await codes.fits("aigul", SECRET, f"{code[:3]} {code[3:]}")
        assert not await codes.fits("aigul", SECRET, code)
    for off in (-2 * STEP, 2 * STEP):
        assert not await codes.fits("aigul", SECRET, shown.at(int(seconds.now) + off))
    for wrong in ("", "12345", "abcdef"):
        assert not await codes.fits("aigul", SECRET, wrong)


async def test_of_two_who_send_the_same_code_at_once_one_comes_in(batched: Batched) -> None:
    seconds = Seconds()
    codes, code = Codes(batched, seconds), pyotp.TOTP(SECRET).at(int(seconds.now))
    came = await asyncio.gather(*(codes.fits("aigul", SECRET, code) for _ in range(5)))
    assert sorted(came) == [False, False, False, False, True]


async def test_a_secret_is_offered_to_one_session_and_stays_the_same_there(batched: Batched) -> None:
    codes = Codes(batched)
    offered = await codes.offer("one")
    assert await codes.offer("one") == offered
    assert await codes.offer("other") != offered
    await codes.withdraw("one")
    assert await codes.offered("one") is None
    assert address(offered, "aigul") == f"otpauth://totp/Kelisim:aigul?secret={offered}&issuer=Kelisim"
