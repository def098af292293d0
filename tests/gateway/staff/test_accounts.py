"""Accounts in Redis."""

import asyncio

import pytest
from msgspec import structs

from gateway.connection import Batched
from gateway.staff.accounts import (
    Accounts,
    Held,
    LastAdministratorError,
    TakenError,
    UnknownAccountError,
    is_login,
)
from gateway.staff.roles import RIGHTS, Right, Role, rights
from tests.gateway.staff.people import held


@pytest.fixture
def accounts(batched: Batched) -> Accounts:
    return Accounts(batched)


def ended(one: Held) -> Held:
    return structs.replace(one, account=structs.replace(one.account, ended=True))


def with_roles(one: Held, *roles: Role) -> Held:
    return structs.replace(one, account=structs.replace(one.account, roles=frozenset(roles)))


def test_rights_are_those_of_all_roles_together() -> None:
    assert rights([]) == frozenset()
    assert rights([Role.BROADCASTER, Role.APPROVER]) == RIGHTS[Role.BROADCASTER] | RIGHTS[Role.APPROVER]
    assert set(RIGHTS) == set(Role)
    assert rights(Role) == set(Right)


def test_personal_data_in_full_are_for_auditors_and_accounts_for_administrators() -> None:
    assert [role for role in Role if Right.PERSONAL in RIGHTS[role]] == [Role.AUDITOR]
    assert [role for role in Role if Right.ACCOUNTS in RIGHTS[role]] == [Role.ADMINISTRATOR]
    assert not any({Right.BROADCASTS_WRITE, Right.BROADCASTS_APPROVE} <= RIGHTS[role] for role in Role)


@pytest.mark.parametrize("text", ["ab", "a.seitkali", "b-2_x", "a" * 32])
def test_what_is_a_login(text: str) -> None:
    assert is_login(text)


@pytest.mark.parametrize("text", ["", "a", "A.b", "айгүл", "2ab", "a b", "a\nb", "ab\n", "a" * 33, "terminal", "new"])
def test_what_is_none(text: str) -> None:
    assert not is_login(text)


async def test_a_login_is_given_once(accounts: Accounts) -> None:
    await accounts.add(held("aigul", password="one"))
    with pytest.raises(TakenError):
        await accounts.add(held("aigul", password="other"))
    kept = await accounts.get("aigul")
    assert kept is not None
    assert kept.password == "one"
    assert await accounts.get("bolat") is None


async def test_of_many_changes_at_once_none_is_lost(accounts: Accounts) -> None:
    await accounts.add(held("aigul"))

    def longer(one: Held) -> Held:
        return structs.replace(one, account=structs.replace(one.account, name=f"{one.account.name}x"))

    await asyncio.gather(*(accounts.change("aigul", longer) for _ in range(20)))
    kept = await accounts.get("aigul")
    assert kept is not None
    assert kept.account.name == "aigul" + "x" * 20


async def test_the_seal_grows_with_what_ends_sessions_and_with_nothing_else(accounts: Accounts) -> None:
    await accounts.add(held("boss", Role.ADMINISTRATOR))
    await accounts.add(held("aigul"))
    steps = [
        (lambda one: structs.replace(one, totp="x"), 0),
        (lambda one: structs.replace(one, account=structs.replace(one.account, phone="+77010000000")), 0),
        (lambda one: structs.replace(one, password="x"), 1),
        (lambda one: with_roles(one, Role.AUDITOR), 2),
        (lambda one: with_roles(one, Role.AUDITOR), 2),
        (ended, 3),
    ]
    for change, seal in steps:
        assert (await accounts.change("aigul", change)).account.seal == seal


@pytest.mark.parametrize("change", [ended, lambda one: with_roles(one, Role.AUDITOR)])
async def test_nobody_takes_away_the_last_administrator(accounts: Accounts, change: object) -> None:
    await accounts.add(held("boss", Role.ADMINISTRATOR, Role.AUDITOR))
    with pytest.raises(LastAdministratorError):
        await accounts.change("boss", change)  # type: ignore[arg-type]
    await accounts.add(held("other", Role.ADMINISTRATOR))
    await accounts.change("boss", change)  # type: ignore[arg-type]
    with pytest.raises(LastAdministratorError):
        await accounts.change("other", ended)


async def test_two_administrators_who_end_each_other_at_once_do_not_both_succeed(accounts: Accounts) -> None:
    for login in ("boss", "other"):
        await accounts.add(held(login, Role.ADMINISTRATOR))
    outcomes = await asyncio.gather(
        *(accounts.change(login, ended) for login in ("boss", "other")), return_exceptions=True
    )
    assert sum(isinstance(one, LastAdministratorError) for one in outcomes) == 1
    assert [one.account.ended for one in await accounts.all()] == [False, True]


async def test_who_is_unknown_cannot_be_changed(accounts: Accounts) -> None:
    with pytest.raises(UnknownAccountError):
        await accounts.change("nobody", ended)
