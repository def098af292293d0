"""For whoever sits at the server: the accounts of staff, above all the first of them."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from getpass import getpass

from msgspec import Struct, structs

from bot import secrets
from bot.errors import StartError
from bot.redis import open_redis
from bot.settings import Settings
from dialogs.language import Language
from dialogs.people import read_phone
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.accounts import Account, AccountError, Accounts, Held, is_login
from gateway.staff.deeds import TERMINAL, Deeds
from gateway.staff.lockout import Lockout
from gateway.staff.passwords import SHORTEST, Passwords, made_up, weakness
from gateway.staff.roles import Role

_WHY = {
    "staff.accounts.taken": "has an account already",
    "staff.accounts.last": "is the last administrator; make somebody else one first",
    "staff.accounts.unknown": "has no account",
    "staff.password.short": f"has at least {SHORTEST} characters",
    "staff.password.long": "is too long",
    "staff.password.guessed": "is easily guessed; take several words",
}
_HEADINGS = ("login", "name", "roles", "state")


class Order(Struct, frozen=True):
    """Of a new account."""

    login: str
    name: str
    roles: frozenset[Role]
    phone: str
    language: Language
    generate: bool


def add(settings: Settings, order: Order) -> int:
    if not is_login(order.login):
        raise StartError(f"«{order.login}» is no login; it looks like a.seitkali: small Latin letters, digits, . _ -")
    phone = read_phone(order.phone) if order.phone else None
    if order.phone and (phone is None or not phone.of_kazakhstan):
        raise StartError("the phone is no mobile number of Kazakhstan")
    password = _password(order.login, order.generate)
    account = Account(
        login=order.login,
        name=order.name or order.login,
        roles=order.roles,
        phone=phone.e164 if phone else "",
        language=order.language,
        given=order.generate,
    )

    async def made(redis: Batched) -> list[str]:
        await Accounts(redis).add(Held(account, await Passwords().hash(password)))
        await _note(redis, "account.added", order.login, " ".join(sorted(order.roles)))
        return [f"{order.login} may sign in at /staff", *_shown(password, order.generate)]

    return _run(settings, made, order.login, first=True)


def show(settings: Settings) -> int:
    return _run(settings, _table)


def end(settings: Settings, login: str) -> int:
    async def ended(redis: Batched) -> list[str]:
        await Accounts(redis).change(
            login, lambda held: structs.replace(held, account=structs.replace(held.account, ended=True))
        )
        await _note(redis, "account.ended", login)
        return [f"{login} is signed out everywhere and cannot sign in any more"]

    return _run(settings, ended, login)


def reset(settings: Settings, login: str, *, generate: bool) -> int:
    """Also for the only administrator, who has lost the phone with the codes."""
    password = _password(login, generate)

    async def anew(redis: Batched) -> list[str]:
        hashed = await Passwords().hash(password)
        await Accounts(redis).change(
            login,
            lambda held: structs.replace(
                held, password=hashed, totp="", account=structs.replace(held.account, given=generate, ended=False)
            ),
        )
        await Lockout(redis).unlock(login)
        await _note(redis, "account.password", login)
        return [f"{login} has a new password, and signs in without a code", *_shown(password, generate)]

    return _run(settings, anew, login)


def _run(
    settings: Settings, work: Callable[[Batched], Awaitable[list[str]]], login: str = "", *, first: bool = False
) -> int:
    async def done() -> list[str]:
        async with open_redis(settings, first=first) as redis:
            return await work(redis)

    try:
        print("\n".join(asyncio.run(done())))
    except AccountError as error:
        raise StartError(f"{login} {_WHY[error.args[0]]}") from None
    return 0


def _password(login: str, generate: bool) -> str:
    """Typed twice by a person; one line of what is not a terminal."""
    if generate:
        return made_up()
    if sys.stdin.isatty():
        password = getpass(f"Password of {login}: ")
        if password and getpass("Once more: ") != password:
            raise StartError("these were two different passwords")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise StartError("no password was given; --generate makes one up")
    if (weak := weakness(password, login)) is not None:
        raise StartError(f"a good password {_WHY[weak]}" if weak.endswith("short") else f"this password {_WHY[weak]}")
    return password


def _shown(password: str, generated: bool) -> Iterator[str]:
    if generated:
        yield f"password, shown this once, to be changed at the first sign-in: {password}"


async def _note(redis: Batched, what: str, login: str, detail: str = "") -> None:
    deeds = Deeds(redis, await secrets.kept(redis, secrets.DEEDS), Clock())
    await deeds.note(TERMINAL, what, detail=f"{login} {detail}".strip())


async def _table(redis: Batched) -> list[str]:
    lockout = Lockout(redis)
    rows = [_row(held, await lockout.waits(held.account.login)) for held in await Accounts(redis).all()]
    if not rows:
        return ["nobody has an account; python -m bot staff add LOGIN --name NAME --role administrator"]
    return list(_aligned([_HEADINGS, *rows]))


def _row(held: Held, waits: int) -> tuple[str, ...]:
    account = held.account
    states = ("ended", account.ended), ("demo", account.demo), ("code", bool(held.totp)), ("locked", waits > 0)
    roles = ", ".join(sorted(account.roles))
    return account.login, account.name, roles or "-", ", ".join(name for name, is_so in states if is_so) or "-"


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
