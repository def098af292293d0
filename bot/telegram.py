"""The Telegram side as a whole: who the bot is, how updates come in, what the bot says about itself."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import BotCommand
from msgspec import Struct

from bot.errors import StartError
from bot.telegram_calls import PATIENCE, Calls
from bot.telegram_letters import TelegramLetters
from bot.telegram_updates import BACK, BLOCKED, GROUP, WANTED, Update, convert, decode, read
from dialogs.language import Language
from dialogs.messages import Surface, say
from dialogs.words import Words
from gateway.channels import Inbound, Letter
from gateway.clock import Clock
from gateway.papers import Papers
from gateway.receive import Receiver
from gateway.screens import Screens
from gateway.store import Line, Store, shard_number

COMMANDS = ("menu", "services", "deadlines", "operator", "lang", "settings", "help", "stop", "forget")
POLL = 25
"""Seconds that Telegram holds a request for updates open when there are none."""
LONGEST_PAUSE = 60.0
GREETED = b'{"state":"group"}'
"""Kept where a person's session would stand: this group has heard its one line."""

T = TypeVar("T")
log = structlog.get_logger()


class GetUpdates(TelegramMethod[list[dict[str, Any]]]):
    """Updates as Telegram wrote them: one that aiogram's models do not know must not hold up all the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = POLL
    allowed_updates: tuple[str, ...] = WANTED


class Webhook(Struct, frozen=True):
    """Where Telegram is to bring updates. Without one, they are fetched."""

    url: str
    secret: str


def connect(token: str, api: str) -> Bot:
    return Bot(token, AiohttpSession(api=TelegramAPIServer.from_base(api), timeout=PATIENCE))


def letters(bot: Bot, words: Words, screens: Screens, blocked: Callable[[str], Awaitable[None]]) -> TelegramLetters:
    return TelegramLetters(Calls(bot), _both(words, "telegram.share_phone"), Papers(words), screens, blocked)


class Reach(Protocol):
    """Who knows which chats take letters."""

    async def block(self, chat: str) -> None: ...

    async def unblock(self, chat: str) -> None: ...


class Telegram:
    def __init__(
        self,
        bot: Bot,
        webhook: Webhook | None,
        *,
        words: Words,
        receiver: Receiver,
        store: Store,
        clock: Clock,
        wake: Callable[[int], None],
        reach: Reach,
    ) -> None:
        self._bot = bot
        self._webhook = webhook
        self._words = words
        self._receiver = receiver
        self._store = store
        self._clock = clock
        self._wake = wake
        self._reach = reach
        self._username = ""
        self._work: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """A wrong token is told at once. That Telegram cannot be reached is no reason not to start."""
        try:
            await self._connect()
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise StartError("KELISIM_TELEGRAM_TOKEN: Telegram does not know this token") from None
        except TelegramBadRequest as error:
            raise StartError(f"KELISIM_TELEGRAM_WEBHOOK: {error.message}") from None
        except (AiogramError, OSError) as error:
            log.warning("Telegram does not answer yet", kind=type(error).__name__)
        self._begin(self._run())

    async def stop(self) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    def read(self, body: bytes) -> Inbound | None:
        update = decode(body)
        return read(update, self._username) if update is not None else None

    def acknowledgement(self, body: bytes) -> bytes:
        """Goes back as the answer to the webhook: saves a call of its own."""
        update = decode(body)
        if update is None or update.callback_query is None:
            return b""
        return msgspec.json.encode({"method": "answerCallbackQuery", "callback_query_id": update.callback_query.id})

    def acknowledge(self, body: bytes) -> None:
        """By a call of its own, because the answer to the webhook takes its time."""
        if (update := decode(body)) is not None:
            self._acknowledge(update)

    async def receive(self, inbound: Inbound) -> None:
        if inbound.content == GROUP:
            await self._greet(inbound)
        elif inbound.content == BLOCKED:
            await self._reach.block(inbound.address)
        elif inbound.content == BACK:
            await self._reach.unblock(inbound.address)
        else:
            await self._receiver.receive(inbound)

    async def _greet(self, inbound: Inbound) -> None:
        """One line in the life of a group: where to write instead."""
        if await self._store.load(inbound.address) is not None:
            return
        now = self._clock.now()
        text = _both(self._words, "telegram.group", link=f"https://t.me/{self._username}")
        letter = Letter(f"{inbound.id}:0", inbound.address, text, now.timestamp())
        line = Line(int(now.timestamp()), "", Surface.CHAT, "group", (letter.id,))
        await self._store.commit(inbound.id, inbound.address, before=None, after=GREETED, letters=[letter], line=line)
        self._wake(shard_number(inbound.address))

    async def _connect(self) -> None:
        """Pending updates are kept either way: they are messages of people."""
        me = await self._bot.get_me(request_timeout=PATIENCE)
        if self._webhook is not None:
            await self._bot.set_webhook(
                self._webhook.url,
                allowed_updates=list(WANTED),
                secret_token=self._webhook.secret,
                request_timeout=PATIENCE,
            )
        else:
            await self._bot.delete_webhook(drop_pending_updates=False, request_timeout=PATIENCE)
        self._username = me.username or ""

    async def _run(self) -> None:
        if not self._username:
            await self._insist(self._connect)
        self._begin(self._introduce())
        if self._webhook is None:
            await self._poll()

    async def _introduce(self) -> None:
        """What Telegram shows before the first word. Whoever uses neither language gets both."""
        for language in (None, *Language):
            code = str(language) if language else None
            commands = [
                BotCommand(command=name, description=self._say(f"telegram.command.{name}", language))
                for name in COMMANDS
            ]
            try:
                await self._bot.set_my_commands(commands, language_code=code)
                await self._bot.set_my_description(self._say("telegram.description", language), code)
                await self._bot.set_my_short_description(self._say("telegram.about", language), code)
            except (AiogramError, OSError) as error:
                log.warning("Telegram did not take the bot's description", kind=type(error).__name__)

    async def _poll(self) -> None:
        """The next request tells Telegram what is done, so it is made only when everything is committed."""
        offset = None
        while True:
            updates = await self._insist(partial(self._bot, GetUpdates(offset=offset), POLL + PATIENCE))
            await self._take(updates)
            if updates:
                offset = updates[-1]["update_id"] + 1

    async def _take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Chats side by side, each chat in its order."""
        chats: dict[str, list[Inbound]] = defaultdict(list)
        for raw in updates:
            if (update := convert(raw)) is None:
                continue
            self._acknowledge(update)
            if (inbound := read(update, self._username)) is not None:
                chats[inbound.address].append(inbound)
        await asyncio.gather(*map(self._take_chat, chats.values()))

    async def _take_chat(self, messages: Sequence[Inbound]) -> None:
        for inbound in messages:
            try:
                await self._insist(partial(self.receive, inbound))
            except Exception:
                log.exception("a message was given up: it would hold up everybody behind it")

    def _acknowledge(self, update: Update) -> None:
        """The pressed button stops looking busy, before its turn is worked on. Nothing hangs on it, so nobody waits
        for it: if it comes too late, that is no trouble."""
        if update.callback_query is not None:
            self._begin(self._stop_waiting(update.callback_query.id))

    async def _stop_waiting(self, callback: str) -> None:
        try:
            await self._bot.answer_callback_query(callback, request_timeout=PATIENCE)
        except (AiogramError, OSError) as error:
            log.debug("a button was not acknowledged", kind=type(error).__name__)

    async def _insist(self, act: Callable[[], Awaitable[T]]) -> T:
        """Until it succeeds, with growing pauses."""
        pause = 1.0
        while True:
            try:
                return await act()
            except TelegramRetryAfter as error:
                wait = float(error.retry_after)
            except (AiogramError, OSError) as error:  # that Redis is away is an OSError, too
                log.warning("not now, trying again", kind=type(error).__name__, seconds=pause)
                wait, pause = pause, min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(wait)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _say(self, text: str, language: Language | None) -> str:
        return self._words.say(say(text), language, Surface.CHAT) if language else _both(self._words, text)


def _both(words: Words, text: str, **values: str) -> str:
    return " / ".join(words.say(say(text, **values), language, Surface.CHAT) for language in Language)
