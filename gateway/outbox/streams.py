"""The letters of one shard in a stream, read by one process at a time so that their order is kept.

A consumer group knows who reads: its record of consumers is also the sign of life of each. Who finds nobody else
alive in there takes the stream over, with everything that the dead one had begun.

An entry that was read stays *pending* under its reader's name until it is struck off. That is what makes a crash lose
nothing: whoever reads next is given what is pending once more before anything new.
"""

import asyncio
from asyncio import Future
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gateway.connection import Batched
from gateway.store import SHARDS, counted, figures_key, tag

SILENCE = 10.0
"""Seconds after which a process that does not read counts as dead."""
PAGE = 100
_LOOK = 1000
"""Entries that are read in one go where nobody waits for them."""
Place = tuple[int, int]
"""Where an entry stands among all of its stream."""
NEW = b">"
"""The place from which to read on when nothing is to be read again; any other is an entry's id."""

# XINFO answers with names and values in turns, of each reader: 'name', 2; 'pending', 4; 'idle', 6. Answers are:
#   false              somebody else reads here and is alive
#   {place, entries}   the next page, and where to read on
# In their order: make the group if it is missing; leave if another reader is alive; take over what the dead had
# pending; if more is pending with us than we hold, begin again with our pending entries; read. The entries pending
# are at their end when a page of them is empty: then new ones follow.
_READ = """
local stream, me, from, held = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local readers = redis.pcall('XINFO', 'CONSUMERS', stream, 'outbox')
if readers.err then
  redis.call('XGROUP', 'CREATE', stream, 'outbox', '0', 'MKSTREAM')
  readers = {}
end
local mine = 0
for _, reader in ipairs(readers) do
  if reader[2] == me then mine = reader[4] elseif reader[6] < tonumber(ARGV[5]) then return false end
end
for _, reader in ipairs(readers) do
  if reader[2] ~= me then
    mine = mine + reader[4]
    local rest = '0-0'
    repeat
      rest = redis.call('XAUTOCLAIM', stream, 'outbox', me, 0, rest, 'COUNT', 1000, 'JUSTID')[1]
    until rest == '0-0'
    redis.call('XGROUP', 'DELCONSUMER', stream, 'outbox', reader[2])
  end
end
local function page(after)
  local found = redis.call('XREADGROUP', 'GROUP', 'outbox', me, 'COUNT', ARGV[4], 'STREAMS', stream, after)
  return found and found[1][2] or {}
end
if from == '>' and mine > held then from = '0' end
local entries = page(from)
if from ~= '>' then
  if #entries > 0 then from = entries[#entries][1] else from, entries = '>', page('>') end
end
return {from, entries}
"""

# Groups of entries that count alike: how many entries, and which; how many figures, and which of the second key. An
# entry that was struck off before is counted no more.
_DONE = """
local at = 1
while ARGV[at] do
  local names = at + 1 + ARGV[at]
  redis.call('XACK', KEYS[1], 'outbox', unpack(ARGV, at + 1, names - 1))
  local gone = redis.call('XDEL', KEYS[1], unpack(ARGV, at + 1, names - 1))
  at = names + 1 + ARGV[names]
  if gone > 0 then
    for name = names + 1, at - 1 do redis.call('HINCRBY', KEYS[2], ARGV[name], gone) end
  end
end
"""

# Back to those that wait for the morning; `matters.store` knows how they leave from there.
_PUT_OFF = """
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XACK', KEYS[1], 'outbox', ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
return redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
"""

# An SMS waits in a letter's place: it is struck off with it, or leaves at once, if it does not by itself in a second.
# Several that leave at once do so in the order in which they would have. A line of the journal begins with its time.
_IN_PLACE = """
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XACK', KEYS[1], 'outbox', ARGV[1])
for at = 5, #ARGV do redis.call('HINCRBY', KEYS[4], ARGV[at], 1) end
local name, line = ARGV[2], 'line of ' .. ARGV[2]
local due = redis.call('ZSCORE', KEYS[2], name)
if not due then return 0 end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[2], name)
  redis.call('HDEL', KEYS[3], name, line)
elseif due - ARGV[3] > 1 then
  local follows = ARGV[3] + (due - ARGV[3]) / 100000
  redis.call('ZADD', KEYS[2], string.format('%.17g', follows), name)
  local entry = redis.call('HGET', KEYS[3], line)
  if entry then redis.call('HSET', KEYS[3], line, (string.gsub(entry, '^%["[^"]*"', '["' .. ARGV[4] .. '"'))) end
end
return 1
"""

# A reader that still has something pending stays in the group: deleting it would lose these entries.
_LEAVE = """
for _, reader in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], 'outbox')) do
  if reader[2] == ARGV[1] and reader[4] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'outbox', ARGV[1])
  end
end
"""


class Streams:
    def __init__(self, redis: Batched, stream: str, reader: str) -> None:
        """`reader`: the same name after a restart, and no other process' name at the same time."""
        self._redis = redis
        self._keys = [f"{tag(shard)}:{stream}" for shard in range(SHARDS)]
        self._reader = reader
        self._read = redis.script(_READ)
        self._done = redis.script(_DONE)
        self._put_off = redis.script(_PUT_OFF)
        self._in_place = redis.script(_IN_PLACE)
        self._leave = redis.script(_LEAVE)

    def read(self, shard: int, place: bytes, held: int) -> Future[Any]:
        """Up to a page of letters: (place, [[entry, [b"letter", …]], …]), or None while somebody else reads here.

        `held` is how many letters we have read and not finished. If the group knows of more, an answer got lost or
        we were started anew, and they are read again from the beginning; `place` is how far that has come.
        """
        silence = int(SILENCE * 1000)
        return self._redis("EVALSHA", self._read, 1, self._keys[shard], self._reader, place, held, PAGE, silence)

    async def ends(self) -> dict[int, Place]:
        """Of each shard in which letters wait, the place of the last."""
        found = await asyncio.gather(*(self._redis("XREVRANGE", name, "+", "-", "COUNT", 1) for name in self._keys))
        return {shard: place_of(entries[0][0]) for shard, entries in enumerate(found) if entries}

    def done(self, shard: int, day: date, groups: Mapping[tuple[str, ...], Sequence[bytes]]) -> Future[Any]:
        """Entries by what they count as on this day; see `figures.tallies`. Done twice they are counted once."""
        written = (word for names, entries in groups.items() for word in (*counted(entries), *counted(names)))
        return self._redis("EVALSHA", self._done, 2, self._keys[shard], figures_key(shard, day), *written)

    def put_off(self, shard: int, entry: bytes, name: str, letter: bytes, until: float) -> Future[Any]:
        """It comes back to this stream then. Done twice, it is put off once."""
        return self._redis("EVALSHA", self._put_off, 3, *self._waiting(shard), entry, repr(until), name, letter)

    def in_place(
        self, shard: int, entry: bytes, sms: str, follows: datetime | None, *, day: date, names: Sequence[str]
    ) -> Future[Any]:
        """As `done`, of a letter in whose place this SMS waits. `follows`: when it leaves at the latest; None: it
        need not. Done twice it is done once."""
        due = ("", "") if follows is None else (repr(follows.timestamp()), follows.isoformat())
        keys = (*self._waiting(shard), figures_key(shard, day))
        return self._redis("EVALSHA", self._in_place, 4, *keys, entry, sms, *due, *names)

    def _waiting(self, shard: int) -> tuple[str, str, str]:
        return self._keys[shard], f"{tag(shard)}:later", f"{tag(shard)}:letters"

    def leave(self, shard: int) -> Future[Any]:
        """Another process may read here at once, unless we leave something unfinished."""
        return self._redis("EVALSHA", self._leave, 1, self._keys[shard], self._reader)


async def everything(redis: Batched, stream: str) -> AsyncIterator[tuple[bytes, dict[bytes, Any]]]:
    """The entries of a stream that is only ever appended to, with their ids, oldest first."""
    place = b"-"
    while page := await redis("XRANGE", stream, place, "+", "COUNT", _LOOK):
        for entry, fields in page:
            yield entry, fields
        place = b"(" + page[-1][0]


def place_of(entry: bytes) -> Place:
    """An entry's id is the millisecond in which it was written, and a number within it."""
    milliseconds, _, number = entry.partition(b"-")
    return int(milliseconds), int(number)
