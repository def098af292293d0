"""Signing in: what was typed, looked at in an order that tells a stranger nothing."""

from msgspec import Struct

from gateway.staff.accounts import Account, Accounts, Held
from gateway.staff.codes import Codes
from gateway.staff.deeds import NOBODY, Deeds
from gateway.staff.lockout import Lockout
from gateway.staff.passwords import LONGEST, Passwords
from gateway.staff.sessions import Sessions


class Wrong(Struct, frozen=True):
    """Login or password, or the code. Which of them, nobody is told."""


class Wait(Struct, frozen=True):
    seconds: int


class CodeAsked(Struct, frozen=True):
    """The token of somebody who knows the password, for the browser alone."""

    half: str


class In(Struct, frozen=True):
    token: str
    account: Account


class Late(Struct, frozen=True):
    """Too much time has passed since the password."""


class Signing:
    def __init__(self, accounts: Accounts, sessions: Sessions, lockout: Lockout, codes: Codes, deeds: Deeds) -> None:
        self.accounts = accounts
        self.sessions = sessions
        self.lockout = lockout
        self.codes = codes
        self.deeds = deeds
        self.passwords = Passwords()

    async def by_password(self, login: str, password: str, address: str, agent: str) -> Wrong | Wait | CodeAsked | In:
        login = login.strip().lower()[:LONGEST]
        if wait := await self.lockout.tries(login, address):
            return Wait(wait)
        held = await self.accounts.get(login)
        if not await self.passwords.fits(password, held.password if held else None):
            return await self._wrong(held, address)
        if held is None or held.account.ended:
            return await self._wrong(held, address)
        if held.totp:
            return CodeAsked(await self.sessions.half(held.account))
        return await self._enter(held, address, agent)

    async def by_code(self, half: str, code: str, address: str, agent: str) -> Wrong | Wait | Late | In:
        known = await self.sessions.half_of(half)
        held = await self.accounts.get(known.login) if known else None
        if known is None or held is None or held.account.ended or held.account.seal != known.seal:
            return Late()
        if wait := await self.lockout.tries(known.login, address):
            return Wait(wait)
        if held.totp and not await self.codes.fits(known.login, held.totp, code):
            return await self._wrong(held, address)
        if not await self.sessions.forget_half(half):
            return Late()
        return await self._enter(held, address, agent)

    async def knows_password(self, account: Account, password: str, address: str) -> Wrong | Wait | None:
        """Asked once more of somebody who is signed in, before what matters most."""
        if wait := await self.lockout.tries(account.login, address):
            return Wait(wait)
        held = await self.accounts.get(account.login)
        if held is None or not await self.passwords.fits(password, held.password):
            return await self._wrong(held, address)
        await self.lockout.right(account.login, address)
        return None

    async def _wrong(self, held: Held | None, address: str) -> Wrong:
        """What was typed in the place of a login that nobody has is kept nowhere: it may be a password. But that
        somebody tried is, also because both take as long then."""
        await self.deeds.note(held.account.login if held is not None else NOBODY, "login.wrong", detail=address)
        return Wrong()

    async def _enter(self, held: Held, address: str, agent: str) -> In:
        account = held.account
        await self.lockout.right(account.login, address)
        token = await self.sessions.begin(account, agent, address)
        await self.deeds.note(account.login, "login.right", detail=address)
        return In(token, account)
