"""Accounts for tests, and a clock that somebody moves."""

from gateway.staff.accounts import Account, Held
from gateway.staff.roles import Role

PASSWORD = "синий трамвай на горе"


def account(login: str, *roles: Role) -> Account:
    return Account(login=login, name=login, roles=frozenset(roles or [Role.OPERATOR]))


def held(login: str, *roles: Role, password: str = "-") -> Held:
    return Held(account(login, *roles), password)


class Seconds:
    """Real time, in the hands of a test."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now
