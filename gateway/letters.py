"""What became of each letter. News about one letter may come twice and in any order; its status never goes back.

Where there is no news, the letter was taken by its provider, or it is still in the outbox: most letters cost nothing
here.
"""

import time
from asyncio import Future
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from gateway.connection import Batched
from gateway.store import shard

KEPT = timedelta(days=30)

_MARK = """
local rank = tonumber(ARGV[1])
local known = redis.call('GET', KEYS[1])
if known and tonumber(string.match(known, '^%d+')) >= rank then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3], 'EX', ARGV[4])
return 1
"""


class Status(StrEnum):
    """In the order in which a letter goes through them. The last five are final: the first of them stays."""

    ACCEPTED = "accepted"
    """The provider has taken it."""
    BUFFERED = "buffered"
    """The provider cannot pass it on yet."""
    SENT = "sent"
    """The operator's SMS centre has taken it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    REJECTED = "rejected"
    """The provider will never take it."""
    OPTED_OUT = "opted_out"
    """The person blocked us there."""
    EXPIRED = "expired"
    """It could not leave for a day."""


_RANKS = {Status.ACCEPTED: 1, Status.BUFFERED: 2, Status.SENT: 3}
_FINAL = 9


class Delivery(Struct, frozen=True):
    """A provider's report about one letter."""

    letter: str
    status: Status


class Letters:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._mark = redis.script(_MARK)
        self._kept = int(KEPT.total_seconds())

    def mark(self, letter: str, status: Status) -> Future[int]:
        """Answers 0 where something at least as far along is known already."""
        rank = _RANKS.get(status, _FINAL)
        return self._redis("EVALSHA", self._mark, 1, _key(letter), rank, status, int(time.time()), self._kept)

    async def status(self, letter: str) -> Status | None:
        stored: bytes | None = await self._redis("GET", _key(letter))
        return Status(stored.split()[1].decode()) if stored else None


def _key(letter: str) -> str:
    """By the letter and not by its address: a delivery report names only the letter."""
    return f"{shard(letter)}:letter:{letter}"
