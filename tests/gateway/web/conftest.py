"""The real application on a real Redis, asked over ASGI: with the small counting dialogue behind the webhooks, with
the real one behind the sandbox."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import httpx
import msgspec
import pytest
from starlette.types import ASGIApp

from bot import telegram_updates
from dialogs.dialogue import Dialogue
from gateway.channels import Inbound, Letter
from gateway.clock import Clock, SandboxClock
from gateway.connection import Batched, Client
from gateway.receive import Receiver
from gateway.routes.reports import Reported
from gateway.store import SHARDS, Store, outbox_key
from gateway.web import app
from gateway.web.front import Front
from gateway.web.sandbox import Sandbox
from gateway.web.simulator import Simulator
from gateway.web.sms_doors import KannelDoor
from gateway.web.webhooks import TelegramWebhook
from tests.gateway.affairs import law, offers, put_together
from tests.gateway.talk import Counting, entries
from tests.gateway.talk import receiver as receiver_of

SECRET = "a-secret-of-ours"
PHONE = "+77011234567"
USER = "aigul"


class Updates:
    """Telegram without the bot behind it: nothing leaves for Telegram here."""

    def __init__(self, receiver: Receiver) -> None:
        self.receive = receiver.receive

    def read(self, body: bytes) -> Inbound | None:
        update = telegram_updates.decode(body)
        return telegram_updates.read(update, "kelisim_bot") if update else None

    def acknowledgement(self, body: bytes) -> bytes:
        return b'{"method":"answerCallbackQuery"}' if b"callback_query" in body else b""

    def acknowledge(self, body: bytes) -> None:
        pass


Build = Callable[[Batched], Front]


@pytest.fixture
def build(dialogue: Dialogue) -> Build:
    """The front before whatever Redis is handed in: also one that is not there."""

    def built(redis: Batched) -> Front:
        clock = Clock()
        receiver = receiver_of(Store(redis), Counting(), offers(redis, dialogue, clock), clock, lambda _: None)
        return app.build(
            lambda: redis("PING"),
            telegram=TelegramWebhook(Updates(receiver), SECRET),
            doors={"kannel": KannelDoor(receiver, Reported(redis, None, clock, lambda _: None), clock, SECRET)},
            letters={("sms", "accepted"): 3},
        )

    return built


@pytest.fixture
async def client(build: Build, batched: Batched) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(build(batched)) as asking:
        yield asking


@pytest.fixture
async def sandbox(redis: Client, batched: Batched, dialogue: Dialogue) -> AsyncIterator[Sandbox]:
    async with put_together(redis, dialogue, SandboxClock(batched)) as affairs:
        yield affairs.sandbox


@pytest.fixture
def front(sandbox: Sandbox, batched: Batched, store: Store, dialogue: Dialogue) -> Front:
    simulator = Simulator(sandbox, store, dialogue.guide, law(dialogue.guide.workdays))
    return app.build(lambda: batched("PING"), sandbox=sandbox, simulator=simulator, letters={})


@pytest.fixture
async def citizen(front: Front) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(front) as asking:
        yield asking


async def now(citizen: httpx.AsyncClient) -> datetime:
    answer = (await citizen.get("/sandbox/clock")).json()
    assert list(answer) == ["now"]
    return datetime.fromisoformat(answer["now"])


async def sms(citizen: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = (await citizen.get(f"/sandbox/sms/{PHONE}")).json()
    assert list(answer) == ["messages"]
    return list(answer["messages"])


async def chat(citizen: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await citizen.get(f"/sandbox/telegram/{USER}")).json()["messages"])


def browser(front: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://kelisim")


async def letters(redis: Client) -> list[Letter]:
    found = []
    for shard in range(SHARDS):
        stored = await entries(redis, outbox_key(shard))
        found += [msgspec.json.decode(fields[b"letter"], type=Letter) for fields in stored]
    return found
