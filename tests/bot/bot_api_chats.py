"""What stands in the chats of the loopback Bot API server, and how much may be written there."""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from tests.bot.bot_api_schema import WrongError

SENDS = ("sendMessage", "sendDocument")
EACH = 0.05
"""Seconds between two messages to one chat, where a test has not got all day."""


class Shown(Struct):
    """One message of a chat."""

    text: str | None
    markup: dict[str, Any] | None = None
    own: bool = True
    """Of the bot, not of the person."""

    @property
    def buttons(self) -> list[str]:
        """What can be clicked: the choices of the keyboard under it."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [button["callback_data"] for row in rows for button in row]


class Chats:
    def __init__(self) -> None:
        self._chats: dict[int, dict[int, Shown]] = defaultdict(dict)
        self._last = 100

    def __getitem__(self, chat: int) -> dict[int, Shown]:
        return self._chats[chat]

    def clickable(self, chat: int) -> dict[int, list[str]]:
        """The messages that show buttons, and which."""
        return {number: shown.buttons for number, shown in self._chats[chat].items() if shown.buttons}

    def carry_out(self, method: str, given: Mapping[str, Any]) -> Any:
        chat = self._chats[int(given["chat_id"])]
        if method in SENDS:
            self._last += 1
            text = given["text"] if method == "sendMessage" else None
            chat[self._last] = Shown(text, _inline(given))
            # «rich» stands for whatever Telegram adds to its messages next.
            return {"message_id": self._last, "date": "not a date", "chat": {"rich": []}}
        number = int(given["message_id"])
        shown = chat.get(number)
        if method == "deleteMessage":
            if shown is None:
                raise WrongError("message to delete not found")
            del chat[number]
            return True
        if shown is None:
            raise WrongError("message to edit not found")
        if not shown.own:
            raise WrongError("message can't be edited")
        if method == "editMessageText" and shown.text is None:
            raise WrongError("there is no text in the message to edit")
        after = Shown(given.get("text", shown.text), _inline(given))
        if after == shown:
            raise WrongError(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        chat[number] = after
        return {"message_id": number}

    def note(self, update: Mapping[str, Any]) -> None:
        """What the person wrote stands there as well, and what they press is there."""
        message = update.get("message")
        if isinstance(message, dict) and "message_id" in message:
            self._chats[message["chat"]["id"]].setdefault(
                message["message_id"], Shown(message.get("text"), own=False)
            )


def _inline(given: Mapping[str, Any]) -> dict[str, Any] | None:
    markup: dict[str, Any] | None = given.get("reply_markup")
    return markup if markup and markup.get("inline_keyboard") else None


class Flood:
    """Too many messages to a chat, or to all: says so by itself, as Telegram does."""

    def __init__(self, each: float = 1.0, burst: int = 1, total: int = 30) -> None:
        """To one chat at most `burst` messages in as many times `each` seconds; about all chats at most `total` calls
        in any second, of whichever kind."""
        self._each = each
        self._burst = burst
        self._total = total
        self._chats: dict[int, deque[float]] = defaultdict(deque)
        self._all: deque[float] = deque()
        self.busiest = 0
        """Calls in the fullest second."""
        self.refused = 0

    def too_many(self, method: str, chat: int, now: float) -> bool:
        while self._all and self._all[0] <= now - 1.0:
            self._all.popleft()
        own = self._chats[chat]
        while own and own[0] <= now - self._burst * self._each:
            own.popleft()
        if len(self._all) >= self._total or (method in SENDS and len(own) >= self._burst):
            self.refused += 1
            return True
        self._all.append(now)
        self.busiest = max(self.busiest, len(self._all))
        if method in SENDS:
            own.append(now)
        return False
