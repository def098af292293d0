"""The clock of the matters and of the letters that wait for the morning: what is due, happens."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from gateway.clock import Clock
from gateway.connection import PATIENCE, RedisAwayError
from gateway.failures import told
from gateway.matters.store import MatterStore
from gateway.rounds import Rounds

log = logging.getLogger(__name__)

LAG = 3 * PATIENCE
"""Seconds after which the clock rings for a matter. An answer that came in the last moment is committed by then, or
Redis was away for so long that nobody was told it had been taken."""
LOOK = 1.0
"""Seconds between two looks."""
AT_ONCE = 50
"""Matters stepped at the same time."""
REST = timedelta(minutes=1)
"""For a matter that could not be stepped, so that it stands in nobody's way."""


class Wakeups:
    def __init__(
        self,
        store: MatterStore,
        clock: Clock,
        woken: Callable[[int, str], Awaitable[None]],
        wake: Callable[[int], None],
    ) -> None:
        """`woken` steps one matter, by its home and name; `wake` tells the outbox in which shard letters wait."""
        self._store = store
        self._clock = clock
        self._woken = woken
        self._wake = wake
        self.rounds = Rounds(lambda: self.ring(LAG), LOOK, "the clock of the matters")

    async def ring(self, lag: float = 0.0) -> float | None:
        """Everything that is due now happens; answers with the time at which something is due next."""
        rung: set[tuple[int, str]] = set()
        while True:
            found = await self._store.due(self._clock.now(), lag)
            for home, due in found.items():
                if due.letters:
                    self._wake(home)
            # One step deals with all that was due: what comes up again could not be dealt with, and waits.
            due_now = [
                pair for home, due in found.items() for name in due.matters if (pair := (home, name)) not in rung
            ]
            if not due_now and not any(due.letters for due in found.values()):
                return min((due.next for due in found.values() if due.next is not None), default=None)
            rung.update(due_now)
            await self._step(due_now)

    async def _step(self, due: list[tuple[int, str]]) -> None:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(home: int, offer: str) -> None:
            async with free:
                try:
                    await self._woken(home, offer)
                except RedisAwayError:
                    raise
                except Exception as error:
                    log.error("a matter in shard %s could not be stepped: %s", home, told(error))
                    await self._store.rest(home, offer, self._clock.now() + REST)

        await asyncio.gather(*(one(home, offer) for home, offer in due))
