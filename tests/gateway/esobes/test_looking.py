"""E-Sobes is asked by a client that expects everything, waits for nothing too long, and tells nobody's name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.esobes.looking import CONNECTIONS, AwayError, Looking
from tests.gateway.ministry import TOKEN, Ministry, answer
from tests.gateway.mischief import ENDLESS, MISCHIEF, says, silence

READ_BY_ANOTHER = {
    "html",
    "nothing",
    "broken JSON",
    "wrong types",
    "something else",
    "null",
    "a wrong charset",
    "depth",
}
"""They arrive as they are; what they are worth is for the reader to say."""
IIN = "550301300456"


@pytest.fixture
async def ministry() -> AsyncIterator[Ministry]:
    async with Ministry() as ministry:
        yield ministry


@pytest.fixture
async def looking(ministry: Ministry) -> AsyncIterator[Looking]:
    async with aclosing(Looking(ministry.url, TOKEN)) as client:
        yield client


def soon(seconds: float = 60.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_a_question_arrives_as_the_contract_wants_it(ministry: Ministry, looking: Looking) -> None:
    ministry.known["/persons?phone=%2B77011234567"] = {"persons": [1]}
    assert await looking.look(("persons",), {"phone": "+77011234567"}, soon()) == b'{"persons":[1]}'
    (head,) = ministry.headers
    assert head.startswith("GET /api/persons?phone=%2B77011234567 HTTP/1.1\r\n")
    assert f"\r\nAuthorization: Bearer {TOKEN}\r\n" in head
    assert "\r\nAccept-Encoding: identity\r\n" in head


async def test_whatever_is_asked_for_stays_one_part_of_the_address(ministry: Ministry, looking: Looking) -> None:
    assert await looking.look(("persons", "../1?a=b#c/%2F д"), {}, soon()) is None
    assert ministry.asked == ["/persons/..%2F1%3Fa%3Db%23c%2F%252F%20%D0%B4"]


async def test_what_e_sobes_does_not_know_is_no_failure(looking: Looking) -> None:
    assert await looking.look(("persons", IIN), {}, soon()) is None


@pytest.mark.parametrize("name", sorted(MISCHIEF.keys() - READ_BY_ANOTHER))
async def test_everything_else_means_that_it_is_away_and_the_next_question_is_answered(
    name: str, ministry: Ministry, looking: Looking
) -> None:
    ministry.mischief = MISCHIEF[name]
    with pytest.raises(AwayError) as raised:
        await looking.look(("persons", IIN), {"phone": "+77011234567"}, soon(0.3) if name in ENDLESS else soon())
    assert IIN not in str(raised.value)
    assert "7701" not in str(raised.value)
    assert raised.value.__cause__ is None
    ministry.mischief = None
    assert await looking.look(("persons",), {"phone": "+77011234567"}, soon()) == b'{"persons":[]}'


async def test_where_nobody_listens_it_is_away() -> None:
    for url in ("http://127.0.0.1:1", "https://127.0.0.1:1/api"):
        async with aclosing(Looking(url, TOKEN)) as nobody:
            with pytest.raises(AwayError):
                await nobody.look(("persons",), {}, soon())


async def test_a_server_without_tls_is_away_for_whoever_wants_it(ministry: Ministry) -> None:
    async with aclosing(Looking(ministry.url.replace("http:", "https:"), TOKEN)) as client:
        with pytest.raises(AwayError):
            await client.look(("persons",), {}, soon(0.3))


async def test_when_no_time_is_left_nothing_is_asked(ministry: Ministry, looking: Looking) -> None:
    with pytest.raises(AwayError, match="no time is left"):
        await looking.look(("persons",), {}, soon(0))
    assert not ministry.asked


async def test_a_connection_that_was_closed_while_nobody_used_it_costs_nobody_an_answer(
    ministry: Ministry, looking: Looking
) -> None:
    ministry.mischief = says(answer("200 OK", "{}"))  # and hangs up, though it never said so
    for _ in range(20):
        assert await looking.look(("persons",), {}, soon()) == b"{}"


async def test_more_than_enough_is_no_answer(ministry: Ministry, looking: Looking) -> None:
    ministry.known["/organisations"] = {"organisations": ["x" * 1000]}
    with pytest.raises(AwayError, match="without end"):
        await looking.look(("organisations",), {}, soon(), enough=1000)
    assert len(await looking.look(("organisations",), {}, soon(), enough=2000) or b"") > 1000


async def test_hundreds_who_wait_in_vain_leave_the_way_free(ministry: Ministry, looking: Looking) -> None:
    ministry.mischief = silence
    until = soon(0.5)
    questions = [looking.look(("persons",), {}, until) for _ in range(CONNECTIONS + 100)]
    async with asyncio.timeout(60):
        found = await asyncio.gather(*questions, return_exceptions=True)
    assert {type(one) for one in found} == {AwayError}
    ministry.mischief = None
    assert await looking.look(("persons",), {"phone": "+7"}, soon()) == b'{"persons":[]}'


async def test_two_hundred_wait_side_by_side(ministry: Ministry, looking: Looking) -> None:
    """All of them are with E-Sobes before the first is answered: nobody stands behind anybody."""
    came, everybody = 0, asyncio.Event()

    async def together(writer: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1
        if came == 200:
            everybody.set()
        await everybody.wait()
        writer.write(answer("200 OK", "{}"))

    ministry.mischief = together
    questions = (looking.look(("persons",), {}, soon()) for _ in range(200))
    assert await asyncio.gather(*questions) == [b"{}"] * 200


async def test_whoever_gives_up_hinders_nobody(ministry: Ministry, looking: Looking) -> None:
    came = asyncio.Event()

    async def wakes_and_is_silent(writer: asyncio.StreamWriter) -> None:
        came.set()
        await silence(writer)

    ministry.mischief = wakes_and_is_silent
    question = asyncio.create_task(looking.look(("persons",), {}, soon()))
    await came.wait()
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    ministry.mischief = None
    assert await looking.look(("persons",), {"phone": "+7"}, soon()) == b'{"persons":[]}'


async def test_cookies_are_not_kept(ministry: Ministry, looking: Looking) -> None:
    ministry.mischief = says(answer("200 OK", "{}", "Set-Cookie: who=somebody; Path=/"))
    await looking.look(("persons",), {}, soon())
    await looking.look(("persons",), {}, soon())
    assert "Cookie" not in ministry.headers[1]


@given(said=st.binary(max_size=200), begins=st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"]))
def test_whatever_comes_is_an_answer_or_none(said: bytes, begins: bytes) -> None:
    asyncio.run(asked(begins + said))


async def asked(said: bytes) -> None:
    async with Ministry() as ministry, aclosing(Looking(ministry.url, TOKEN)) as client:
        ministry.mischief = says(said)
        try:
            found = await client.look(("persons",), {}, soon(0.5))
        except AwayError:
            return
        assert found is None or isinstance(found, bytes)
