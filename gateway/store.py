"""What is remembered, in Redis: sessions, letters on their way, the journal, and which messages were seen.

Everything that one message brings about is written by one script, or nothing is. The keys of one address carry the
hash tag of its shard, so that the script runs on a cluster as well.

    {s07}:session:sms:+7701…   the talk, as bytes
    {s07}:pocket:sms:+7701…    the offers that this phone was told of; see `matters.store`
    {s07}:seen:kannel:4f…      this message was answered; kept longer than any provider repeats one
    {s07}:outbox               stream of letters that have not left yet
    {s07}:journal              stream of what happened, without personal data
    {s07}:errands              stream of what is still to be done; see `errands`
    {s07}:audit                stream of what may be a misuse, without personal data
    {s07}:unmet                stream of words that were not understood, without numbers; only the newest
    {s07}:wakeups              `.talk:sms:+7701…` → when an IIN there is of no use any more; see `matters.store`
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Literal

import msgspec
from msgspec import Struct

from gateway.channels import Letter
from gateway.clock import day_of
from gateway.connection import Batched
from gateway.shards import SHARDS as SHARDS  # noqa: PLC0414 - whoever has a store asks it
from gateway.shards import shard_number as shard_number  # noqa: PLC0414

SEEN_FOR = timedelta(days=3)
"""Telegram repeats an update for a day, Kannel a message for as long as its queue lives."""

# A script that refuses halfway has written what came before, so every refusal comes first. A repeat whose session has
# changed meanwhile is a conflict at first, and known as a repeat once the session has been loaded again. Counts come
# before what they count: letters, errands, audit lines. What was not understood comes last, where there is such.
_COMMIT = """
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 2 end
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[4]) then return 1 end
if ARGV[2] == '' then redis.call('DEL', KEYS[2])
elseif ARGV[5] == '0' then
  if ARGV[2] ~= ARGV[1] then redis.call('SET', KEYS[2], ARGV[2]) end
else redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[5]) end
if ARGV[6] == 'never' then redis.call('ZREM', KEYS[7], ARGV[7])
elseif ARGV[6] ~= '' then redis.call('ZADD', KEYS[7], ARGV[6], ARGV[7]) end
redis.call('XADD', KEYS[4], '*', 'line', ARGV[3])
local at = 8
for _, written in ipairs({{KEYS[3], 'letter'}, {KEYS[5], 'letter'}, {KEYS[6], 'audit'}}) do
  local number = tonumber(ARGV[at])
  for entry = at + 1, at + number do redis.call('XADD', written[1], '*', written[2], ARGV[entry]) end
  at = at + number + 1
end
if ARGV[at] then
  redis.call('XADD', KEYS[8], 'MAXLEN', '~', ARGV[at + 1], '*', 'unmet', ARGV[at])
  redis.call('HINCRBY', KEYS[9], ARGV[at + 2], 1)
end
return 0
"""

UNMET_KEPT = 500
"""Words that were not understood, in a shard: the newest, about."""


class Commit(IntEnum):
    DONE = 0
    REPEATED = 1
    """This message was answered before. Nothing changed."""
    CONFLICT = 2
    """Somebody else changed the session since it was loaded. Nothing changed."""


class Line(Struct, frozen=True, array_like=True):
    """One line of the journal. `ref` is the session's random name: no line holds a phone or a chat."""

    at: int
    ref: str
    surface: str
    note: str
    letters: tuple[str, ...]


class AuditLine(Struct, frozen=True, array_like=True):
    """One line of the audit: when, whose talk by its random name, where, what, and about whom; see `people.mark`."""

    at: int
    ref: str
    surface: str
    what: str
    about: str


class Unmet(Struct, frozen=True, array_like=True):
    """Words that nobody could make anything of; see `dialogs.unmet`."""

    at: int
    surface: str
    language: str
    state: str
    """Where they were said."""
    words: str


WAKEUP = ".talk:"
"""How a talk is called among what the clock has to look at; no id of E-Sobes begins with a dot."""
Wakes = float | Literal["never"] | None
"""Seconds since 1970; None: whatever was said before."""

_encode = msgspec.json.Encoder().encode
_shards = tuple(f"{{s{number:02}}}" for number in range(SHARDS))


def tag(number: int) -> str:
    """The hash tag that all keys of a shard begin with."""
    return _shards[number]


def shard(address: str) -> str:
    """The hash tag that an address' keys begin with."""
    return _shards[shard_number(address)]


def counted(things: Sequence[bytes | str]) -> Iterator[bytes | str | int]:
    """As the scripts read a list: how many, and which."""
    yield len(things)
    yield from things


def outbox_key(number: int) -> str:
    return f"{_shards[number]}:outbox"


def figures_key(number: int, day: date) -> str:
    """What is counted in a shard on a day; see `figures.tallies`."""
    return f"{_shards[number]}:figures:{day}"


class Store:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._commit = redis.script(_COMMIT)
        self._seen_for = int(SEEN_FOR.total_seconds())

    async def load(self, address: str) -> bytes | None:
        stored: bytes | None = await self._redis("GET", f"{shard(address)}:session:{address}")
        return stored

    async def recall(self, address: str) -> tuple[bytes | None, bytes | None]:
        """The talk, and what is known at this phone or chat of offers: most know of none."""
        begin = shard(address)
        session, pocket = await self._redis("MGET", f"{begin}:session:{address}", f"{begin}:pocket:{address}")
        return session, pocket

    async def commit(
        self,
        inbound_id: str,
        address: str,
        *,
        before: bytes | None,
        after: bytes | None,
        letters: Sequence[Letter],
        line: Line,
        errands: Sequence[Letter] = (),
        audit: Sequence[AuditLine] = (),
        lasts: timedelta | None = None,
        wakes: Wakes = None,
        unmet: Unmet | None = None,
    ) -> Commit:
        """Replace exactly the session that was read, `before`, by `after`; None stands for no session. `lasts`: what
        is written now is gone after this, unless something else is written meanwhile. `wakes`: when the clock has to
        look at this talk."""
        tag = shard(address)
        kept = () if unmet is None else (f"{tag}:unmet", figures_key(shard_number(address), day_of(unmet.at)))
        return Commit(
            await self._redis(
                "EVALSHA",
                self._commit,
                7 + len(kept),
                f"{tag}:seen:{inbound_id}",
                f"{tag}:session:{address}",
                f"{tag}:outbox",
                f"{tag}:journal",
                f"{tag}:errands",
                f"{tag}:audit",
                f"{tag}:wakeups",
                *kept,
                before or b"",
                after or b"",
                _encode(line),
                self._seen_for,
                0 if lasts is None else int(lasts.total_seconds()),
                "" if wakes is None else wakes if isinstance(wakes, str) else repr(wakes),
                f"{WAKEUP}{address}",
                *counted([_encode(letter) for letter in letters]),
                *counted([_encode(errand) for errand in errands]),
                *counted([_encode(one) for one in audit]),
                *(() if unmet is None else (_encode(unmet), UNMET_KEPT, f"unmet {unmet.surface}")),
            )
        )
