"""The console with the rooms of a test, and people signed in there."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import timedelta

import httpx
from fastapi import APIRouter
from msgspec import Struct

from dialogs.language import Language
from dialogs.words import Words
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.accounts import Account, Accounts, Held
from gateway.staff.codes import Codes
from gateway.staff.deeds import Deeds
from gateway.staff.lockout import Lockout
from gateway.staff.passwords import Passwords
from gateway.staff.roles import Role
from gateway.staff.sessions import Sessions
from gateway.staff.signing import Signing
from gateway.web import app
from gateway.web.front import Front
from gateway.web.staff.console import Console
from gateway.web.staff.cookies import SESSION, Cookies
from gateway.web.staff.door import Door
from gateway.web.staff.origin import Origin

URL = "http://kelisim"
SECRET = "a-secret-of-the-audit"
_numbers = itertools.count()


class Staffed(Struct, frozen=True):
    """`rooms` are opened before the front is built: `staffed.console.open(Room(staffed.console).router())`."""

    console: Console
    accounts: Accounts
    sessions: Sessions
    signing: Signing
    deeds: Deeds

    def front(self, redis: Batched, *, upload_limit: int = 1024) -> Front:
        return app.build(lambda: redis("PING"), letters={}, staff=self.console, upload_limit=upload_limit)

    async def signed_in(
        self,
        front: Front,
        *roles: Role,
        language: Language = Language.RU,
        phone: str = "",
        login: str = "",
        hashed: str = "",
    ) -> "Signed":
        """Somebody with these roles, as their browser is after the login page."""
        login = login or f"{'-'.join(roles) or 'nobody'}-{next(_numbers)}"
        account = Account(login=login, name=login, roles=frozenset(roles), phone=phone, language=language)
        await self.accounts.add(Held(account, hashed))
        token = await self.sessions.begin(account, "a browser", "127.0.0.1")
        found = await self.sessions.find(token)
        assert found is not None
        browser = browsing(front)
        browser.cookies.set(SESSION, token, "kelisim.local", "/")  # as httpx calls a host without a dot
        return Signed(account, browser, found.session.csrf, found.digest)


def browsing(front: Front, url: str = URL, peer: str = "192.0.2.1") -> httpx.AsyncClient:
    """A browser that has not been here before."""
    transport = httpx.ASGITransport(front, client=(peer, 4242))
    return httpx.AsyncClient(transport=transport, base_url=url, headers={"Origin": url})


class Signed(Struct, frozen=True):
    account: Account
    browser: httpx.AsyncClient
    csrf: str
    session: str

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.browser.get(path, params=query or None)

    async def post(self, path: str, **fields: str | Sequence[str]) -> httpx.Response:
        """As a form of ours."""
        return await self.browser.post(path, data={"csrf": self.csrf, **fields})


def staffed(
    redis: Batched,
    words: Words,
    clock: Clock,
    rooms: Iterable[APIRouter] = (),
    *,
    idle: timedelta | None = None,
    secure: bool = False,
    proxies: int = 0,
) -> Staffed:
    accounts = Accounts(redis)
    sessions = Sessions(redis, accounts, idle) if idle else Sessions(redis, accounts)
    deeds = Deeds(redis, SECRET, clock)
    origin = Origin("", secure=secure, proxies=proxies)
    console = Console(words, clock, deeds, sessions, cookies=Cookies(secure=secure), origin=origin)
    signing = Signing(accounts, sessions, Lockout(redis), Codes(redis), deeds)
    signing.passwords = Passwords(memory=64)  # as cheap as it can be: here nobody guesses
    console.open(Door(console, signing).router(), *rooms)
    return Staffed(console, accounts, sessions, signing, deeds)
