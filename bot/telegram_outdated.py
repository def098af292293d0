"""Buttons that newer ones have replaced are taken away, when there is time for it. Nothing hangs on that."""

import asyncio
import logging

from aiogram.exceptions import TelegramRetryAfter

from bot.telegram_calls import TROUBLE, Calls, LaterError, TakeButtons

log = logging.getLogger(__name__)

_TRIES = 3
_MOST = 1000
"""Under way: where more come at once, the rest stay, and are answered when somebody presses them."""


class Outdated:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._work: dict[tuple[int, int], asyncio.Task[None]] = {}

    def take(self, chat: int, message: int) -> None:
        if len(self._work) < _MOST:
            which = chat, message
            task = self._work[which] = asyncio.create_task(self._take(chat, message))
            task.add_done_callback(lambda done: self._work.pop(which) if self._work.get(which) is done else None)

    def keep(self, chat: int, message: int) -> None:
        """It gets new ones: those are not to be taken away."""
        if (task := self._work.pop((chat, message), None)) is not None:
            task.cancel()

    async def aclose(self) -> None:
        """What is left stays as it is."""
        tasks = list(self._work.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, chat: int, message: int) -> None:
        for _ in range(_TRIES):
            try:
                await self._calls.tidy(TakeButtons(chat_id=chat, message_id=message))
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except LaterError as error:
                await asyncio.sleep(error.after)
            except TROUBLE as error:
                log.debug("old buttons stay: %s", type(error).__name__)
                return
            else:
                return
