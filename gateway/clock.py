"""What time it is in Kazakhstan; in the sandbox, what time somebody wants it to be."""

from asyncio import Lock
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from gateway.connection import Batched

ALMATY = timezone(timedelta(hours=5), "Asia/Almaty")
"""The whole country since 1 March 2024. Written out, because older time zone files still say +06:00."""

_AHEAD = 5 * 3600
_FIRST = date(1970, 1, 1).toordinal()

_OFFSET = "sandbox:clock"
_JUST_NOW = timedelta(seconds=1)
"""A moment that has passed while something was done is as good as now."""


def day_of(seconds: float) -> date:
    """Of Kazakhstan, by seconds since 1970."""
    return _day(int(seconds + _AHEAD) // 86_400)


@lru_cache(maxsize=1024)
def _day(number: int) -> date:
    return date.fromordinal(_FIRST + number)


class Clock:
    def now(self) -> datetime:
        return datetime.now(ALMATY)


class SandboxClock(Clock):
    """Real time plus an offset that survives a restart."""

    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._offset = timedelta()
        self._hands = Lock()

    def now(self) -> datetime:
        return datetime.now(ALMATY) + self._offset

    async def load(self) -> None:
        stored = await self._redis("GET", _OFFSET)
        self._offset = timedelta(seconds=float(stored or 0))

    async def set_back(self, to: datetime) -> None:
        """Before anything has happened, so that a past can be played."""
        self._offset = to - datetime.now(ALMATY)

    async def move(self, to: datetime | None) -> None:
        """Forward only, because what has happened stays so. `None` goes back to real time."""
        async with self._hands:  # of two at once the later one finds the clock where the first has put it
            if to is None:
                await self._redis("DEL", _OFFSET)
                self._offset = timedelta()
                return
            now = self.now()
            if to < now - _JUST_NOW:
                raise ValueError(f"the clock stands at {now.isoformat()} and moves forward only")
            offset = self._offset + max(to - now, timedelta())
            await self._redis("SET", _OFFSET, str(offset.total_seconds()))
            self._offset = offset
