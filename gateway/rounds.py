"""Something that has to be looked at again and again, in the background, for as long as the program runs."""

import asyncio
import logging
from asyncio import Event
from collections.abc import Awaitable, Callable

from gateway.connection import RedisAwayError
from gateway.failures import told

log = logging.getLogger(__name__)


class Rounds:
    def __init__(self, look: Callable[[], Awaitable[object]], every: float, what: str) -> None:
        """`every`: seconds between two looks; `what`: whose they are, for the log. What a look stumbles over is told,
        and stands in nothing else's way."""
        self._look = look
        self._every = every
        self._what = what
        self._stopping = Event()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._look()
            except RedisAwayError as error:
                log.warning("%s: Redis is away: %s", self._what, error)
            except Exception as error:
                log.error("%s: a look failed: %s", self._what, told(error))
            try:
                async with asyncio.timeout(self._every):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    @property
    def stopping(self) -> bool:
        """A look that takes long may end early."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """`run` returns once the look under way is over."""
        self._stopping.set()
