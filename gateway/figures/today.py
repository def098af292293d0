"""The figures of today, for whoever watches the program: of all processes together, and since midnight."""

from msgspec import Struct

from gateway.clock import Clock
from gateway.connection import Batched
from gateway.figures.counting import Counting
from gateway.figures.figures import Day, Figures


class Counted(Struct, frozen=True):
    day: Day
    behind: float
    """Seconds; see `Counting.behind`."""


class Today:
    def __init__(self, redis: Batched, clock: Clock) -> None:
        self._figures = Figures(redis)
        self._counting = Counting(redis)
        self._clock = clock

    async def counted(self) -> Counted:
        day = await self._figures.day(self._clock.now().date())
        return Counted(day, await self._counting.behind())
