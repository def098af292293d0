"""Calls that write into chats: as fast as Telegram allows, and what has become of them."""

from typing import Any, TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from gateway.channels import OptedOut, Outcome, Rejected, Retry
from gateway.outbox.gate import Gate
from gateway.outbox.pace import Pace

PATIENCE = 20
"""Seconds for one call."""
RATE = 26.0
"""Calls in a second: with those that may leave at once it is less than the thirty that Telegram takes."""
EACH = 1.0
"""Seconds between two messages to one chat."""
_UNCLEAR = ("tg", "unclear")
GONE = ("chat not found", "user is deactivated")

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
T = TypeVar("T")


class Send(TelegramMethod[dict[str, Any]]):
    """Like aiogram's own method, but Telegram's answer is not read into a model: only the message's number is of
    use, and what was sent must not count as failed because Telegram's answer has grown a field."""

    __returning__ = dict[str, Any]
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    reply_markup: Keyboard | None = None
    disable_notification: bool | None = None
    link_preview_options: LinkPreviewOptions = LinkPreviewOptions(is_disabled=True)


class SendFile(TelegramMethod[dict[str, Any]]):
    __returning__ = dict[str, Any]
    __api_method__ = "sendDocument"

    chat_id: int
    document: InputFile
    caption: str | None = None
    reply_markup: Keyboard | None = None


class Edit(TelegramMethod[dict[str, Any]]):
    __returning__ = dict[str, Any]
    __api_method__ = "editMessageText"

    chat_id: int
    message_id: int
    text: str
    reply_markup: InlineKeyboardMarkup | None = None
    link_preview_options: LinkPreviewOptions = LinkPreviewOptions(is_disabled=True)


class TakeButtons(TelegramMethod[dict[str, Any]]):
    """Away from a message."""

    __returning__ = dict[str, Any]
    __api_method__ = "editMessageReplyMarkup"

    chat_id: int
    message_id: int


class Delete(TelegramMethod[bool]):
    __returning__ = bool
    __api_method__ = "deleteMessage"

    chat_id: int
    message_id: int


class LaterError(Exception):
    """Its turn comes so late that it should not be waited for."""

    def __init__(self, after: float) -> None:
        super().__init__(after)
        self.after = after


TROUBLE = (AiogramError, OSError, LaterError)
"""That a call can end in."""


class Calls:
    def __init__(self, bot: Bot, gate: Gate | None = None) -> None:
        self._bot = bot
        self._gate = gate or Gate(Pace(RATE, each=EACH))
        self.counts = {_UNCLEAR: 0}
        """How often nobody knows whether Telegram has carried a call out."""

    async def write(self, method: Send | SendFile, *, broadcast: bool) -> int:
        """A new message; its number."""
        answer = await self._call(method, str(method.chat_id), broadcast=broadcast)
        self._gate.left(str(method.chat_id))
        return int(answer["message_id"])

    async def change(self, method: Edit | Delete) -> None:
        await self._call(method, "", broadcast=False)

    async def tidy(self, method: TakeButtons) -> None:
        """Whenever there is time for it."""
        await self._call(method, "", broadcast=True)

    async def _call(self, method: Any, paced: str, *, broadcast: bool) -> Any:
        """`paced`: the chat, if it may get only so many of these."""
        if wait := await self._gate.passed(paced, broadcast=broadcast):
            raise LaterError(wait)
        try:
            return await self._bot(method, request_timeout=PATIENCE)
        except TelegramRetryAfter as error:
            self._gate.refused(float(error.retry_after), str(method.chat_id))
            raise
        except (AiogramError, OSError) as error:
            self.counts[_UNCLEAR] += is_unclear(error)
            raise


def is_unclear(error: Exception) -> bool:
    """The call went out, and no answer came that says what has become of it."""
    if isinstance(error, TelegramNetworkError):
        return not isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)
    return isinstance(error, ClientDecodeError | TelegramServerError)


def outcome(error: Exception) -> Outcome:
    """What cannot be told for certain counts as «try again»: a letter is given up only when Telegram says so, and a
    message that comes twice does less harm than one that does not come."""
    match error:
        case LaterError():
            return Retry("its turn has not come", error.after)
        case TelegramRetryAfter():
            return Retry("too many letters", float(error.retry_after))
        case TelegramForbiddenError():
            return OptedOut(error.message)
        case TelegramBadRequest() if any(words in error.message for words in GONE):
            return OptedOut(error.message)
        case TelegramBadRequest() | TelegramMigrateToChat() | TelegramEntityTooLarge():
            return Rejected(error.message)
        case _:
            # Only its kind: the words of a network error may hold the address called, and the token in it.
            return Retry(type(error).__name__, unclear=is_unclear(error))
