"""The specialists' cases in Redis. What one step brings about is written by one script, or nothing is.

    {s07}:case:sms:+7701…         the case, as bytes
    {s07}:case-lines:sms:+7701…   stream of its lines, field `line`
    {s07}:case-marks:sms:+7701…   set of what was dealt with: messages, and forms that were sent off
    {s07}:case-name:{id}          its address: no page names a phone in its own address
    {s07}:cases:waiting, …:taken, …:closed    sorted sets: address → since when

Of a closed case everything is gone after a month; at once if the person asks to be forgotten.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import IntEnum
from secrets import token_hex

import msgspec
from msgspec import Struct

from gateway.channels import Letter, channel_of
from gateway.clock import day_of
from gateway.connection import Batched
from gateway.figures.tallies import PATIENT, within
from gateway.inbox.case import Case, Line, State, Step
from gateway.store import SHARDS, counted, figures_key, outbox_key, shard, shard_number, tag

KEPT = timedelta(days=30)
"""After it is closed."""
LONGEST = 2000
"""Lines that are kept of one case: somebody's robot fills no server."""

# ARGV: the case before and after, the mark, its state (1 waiting, 2 taken, 3 closed, empty: erased) and since when,
# for how long what is closed is kept, closed before when it is gone, the address, how many lines are kept; then
# lines, letters and errands, each with their count before them; then what it counts as.
_STEP = """
if redis.call('SISMEMBER', KEYS[3], ARGV[3]) == 1 then return 1 end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 2 end
local kept, state, address = tonumber(ARGV[6]), ARGV[4], ARGV[8]
redis.call('SADD', KEYS[3], ARGV[3])
redis.call('EXPIRE', KEYS[3], kept)
for number = 5, 7 do redis.call('ZREM', KEYS[number], address) end
if state == '' then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])
else
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('SET', KEYS[4], address)
  redis.call('ZADD', KEYS[4 + tonumber(state)], ARGV[5], address)
  redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', ARGV[7])
end
local at = 10
for _, written in ipairs({{KEYS[2], 'line', ARGV[9]}, {KEYS[8], 'letter'}, {KEYS[9], 'letter'}}) do
  local number = tonumber(ARGV[at])
  for entry = at + 1, at + number do
    if written[3] then redis.call('XADD', written[1], 'MAXLEN', '~', written[3], '*', written[2], ARGV[entry])
    else redis.call('XADD', written[1], '*', written[2], ARGV[entry]) end
  end
  at = at + number + 1
end
for name = at, #ARGV do redis.call('HINCRBY', KEYS[10], ARGV[name], 1) end
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[4]}) do
  if state == '3' then redis.call('EXPIRE', key, kept) else redis.call('PERSIST', key) end
end
return 0
"""

_STATES = {State.WAITING: "1", State.TAKEN: "2", State.CLOSED: "3"}
_encode = msgspec.json.Encoder().encode
_case = msgspec.json.Decoder(Case).decode
_line = msgspec.json.Decoder(Line).decode


class Done(IntEnum):
    NOW = 0
    BEFORE = 1
    """The same was done already; nothing changed."""
    CONFLICT = 2
    """Somebody else changed the case since it was read; nothing changed."""


class Queued(Struct, frozen=True):
    cases: tuple[Case, ...]
    """Who came first comes first; of closed ones, the one closed last."""
    many: int
    """There are so many, also if not all are shown."""


class Desk:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._step = redis.script(_STEP)

    async def load(self, address: str) -> tuple[bytes | None, Case | None]:
        stored: bytes | None = await self._redis("GET", f"{shard(address)}:case:{address}")
        return stored, _case(stored) if stored else None

    async def named(self, name: str) -> str | None:
        """The address of the case of that name."""
        begin = name.partition("-")[0]
        if not (begin.isascii() and begin.isdigit() and int(begin) < SHARDS):
            return None
        stored: bytes | None = await self._redis("GET", f"{tag(int(begin))}:case-name:{name}")
        return stored.decode() if stored else None

    def fresh(self, address: str) -> str:
        """A name for a new case. It says in which shard to look, and nothing else."""
        return f"{shard_number(address):02}-{token_hex(8)}"

    async def write(
        self, address: str, before: bytes | None, mark: str, step: Step, *, name: str, errands: Sequence[Letter]
    ) -> Done:
        """`mark`: of the message or the form that this comes from; it is done once. `name`: the case's."""
        begin, after = shard(address), step.after
        at = max((line.at for line in step.lines), default=0.0)
        return Done(
            await self._redis(
                "EVALSHA",
                self._step,
                10,
                f"{begin}:case:{address}",
                f"{begin}:case-lines:{address}",
                f"{begin}:case-marks:{address}",
                f"{begin}:case-name:{name}",
                *(f"{begin}:cases:{state}" for state in State),
                outbox_key(shard_number(address)),
                f"{begin}:errands",
                figures_key(shard_number(address), day_of(at)),
                before or b"",
                _encode(after) if after else b"",
                mark,
                _STATES[after.state] if after else "",
                repr(after.since) if after else "0",
                int(KEPT.total_seconds()),
                repr(at - KEPT.total_seconds()),
                address,
                LONGEST,
                *counted([_encode(line) for line in step.lines]),
                *counted([_encode(letter) for letter in step.letters]),
                *counted([_encode(errand) for errand in errands]),
                *_counts(step),
            )
        )

    async def did(self, address: str, mark: str) -> bool:
        return bool(await self._redis("SISMEMBER", f"{shard(address)}:case-marks:{address}", mark))

    async def lines(self, address: str, most: int) -> list[Line]:
        """The last ones, oldest first."""
        found = await self._redis("XREVRANGE", f"{shard(address)}:case-lines:{address}", "+", "-", "COUNT", most)
        return [_line(fields[b"line"]) for _, fields in reversed(found)]

    async def queue(self, state: State, most: int) -> Queued:
        order = "ZREVRANGE" if state is State.CLOSED else "ZRANGE"
        keys = [f"{tag(number)}:cases:{state}" for number in range(SHARDS)]
        counts = [self._redis("ZCARD", key) for key in keys]
        found = [self._redis(order, key, 0, most - 1) for key in keys]
        addresses = [one.decode() for shard in await asyncio.gather(*found) for one in shard]
        loaded = await asyncio.gather(*(self.load(address) for address in addresses))
        cases = [case for _, case in loaded if case is not None and case.state is state]
        cases.sort(key=lambda case: case.since, reverse=state is State.CLOSED)
        return Queued(tuple(cases[:most]), sum(await asyncio.gather(*counts)))

    async def waiting(self) -> int:
        counts = (self._redis("ZCARD", f"{tag(number)}:cases:{State.WAITING}") for number in range(SHARDS))
        return sum(await asyncio.gather(*counts))


def _counts(step: Step) -> Iterator[str]:
    """Of an answer that somebody has waited for; see `figures.tallies`."""
    if step.waited is not None:
        for letter in step.letters:
            yield f"helped {channel_of(letter.address)} {within(step.waited, PATIENT)}"
