"""A letter → Telegram calls, and Telegram's answers → outcomes.

Texts go out without a parse mode: Telegram shows them as they are, so there is no markup to escape or to get wrong.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, ReplyKeyboardRemove

from bot.telegram_calls import TROUBLE, Calls, Delete, Edit, Keyboard, Send, SendFile, outcome
from bot.telegram_keyboards import contact, inline
from bot.telegram_outdated import Outdated
from dialogs.sms_length import units
from gateway.channels import Letter, OptedOut, Outcome, Rejected, Retry, Sent
from gateway.failures import told
from gateway.papers import File, Papers
from gateway.screens import Screens, concerns

log = logging.getLogger(__name__)

LONGEST = 4096
"""UTF-16 units in one message."""
LONGEST_CAPTION = 1024
"""UTF-16 units under a file."""
_BEGUN = 1000


class TelegramLetters:
    """The channel for `tg:` addresses."""

    def __init__(
        self,
        calls: Calls,
        share_phone: str,
        papers: Papers,
        screens: Screens,
        blocked: Callable[[str], Awaitable[None]],
    ) -> None:
        """`blocked`: is told of an address that takes no letters any more."""
        self._calls = calls
        self._papers = papers
        self._screens = screens
        self._blocked = blocked
        self._outdated = Outdated(calls)
        self._share_phone = share_phone
        """On the button that hands over one's own number."""
        self._keyboards: set[int] = set()
        """Chats that show that button still."""
        self._begun: OrderedDict[str, int] = OrderedDict()
        """Letters in several messages: how many went out before a failure, so that a retry does not repeat them."""

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        return self._calls.counts

    async def aclose(self) -> None:
        await self._outdated.aclose()

    async def send(self, letter: Letter) -> Outcome:
        chat = int(letter.address.partition(":")[2])
        if letter.erases is not None:
            await self._erase(chat, letter.erases)
        try:
            message = await self._edited(chat, letter) or await self._write(chat, letter)
        except TROUBLE as error:
            return await self._failed(chat, letter, outcome(error))
        if not message:
            return Rejected("there is nothing in it")
        await self._replace(chat, letter, message)
        return Sent()

    async def _failed(self, chat: int, letter: Letter, found: Outcome) -> Outcome:
        """Who has blocked the bot is known as such before the letter is done with."""
        if not isinstance(found, Retry):
            self._begun.pop(letter.id, None)
        if isinstance(found, OptedOut) and chat > 0:
            await self._blocked(letter.address)
        return found

    async def _replace(self, chat: int, letter: Letter, message: int) -> None:
        """The buttons that this letter has made outdated are taken away. The letter is there all the same."""
        if not concerns(letter):
            return
        shows = message if letter.buttons and not letter.ask_contact else None
        try:
            before = await self._screens.show(letter, shows)
        except OSError as error:  # that Redis is away is one
            log.info("which buttons are outdated is not known: %s", type(error).__name__)
            return
        if before is not None and before != message:
            self._outdated.take(chat, before)

    async def _erase(self, chat: int, message: int) -> None:
        """What cannot be deleted is left: the answer matters more. If that cannot leave either, both are tried
        again, and what is gone already stays so."""
        try:
            await self._calls.change(Delete(chat_id=chat, message_id=message))
        except TROUBLE as error:
            log.info("a message could not be deleted: %s", type(error).__name__)

    async def _edited(self, chat: int, letter: Letter) -> int | None:
        """None: there is no message that can be changed, and a new one has to be written."""
        message = letter.replaces
        if message is None or letter.ask_contact or letter.paper is not None or units(letter.text) > LONGEST:
            return None
        self._outdated.keep(chat, message)
        edit = Edit(chat_id=chat, message_id=message, text=letter.text, reply_markup=inline(letter.buttons))
        try:
            await self._calls.change(edit)
        except TelegramBadRequest as error:
            return message if "message is not modified" in error.message else None
        return message

    async def _write(self, chat: int, letter: Letter) -> int:
        """The number of the last message; 0: there is nothing to write."""
        messages = _messages(chat, letter.text, await self._file(letter))
        if not messages:
            return 0
        messages[-1].reply_markup = await self._markup(chat, letter)
        number = 0
        for position in range(self._begun.get(letter.id, 0), len(messages)):
            number = await self._calls.write(messages[position], broadcast=letter.broadcast)
            if position + 1 < len(messages):
                self._note_begun(letter.id, position + 1)
        self._begun.pop(letter.id, None)
        if letter.ask_contact:
            self._keyboards.add(chat)
        else:
            self._keyboards.discard(chat)
        return number

    def _note_begun(self, letter: str, messages: int) -> None:
        self._begun[letter] = messages
        if len(self._begun) > _BEGUN:  # letters that were given up between two messages
            self._begun.popitem(last=False)

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
            return contact(self._share_phone, letter.buttons)
        if chat not in self._keyboards:
            return inline(letter.buttons)
        if not letter.buttons:
            return ReplyKeyboardRemove(remove_keyboard=True)
        # One message cannot both take the keyboard away and carry buttons; a passing one takes it away.
        away = ReplyKeyboardRemove(remove_keyboard=True)
        passing = Send(chat_id=chat, text="…", reply_markup=away, disable_notification=True)
        number = await self._calls.write(passing, broadcast=False)
        self._keyboards.discard(chat)
        await self._calls.change(Delete(chat_id=chat, message_id=number))
        return inline(letter.buttons)


def _messages(chat: int, text: str, file: File | None) -> list[Send | SendFile]:
    """The words stand under the file, or, if they are too long for that, above it."""
    if file is None:
        return [Send(chat_id=chat, text=piece) for piece in split(text)]
    document = BufferedInputFile(file.content, file.name)
    if units(text) <= LONGEST_CAPTION:
        return [SendFile(chat_id=chat, document=document, caption=text.strip() or None)]
    return [*_messages(chat, text, None), SendFile(chat_id=chat, document=document)]


def split(text: str) -> list[str]:
    """Into messages of at most `LONGEST`, at the end of a paragraph if possible. Telegram takes no empty ones."""
    pieces = []
    text = text.strip()
    while units(text) > LONGEST:
        head = text.encode("utf-16-le")[: LONGEST * 2].decode("utf-16-le", "ignore")
        cut = next((at for end in ("\n\n", "\n", " ") if (at := head.rfind(end)) > 0), len(head))
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces
