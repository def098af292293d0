"""The Telegram side put together as the program does it, between a Bot API server and a real Redis; and people's
updates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from bot import telegram
from bot.telegram import Telegram, Webhook
from bot.telegram_calls import RATE, Calls
from bot.telegram_letters import TelegramLetters
from dialogs.dialogue import Dialogue
from gateway.channels import Inbound, Letter
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.outbox.gate import Gate
from gateway.outbox.outbox import Outbox
from gateway.outbox.pace import Pace
from gateway.papers import Papers
from gateway.receive import Receiver
from gateway.screens import Screens
from gateway.store import Line, Store, shard_number
from gateway.web import app
from gateway.web.webhooks import TelegramWebhook
from tests.bot.bot_api import TOKEN, BotApi
from tests.bot.bot_api_chats import EACH
from tests.gateway.affairs import offers
from tests.gateway.serving import served
from tests.gateway.talk import receiver as receiver_of

CHAT = {"id": 77, "type": "private"}
GROUP = {"id": -100500, "type": "supergroup"}
SENDER = {"id": 77, "is_bot": False, "first_name": "А"}
HOOK = Webhook("https://bot.example.kz/telegram/webhook", "a-secret")


def text(number: int, words: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": -number, "chat": chat, "from": SENDER, "text": words}}


def button(number: int, choice: str, under: int, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    message = {"message_id": under, "chat": chat, "text": "?"}
    return {
        "update_id": number,
        "callback_query": {"id": f"c{number}", "from": SENDER, "data": choice, "message": message},
    }


def added(number: int) -> dict[str, Any]:
    change = {"old_chat_member": {"status": "left"}, "new_chat_member": {"status": "member"}}
    return {"update_id": number, "my_chat_member": {"chat": GROUP, "from": SENDER, "date": 1, **change}}


class Slow:
    """What is asked takes until then before anything is answered."""

    def __init__(self, receiver: Receiver, until: asyncio.Event) -> None:
        self._receiver = receiver
        self._until = until

    async def receive(self, inbound: Inbound) -> None:
        await self._until.wait()
        await self._receiver.receive(inbound)


class Whole(Struct, frozen=True):
    telegram: Telegram
    channel: TelegramLetters
    outbox: Outbox
    store: Store

    async def write(self, letter: Letter) -> None:
        """A letter that nothing in the talk has brought about."""
        line = Line(int(letter.created), "", "chat", "test", (letter.id,))
        await self.store.commit(letter.id, letter.address, before=None, after=None, letters=[letter], line=line)
        self.outbox.wake(shard_number(letter.address))


@asynccontextmanager
async def running(
    api: BotApi,
    batched: Batched,
    dialogue: Dialogue,
    *,
    webhook: Webhook | None = None,
    token: str = TOKEN,
    each: float = EACH,
    slow: asyncio.Event | None = None,
) -> AsyncIterator[Whole]:
    words, clock, store = dialogue.guide.words, Clock(), Store(batched)
    bot = telegram.connect(token, api.url)
    answers = offers(batched, dialogue, clock)
    calls = Calls(bot, Gate(Pace(RATE, each=each)))
    channel = TelegramLetters(calls, "Нөмірім", Papers(words), Screens(batched), answers.block)
    outbox = Outbox(batched, {"tg": channel}, clock, "main")
    sending = asyncio.create_task(outbox.run())
    receiver = receiver_of(store, dialogue, answers, clock, outbox.wake)
    whole = Telegram(
        bot,
        webhook,
        words=words,
        receiver=Slow(receiver, slow) if slow else receiver,  # type: ignore[arg-type]
        store=store,
        clock=clock,
        wake=outbox.wake,
        reach=answers,
    )
    front = app.build(lambda: batched("PING"), TelegramWebhook(whole, HOOK.secret), letters={})
    try:
        async with served(front) as api.front:
            await whole.start()
            yield Whole(whole, channel, outbox, store)
            await api.stop()
    finally:
        await whole.stop()
        outbox.stop()
        await sending
        await channel.aclose()
        await bot.session.close()
