"""The whole program as its composition root builds it, behind its own HTTP server on the loopback; and people and
programs in front of it."""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from msgspec import Struct

from bot.app import Application
from bot.ground import Ground
from bot.logs import Blotter
from bot.server import address, listen
from bot.settings import Settings
from dialogs.language import Language
from gateway.authorities import authorities
from gateway.broadcasts.broadcast import Broadcast, Mode
from gateway.broadcasts.store import BroadcastStore
from gateway.connection import Client, connect
from gateway.staff.accounts import Account, Accounts, Held
from gateway.staff.keys import Keys, Scope
from gateway.staff.roles import Role
from gateway.staff.sessions import Sessions
from gateway.web.front import Front
from gateway.web.staff.cookies import SESSION
from tests.conftest import LOCALES
from tests.gateway.web.staff.signed import Signed

OURS = ("/staff", "/api")
_numbers = itertools.count()
_BY_ITSELF = re.compile(rb"\{s\d+\}:(counted|shelves-filled)|\{staff\}:keys:(used|pace:.+)")
"""How far the figures and the shelves have come; when a key was used last."""


class Route(Struct, frozen=True, order=True):
    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class House(Struct, frozen=True):
    ground: Ground
    front: Front
    redis: Client
    accounts: Accounts
    sessions: Sessions
    keys: Keys
    _open: AsyncExitStack

    @property
    def url(self) -> str:
        return self.ground.url

    def routes(self) -> Iterator[Route]:
        """All of them, wherever they come from, that are of staff or of programs."""
        site = self.front._site
        assert isinstance(site, FastAPI)
        for one in iter_route_contexts(site.routes):
            path = one.path or ""
            if path.startswith(OURS):
                assert isinstance(one.original_route, APIRoute), f"{path}: nobody looks into what is mounted there"
                for method in one.methods or ():
                    yield Route(path, method)

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """One that has not been here before."""
        return self._asking({"Origin": self.url, **headers})

    def program(self, token: str) -> httpx.AsyncClient:
        return self._asking({"Authorization": f"Bearer {token}"})

    def _asking(self, headers: dict[str, str]) -> httpx.AsyncClient:
        http = httpx.AsyncClient(
            base_url=self.url, headers=headers, verify=authorities(), trust_env=False, timeout=60
        )
        self._open.push_async_callback(http.aclose)
        return http

    async def key(self, kind: Mode = Mode.TEST, scopes: Sequence[Scope] = tuple(Scope), name: str = "portal") -> str:
        token, _ = await self.keys.make(name, kind, frozenset(scopes), "administrator")
        return token

    async def account(self, *roles: Role, login: str = "", hashed: str = "", name: str = "", **more: Any) -> Account:
        login = login or f"{'-'.join(role[:3] for role in roles) or 'nobody'}-{next(_numbers)}"
        account = Account(
            login=login, name=name or login, roles=frozenset(roles), **{"language": Language.RU, **more}
        )
        await self.accounts.add(Held(account, hashed))
        return account

    async def enter(self, account: Account) -> Signed:
        """Signed in, without the login page."""
        token = await self.sessions.begin(account, "a browser", "127.0.0.1")
        found = await self.sessions.find(token)
        assert found is not None
        browser = self.browser()
        browser.cookies.set(SESSION, token, "127.0.0.1", "/")
        return Signed(account, browser, found.session.csrf, found.digest)

    async def signed_in(self, *roles: Role, **more: Any) -> Signed:
        return await self.enter(await self.account(*roles, **more))

    async def told(self, kind: str, name: str, person: Mapping[str, object], /, **more: object) -> None:
        """By E-Sobes."""
        now = self.ground.clock.now().isoformat()
        event = {"id": f"event-{next(_numbers)}", "type": kind, "at": now, "person": person, name: more}
        headers = {"Authorization": f"Bearer {self.ground.esobes_token}"}
        answer = await self.browser().post("/esobes/events", json=event, headers=headers)
        assert answer.status_code in (200, 202), answer.text

    async def sms(self, phone: str, text: str) -> None:
        answer = await self.browser().post("/sandbox/sms", json={"from": phone, "text": text})
        assert answer.status_code < 300, answer.text

    async def read(self, name: str) -> Broadcast:
        """A broadcast, once nobody is at work on its list."""
        store = BroadcastStore(self.ground.batched)
        async with asyncio.timeout(60):
            while (known := await store.load(name)) is None or known.reading is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return known

    async def everything(self) -> dict[str, str]:
        """All that is kept, but for what the program does by itself and for when a session was used last."""
        found: dict[str, str] = {}
        async for key in self.redis.scan_iter(count=1000):
            if not _BY_ITSELF.fullmatch(key):
                content = await self._content(key)
                if content:
                    found[key.decode()] = repr(content)
        return found

    async def _content(self, key: bytes) -> object:
        """A stream that has readers but no entry yet is nothing."""
        redis: Any = self.redis
        match await redis.type(key):
            case b"string":
                return await redis.get(key)
            case b"hash":
                return sorted((await redis.hgetall(key)).items())
            case b"set":
                return sorted(await redis.smembers(key))
            case b"zset":
                return await redis.zrange(key, 0, -1, withscores=True)
            case b"list":
                return await redis.lrange(key, 0, -1)
            case b"stream":
                return await redis.xrange(key)
        return None


@asynccontextmanager
async def house(redis_url: str, folder: Path, **settings: Any) -> AsyncIterator[House]:
    """On an empty Redis."""
    redis = connect(redis_url)
    await redis.flushall()
    given = {"redis_url": redis_url, "data_dir": folder, "http_host": "127.0.0.1", "http_port": 0, **settings}
    of_here = Settings(_env_file=None, **given)  # type: ignore[call-arg] # of pydantic-settings
    application = Application(of_here, Blotter())
    async with application._stack as stack:
        stack.push_async_callback(redis.aclose)
        listening = stack.enter_context(closing(listen("127.0.0.1", 0)))
        ground = await application._ground(LOCALES, address(listening))
        front = await application._start(ground, listening)
        accounts = Accounts(ground.batched)
        sessions, keys = Sessions(ground.batched, accounts), Keys(ground.batched, ground.clock, a_minute=1_000_000)
        async with AsyncExitStack() as opened:
            yield House(ground, front, redis, accounts, sessions, keys, opened)


def problem(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    return found
