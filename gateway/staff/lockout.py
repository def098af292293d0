"""Whoever guesses passwords waits, longer each time: for one login, wherever from; and from one address, whatever
login. A login that nobody has is treated as any other.

    {staff}:tries:login:{digest}     hash: how many were wrong, and until when nobody may try
    {staff}:tries:address:{address}  the same
"""

import time
from collections.abc import Callable
from hashlib import sha256

from msgspec import Struct

from gateway.connection import Batched

_KEPT = 24 * 3600

# What is tried counts as wrong until it turns out right: of many at once, no more than allowed get through.
_TRY = """
local now = tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  local till = tonumber(redis.call('HGET', key, 'till') or '0')
  if till > now then return math.ceil(till - now) end
end
for at, key in ipairs(KEYS) do
  local free, first, longest = tonumber(ARGV[3 * at - 1]), tonumber(ARGV[3 * at]), tonumber(ARGV[3 * at + 1])
  local tries = redis.call('HINCRBY', key, 'tries', 1)
  if tries >= free then
    redis.call('HSET', key, 'till', now + math.min(longest, first * 2 ^ math.min(tries - free, 20)))
  end
  redis.call('EXPIRE', key, ARGV[8])
end
return 0
"""
# The address keeps what others have tried from there.
_RIGHT = """
redis.call('DEL', KEYS[1])
redis.call('HDEL', KEYS[2], 'till')
if redis.call('HINCRBY', KEYS[2], 'tries', -1) <= 0 then redis.call('DEL', KEYS[2]) end
return 0
"""


class Patience(Struct, frozen=True):
    free: int
    """The wrong one after which a pause follows."""
    first: int
    longest: int
    """Seconds."""


LOGIN = Patience(5, 30, 15 * 60)
"""Not longer: whoever locks somebody out by guessing should not keep them from work."""
ADDRESS = Patience(30, 60, 3600)
"""A whole office may come from one address."""


class Lockout:
    def __init__(self, redis: Batched, now: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._now = now
        self._try = redis.script(_TRY)
        self._right = redis.script(_RIGHT)

    async def tries(self, login: str, address: str) -> int:
        """Seconds to wait; 0: it may be tried, and counts as wrong until `right`."""
        kinds = [value for kind in (LOGIN, ADDRESS) for value in (kind.free, kind.first, kind.longest)]
        keys = _key(login), _address(address)
        wait: int = await self._redis("EVALSHA", self._try, 2, *keys, repr(self._now()), *kinds, _KEPT)
        return wait

    async def right(self, login: str, address: str) -> None:
        await self._redis("EVALSHA", self._right, 2, _key(login), _address(address))

    async def waits(self, login: str) -> int:
        """Seconds until anybody may try this login again."""
        till = await self._redis("HGET", _key(login), "till")
        return max(0, round(float(till or 0) - self._now()))

    async def unlock(self, login: str) -> None:
        await self._redis("DEL", _key(login))


def _key(login: str) -> str:
    return f"{{staff}}:tries:login:{sha256(login.encode()).hexdigest()[:32]}"


def _address(address: str) -> str:
    return f"{{staff}}:tries:address:{address}"
