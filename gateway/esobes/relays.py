"""What E-Sobes is to be told: it goes out as letters do, for as long as it takes. What waits, and what was refused,
stands where staff can see it.

    {s07}:relays            stream of what has not been answered yet
    {s07}:relays-refused    hash: relay → the relay, and what E-Sobes said
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, assert_never

import msgspec
from msgspec import Struct, structs

from gateway.channels import Letter, Outcome, Rejected, Retry, Sent
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, RedisAwayError
from gateway.esobes.telling import Esobes, Post, Refused, Taken
from gateway.store import SHARDS, tag

STREAM = "relays"
PAGE = 20
"""Relays that a view of those waiting names."""

Settled = Callable[[Post, str, Taken | Refused], Awaitable[None]]
"""(what was told, relay, E-Sobes' final answer): takes note of it, as often as it is told. Raises RedisAwayError."""

# Only what is still as it was read: of two who send it again, one does.
_AGAIN = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('XADD', KEYS[2], '*', 'letter', ARGV[3])
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
"""


class Waiting(Struct, frozen=True):
    relay: str
    what: str
    """An answer to an offer, `postponement`, or `request`; empty: nobody can read it."""
    offer: str
    """Of a wish that belongs to none: `request:{person}:{service}`."""
    since: datetime
    home: int
    """The shard of the person whom it is about."""


class Queue(Struct, frozen=True):
    count: int
    first: list[Waiting]
    """Those who have waited longest, a page of them."""


class Refusal(Struct, frozen=True):
    """A relay that E-Sobes did not take."""

    letter: Letter
    status: int
    held: str | None
    reason: str
    at: datetime

    @property
    def offer(self) -> str:
        return _offer(self.letter)

    @property
    def what(self) -> str:
        return _what(self.letter)

    @property
    def home(self) -> int:
        """The shard of the person whom it is about."""
        return _post(self.letter.text).home


class Figures(Struct, frozen=True):
    waiting: int
    oldest: float
    """Seconds that the first of them has waited."""
    refused: int


class _Said(Struct, frozen=True):
    answer: str


_letter = msgspec.json.Decoder(Letter).decode
_post = msgspec.json.Decoder(Post).decode
_answer = msgspec.json.Decoder(_Said).decode
_refusal = msgspec.json.Decoder(Refusal).decode
_encode = msgspec.json.Encoder().encode


class Backlog:
    """Read over all shards: what waits for E-Sobes, and what it refused."""

    def __init__(self, redis: Batched, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._again = redis.script(_AGAIN)

    async def waiting(self, page: int = PAGE) -> Queue:
        """However many there are, only the first of each shard are looked at."""
        counts = [self._redis("XLEN", _stream(shard)) for shard in range(SHARDS)]
        heads = [self._redis("XRANGE", _stream(shard), "-", "+", "COUNT", page) for shard in range(SHARDS)]
        answers = await asyncio.gather(*counts, *heads)
        first = [one for home, head in enumerate(answers[SHARDS:]) for one in _waiting(home, head)]
        return Queue(sum(answers[:SHARDS]), sorted(first, key=lambda one: one.since)[:page])

    async def refused(self) -> list[Refusal]:
        """The first refused first."""
        kept = await asyncio.gather(*(self._redis("HVALS", _refused(shard)) for shard in range(SHARDS)))
        refusals = [_refusal(one) for values in kept for one in values]
        return sorted(refusals, key=lambda refusal: (refusal.at, refusal.letter.id))

    async def figures(self) -> Figures:
        refused = [self._redis("HLEN", _refused(shard)) for shard in range(SHARDS)]
        queue, counts = await asyncio.gather(self.waiting(1), asyncio.gather(*refused))
        oldest = max(0.0, (self._clock.now() - queue.first[0].since).total_seconds()) if queue.first else 0.0
        return Figures(queue.count, oldest, sum(counts))

    async def keep(self, home: int, letter: Letter, status: int, held: str | None = None, reason: str = "") -> None:
        refusal = Refusal(letter, status, held, reason, self._clock.now())
        await self._redis("HSET", _refused(home), letter.id, _encode(refusal))

    async def again(self, relay: str) -> bool:
        """Puts a refused one back to those that wait; False: none of that name was refused."""
        found = await asyncio.gather(*(self._redis("HGET", _refused(shard), relay) for shard in range(SHARDS)))
        for shard, kept in enumerate(found):
            if kept is not None:
                return await self._back(shard, relay, kept)
        return False

    async def _back(self, shard: int, relay: str, kept: bytes) -> bool:
        letter = _refusal(kept).letter
        post = _post(letter.text)
        anew = structs.replace(letter, text=_encode(structs.replace(post, again=post.again + 1)).decode())
        keys = _refused(shard), _stream(shard)
        return bool(await self._redis("EVALSHA", self._again, 2, *keys, relay, kept, _encode(anew)))


class Relays:
    """The channel for `esobes:` addresses, of which each is one offer or one wish: so the order of each is kept."""

    def __init__(self, esobes: Esobes, backlog: Backlog, settled: Settled) -> None:
        self._esobes = esobes
        self._backlog = backlog
        self._settled = settled

    async def send(self, letter: Letter) -> Outcome:
        """What follows from the answer is written down before the relay counts as done: a crash repeats the call,
        and E-Sobes its answer."""
        try:
            post = _post(letter.text)
        except msgspec.MsgspecError as error:
            return Retry(f"no relay: {type(error).__name__}")
        answer = await self._esobes.tell(post, letter.id)
        try:
            match answer:
                case Retry():
                    return answer
                case Taken():
                    await self._settled(post, letter.id, answer)
                    return Sent()
                case Refused(status, held, reason):
                    await self._backlog.keep(post.home, letter, status, held, reason)
                    await self._settled(post, letter.id, answer)
                    return Rejected(f"E-Sobes answered {status}")
                case _:
                    assert_never(answer)
        except RedisAwayError:
            return Retry("what E-Sobes answered could not be stored")


def _waiting(home: int, head: list[Any]) -> list[Waiting]:
    found = []
    for _, fields in head:
        try:
            letter = _letter(fields[b"letter"])
        except (msgspec.MsgspecError, KeyError):
            continue  # the outbox tells the log, and strikes it off
        found.append(
            Waiting(letter.id, _what(letter), _offer(letter), datetime.fromtimestamp(letter.created, ALMATY), home)
        )
    return found


def _what(letter: Letter) -> str:
    try:
        post = _post(letter.text)
        if post.path[0] == "offers":
            return _answer(post.body).answer
        return "postponement" if post.path[-1] == "postponement" else "request"
    except (msgspec.MsgspecError, IndexError):
        return ""


def _offer(letter: Letter) -> str:
    return letter.address.partition(":")[2]


def _stream(shard: int) -> str:
    return f"{tag(shard)}:{STREAM}"


def _refused(shard: int) -> str:
    return f"{tag(shard)}:{STREAM}-refused"
