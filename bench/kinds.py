"""The kinds of matters in which a person has to do something by a day, and in which shares they are open."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Protocol

from msgspec import Struct
from redis.asyncio import Redis

from bench import duties, matters
from bench.duties import Open
from bench.memory import empty_out, used
from bench.pending import Command, Pending, pour
from dialogs.dialogue import Dialogue

WEIGHED = 62_500
"""Of one kind: a sixteenth of a million, so that Redis' tables are as full as with the million."""


class Parts(Struct, frozen=True):
    """Bytes of Redis' `used_memory` for one matter with one phone."""

    matter: float
    pocket: float
    wakeup: float
    seen: float

    @property
    def whole(self) -> float:
        return self.matter + self.pocket + self.wakeup + self.seen


class Kind(Struct, frozen=True):
    name: str
    share: int
    """Of a hundred."""
    parts: Parts


class Source(Protocol):
    """Matters of one kind by their number, as they are written to Redis."""

    def matters(self, numbers: Iterable[int], wake: datetime | None = None) -> Iterator[Command]: ...

    def pockets(self, numbers: Iterable[int]) -> Iterator[Command]: ...

    def wakeups(self, numbers: Iterable[int], wake: datetime | None = None) -> Iterator[Command]: ...

    def seen(self, numbers: Iterable[int]) -> Iterator[Command]: ...


SHARES = {"offer": 40, "invitation": 25, "choice": 25, "order": 10}
"""Of a hundred."""


def sources(spoken: Dialogue, sent: datetime, due: date) -> dict[str, Source]:
    """`sent`: when the offers were asked; `due`: by when all others are reminded of."""
    rules = matters.terms(spoken)
    makes: dict[str, duties.Make] = {
        "invitation": duties.invitations,
        "choice": duties.choices,
        "order": duties.orders,
    }
    return {
        "offer": Pending(matters.law(spoken), sent),
        **{name: Open(make, due, rules) for name, make in makes.items()},
    }


async def weigh(redis: Redis, url: str, spoken: Dialogue, sent: datetime, due: date) -> Sequence[Kind]:
    """Each kind alone in Redis."""
    kinds = []
    for name, source in sources(spoken, sent, due).items():
        await empty_out(redis)
        numbers = range(WEIGHED)
        steps = (source.matters, source.pockets, source.wakeups, source.seen)
        kinds.append(Kind(name, SHARES[name], await fill(redis, url, [step(numbers) for step in steps], WEIGHED)))
    return kinds


async def fill(redis: Redis, url: str, steps: Iterable[Iterator[Command]], number: int) -> Parts:
    """Part after part, so that each can be weighed."""
    found = [await used(redis)]
    for commands in steps:
        pour(url, commands)
        found.append(await used(redis))
    return Parts(*((after - before) / number for before, after in pairwise(found)))
