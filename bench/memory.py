"""What a citizen takes up in Redis once the talk is over, and what everything else takes up that a turn leaves."""

import asyncio
from secrets import token_urlsafe

from msgspec import Struct
from redis.asyncio import Redis

from bench.contenders import Loopback
from bench.talks import Talk
from dialogs import session as sessions
from gateway.channels import Letter
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.outbox import Outbox
from gateway.store import SHARDS, Line, Store, outbox_key

CITIZENS = 100_000
AT_ONCE = 500


class Memory(Struct, frozen=True):
    """Bytes of Redis' `used_memory`, each for one."""

    citizen: float
    """The session, with its key: what is left of an idle citizen."""
    session: float
    """Of this, the session's own bytes."""
    journal_line: float
    turns: float
    """Journal lines in one talk."""
    seen: float
    """For three days."""
    status: float
    """Of a letter, for thirty days."""


async def measure(redis: Redis, talks: list[Talk]) -> Memory:
    await redis.flushall()
    batched, clock = Batched(redis), Clock()
    store = Store(batched)
    outbox = Outbox(batched, {"tg": Loopback()}, clock, "bench")
    sending = asyncio.create_task(outbox.run())
    await outbox.drained()  # the streams are there
    empty = await _used(redis)
    size = 0
    for first in range(0, CITIZENS, AT_ONCE):
        commits = [_finish(store, talks, citizen, clock) for citizen in range(first, first + AT_ONCE)]
        size += sum(await asyncio.gather(*commits))
    while any([await redis.xlen(outbox_key(number)) for number in range(SHARDS)]):
        await outbox.drained()
    outbox.stop()
    await sending
    full = await _used(redis)
    statuses = await _forget(redis, "*:letter:*")
    no_statuses = await _used(redis)
    await _forget(redis, "*:seen:*")
    no_seen = await _used(redis)
    for number in range(SHARDS):
        await redis.xtrim(f"{{s{number:02}}}:journal", maxlen=0, approximate=False)
    idle = await _used(redis)
    if statuses != CITIZENS:
        raise ValueError(f"{statuses} letters have left instead of {CITIZENS}")
    return Memory(
        citizen=(idle - empty) / CITIZENS,
        session=size / CITIZENS,
        journal_line=(no_seen - idle) / CITIZENS,
        turns=sum(map(len, talks)) / len(talks),
        seen=(no_statuses - no_seen) / CITIZENS,
        status=(full - no_statuses) / CITIZENS,
    )


async def _finish(store: Store, talks: list[Talk], citizen: int, clock: Clock) -> int:
    """The last turn of a talk; its session is what stays. How many bytes it has."""
    step = talks[citizen % len(talks)][-1]
    session = sessions.read(step.after)
    session.ref = token_urlsafe(9)
    address, message, now = f"tg:{500_000_000 + citizen}", f"tg:{700_000_000 + citizen}", clock.now().timestamp()
    letter = Letter(f"{message}:0", address, step.answer.text, now, step.answer.buttons)
    line = Line(int(now), session.ref, "in", "chat", step.note, (letter.id,))
    after = sessions.write(session)
    await store.commit(message, address, before=None, after=after, letters=[letter], line=line)
    return len(after)


async def _used(redis: Redis) -> int:
    return int((await redis.info("memory"))["used_memory"])


async def _forget(redis: Redis, pattern: str) -> int:
    """As if their time had run out."""
    keys = [key async for key in redis.scan_iter(pattern, 10_000)]
    for start in range(0, len(keys), 5_000):
        await redis.delete(*keys[start : start + 5_000])
    return len(keys)
