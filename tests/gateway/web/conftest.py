"""The real application on a real Redis, asked over ASGI; the dialogue is the small counting one."""

from collections.abc import AsyncIterator, Callable

import httpx
import msgspec
import pytest

from bot import telegram_updates
from gateway.channels import Inbound, Letter
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.letters import Letters
from gateway.receive import Receiver
from gateway.store import SHARDS, Store, outbox_key
from gateway.web import app
from gateway.web.front import Front
from gateway.web.webhooks import KannelWebhook, TelegramWebhook
from tests.gateway.talk import Counting, entries

SECRET = "a-secret-of-ours"


class Updates:
    """Telegram without the bot behind it: nothing leaves for Telegram here."""

    def __init__(self, receiver: Receiver) -> None:
        self.receive = receiver.receive

    def read(self, body: bytes) -> Inbound | None:
        update = telegram_updates.decode(body)
        return telegram_updates.read(update, "kelisim_bot") if update else None

    def acknowledgement(self, body: bytes) -> bytes:
        return b'{"method":"answerCallbackQuery"}' if b"callback_query" in body else b""


Build = Callable[[Batched], Front]


@pytest.fixture
def build() -> Build:
    """The front before whatever Redis is handed in: also one that is not there."""

    def built(redis: Batched) -> Front:
        clock = Clock()
        receiver = Receiver(Store(redis), Counting(), clock, lambda _: None)
        return app.build(
            lambda: redis("PING"),
            telegram=TelegramWebhook(Updates(receiver), SECRET),
            kannel=KannelWebhook(receiver, Letters(redis), clock, SECRET),
            letters={("sms", "accepted"): 3},
        )

    return built


@pytest.fixture
async def client(build: Build, batched: Batched) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(build(batched)) as asking:
        yield asking


def browser(front: Front) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url="http://kelisim")


async def letters(redis: Client) -> list[Letter]:
    found = []
    for shard in range(SHARDS):
        stored = await entries(redis, outbox_key(shard))
        found += [msgspec.json.decode(fields[b"letter"], type=Letter) for fields in stored]
    return found
