"""What a program asks for with an `Idempotency-Key` is done once, however often it asks and whoever dies meanwhile.

    {staff}:once:{digest}    hash: of what was asked the print; the id that what comes of it will have; when it was
                             first asked; by whom and how long it is being done now; the answer, once there is one

Whoever comes again finds the answer. While it is being done they are told to come later; and if whoever did it has
died, the next one does it again, with the same id, and finds by it what was done already.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex

import msgspec
from msgspec import Struct

from gateway.clock import Clock
from gateway.connection import Batched

KEPT = timedelta(hours=24)
LASTS = 60
"""Seconds after which whoever does it counts as dead. If they are not, the two find each other's work by its id."""

_BEGIN = """
local print, id, since, holder, now, lasts, kept = unpack(ARGV)
local known = redis.call('HMGET', KEYS[1], 'print', 'id', 'since', 'till', 'answer')
if not known[1] then
  redis.call('HSET', KEYS[1], 'print', print, 'id', id, 'since', since, 'holder', holder, 'till', now + lasts)
  redis.call('EXPIRE', KEYS[1], kept)
  return {'new', id, since}
end
if known[1] ~= print then return {'other'} end
if known[5] then return {'done', known[5]} end
if tonumber(known[4]) > tonumber(now) then return {'busy', math.ceil(tonumber(known[4]) - tonumber(now))} end
redis.call('HSET', KEYS[1], 'holder', holder, 'till', now + lasts)
return {'again', known[2], known[3]}
"""
# The first answer stays.
_KEEP = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSETNX', KEYS[1], 'answer', ARGV[1]) end
return redis.call('HGET', KEYS[1], 'answer') or ARGV[1]
"""
_LET_GO = """
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
return redis.call('HSET', KEYS[1], 'till', 0)
"""


class Begun(Struct, frozen=True):
    """It is ours to do now."""

    key: str
    holder: str
    id: str
    """Of whatever is made."""
    since: datetime | None
    """Somebody has begun with it then, and died: perhaps it is done. None: nobody has."""


class Kept(Struct, frozen=True):
    """An answer."""

    status: int
    body: msgspec.Raw


class Busy(Struct, frozen=True):
    """Somebody else does it now."""

    wait: int


class Other(Struct, frozen=True):
    """Something else was asked for with this key."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Kept).decode


class Once:
    def __init__(self, redis: Batched, clock: Clock, now: Callable[[], float] = time.time) -> None:
        """`now`: real time, whatever the sandbox's clock says."""
        self._redis = redis
        self._clock = clock
        self._now = now
        self._begin = redis.script(_BEGIN)
        self._keep = redis.script(_KEEP)
        self._let_go = redis.script(_LET_GO)

    async def begin(self, whose: str, key: str, asked: bytes) -> Begun | Kept | Busy | Other:
        """`asked`: all that tells it from something else."""
        name = f"{{staff}}:once:{sha256(f'{whose} {key}'.encode()).hexdigest()}"
        holder = token_hex(8)
        since = self._clock.now().isoformat()
        arguments = sha256(asked).hexdigest(), token_hex(6), since, holder, f"{self._now():.3f}"
        kept = int(KEPT.total_seconds())
        match await self._redis("EVALSHA", self._begin, 1, name, *arguments, LASTS, kept):
            case [b"new", found, _]:
                return Begun(name, holder, found.decode(), None)
            case [b"again", found, began]:
                return Begun(name, holder, found.decode(), datetime.fromisoformat(began.decode()))
            case [b"done", answer]:
                return _decode(answer)
            case [b"busy", wait]:
                return Busy(wait)
        return Other()

    async def keep(self, begun: Begun, answer: Kept) -> Kept:
        """The answer that everybody gets from now on."""
        kept: bytes = await self._redis("EVALSHA", self._keep, 1, begun.key, _encode(answer))
        return _decode(kept)

    async def let_go(self, begun: Begun) -> None:
        """It was not done, or not wholly: whoever comes next may go on at once."""
        await self._redis("EVALSHA", self._let_go, 1, begun.key, begun.holder)
