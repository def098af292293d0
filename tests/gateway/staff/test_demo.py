"""Demo accounts."""

from msgspec import structs

from gateway.connection import Batched
from gateway.staff import demo
from gateway.staff.accounts import Accounts
from gateway.staff.passwords import Passwords
from gateway.staff.roles import Role
from tests.gateway.staff.people import held


async def test_there_is_one_for_each_role_whatever_somebody_has_done_to_them(batched: Batched) -> None:
    accounts = Accounts(batched)
    assert not await demo.are_left(batched)
    first = await demo.open_accounts(batched)
    await accounts.change("operator", lambda one: structs.replace(one, password="other", totp="x"))
    assert await demo.open_accounts(batched) == first
    kept = {one.account.login: one for one in await accounts.all()}
    assert {login: set(one.account.roles) for login, one in kept.items()} == {str(role): {role} for role in Role}
    assert kept["operator"].totp == ""
    assert await Passwords().fits(first.password, kept["operator"].password)
    assert await demo.are_left(batched)


async def test_who_really_is_called_so_keeps_their_account(batched: Batched) -> None:
    accounts = Accounts(batched)
    await accounts.add(held("operator", Role.AUDITOR, password="own"))
    await demo.open_accounts(batched)
    kept = await accounts.get("operator")
    assert kept == held("operator", Role.AUDITOR, password="own")
