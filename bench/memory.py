"""What a citizen takes up in Redis once the talk is over, and what everything else takes up that a turn leaves."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from secrets import token_urlsafe

from msgspec import Struct
from redis.asyncio import Redis

from bench.contenders import Loopback
from bench.load import LoadError
from bench.talks import Talk
from dialogs import session as sessions
from gateway.channels import Letter
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.letters import Status
from gateway.outbox.outbox import Outbox
from gateway.store import SHARDS, Line, Store, outbox_key

CITIZENS = 100_000
LETTERS = 50_000
AT_ONCE = 2_000


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


async def measure(redis: Redis, talks: list[Talk]) -> Memory:
    await empty_out(redis)
    batched, clock = Batched(redis), Clock()
    last = _LastTurns(Store(batched), talks, clock)
    empty = await used(redis)
    size = 0
    for first in range(0, CITIZENS, AT_ONCE):
        size += await last.commit(range(first, first + AT_ONCE), with_letters=False)
        await _forget(redis, "*:seen:*")
    lines = await used(redis)
    for number in range(SHARDS):
        await redis.xtrim(f"{{s{number:02}}}:journal", maxlen=0, approximate=False)
    idle = await used(redis)
    if idle - empty < size:
        raise LoadError(f"{idle - empty} bytes cannot hold {CITIZENS} talks of {size} bytes")
    seen = await _after_letters(redis, batched, last)
    return Memory(
        citizen=(idle - empty) / CITIZENS,
        session=size / CITIZENS,
        journal_line=(lines - idle) / CITIZENS,
        turns=sum(map(len, talks)) / len(talks),
        seen=seen,
    )


async def _after_letters(redis: Redis, batched: Batched, last: "_LastTurns") -> float:
    """What a message leaves for some days once its letter has left."""
    outbox = Outbox(batched, {"tg": Loopback()}, last.clock, "bench")
    sending = asyncio.create_task(outbox.run())
    for first in range(CITIZENS, CITIZENS + LETTERS, AT_ONCE):
        await last.commit(range(first, first + AT_ONCE), with_letters=True)
    while any([await redis.xlen(outbox_key(number)) for number in range(SHARDS)]):
        await outbox.drained()
    outbox.stop()
    await sending
    full = await used(redis)
    if outbox.counts["tg", Status.ACCEPTED] != LETTERS:
        raise LoadError(f"{outbox.counts} letters have left instead of {LETTERS}")
    await _forget(redis, "*:seen:*")
    return (full - await used(redis)) / LETTERS


class _LastTurns:
    """Each citizen's last turn of a talk; its session is what stays."""

    def __init__(self, store: Store, talks: list[Talk], clock: Clock) -> None:
        self.clock = clock
        self._store = store
        self._talks = talks

    async def commit(self, citizens: Iterable[int], with_letters: bool) -> int:
        """How many bytes the sessions have."""
        return sum(await asyncio.gather(*[self._commit(citizen, with_letters) for citizen in citizens]))

    async def _commit(self, citizen: int, with_letter: bool) -> int:
        step = self._talks[citizen % len(self._talks)][-1]
        session = sessions.read(step.after)
        session.ref = token_urlsafe(9)
        address, message = f"tg:{500_000_000 + citizen}", f"tg:{700_000_000 + citizen}"
        now = self.clock.now().timestamp()
        letter = Letter(f"{message}:0", address, step.answer.text, now, step.answer.buttons)
        line = Line(int(now), session.ref, "chat", step.note, (letter.id,))
        after, letters = sessions.write(session), [letter] if with_letter else []
        await self._store.commit(message, address, before=None, after=after, letters=letters, line=line)
        return len(after)


async def empty_out(redis: Redis) -> None:
    """At once: else what was there before is still being freed while we count."""
    call: Callable[..., Awaitable[object]] = redis.execute_command
    await call("FLUSHALL", "SYNC")


async def used(redis: Redis) -> int:
    """Without what is only on its way: to the disk, and to and from those who are connected."""
    memory = await redis.info("memory")
    return int(memory["used_memory"] - memory["mem_aof_buffer"] - memory["mem_clients_normal"])


async def _forget(redis: Redis, pattern: str) -> int:
    """As if their time had run out."""
    keys = [key async for key in redis.scan_iter(pattern, 10_000)]
    for start in range(0, len(keys), 5_000):
        await redis.delete(*keys[start : start + 5_000])
    return len(keys)
