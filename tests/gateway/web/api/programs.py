"""The office as programs see it: keys, and broadcasts behind real HTTP, with a carrier that takes everything."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
from msgspec import Struct

from dialogs.dialogue import Dialogue
from gateway.broadcasts import simulated
from gateway.broadcasts.broadcast import Mode
from gateway.broadcasts.simulated import Simulated
from gateway.connection import Batched, Client
from gateway.staff.accounts import Account, Held
from gateway.staff.keys import Key, Keys, Scope
from gateway.staff.roles import Role
from gateway.web import app
from gateway.web.api.broadcasts import PREFIX, Api
from gateway.web.api.callers import Callers
from gateway.web.api.once import Once
from gateway.web.api.views import Views
from gateway.web.front import Front
from tests.gateway.broadcasts.sending import Desk, Hand, desk, hand
from tests.gateway.web.staff.signed import Staffed, staffed

URL = "http://kelisim"
LIMIT = 1 << 20
TEAM = "+77010000001"
GOOD: dict[str, Any] = {"title": "Жаңалық", "texts": {"kk": "Сәлем, {Аты}", "ru": "Привет, {Аты}"}}


class Watch:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Program(Struct, frozen=True):
    """With a key."""

    key: Key
    http: httpx.AsyncClient

    async def get(self, path: str = "", **query: str | Sequence[str]) -> httpx.Response:
        return await self.http.get(f"{PREFIX}{path}", params=query or None)

    async def post(self, path: str = "", *, once: str, json: object = None, **more: Any) -> httpx.Response:
        headers = {"Idempotency-Key": once}
        return await self.http.post(f"{PREFIX}{path}", headers=headers, json=json, **more)

    async def put(self, name: str, body: bytes, kind: str = "text/csv", **more: Any) -> httpx.Response:
        return await self.http.put(f"{PREFIX}/{name}/list", content=body, headers={"Content-Type": kind}, **more)

    async def made(self, recipients: Sequence[Mapping[str, object]] | None = None, once: str = "make") -> str:
        """A broadcast whose list has been read."""
        answer = await self.post(once=once, json=GOOD if recipients is None else {**GOOD, "recipients": recipients})
        assert answer.status_code == 201, answer.text
        name = str(answer.json()["id"])
        await self.read(name)
        return name

    async def read(self, name: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while (found := (await self.get(f"/{name}")).json())["list"]["state"] == "reading":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return cast(dict[str, Any], found)

    async def counts(self, name: str) -> dict[str, int]:
        found: dict[str, int] = (await self.get(f"/{name}/counts")).json()["by_status"]
        return {status: number for status, number in found.items() if number}


class Office:
    def __init__(self, whole: Desk, hand: Hand, dialogue: Dialogue, watch: Watch) -> None:
        batched, clock = whole.redis, whole.clock
        self.whole = whole
        self.watch = watch
        self.simulated = Simulated(batched, clock)
        whole.channels[simulated.CHANNEL] = self.simulated
        self.lists, self.broadcasts = hand.lists, hand.broadcasts
        self.keys = Keys(batched, clock, watch, 100_000)
        self.staff: Staffed = staffed(batched, dialogue.guide.words, clock)
        self.words = dialogue.guide.words

    def api(self, keys: Keys | None = None) -> Api:
        batched, clock, console = self.whole.redis, self.whole.clock, self.staff.console
        return Api(
            batched,
            self.broadcasts,
            self.staff.accounts,
            Callers(keys or self.keys, self.staff.deeds, clock, console.origin),
            once=Once(batched, clock, self.watch),
            known=Views(self.words),
            services=("special_transport_wheelchair", "sanatorium_treatment"),
            upload_limit=LIMIT,
        )

    def front(self, keys: Keys | None = None) -> Front:
        return app.build(lambda: self.whole.redis("PING"), letters={}, api=self.api(keys))

    async def program(
        self, kind: Mode = Mode.TEST, scopes: frozenset[Scope] = frozenset(Scope), name: str = "portal"
    ) -> Program:
        token, key = await self.keys.make(name, kind, scopes, "admin")
        return Program(key, self.http(token))

    def http(self, token: str, front: Front | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(front or self.front()),
            base_url=URL,
            headers={"Authorization": f"Bearer {token}"},
        )

    async def colleague(self, phone: str = TEAM, *, ended: bool = False) -> None:
        account = Account(login=f"c{phone[-4:]}", name="", roles=frozenset({Role.OPERATOR}), phone=phone, ended=ended)
        await self.staff.accounts.add(Held(account, ""))


@asynccontextmanager
async def office(redis: Client, batched: Batched, dialogue: Dialogue, folder: Path) -> AsyncIterator[Office]:
    async with desk(batched) as whole, hand(whole, redis, folder / "lists") as found:
        yield Office(whole, found, dialogue, Watch())
