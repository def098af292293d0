"""Who is signed in."""

from datetime import timedelta

import pytest
from msgspec import structs

from gateway.connection import Batched, Client
from gateway.staff.accounts import Accounts
from gateway.staff.sessions import LASTS, Sessions, digest_of
from tests.gateway.staff.people import Seconds, held

IDLE = timedelta(minutes=30)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def accounts(batched: Batched) -> Accounts:
    accounts = Accounts(batched)
    await accounts.add(held("aigul"))
    return accounts


@pytest.fixture
def sessions(batched: Batched, accounts: Accounts, seconds: Seconds) -> Sessions:
    return Sessions(batched, accounts, IDLE, seconds)


async def begun(sessions: Sessions, accounts: Accounts) -> str:
    kept = await accounts.get("aigul")
    assert kept is not None
    return await sessions.begin(kept.account, "a browser", "127.0.0.1")


async def test_redis_holds_nothing_that_opens_a_session(
    sessions: Sessions, accounts: Accounts, redis: Client
) -> None:
    token = await begun(sessions, accounts)
    found = await sessions.find(token)
    assert found is not None
    assert found.account.login == "aigul"
    assert await sessions.find(digest_of(token)) is None
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        value = await redis.get(key) if kind == b"string" else await redis.dump(key)
        assert token.encode() not in key + (value or b"")


async def test_two_tokens_of_one_account_have_nothing_in_common(sessions: Sessions, accounts: Accounts) -> None:
    one, other = await begun(sessions, accounts), await begun(sessions, accounts)
    found = [await sessions.find(token) for token in (one, other)]
    assert found[0] is not None
    assert found[1] is not None
    assert len({one, other, found[0].session.csrf, found[1].session.csrf}) == 4
    assert len(one) >= 43


async def test_a_session_lasts_on_while_it_is_used_and_not_while_it_is_only_watched(
    sessions: Sessions, accounts: Accounts, redis: Client
) -> None:
    token = await begun(sessions, accounts)
    key = f"{{staff}}:session:{digest_of(token)}"
    await redis.expire(key, 60)
    assert await sessions.lives(digest_of(token))
    assert await sessions.find(token, used=False)
    assert await redis.ttl(key) <= 60
    assert await sessions.find(token)
    assert await redis.ttl(key) > 60
    await redis.delete(key)
    assert not await sessions.lives(digest_of(token))


async def test_however_busy_it_ends_after_twelve_hours(
    sessions: Sessions, accounts: Accounts, seconds: Seconds
) -> None:
    token = await begun(sessions, accounts)
    seconds.now += LASTS.total_seconds() - 1
    assert await sessions.find(token)
    seconds.now += 1
    assert await sessions.find(token) is None
    assert await sessions.of("aigul") == []


@pytest.mark.parametrize("what", ["password", "roles", "ended"])
async def test_it_ends_with_the_password_the_roles_and_the_account(
    sessions: Sessions, accounts: Accounts, what: str
) -> None:
    token = await begun(sessions, accounts)
    if what == "password":
        await accounts.change("aigul", lambda one: structs.replace(one, password="new"))
    else:
        value = True if what == "ended" else frozenset[str]()
        await accounts.change(
            "aigul", lambda one: structs.replace(one, account=structs.replace(one.account, **{what: value}))
        )
    assert await sessions.find(token) is None
    assert not await sessions.lives(digest_of(token))


async def test_sessions_are_listed_and_ended_one_by_one_or_all_but_one(
    sessions: Sessions, accounts: Accounts
) -> None:
    tokens = [await begun(sessions, accounts) for _ in range(4)]
    assert {one.digest for one in await sessions.of("aigul")} == set(map(digest_of, tokens))
    assert await sessions.end("aigul", digest_of(tokens[0]))
    assert not await sessions.end("aigul", digest_of(tokens[0]))
    assert await sessions.find(tokens[0]) is None
    assert await sessions.end_all("aigul", but=digest_of(tokens[1])) == 2
    assert [bool(await sessions.find(token)) for token in tokens] == [False, True, False, False]


async def test_nobody_ends_the_session_of_another_account(sessions: Sessions, accounts: Accounts) -> None:
    await accounts.add(held("bolat"))
    token = await begun(sessions, accounts)
    assert not await sessions.end("bolat", digest_of(token))
    assert await sessions.find(token)


async def test_a_password_without_its_code_is_no_session(sessions: Sessions, accounts: Accounts) -> None:
    kept = await accounts.get("aigul")
    assert kept is not None
    half = await sessions.half(kept.account)
    assert await sessions.find(half) is None
    known = await sessions.half_of(half)
    assert known is not None
    assert known.login == "aigul"
    assert await sessions.forget_half(half)
    assert not await sessions.forget_half(half)
    assert await sessions.half_of(half) is None
