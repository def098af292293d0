"""The calendar of working days as staff have it: what they enter stands in Redis, and every process counts by it.

    {staff}:calendar           stream of what was entered and taken back, never trimmed
    {staff}:calendar-look:…    what an entry would change, while somebody looks at it; see `looks`
    {staff}:calendar-recount   how far open deadlines have been counted anew; see `recount`

Whoever holds the program's `Workdays` holds the same one; once a second each process looks whether the stream has
grown, and if it has, makes the tables anew and exchanges them in one assignment.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from time import monotonic

import msgspec
from msgspec import Struct

from dialogs.entries import Entry
from dialogs.workdays import Base, Workdays
from gateway.connection import Batched
from gateway.rounds import Rounds

log = logging.getLogger(__name__)

KEY = "{staff}:calendar"
LOOK = 1.0
"""Seconds between two looks."""
NOTHING = ""
"""The version of a calendar in which nobody has entered anything."""

# Only on top of what was looked at: of two who save at once, the second looks again.
_ADD = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if (last and last[1] or '') ~= ARGV[1] then return false end
return redis.call('XADD', KEYS[1], '*', 'line', ARGV[2])
"""


class Line(Struct, frozen=True, omit_defaults=True):
    """One line of the history: somebody has entered something, or taken it back."""

    at: datetime
    who: str
    entry: Entry | None = None
    takes_back: str = ""
    """The id of the line that does not hold any more."""


class Held(Struct, frozen=True):
    id: str
    line: Line
    taken_back: bool
    """By a later line."""

    @property
    def holds(self) -> bool:
        return self.line.entry is not None and not self.taken_back


class Calendar:
    def __init__(self, redis: Batched, base: Base, workdays: Workdays) -> None:
        """`workdays`: the one that all parts of the program hold."""
        self._redis = redis
        self._base = base
        self._add = redis.script(_ADD)
        self.rounds = Rounds(self.look, LOOK, "the calendar of working days")
        self.workdays = workdays
        self.version = NOTHING
        self.history: Sequence[Held] = ()
        """Oldest first."""
        self.changed = monotonic()
        """When this process began to count by this version."""

    @property
    def entries(self) -> list[Entry]:
        """Those that hold."""
        return [held.line.entry for held in self.history if held.holds and held.line.entry is not None]

    async def look(self) -> None:
        """Whether something was entered, here or in another process."""
        last = await self._redis("XREVRANGE", KEY, "+", "-", "COUNT", 1)
        version = last[0][0].decode() if last else NOTHING
        if version == self.version:
            return
        stored = await self._redis("XRANGE", KEY, "-", version or "+")
        history = _history([(name.decode(), fields[b"line"]) for name, fields in stored])
        entries = [held.line.entry for held in history if held.holds and held.line.entry is not None]
        self.workdays.exchange(self._base.workdays(entries))
        self.version, self.history, self.changed = version, history, monotonic()
        log.info("the calendar of working days has changed: %s entries hold", len(entries))

    def tried(self, line: Line | None) -> Workdays:
        """As it would be with this line; None: as it is, whatever is entered meanwhile."""
        lines = [(held.id, held.line) for held in self.history]
        history = _marked(lines if line is None else [*lines, ("", line)])
        return self._base.workdays(held.line.entry for held in history if held.holds and held.line.entry is not None)

    async def add(self, line: Line, version: str) -> bool:
        """False: somebody has changed the calendar since this version was looked at."""
        added = await self._redis("EVALSHA", self._add, 1, KEY, version, msgspec.json.encode(line))
        if added is not None:
            await self.look()
        return added is not None


def _history(stored: Sequence[tuple[str, bytes]]) -> list[Held]:
    lines = []
    for name, line in stored:
        try:
            lines.append((name, msgspec.json.decode(line, type=Line)))
        except msgspec.MsgspecError:
            log.error("line %s of the calendar cannot be read", name)
    return _marked(lines)


def _marked(lines: Sequence[tuple[str, Line]]) -> list[Held]:
    gone = {line.takes_back for _, line in lines if line.takes_back}
    return [Held(name, line, name in gone) for name, line in lines]
