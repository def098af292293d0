"""Whatever a talk has to know is found out in time, or told to be away; and nothing of it stands in a log."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any

import pytest

from dialogs.applications.application import Hearing
from dialogs.inquiries import (
    AWAY,
    Applications,
    CodeSent,
    Inquiry,
    NewCode,
    Organisations,
    Persons,
    PersonWith,
    Requested,
)
from gateway.clock import ALMATY
from gateway.esobes.telling import Esobes
from gateway.inquiries import Inquiries
from tests.gateway.esobes.test_reading import APPLICATION, IIN, OTHER, PERSON
from tests.gateway.ministry import TOKEN, Ministry
from tests.gateway.mischief import ENDLESS, MISCHIEF, passes, silence

PHONE = "+77011234567"
HEARING = Hearing(datetime(2026, 11, 25, 15, tzinfo=ALMATY), "Абай 1", "in person")
OF_E_SOBES: list[Inquiry[Any]] = [Persons(PHONE), PersonWith(IIN), Applications(IIN)]


class Kept:
    """What the other parts know."""

    async def requested(self, iin: str) -> frozenset[str]:
        return frozenset({"sanatorium"}) if iin == IIN else frozenset()

    async def sent(self, iin: str, challenge: str) -> bool:
        return (iin, challenge) == (IIN, "c1")

    async def hearings(self, iin: str) -> Mapping[str, Hearing]:
        return {"A-2": HEARING} if iin == IIN else {}


@pytest.fixture
async def ministry() -> AsyncIterator[Ministry]:
    async with Ministry() as ministry:
        ministry.known = {
            "/persons?phone=%2B77011234567": {"persons": [PERSON, PERSON | {"iin": OTHER, "relation": "ward"}]},
            f"/persons/{IIN}": {"person": PERSON},
            f"/persons/{IIN}/applications": {"applications": [APPLICATION, APPLICATION | {"id": "A-2"}]},
        }
        yield ministry


@pytest.fixture
async def inquiries(ministry: Ministry) -> AsyncIterator[Inquiries]:
    async with aclosing(Esobes(ministry.url, TOKEN)) as esobes:
        yield Inquiries(esobes, requests=Kept(), proofs=Kept(), news=Kept())


async def ask(inquiries: Inquiries, inquiry: Inquiry[Any], seconds: float = 60.0) -> Any:
    return await inquiries.ask(inquiry, asyncio.get_running_loop().time() + seconds)


async def test_whoever_is_behind_a_phone(inquiries: Inquiries) -> None:
    assert [(one.iin, one.ward) for one in await ask(inquiries, Persons(PHONE))] == [(IIN, False), (OTHER, True)]
    assert await ask(inquiries, Persons("+77019999999")) == ()


async def test_whose_iin_it_is(inquiries: Inquiries) -> None:
    assert (await ask(inquiries, PersonWith(IIN))).iin == IIN
    assert await ask(inquiries, PersonWith(OTHER)) is None


async def test_applications_with_what_was_told_of_their_hearings(inquiries: Inquiries) -> None:
    found = await ask(inquiries, Applications(IIN))
    assert {one.id: one.hearing for one in found} == {"A-1": None, "A-2": HEARING}
    assert await ask(inquiries, Applications(OTHER)) == ()


async def test_what_is_kept_here_is_known_while_e_sobes_is_away(ministry: Ministry, inquiries: Inquiries) -> None:
    ministry.mischief = MISCHIEF["500"]
    assert await ask(inquiries, Requested(IIN), 0) == {"sanatorium"}
    assert await ask(inquiries, CodeSent(IIN, "c1"), 0) is True
    assert await ask(inquiries, CodeSent(IIN, "c2"), 0) is False


async def test_where_nothing_is_kept_nothing_is_known(ministry: Ministry) -> None:
    async with aclosing(Esobes(ministry.url, TOKEN)) as esobes:
        inquiries = Inquiries(esobes)
        assert await ask(inquiries, Requested(IIN)) == frozenset()
        assert await ask(inquiries, CodeSent(IIN, "c1")) is False
        assert await ask(inquiries, Organisations("home")) is AWAY


async def test_codes_are_six_digits_and_differ(inquiries: Inquiries) -> None:
    codes = [await ask(inquiries, NewCode()) for _ in range(200)]
    assert all(len(code) == 6 and code.isascii() and code.isdecimal() for code in codes)
    assert len(set(codes)) > 190


@pytest.mark.parametrize("inquiry", OF_E_SOBES, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("name", sorted(MISCHIEF))
async def test_whatever_e_sobes_does_the_answer_is_that_it_is_away(
    name: str, inquiry: Inquiry[Any], ministry: Ministry, inquiries: Inquiries, caplog: pytest.LogCaptureFixture
) -> None:
    ministry.mischief = MISCHIEF[name]
    with caplog.at_level(logging.DEBUG, "gateway"):
        assert await ask(inquiries, inquiry, 0.3 if name in ENDLESS else 60.0) is AWAY
    for secret in (IIN, "7011234567", TOKEN, "persons/", "phone="):
        assert secret not in caplog.text
    ministry.mischief = None
    assert await ask(inquiries, inquiry) is not AWAY


async def test_after_the_first_that_took_too_long_the_rest_of_the_message_waits_no_more(
    ministry: Ministry, inquiries: Inquiries
) -> None:
    async def too_long(writer: asyncio.StreamWriter) -> None:
        passes(60.0)
        await silence(writer)

    ministry.mischief = too_long
    until = asyncio.get_running_loop().time() + 60.0
    for inquiry in OF_E_SOBES * 3:
        assert await inquiries.ask(inquiry, until) is AWAY
    assert len(ministry.asked) == 1
