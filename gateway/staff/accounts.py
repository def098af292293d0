"""The accounts of staff, in Redis.

    {staff}:accounts         hash: login → account, password and second factor
    {staff}:administrators   set of the logins that can manage the others now

An account is never deleted: the audit names it, and nobody else may have its login later.
"""

import re
from collections.abc import Callable

import msgspec
from msgspec import Struct, structs

from dialogs.language import Language
from gateway.connection import Batched
from gateway.staff.deeds import TERMINAL
from gateway.staff.roles import Right, Role, rights

ACCOUNTS = "{staff}:accounts"
_ADMINISTRATORS = "{staff}:administrators"
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")

_RESERVED = (TERMINAL, "new")
"""`/staff/accounts/new` is a page."""

_CHANGE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 1 end
if ARGV[4] == '0' and redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 and redis.call('SCARD', KEYS[2]) == 1 then
  return 2
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call(ARGV[4] == '1' and 'SADD' or 'SREM', KEYS[2], ARGV[1])
return 0
"""


class AccountError(Exception):
    """It cannot be done; `args[0]` is the id of the words that say why."""


class TakenError(AccountError):
    def __init__(self) -> None:
        super().__init__("staff.accounts.taken")


class LastAdministratorError(AccountError):
    def __init__(self) -> None:
        super().__init__("staff.accounts.last")


class UnknownAccountError(AccountError):
    def __init__(self) -> None:
        super().__init__("staff.accounts.unknown")


class Account(Struct, frozen=True, kw_only=True, omit_defaults=True):
    login: str
    name: str
    roles: frozenset[Role]
    phone: str = ""
    """Their own, for trying out a broadcast."""
    language: Language = Language.KK
    ended: bool = False
    demo: bool = False
    given: bool = False
    """Somebody else made up the password: choosing an own one comes first."""
    seal: int = 0
    """Grows with whatever ends all sessions: another password, other roles, the end of the account."""

    def may(self, right: Right) -> bool:
        return right in rights(self.roles)


class Held(Struct, frozen=True, omit_defaults=True):
    """An account with what proves that somebody is its owner."""

    account: Account
    password: str
    """Argon2's own form."""
    totp: str = ""
    """The secret shared with an app that shows codes; empty: off."""


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Held).decode


def is_login(text: str) -> bool:
    """Small Latin letters, digits and a few signs, so that it can be typed and said on the phone."""
    return _LOGIN.fullmatch(text) is not None and text not in _RESERVED


class Accounts:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._change = redis.script(_CHANGE)

    async def get(self, login: str) -> Held | None:
        stored = await self._redis("HGET", ACCOUNTS, login)
        return _decode(stored) if stored else None

    async def team(self) -> frozenset[str]:
        """The phones of all who work here."""
        accounts = [held.account for held in await self.all()]
        return frozenset(one.phone for one in accounts if one.phone and not one.ended)

    async def all(self) -> list[Held]:
        """In the order of their logins, those that have ended last."""
        stored = await self._redis("HVALS", ACCOUNTS)
        held = [_decode(one) for one in stored]
        return sorted(held, key=lambda one: (one.account.ended, one.account.login))

    async def add(self, held: Held) -> None:
        if await self._put(b"", held) != 0:
            raise TakenError

    async def change(self, login: str, change: Callable[[Held], Held]) -> Held:
        """What `change` makes of it, whoever else changes something at the same time."""
        while True:
            stored = await self._redis("HGET", ACCOUNTS, login)
            if not stored:
                raise UnknownAccountError
            before = _decode(stored)
            after = _sealed(before, change(before))
            if after == before:
                return after
            match await self._put(stored, after):
                case 0:
                    return after
                case 2:
                    raise LastAdministratorError

    async def _put(self, before: bytes, after: Held) -> int:
        account = after.account
        manages = account.may(Right.ACCOUNTS) and not account.ended
        keys = (ACCOUNTS, _ADMINISTRATORS)
        answer: int = await self._redis(
            "EVALSHA", self._change, 2, *keys, account.login, before, _encode(after), str(int(manages))
        )
        return answer


def _sealed(before: Held, after: Held) -> Held:
    was, is_now = before.account, after.account
    same = (before.password, was.roles, was.ended) == (after.password, is_now.roles, is_now.ended)
    return after if same else structs.replace(after, account=structs.replace(is_now, seal=was.seal + 1))
