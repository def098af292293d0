"""Accounts to try the console with, one for each role: only where nobody and nothing behind it is real.

{staff}:demo    their password, as it is printed at every start
"""

from functools import partial

import msgspec
from msgspec import Struct

from gateway.connection import Batched
from gateway.staff.accounts import Account, Accounts, Held, TakenError
from gateway.staff.passwords import Passwords, made_up
from gateway.staff.roles import Role

_KEY = "{staff}:demo"
_NAMES = {
    Role.OPERATOR: "Айгүл Серікқызы",
    Role.BROADCASTER: "Ерлан Маратұлы",
    Role.APPROVER: "Гүлнар Асқарқызы",
    Role.AUDITOR: "Виктор Ли",
    Role.ADMINISTRATOR: "Салтанат Ерболқызы",
}


class Demo(Struct, frozen=True):
    password: str
    hashed: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Demo).decode


async def open_accounts(redis: Batched) -> Demo:
    """Whatever somebody has changed in them, from now on they are as printed. An account of somebody who really is
    called so stays theirs."""
    stored = await redis("GET", _KEY)
    if not stored:
        password = made_up()
        made = Demo(password, await Passwords().hash(password))
        await redis("SET", _KEY, _encode(made), "NX")
        stored = await redis("GET", _KEY)
    demo, accounts = _decode(stored), Accounts(redis)
    for role, name in _NAMES.items():
        fresh = Held(Account(login=role.value, name=name, roles=frozenset({role}), demo=True), demo.hashed)
        try:
            await accounts.add(fresh)
        except TakenError:
            await accounts.change(role.value, partial(_restored, fresh))
    return demo


async def are_left(redis: Batched) -> bool:
    return any(held.account.demo for held in await Accounts(redis).all())


def _restored(fresh: Held, held: Held) -> Held:
    if not held.account.demo:
        return held
    kept = msgspec.structs.replace(fresh.account, language=held.account.language, seal=held.account.seal)
    return msgspec.structs.replace(fresh, account=kept)
