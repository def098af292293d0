"""Where each SMS has been: written before it leaves, so that it never goes two ways, whatever dies and whenever.

{s07}:trail:{letter}     [route, taken, since, refused, letter, tries]; outlasts the letter
{s07}:copy:{letter}      of one that was taken, while it can still go another way
{s07}:spent:2026-11      day of the month, route and purpose → letters, parts, hundredths of a tenge
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from gateway.channels import Letter
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.store import SHARDS, shard, tag

STREAMS = {False: "outbox", True: "broadcasts"}
"""Where letters wait that go to one person, and those that go to many."""


class Trail(Struct, frozen=True, array_like=True):
    route: str = ""
    """The last one it left by; empty: it surely is nowhere."""
    taken: bool = False
    """The provider has it; until then nobody knows."""
    since: float = 0.0
    """When it left."""
    refused: tuple[str, ...] = ()
    """Routes that will never take it."""
    letter: Letter | None = None
    """A copy, as long as nobody knows whether the provider has it: only a report may tell."""
    tries: int = 0
    """How often it has left there since nobody knows."""


class Carriage(Struct, frozen=True):
    """What it takes to carry one letter."""

    parts: int
    price: int
    """Hundredths of a tenge, for all parts."""


class Spent(Struct, frozen=True):
    letters: int
    parts: int
    price: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Trail).decode
_decode_letter = msgspec.json.Decoder(Letter).decode

# Each replaces exactly what was read; false: it did, else what stands there instead.
_MOVE = """
local known = redis.call('GET', KEYS[1]) or ''
if known ~= ARGV[1] then return known end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return false
"""
_TAKEN = """
local known = redis.call('GET', KEYS[1]) or ''
if known ~= ARGV[1] then return known end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('HINCRBY', KEYS[2], ARGV[4] .. ' letters', 1)
redis.call('HINCRBY', KEYS[2], ARGV[4] .. ' parts', ARGV[5])
redis.call('HINCRBY', KEYS[2], ARGV[4] .. ' price', ARGV[6])
if ARGV[7] then redis.call('SET', KEYS[3], ARGV[7], 'EX', ARGV[8]) end
return false
"""
_AGAIN = """
local known = redis.call('GET', KEYS[1]) or ''
if known ~= ARGV[1] then return known end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('XADD', KEYS[2], '*', 'letter', ARGV[4])
return false
"""


class Trails:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._move = redis.script(_MOVE)
        self._taken = redis.script(_TAKEN)
        self._again = redis.script(_AGAIN)

    async def load(self, letter: str) -> Trail:
        return _read(await self._redis("GET", _key(letter)))

    async def move(self, letter: str, before: Trail, after: Trail, lasts: float) -> Trail | None:
        """None: done; else the trail as it stands."""
        written = _write(before), _write(after), _lasts(lasts)
        return _known(await self._redis("EVALSHA", self._move, 1, _key(letter), *written))

    async def taken(
        self, letter: Letter, before: Trail, lasts: float, cost: Carriage, copy: float = 0.0
    ) -> Trail | None:
        """With what it costs, once however often this is called. `copy`: seconds for which the letter is kept, so
        that it can go another way should its provider refuse it later. Answers as `move` does."""
        after = Trail(before.route, True, before.since, before.refused)
        at = datetime.fromtimestamp(before.since, ALMATY)
        purpose = f"{at:%d} {before.route} {'broadcast' if letter.broadcast else 'own'}"
        keys = _key(letter.id), _spent(letter.id, f"{at:%Y-%m}"), _copy(letter.id)
        written = _write(before), _write(after), _lasts(lasts), purpose, cost.parts, cost.price
        kept = (_encode(letter), _lasts(copy)) if copy else ()
        return _known(await self._redis("EVALSHA", self._taken, 3, *keys, *written, *kept))

    async def copy(self, letter: str) -> Letter | None:
        kept: bytes | None = await self._redis("GET", _copy(letter))
        return _decode_letter(kept) if kept else None

    async def forget_copy(self, letter: str) -> None:
        await self._redis("DEL", _copy(letter))

    async def again(self, letter: Letter, before: Trail, after: Trail, lasts: float) -> bool:
        """The letter goes to the outbox once more. False: somebody was faster."""
        keys = _key(letter.id), f"{shard(letter.id)}:{STREAMS[letter.broadcast]}"
        written = _write(before), _write(after), _lasts(lasts)
        return _known(await self._redis("EVALSHA", self._again, 2, *keys, *written, _encode(letter))) is None

    async def spent(self, month: str) -> Mapping[tuple[int, str, bool], Spent]:
        """`2026-11` → by day, route, and whether it went to many."""
        found = await asyncio.gather(
            *(self._redis("HGETALL", f"{tag(number)}:spent:{month}") for number in range(SHARDS))
        )
        sums: dict[tuple[int, str, bool], dict[str, int]] = {}
        for fields in found:
            for name, number in fields.items():
                day, route, purpose, what = name.decode().split(" ")
                key = int(day), route, purpose == "broadcast"
                one = sums.setdefault(key, {"letters": 0, "parts": 0, "price": 0})
                one[what] += int(number)
        return {key: Spent(**sums[key]) for key in sorted(sums)}


def _key(letter: str) -> str:
    return f"{shard(letter)}:trail:{letter}"


def _copy(letter: str) -> str:
    return f"{shard(letter)}:copy:{letter}"


def _spent(letter: str, month: str) -> str:
    return f"{shard(letter)}:spent:{month}"


def _lasts(seconds: float) -> int:
    return max(1, int(seconds))


def _write(trail: Trail) -> bytes:
    return b"" if trail == Trail() else _encode(trail)


def _known(answer: bytes | None) -> Trail | None:
    return None if answer is None else _read(answer)


def _read(stored: bytes | None) -> Trail:
    return _decode(stored) if stored else Trail()
