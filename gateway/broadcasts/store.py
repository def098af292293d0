"""Broadcasts in Redis.

{staff}:broadcast:b7f3     what it is, as bytes
{staff}:broadcasts         sorted set: id → when it was made
{staff}:broadcasts:alive   set of those with which the clock has to do something
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from secrets import token_hex

import msgspec
from msgspec import structs

from dialogs.broadcasts.states import ENDED, State
from gateway.broadcasts.broadcast import Broadcast, UnknownError
from gateway.connection import Batched

_SAVE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], 'NX', ARGV[4], ARGV[3])
if ARGV[5] == '1' then redis.call('SADD', KEYS[3], ARGV[3]) else redis.call('SREM', KEYS[3], ARGV[3]) end
return 1
"""
_MADE, _ALIVE = "{staff}:broadcasts", "{staff}:broadcasts:alive"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Broadcast).decode


class BroadcastStore:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._save = redis.script(_SAVE)

    async def load(self, name: str) -> Broadcast:
        return read(await self.stored(name))

    async def stored(self, name: str) -> bytes | None:
        stored: bytes | None = await self._redis("GET", f"{{staff}}:broadcast:{name}")
        return stored

    async def add(self, broadcast: Broadcast) -> bool:
        """False: its id is taken."""
        return await self._saved(None, broadcast)

    async def change(self, name: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        """As it is then. `change` may be called again, with what somebody else has made of it meanwhile."""
        while True:
            stored = await self.stored(name)
            before = read(stored)
            after = change(before)
            if after == before or await self._saved(stored, after):
                return after

    async def alive(self) -> list[Broadcast]:
        """In the order in which they were made."""
        names: set[bytes] = await self._redis("SMEMBERS", _ALIVE)
        return sorted(await self._all(names), key=lambda one: one.made)

    async def newest(self, before: float | None, most: int) -> list[Broadcast]:
        """`before`: seconds since 1970; those made before that."""
        begin = "+inf" if before is None else f"({before!r}"
        names: Sequence[bytes] = await self._redis("ZRANGE", _MADE, begin, "-inf", "BYSCORE", "REV", "LIMIT", 0, most)
        return await self._all(names)

    async def _all(self, names: Iterable[bytes]) -> list[Broadcast]:
        stored = await asyncio.gather(*(self.stored(name.decode()) for name in names))
        return [read(one) for one in stored if one]

    async def _saved(self, before: bytes | None, after: Broadcast) -> bool:
        done: int = await self._redis(
            "EVALSHA",
            self._save,
            3,
            f"{{staff}}:broadcast:{after.id}",
            _MADE,
            _ALIVE,
            before or b"",
            _encode(after),
            after.id,
            repr(after.made.timestamp()),
            int(_is_alive(after)),
        )
        return bool(done)


def new_id() -> str:
    """Not to be guessed, and short enough to be said on the phone."""
    return token_hex(4)


def roll_of(broadcast: str) -> str:
    """A name for a new list of this broadcast."""
    return f"{broadcast}.{token_hex(3)}"


def broadcast_of(roll: str) -> str:
    return roll.partition(".")[0]


def read(stored: bytes | None) -> Broadcast:
    if not stored:
        raise UnknownError
    return _decode(stored)


def _is_alive(broadcast: Broadcast) -> bool:
    if broadcast.state in ENDED:
        return not broadcast.settled
    return broadcast.reading is not None or broadcast.state not in (State.DRAFT, State.WAITING)


def settled(broadcast: Broadcast) -> Broadcast:
    return structs.replace(broadcast, settled=True)
