"""What stands in the streams of lines, counted: a page at a time, and every line once.

    {s07}:counted   stream → its last line that was counted

A page is counted by one script that looks where counting stands and moves on in the same call: whoever counts at the
same time, or dies at whichever moment, no line counts twice and none is left out. A month that nobody has counted is
caught up with piece by piece, while people are being answered.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from gateway.clock import ALMATY, day_of
from gateway.connection import Batched
from gateway.figures.tallies import Tally, as_arguments, keys_of
from gateway.journal.journal import Direction, Entry
from gateway.outbox.streams import place_of
from gateway.rounds import Rounds
from gateway.store import SHARDS, Line, tag

log = logging.getLogger(__name__)

PAGE = 500
"""Lines that are counted in one go: in about a millisecond, in which nobody is answered."""
LOOK = 5.0
"""Seconds between two looks at every shard."""
BREATH = 0.01
"""Seconds between two pages while there is much to catch up with."""
_BEGIN = b"0-0"

_ADVANCE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '0-0') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for at = 4, #ARGV, 3 do redis.call('HINCRBY', KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2]) end
return 1
"""

_line = msgspec.json.Decoder(Line).decode
_entry = msgspec.json.Decoder(Entry).decode

ABOUT_A_SERVICE = frozenset({"svc", "say"})
"""What people do to come to a service; what they do there does not make it asked for more."""


def _of_talk(written: bytes) -> tuple[date, tuple[str, ...]]:
    line = _line(written)
    event, _, rest = line.note.partition(" ")
    state, _, service = rest.partition(" ")
    names = [f"heard {line.surface}", f"event {event}"]
    if service and event in ABOUT_A_SERVICE and state.startswith("documents."):
        names.append(f"asked {service}")
    return day_of(line.at), tuple(names)


def _of_journal(written: bytes) -> tuple[date, tuple[str, ...]]:
    entry = _entry(written)
    direction = "told" if entry.direction is Direction.OUT else "answer"
    return entry.at.astimezone(ALMATY).date(), (f"{direction} {entry.channel} {entry.nature}",)


STREAMS: dict[str, tuple[bytes, Callable[[bytes], tuple[date, tuple[str, ...]]]]] = {
    "journal": (b"line", _of_talk),
    "sms-journal": (b"entry", _of_journal),
}
"""Which field a line stands in, and what it counts as."""


class Counting:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._advance = redis.script(_ADVANCE)
        self.rounds = Rounds(lambda: self.catch_up(breath=BREATH), LOOK, "counting")

    async def catch_up(self, seconds: float | None = None, *, breath: float = 0.0) -> bool:
        """Counts what has not been counted, for so long at most. False: there is more."""
        loop = asyncio.get_running_loop()
        until = None if seconds is None else loop.time() + seconds
        left = [(shard, stream) for shard in range(SHARDS) for stream in STREAMS]
        while left and not self.rounds.stopping:
            more = []
            for one in left:
                if until is not None and loop.time() >= until:
                    return False
                if await self._count(*one):
                    more.append(one)
                    await asyncio.sleep(breath)
            left = more
        return not left

    async def behind(self) -> float:
        """Seconds between the last line that was counted and the last that stands there, where they are farthest
        apart."""
        places = [(shard, stream) for shard in range(SHARDS) for stream in STREAMS]
        return max(await asyncio.gather(*(self._behind(*place) for place in places)))

    async def _behind(self, shard: int, stream: str) -> float:
        name = f"{tag(shard)}:{stream}"
        last, counted = await asyncio.gather(
            self._redis("XREVRANGE", name, "+", "-", "COUNT", 1), self._redis("HGET", _counted(shard), stream)
        )
        if not last:
            return 0.0
        if counted is None:  # nobody has begun: from the first line on
            ((counted, _),) = await self._redis("XRANGE", name, "-", "+", "COUNT", 1)
        milliseconds: int = place_of(last[0][0])[0] - place_of(counted)[0]
        return milliseconds / 1000

    async def _count(self, shard: int, stream: str) -> bool:
        """One page. True: there may be more."""
        at: bytes = await self._redis("HGET", _counted(shard), stream) or _BEGIN
        page = await self._redis("XRANGE", f"{tag(shard)}:{stream}", b"(" + at, "+", "COUNT", PAGE)
        if not page:
            return False
        tallies = [*_tallied(shard, stream, page)]
        days = keys_of(shard, tallies)
        written = as_arguments(tallies, days, 1)
        keys = (_counted(shard), *days.values())
        await self._redis("EVALSHA", self._advance, len(keys), *keys, stream, at, page[-1][0], *written)
        return len(page) == PAGE


def _tallied(shard: int, stream: str, page: list[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[Tally]:
    field, read = STREAMS[stream]
    counts: Counter[tuple[date, str]] = Counter()
    for name, fields in page:
        try:
            day, names = read(fields[field])
        except (msgspec.MsgspecError, KeyError):
            log.error("entry %s of %s in shard %s cannot be counted", name.decode(), stream, shard)
            continue
        counts.update((day, one) for one in names)
    return (Tally(day, name, number) for (day, name), number in counts.items())


def _counted(shard: int) -> str:
    return f"{tag(shard)}:counted"
