"""Are the SMS that a route has taken delivered? A sample of them is looked up when they should have been."""

import asyncio
import logging
from asyncio import Event
from collections import deque
from collections.abc import Mapping

from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.letters import Letters, Status
from gateway.routes.health import Health

log = logging.getLogger(__name__)

_LOOK = 1.0
_APART = 0.2
"""Seconds between two letters of the sample."""


class Watch:
    def __init__(self, letters: Letters, health: Mapping[str, Health], clock: Clock, within: float) -> None:
        """`within`: seconds in which a letter should be delivered."""
        self._letters = letters
        self._health = health
        self._clock = clock
        self._within = within
        self._sample: dict[str, deque[tuple[float, str]]] = {name: deque() for name in health}
        self._stopping = Event()

    def took(self, route: str, letter: str, now: float) -> None:
        sample = self._sample[route]
        if sample and sample[-1][0] > now:  # the clock was set back
            sample.clear()
        if not sample or now - sample[-1][0] >= _APART:
            sample.append((now, letter))

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.look()
            except RedisAwayError as error:
                log.warning("whether SMS are delivered is looked up later: %s", error)
            try:
                async with asyncio.timeout(_LOOK):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        self._stopping.set()

    async def look(self) -> None:
        now = self._clock.now().timestamp()
        for route, sample in self._sample.items():
            due = [letter for at, letter in sample if at + self._within <= now]
            if not due:
                continue
            health = self._health[route]
            before = health.state
            for news in await self._letters.news(due):
                health.checked(news is not None and news.status is Status.DELIVERED, now)
            for _ in range(min(len(due), len(sample))):  # none is left if the clock was set back meanwhile
                sample.popleft()
            if health.state != before:
                log.warning("SMS by %s: the route is %s now, it was %s", route, health.state, before)
