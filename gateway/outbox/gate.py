"""Where letters wait for their place: `pace` with a clock."""

import asyncio
from collections.abc import Callable
from time import monotonic

from gateway.outbox.pace import Pace, Place

LONGEST = 10.0
"""Seconds that a letter waits here. Who has to wait longer is sent back, so as not to stand in the others' way."""


class Gate:
    def __init__(self, pace: Pace, now: Callable[[], float] = monotonic) -> None:
        self._pace = pace
        self._now = now
        self._line = asyncio.Lock()
        """What goes to many waits one behind the other: only the first asks."""

    async def passed(self, chat: str = "", *, broadcast: bool = False) -> float:
        """0: it leaves now. Otherwise so many seconds, after which it should come again."""
        until = self._now() + LONGEST
        while True:
            ready = self._pace.ready(chat)
            if ready > until:
                return ready - self._now()
            await self._sleep_until(ready)  # not in the line: that others wait for this chat is not necessary
            place = await self._place(chat, until, broadcast=broadcast)
            if place.at > until:
                return place.at - self._now()
            if place.taken and not self._pace.held(self._now()):
                return 0.0

    def left(self, chat: str) -> None:
        """A letter has arrived there. However long it was on its way, the next one keeps its distance."""
        self._pace.left(self._now(), chat)

    def refused(self, after: float, chat: str = "") -> None:
        """«Too many», said the provider."""
        self._pace.refused(self._now(), after, chat)

    async def _place(self, chat: str, until: float, *, broadcast: bool) -> Place:
        """Once its moment has come, or if it is too far away."""
        if not broadcast:
            now = self._now()
            place = self._pace.place(now, chat, within=until - now)
            if place.at <= until:
                await self._sleep_until(place.at)
            return place
        async with self._line:
            while True:
                place = self._pace.place(self._now(), chat, broadcast=True)
                if place.taken or place.at > until or self._pace.ready(chat) > self._now():
                    return place
                await self._sleep_until(place.at)

    async def _sleep_until(self, at: float) -> None:
        if (wait := at - self._now()) > 0:
            await asyncio.sleep(wait)
