"""A letter → Telegram calls, and Telegram's answers → outcomes.

Texts go out without a parse mode: Telegram shows them as they are, so there is no markup to escape or to get wrong.
"""

import logging
from collections.abc import Sequence
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.methods import DeleteMessage, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from dialogs.messages import Button
from dialogs.sms_length import units
from gateway.channels import Letter, OptedOut, Outcome, Rejected, Retry, Sent
from gateway.failures import told
from gateway.papers import File, Papers

log = logging.getLogger(__name__)

LONGEST = 4096
"""UTF-16 units in one message."""
LONGEST_CAPTION = 1024
"""UTF-16 units under a file."""
PATIENCE = 20
"""Seconds for one call."""
ROW_LETTERS = 22
ROW_BUTTONS = 5
"""What fits into one row of buttons on a narrow phone without being cut off."""

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


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


class TelegramLetters:
    """The channel for `tg:` addresses."""

    def __init__(self, bot: Bot, share_phone: str, papers: Papers) -> None:
        self._bot = bot
        self._papers = papers
        self._share_phone = share_phone
        """On the button that hands over one's own number."""
        self._keyboards: set[int] = set()
        """Chats that show that button still."""
        self._begun: dict[str, int] = {}
        """Letters in several messages: how many went out before a failure, so that a retry does not repeat them."""

    async def send(self, letter: Letter) -> Outcome:
        chat = int(letter.address.partition(":")[2])
        if letter.erases is not None:
            await self._erase(chat, letter.erases)
        try:
            if letter.replaces is None or not await self._edited(chat, letter.replaces, letter):
                await self._write(chat, letter)
        except (AiogramError, OSError) as error:
            return outcome(error)
        return Sent()

    async def _erase(self, chat: int, message: int) -> None:
        """What cannot be deleted is left: the answer matters more. If that cannot leave either, both are tried
        again, and what is gone already stays so."""
        try:
            await self._bot(DeleteMessage(chat_id=chat, message_id=message), request_timeout=PATIENCE)
        except (AiogramError, OSError) as error:
            log.info("a message could not be deleted: %s", type(error).__name__)

    async def _edited(self, chat: int, message: int, letter: Letter) -> bool:
        """False: this message cannot be changed any more, and a new one has to be written."""
        if letter.ask_contact or letter.paper is not None or units(letter.text) > LONGEST:
            return False
        markup = inline(letter.buttons) if letter.buttons else None
        edit = Edit(chat_id=chat, message_id=message, text=letter.text, reply_markup=markup)
        try:
            await self._bot(edit, request_timeout=PATIENCE)
        except TelegramBadRequest as error:
            return "message is not modified" in error.message
        return True

    async def _write(self, chat: int, letter: Letter) -> None:
        messages = _messages(chat, letter.text, await self._file(letter))
        messages[-1].reply_markup = await self._markup(chat, letter)
        for position in range(self._begun.get(letter.id, 0), len(messages)):
            await self._bot(messages[position], request_timeout=PATIENCE)
            if position + 1 < len(messages):
                self._begun[letter.id] = position + 1
        self._begun.pop(letter.id, None)
        if letter.ask_contact:
            self._keyboards.add(chat)
        else:
            self._keyboards.discard(chat)

    async def _file(self, letter: Letter) -> File | None:
        """What cannot be made is left out: the words matter more."""
        if letter.paper is None:
            return None
        try:
            return await self._papers.made(letter.paper)
        except Exception as error:
            log.error("the paper of letter %s could not be made: %s", letter.id, told(error))
            return None

    async def _markup(self, chat: int, letter: Letter) -> Keyboard | None:
        if letter.ask_contact:
            return self._ask_contact(letter.buttons)
        if chat not in self._keyboards:
            return inline(letter.buttons) if letter.buttons else None
        if not letter.buttons:
            return ReplyKeyboardRemove(remove_keyboard=True)
        # One message cannot both take the keyboard away and carry buttons; a passing one takes it away.
        away = ReplyKeyboardRemove(remove_keyboard=True)
        passing = Send(chat_id=chat, text="…", reply_markup=away, disable_notification=True)
        number = (await self._bot(passing, request_timeout=PATIENCE))["message_id"]
        self._keyboards.discard(chat)
        await self._bot(DeleteMessage(chat_id=chat, message_id=number), request_timeout=PATIENCE)
        return inline(letter.buttons)

    def _ask_contact(self, buttons: Sequence[Button]) -> ReplyKeyboardMarkup:
        """The other buttons come back as their words, which the dialogue understands as well."""
        share = KeyboardButton(text=self._share_phone, request_contact=True)
        others = [[KeyboardButton(text=button.label) for button in row] for row in rows(buttons)]
        return ReplyKeyboardMarkup(keyboard=[[share], *others], resize_keyboard=True, one_time_keyboard=True)


def _messages(chat: int, text: str, file: File | None) -> list[Send | SendFile]:
    """The words stand under the file, or, if they are too long for that, above it."""
    if file is None:
        return [Send(chat_id=chat, text=piece) for piece in split(text)]
    document = BufferedInputFile(file.content, file.name)
    if units(text) <= LONGEST_CAPTION:
        return [SendFile(chat_id=chat, document=document, caption=text)]
    return [*_messages(chat, text, None), SendFile(chat_id=chat, document=document)]


def outcome(error: Exception) -> Outcome:
    """What cannot be told for certain counts as «try again»: a letter is given up only when Telegram says so."""
    match error:
        case TelegramRetryAfter():
            return Retry("too many letters", float(error.retry_after))
        case TelegramForbiddenError():
            return OptedOut(error.message)
        case TelegramBadRequest() if "chat not found" in error.message:
            return OptedOut(error.message)
        case TelegramBadRequest() | TelegramMigrateToChat() | TelegramEntityTooLarge():
            return Rejected(error.message)
        case _:
            # Only its kind: the words of a network error may hold the address called, and the token in it.
            return Retry(type(error).__name__)


def inline(buttons: Sequence[Button]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=button.label, callback_data=button.id) for button in row]
            for row in rows(buttons)
        ]
    )


def rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Short buttons share a row, and those that name the same one."""
    found: list[list[Button]] = []
    for button in buttons:
        if found and _beside(found[-1], button):
            found[-1].append(button)
        else:
            found.append([button])
    return found


def _beside(row: Sequence[Button], button: Button) -> bool:
    if row[0].row or button.row:
        return row[0].row == button.row
    return len(row) < ROW_BUTTONS and sum(len(other.label) for other in (*row, button)) <= ROW_LETTERS


def split(text: str) -> list[str]:
    """Into messages of at most `LONGEST`, at the end of a paragraph if possible."""
    pieces = []
    while units(text) > LONGEST:
        head = text.encode("utf-16-le")[: LONGEST * 2].decode("utf-16-le", "ignore")
        cut = next((at for end in ("\n\n", "\n", " ") if (at := head.rfind(end)) > 0), len(head))
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]
