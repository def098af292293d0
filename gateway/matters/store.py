"""Matters in Redis, what phones know of them, and everything that one step of a matter brings about.

A matter rests in its person's shard, its *home*; what a phone knows of it, the pocket, in the phone's. Each step is
one script in one shard: what decides a matter is written at its home, what decides nothing, at the phone.

    {s07}:matter:O-17             the matter, as bytes
    {s07}:invitation:in-3, choice:…, order:…    a duty, as bytes; see `dialogs.duties`
    {s07}:pocket:sms:+7701…       the offers that a phone was told of, with their codes, and the duties
    {s07}:news:4dd5438b8db0…      what a person was told of their applications; see `news_store`
    {s07}:seen:…                  this message or event was dealt with
    {s07}:wakeups                 when the clock has to look at which matter, or at whose news
    {s07}:later, {s07}:letters    letters that wait for the morning, and SMS that wait for a chat: when, and which,
                                  with their journal lines
    {s07}:relays                  stream of what E-Sobes is to be told
    {s07}:sms-journal             stream of what the law wants written down
    {s07}:events                  stream of what E-Sobes told and no matter keeps
    {s07}:audit                   stream of what may be a misuse; see `store`
    {s07}:office                  stream of what the office has to look at
    {s07}:figures:2026-11-26      what is counted; see `figures.tallies`
    {s07}:shelf:choice:open       what is open, for staff; see `shelves`
"""

from asyncio import Future, gather
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec
from msgspec import Struct

from dialogs.duties.duty import AnyDuty
from dialogs.duties.duty import name as name_of
from dialogs.matters import pocket as pockets
from dialogs.matters.matter import Matter
from dialogs.matters.pocket import Known, Noted, Pocket
from gateway.channels import Inbound
from gateway.connection import Batched
from gateway.esobes.events import EVENT
from gateway.figures.tallies import as_arguments, keys_of
from gateway.matters.shelves import Shelved, shelve
from gateway.matters.writing import Writing
from gateway.store import SEEN_FOR, SHARDS, Commit, counted, shard, shard_number, tag

EVENT_SEEN_FOR = timedelta(days=30)
"""E-Sobes may tell us something again long after."""
PAGE = 500
"""Letters or matters that one look at a shard brings."""

# Counts come before what they count: letters to send now, letters for later as (when, name, letter, journal line),
# names of letters that wait and are of no use any more, relays, journal lines, events, lines of the audit, notes for
# the office, figures as (which key, name, by how much). What waits is no line of the journal yet: it may never leave.
# Last, from which shelf to which the record moves, as numbers of keys, 0 for none; under what name, and its moment.
_COMMIT = """
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 2 end
if ARGV[3] ~= '0' and not redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[3]) then return 1 end
if ARGV[2] == '' then redis.call('DEL', KEYS[2])
elseif ARGV[2] ~= ARGV[1] then redis.call('SET', KEYS[2], ARGV[2]) end
if ARGV[4] ~= '' then
  if ARGV[5] == '' then redis.call('ZREM', KEYS[3], ARGV[4]) else redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4]) end
end
local at = 6
local function each(step, take)
  local number = tonumber(ARGV[at])
  for _ = 1, number do take(at + 1) at = at + step end
  at = at + 1
end
each(1, function(i) redis.call('XADD', KEYS[4], '*', 'letter', ARGV[i]) end)
each(4, function(i)
  redis.call('ZADD', KEYS[5], ARGV[i], ARGV[i + 1])
  redis.call('HSET', KEYS[6], ARGV[i + 1], ARGV[i + 2], 'line of ' .. ARGV[i + 1], ARGV[i + 3])
end)
each(1, function(i)
  redis.call('ZREM', KEYS[5], ARGV[i])
  redis.call('HDEL', KEYS[6], ARGV[i], 'line of ' .. ARGV[i])
end)
each(1, function(i) redis.call('XADD', KEYS[7], '*', 'letter', ARGV[i]) end)
each(1, function(i) redis.call('XADD', KEYS[8], '*', 'entry', ARGV[i]) end)
each(1, function(i) redis.call('XADD', KEYS[9], '*', 'event', ARGV[i]) end)
each(1, function(i) redis.call('XADD', KEYS[10], '*', 'audit', ARGV[i]) end)
each(1, function(i) redis.call('XADD', KEYS[11], '*', 'note', ARGV[i]) end)
each(3, function(i) redis.call('HINCRBY', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]) end)
local from, to = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
if from > 0 then redis.call('ZREM', KEYS[from], ARGV[at + 2]) end
if to > 0 then redis.call('ZADD', KEYS[to], ARGV[at + 3], ARGV[at + 2]) end
return 0
"""

# What is due: letters move to the outbox here, matters are only named. With them, when something is due next.
# A letter that the outbox has put off has its line in the journal already.
_DUE = """
local names = redis.call('ZRANGE', KEYS[2], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, name in ipairs(names) do
  local letter = redis.call('HGET', KEYS[3], name)
  if letter then redis.call('XADD', KEYS[4], '*', 'letter', letter) end
  local line = redis.call('HGET', KEYS[3], 'line of ' .. name)
  if line then redis.call('XADD', KEYS[5], '*', 'entry', line) end
  redis.call('HDEL', KEYS[3], name, 'line of ' .. name)
  redis.call('ZREM', KEYS[2], name)
end
local matters = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[2], 'BYSCORE', 'LIMIT', 0, ARGV[3])
local wakeup = redis.call('ZRANGE', KEYS[1], #matters, #matters, 'WITHSCORES')
return {#names, matters, wakeup, redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')}
"""

# Letters that wait, with this phone in their names and one of these beginnings.
_UNSEND = """
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  for at = 2, #ARGV do
    if string.find(name, ':' .. ARGV[1], 1, true) and string.sub(name, 1, #ARGV[at]) == ARGV[at] then
      redis.call('ZREM', KEYS[1], name)
      redis.call('HDEL', KEYS[2], name, 'line of ' .. name)
    end
  end
end
"""

_UNSEND_ALL = """
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if string.sub(name, -#ARGV[1]) == ARGV[1] then
    redis.call('ZREM', KEYS[1], name)
    redis.call('HDEL', KEYS[2], name, 'line of ' .. name)
  end
end
"""

Wakes = tuple[str, str]
"""A matter or news, and when the clock has to look at it; both empty: leave it as it is."""


Moved = tuple[Shelved | None, Shelved | None]
"""The shelf that a record leaves, and the one that it comes to."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Matter).decode
_decode_duty = msgspec.json.Decoder(AnyDuty).decode


class Found(Struct, frozen=True):
    offers: list[bytes | None]
    duties: list[bytes | None]
    seen: bool


class Due(Struct, frozen=True):
    letters: int
    """So many have moved to the outbox."""
    matters: tuple[str, ...]
    next: float | None
    """When something is due after these."""


class MatterStore:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._commit = redis.script(_COMMIT)
        self._due = redis.script(_DUE)
        self._unsend = redis.script(_UNSEND)
        self._unsend_all = redis.script(_UNSEND_ALL)

    async def matter(self, home: int, offer: str) -> bytes | None:
        return await self.record(home, f"matter:{offer}")

    async def record(self, home: int, name: str) -> bytes | None:
        stored: bytes | None = await self._redis("GET", f"{tag(home)}:{name}")
        return stored

    async def known(self, pocket: Pocket, inbound: Inbound, phone: str) -> Found:
        """What a phone knows of, and whether this message was dealt with: in the talk, at the phone, or as an
        answer."""
        offers, duties = self._matters(pocket.offers), self._noted(pocket.duties)
        begins = dict.fromkeys([shard(inbound.address), shard(phone), *(tag(offer.home) for offer in pocket.offers)])
        seen = [self._redis("EXISTS", f"{begin}:seen:{inbound.id}") for begin in begins]
        answers = iter(await gather(*offers, *duties, *seen))
        return Found([next(answers) for _ in offers], [next(answers) for _ in duties], any(answers))

    async def matters(self, offers: Sequence[Known]) -> list[bytes | None]:
        return [*await gather(*self._matters(offers))]

    def _matters(self, offers: Sequence[Known]) -> list[Future[Any]]:
        return [self._redis("GET", f"{tag(offer.home)}:matter:{offer.id}") for offer in offers]

    async def duties(self, noted: Sequence[Noted]) -> list[bytes | None]:
        return [*await gather(*self._noted(noted))]

    def _noted(self, noted: Sequence[Noted]) -> list[Future[Any]]:
        return [self._redis("GET", f"{tag(one.home)}:{one.name}") for one in noted]

    async def seen(self, home: int, cause: str) -> bool:
        """Whether this was dealt with."""
        return bool(await self._redis("EXISTS", f"{tag(home)}:seen:{cause}"))

    async def pockets(self, addresses: Iterable[str]) -> dict[str, bytes | None]:
        asked = {address: self._redis("GET", pocket_key(address)) for address in addresses}
        return dict(zip(asked, await gather(*asked.values()), strict=True))

    async def known_at(self, phones: Iterable[str]) -> dict[str, Pocket]:
        """What is known at each of these phones."""
        stored = await self.pockets(f"sms:{phone}" for phone in phones)
        return {address.removeprefix("sms:"): pockets.read(one) for address, one in stored.items()}

    async def commit_matter(
        self, home: int, offer: str, before: bytes | None, after: Matter, writing: Writing
    ) -> Commit:
        wake = "" if after.wake is None else repr(after.wake.timestamp())
        moved = _moved(f"matter:{offer}", read(before), after)
        return await self.commit(
            home, f"matter:{offer}", before, _encode(after), writing, wakes=(offer, wake), moved=moved
        )

    async def commit_duty(self, home: int, before: bytes | None, after: AnyDuty, writing: Writing) -> Commit:
        record, wake = name_of(after), "" if after.wake is None else repr(after.wake.timestamp())
        moved = _moved(record, read_duty(before), after)
        return await self.commit(
            home, record, before, _encode(after), writing, wakes=(f".{record}", wake), moved=moved
        )

    async def commit_pocket(self, address: str, before: bytes | None, after: Pocket, writing: Writing) -> Commit:
        written = b"" if after == Pocket() else pockets.write(after)
        return await self.commit(shard_number(address), f"pocket:{address}", before, written, writing)

    async def commit_event(self, home: int, writing: Writing) -> Commit:
        """An event of E-Sobes that changes nothing here yet."""
        return await self.commit(home, "no-record", None, b"", writing)

    async def due(self, now: datetime, lag: float) -> dict[int, Due]:
        """In every shard. `lag`: matters are looked at so many seconds after their time, letters at once."""
        seconds = now.timestamp()
        asked = {
            home: self._redis(
                "EVALSHA",
                self._due,
                5,
                *(f"{tag(home)}:{name}" for name in ("wakeups", "later", "letters", "outbox", "sms-journal")),
                repr(seconds),
                repr(seconds - lag),
                PAGE,
            )
            for home in range(SHARDS)
        }
        return dict(zip(asked, map(_due, await gather(*asked.values())), strict=True))

    async def unsend(self, home: int, phone: str, beginnings: Sequence[str]) -> None:
        """Letters about somebody do not come to this phone any more. `phone`, `beginnings`: as in their names."""
        begin = tag(home)
        await self._redis("EVALSHA", self._unsend, 2, f"{begin}:later", f"{begin}:letters", phone, *beginnings)

    async def unsend_everywhere(self, ending: str) -> None:
        """Letters whose names end so do not come any more, whoever they are about."""
        asked = []
        for home in range(SHARDS):
            begin = tag(home)
            asked.append(self._redis("EVALSHA", self._unsend_all, 2, f"{begin}:later", f"{begin}:letters", ending))
        await gather(*asked)

    async def rest(self, home: int, offer: str, until: datetime) -> None:
        """The clock leaves the matter alone till then, or longer, if somebody else has stepped it meanwhile."""
        await self._redis("ZADD", f"{tag(home)}:wakeups", "XX", "GT", repr(until.timestamp()), offer)

    async def commit(
        self,
        home: int,
        record: str,
        before: bytes | None,
        after: bytes,
        writing: Writing,
        *,
        wakes: Wakes = ("", ""),
        moved: Moved = (None, None),
    ) -> Commit:
        """Replaces exactly the record that was read, `before`, by `after`; empty: there is none. `moved`: from which
        shelf to which."""
        begin = tag(home)
        later: list[bytes | str] = []
        for letter, entry in ((one.letter, one.entry) for one in writing.later):
            later += [repr(letter.created), letter.id, _encode(letter), _encode(entry)]
        days = keys_of(home, writing.tallies)
        shelves = [one.shelf.key(home) for one in moved if one is not None]
        numbers = count(_KEYS + len(days) + 1)
        return Commit(
            await self._redis(
                "EVALSHA",
                self._commit,
                _KEYS + len(days) + len(shelves),
                f"{begin}:seen:{writing.cause}",
                f"{begin}:{record}",
                *(f"{begin}:{name}" for name in _WRITTEN),
                *days.values(),
                *shelves,
                before or b"",
                after,
                _seen_for(writing.cause),
                *wakes,
                *counted([_encode(letter) for letter in writing.letters]),
                len(writing.later),
                *later,
                *counted(writing.unsend),
                *counted([_encode(relay) for relay in writing.relays]),
                *counted([_encode(entry) for entry in writing.entries]),
                *counted(writing.events),
                *counted([_encode(line) for line in writing.audits]),
                *counted([_encode(note) for note in writing.notes]),
                len(writing.tallies),
                *as_arguments(writing.tallies, days, _KEYS),
                *(0 if one is None else next(numbers) for one in moved),
                record,
                repr(moved[1].due) if moved[1] else "",
            )
        )


_WRITTEN = ("wakeups", "outbox", "later", "letters", "relays", "sms-journal", "events", "audit", "office")
_KEYS = 2 + len(_WRITTEN)


def read(stored: bytes | None) -> Matter | None:
    return _decode(stored) if stored else None


def read_duty(stored: bytes | None) -> AnyDuty | None:
    return _decode_duty(stored) if stored else None


def _moved(record: str, before: Matter | AnyDuty | None, after: Matter | AnyDuty) -> Moved:
    was = None if before is None else shelve(record, before)
    becomes = shelve(record, after)
    if was == becomes:
        return None, None
    same = was is not None and becomes is not None and was.shelf == becomes.shelf
    return (None if same else was), becomes


def _seen_for(cause: str) -> int:
    if not cause:
        return 0
    return int((EVENT_SEEN_FOR if cause.startswith(EVENT) else SEEN_FOR).total_seconds())


def home_of(iin: str) -> int:
    return shard_number(iin)


def pocket_key(address: str) -> str:
    return f"{shard(address)}:pocket:{address}"


def _due(answer: list[Any]) -> Due:
    moved, matters, *firsts = answer
    times = [float(first[1]) for first in firsts if first]
    return Due(moved, tuple(name.decode() for name in matters), min(times, default=None))
