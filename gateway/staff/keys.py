"""Keys of programs that send broadcasts by the API, in Redis. A key is shown once, when it is made; of it only a
digest is kept, so that whoever reads Redis can use nobody's.

    {staff}:keys                 hash: id → key
    {staff}:keys:used            hash: id → when it was used last, in seconds since 1970
    {staff}:keys:pace:{id}       until when its requests are spoken for; see `use`
    {staff}:keys:wrong:{address} how often a wrong one came from there lately
    {staff}:keys:late:{id}       somebody has come with it although it opens nothing any more

A key is never deleted: broadcasts and the audit name its program.
"""

import time
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

import msgspec
from msgspec import Struct, structs

from gateway.broadcasts.broadcast import Mode
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched
from gateway.staff.accounts import is_login

KEYS = "{staff}:keys"
_USED = "{staff}:keys:used"
_BEGIN = "kelisim"
AUTHOR = "api:"
"""No login has a colon: a program is never taken for a person."""
A_MINUTE = 300
"""Requests of a key, …"""
AT_ONCE = A_MINUTE // 5
"""…and so many of them in one moment."""
WRONG_ALLOWED, _WRONG_KEPT = 20, 60
"""Wrong keys from one address, in so many seconds."""
_LATE_KEPT = 3600

_CHANGE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""
# Each request moves the end on by its share of a minute; it may lie so far ahead of now as so many requests take.
_USE = """
local now, share, ahead = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local till = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0'))
local wait = till + share - now - ahead
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[2], string.format('%.3f', till + share), 'EX', 120)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 0
"""
_WRONG = """
local wrong = redis.call('INCR', KEYS[1])
if wrong == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {wrong, redis.call('TTL', KEYS[1])}
"""


class Scope(StrEnum):
    READ = "broadcasts:read"
    WRITE = "broadcasts:write"


class Key(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    """Stands in the key itself, and is no secret."""
    name: str
    """Of the program. Its next key has the same, and sees the same broadcasts."""
    kind: Mode
    scopes: frozenset[Scope]
    digest: str
    made: datetime
    by: str
    ends: date | None = None
    """The last day on which it opens anything."""
    revoked: datetime | None = None
    revoked_by: str = ""

    @property
    def author(self) -> str:
        """Whose broadcasts these are."""
        return f"{AUTHOR}{self.name}"

    def is_alive(self, now: datetime) -> bool:
        return self.revoked is None and (self.ends is None or now.date() <= self.ends)


class Wrong(Struct, frozen=True):
    """How often a wrong key has come from an address, and for how long nobody looks at another one from there."""

    times: int
    wait: int

    @property
    def just_now(self) -> bool:
        """Only now they have become too many."""
        return self.times == WRONG_ALLOWED + 1


class UnknownKeyError(Exception):
    pass


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Key).decode


def is_name(text: str) -> bool:
    return is_login(text)


class Keys:
    def __init__(
        self, redis: Batched, clock: Clock, now: Callable[[], float] = time.time, a_minute: int = A_MINUTE
    ) -> None:
        """`now`: real time, whatever the sandbox's clock says. `a_minute`: requests of a key, a fifth of them at
        once."""
        self._redis = redis
        self._clock = clock
        self._now = now
        self._share = 60 / a_minute
        self._ahead = self._share * max(1, a_minute // 5)
        self._change = redis.script(_CHANGE)
        self._use = redis.script(_USE)
        self._wrong = redis.script(_WRONG)

    async def make(
        self, name: str, kind: Mode, scopes: frozenset[Scope], by: str, ends: date | None = None
    ) -> tuple[str, Key]:
        """What to show once, and what is kept."""
        while True:
            name_of_key = token_hex(4)
            token = f"{_BEGIN}_{kind}_{name_of_key}_{token_urlsafe(32)}"
            key = Key(
                id=name_of_key,
                name=name,
                kind=kind,
                scopes=scopes,
                digest=_digest(token),
                made=self._clock.now(),
                by=by,
                ends=ends,
            )
            if await self._redis("HSETNX", KEYS, key.id, _encode(key)):
                return token, key

    async def revoke(self, name: str, by: str) -> Key:
        while True:
            stored = await self._redis("HGET", KEYS, name)
            if not stored:
                raise UnknownKeyError
            known = _decode(stored)
            if known.revoked is not None:
                return known
            after = structs.replace(known, revoked=self._clock.now(), revoked_by=by)
            if await self._redis("EVALSHA", self._change, 1, KEYS, name, stored, _encode(after)):
                return after

    async def find(self, token: str) -> Key | None:
        """The key as it was made, whether it still opens anything or not. Of a wrong one nobody learns which part of
        it is wrong."""
        parts = token.split("_", 3)
        stored = await self._redis("HGET", KEYS, parts[2]) if len(parts) == 4 else None
        key = _decode(stored) if stored else None
        fits = compare_digest(_digest(token), key.digest if key else _digest(""))
        return key if fits else None

    async def lives(self, key: Key) -> bool:
        """For what takes a while: it may have been revoked meanwhile."""
        stored = await self._redis("HGET", KEYS, key.id)
        return bool(stored) and _decode(stored).is_alive(self._clock.now())

    async def use(self, key: Key) -> int:
        """Seconds to wait, for it has asked too often; 0: this is one of those that it may."""
        keys = _USED, f"{{staff}}:keys:pace:{key.id}"
        wait: int = await self._redis(
            "EVALSHA", self._use, 2, *keys, key.id, f"{self._now():.3f}", repr(self._share), repr(self._ahead)
        )
        return wait

    async def wrong(self, address: str) -> Wrong:
        """A wrong one has come from there."""
        times, left = await self._redis(
            "EVALSHA", self._wrong, 1, f"{{staff}}:keys:wrong:{address}", str(_WRONG_KEPT)
        )
        return Wrong(times, max(1, left) if times > WRONG_ALLOWED else 0)

    async def is_late(self, key: Key) -> bool:
        """Somebody has come with a key that opens nothing any more: is that news? Once an hour it is."""
        return bool(await self._redis("SET", f"{{staff}}:keys:late:{key.id}", "", "NX", "EX", _LATE_KEPT))

    async def all(self) -> list[tuple[Key, datetime | None]]:
        """With when each was used last. Those that open something come first, the newest before the others."""
        stored = self._redis("HVALS", KEYS)
        used: dict[bytes, bytes] = await self._redis("HGETALL", _USED)
        keys, now = [_decode(one) for one in await stored], self._clock.now()
        keys.sort(key=lambda one: one.made, reverse=True)
        keys.sort(key=lambda one: not one.is_alive(now))
        return [(one, _moment(used.get(one.id.encode()))) for one in keys]


def _digest(token: str) -> str:
    """A key is as long as chance needs: there is no use in trying many, and so none in a slow digest."""
    return sha256(token.encode()).hexdigest()


def _moment(seconds: bytes | None) -> datetime | None:
    return datetime.fromtimestamp(float(seconds), ALMATY) if seconds else None
