"""What became of each letter. News about one letter may come twice and in any order; its status never goes back.

Where there is no news, the letter was taken by its provider, or it is still in the outbox: most letters cost nothing
here. Of those that prove something, everything is kept, and for good.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from gateway.broadcasts.fates import WAYS, Fate, Fates, Place, place_of
from gateway.channels import Sent
from gateway.clock import ALMATY, day_of
from gateway.connection import Batched
from gateway.routes.trails import Trails
from gateway.store import figures_key, shard, shard_number

KEPT = timedelta(days=30)

# A record is «rank status seconds carriage». A report may come before the outbox has written down that the provider
# took the letter: then who carries it is added to what the report said. Whatever is once kept for good (a time to
# live of -1) stays so.
_MARK = """
local rank, status, at, carriage, kept = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local known = redis.call('GET', KEYS[1])
local news = 1
if known then
  local old_rank, old_status, old_at, old_carriage = string.match(known, '^(%d+) (%S+) (%d+) ?(.*)$')
  if carriage == '' then carriage = old_carriage end
  if tonumber(old_rank) >= rank then rank, status, at, news = old_rank, old_status, old_at, 0 end
  if redis.call('TTL', KEYS[1]) == -1 then kept = 0 end
end
local record = rank .. ' ' .. status .. ' ' .. at .. ' ' .. carriage
if kept == 0 then redis.call('SET', KEYS[1], record)
elseif news == 1 then redis.call('SET', KEYS[1], record, 'EX', kept)
elseif record ~= known then redis.call('SET', KEYS[1], record, 'KEEPTTL') end
if news == 1 and KEYS[2] then redis.call('HINCRBY', KEYS[2], ARGV[6], 1) end
return news
"""


class Status(StrEnum):
    """In the order in which a letter goes through them. From `delivered` on they are final: the first of them stays.
    But `expired` says only what we know, and a provider knows better."""

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
    """It could not leave while it was of use."""


_ROUTED = re.compile(r"(.*) (\S+) (\d+)")
_FATES = {
    Status.ACCEPTED: Fate.ACCEPTED,
    Status.BUFFERED: Fate.ACCEPTED,
    Status.SENT: Fate.ACCEPTED,
    Status.DELIVERED: Fate.DELIVERED,
    Status.FAILED: Fate.FAILED,
    Status.REJECTED: Fate.REJECTED,
    Status.OPTED_OUT: Fate.REJECTED,
    Status.EXPIRED: Fate.EXPIRED,
}
_RANKS = {Status.ACCEPTED: 1, Status.EXPIRED: 1, Status.BUFFERED: 2, Status.SENT: 3}
_FINAL = 9


class Delivery(Struct, frozen=True):
    """A provider's report about one letter."""

    letter: str
    status: Status


class News(Struct, frozen=True):
    """What is known of a letter."""

    status: Status
    at: datetime
    provider: str
    """The provider's own name for it; empty if it told none."""
    route: str = ""
    """Of an SMS: who carries it, …"""
    price: int = 0
    """…and for how many hundredths of a tenge; its parts stand in the SMS journal."""


class Letters:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._mark = redis.script(_MARK)
        self._fates = Fates(redis)
        self._trails = Trails(redis)
        self._kept = int(KEPT.total_seconds())

    def mark(
        self,
        letter: str,
        status: Status,
        *,
        at: float | None = None,
        carriage: str = "",
        proof: bool = False,
        counts: str = "",
        route: str = "",
    ) -> Awaitable[object]:
        """Answers 0 where something at least as far along is known already. `at`: seconds since 1970; else now.
        `proof`: the record stays for good. `counts`: what it counts as, if it is news; see `figures.tallies`.
        `route`: who says so, of an SMS."""
        rank, kept = _RANKS.get(status, _FINAL), 0 if proof else self._kept
        when = int(time.time() if at is None else at)
        if (found := place_of(letter)) is not None:
            return self._broadcast(letter, found, status, when, way=WAYS.get(route, ""), counts=counts)
        keys = [_key(letter)]
        if counts:
            keys.append(figures_key(shard_number(letter), day_of(when)))
        return self._redis("EVALSHA", self._mark, len(keys), *keys, rank, status, when, carriage, kept, counts)

    async def _broadcast(
        self, letter: str, found: tuple[Place, int], status: Status, at: int, *, way: str, counts: str
    ) -> None:
        """Of a broadcast there are records of another kind. What has gone out of use while a provider may have had it
        may have arrived."""
        fate = _FATES[status]
        if fate is Fate.EXPIRED and (await self._trails.load(letter)).route:
            fate = Fate.UNKNOWN
        await self._fates.step(*found, fate, at, way=way, counts=counts)

    async def status(self, letter: str) -> Status | None:
        (news,) = await self.news([letter])
        return news.status if news else None

    async def news(self, letters: Sequence[str]) -> list[News | None]:
        """In one breath; None where nothing is known."""
        stored: list[bytes | None] = await asyncio.gather(*(self._redis("GET", _key(letter)) for letter in letters))
        return [_read(record) if record else None for record in stored]


def carriage(sent: Sent) -> str:
    """How it stands in a record: «provider's name, route, price», or the name alone where there are no routes."""
    return f"{sent.provider} {sent.route} {sent.price}" if sent.route else sent.provider


def _read(record: bytes) -> News:
    _, status, at, carried = record.decode().split(" ", 3)
    routed = _ROUTED.fullmatch(carried)
    provider, route, price = routed.groups() if routed else (carried, "", 0)
    return News(Status(status), datetime.fromtimestamp(int(at), ALMATY), provider, route, int(price))


def _key(letter: str) -> str:
    """By the letter and not by its address: a delivery report names only the letter."""
    return f"{shard(letter)}:letter:{letter}"
