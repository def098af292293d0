"""The simulator's phones: an SMS phone and a chat for everybody who plays, each a short stream in Redis.

It is a channel like any other: the outbox hands it letters. What a person sends is written down as well, so that the
stream is the phone's whole screen.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, structs

from dialogs.messages import Button, Surface
from dialogs.papers import Paper
from gateway.channels import Letter, Outcome, Rejected, Sent, surface
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.store import shard

_SCREEN = 500
"""Messages that a phone keeps."""
_ERASED = "•••"
"""Shown instead of what was erased."""
_BREATH = 15.0
"""Seconds after which somebody who watches a phone hears that nothing has happened."""

# A letter that stands among the last fifty messages is not written again: the outbox sends one twice only if nobody
# knows whether it arrived, and soon. In an entry a field's name comes before its value: 'letter', id, 'entry', bytes.
_WRITE = """
local recent = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 50)
for _, entry in ipairs(recent) do
  if ARGV[1] ~= '' and entry[2][2] == ARGV[1] then return 0 end
end
local number = recent[1] and tonumber(string.match(recent[1][1], '%d+')) + 1 or 1
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], number .. '-0', 'letter', ARGV[1], 'entry', ARGV[2])
return number
"""


class Direction(StrEnum):
    IN = "in"
    """From the person to the assistant."""
    OUT = "out"


class Entry(Struct, frozen=True, omit_defaults=True):
    """One message on a phone's screen."""

    direction: Direction
    text: str
    at: datetime
    status: str
    buttons: tuple[Button, ...] = ()
    ask_contact: bool = False
    replaces: int | None = None
    number: int = 0
    """Counted per phone, from 1. A message that changed an earlier one has the number of that one."""
    paper: Paper | None = None
    """The file that came with it."""
    place: int = 0
    """Where it stands in the stream: what came `after` it is new."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Entry).decode


class Phones:
    def __init__(self, redis: Batched, waiting: Client, clock: Clock) -> None:
        """`waiting`: for those who watch a phone and hold a connection while nothing happens."""
        self._redis = redis
        self._waiting = waiting
        self._clock = clock
        self._write = redis.script(_WRITE)

    async def send(self, letter: Letter) -> Outcome:
        """A letter that comes twice is on the screen once."""
        if await self.is_unreachable(letter.address):
            return Rejected("switched off")
        if letter.erases is not None:
            erased = Entry(Direction.IN, _ERASED, self._clock.now(), "received", replaces=letter.erases)
            await self._add(letter.address, f"{letter.id}:erases", erased)
        paper = letter.paper if surface(letter.address) is Surface.CHAT else None
        entry = Entry(
            Direction.OUT,
            letter.text,
            self._clock.now(),
            "delivered",
            letter.buttons,
            letter.ask_contact,
            await self._changed(letter),
            paper=paper,
        )
        await self._add(letter.address, letter.id, entry)
        return Sent(delivered=True)

    async def unreachable(self, address: str, on: bool) -> None:
        """As if the phone were switched off, or the number nobody's: letters to it come back."""
        await (self._redis("SET", _off(address), "") if on else self._redis("DEL", _off(address)))

    async def is_unreachable(self, address: str) -> bool:
        return bool(await self._redis("EXISTS", _off(address)))

    async def write(self, address: str, text: str) -> int:
        """What the person wrote or pressed, as their phone shows it; its number."""
        return await self._add(address, "", Entry(Direction.IN, text, self._clock.now(), "received"))

    async def history(self, address: str) -> list[Entry]:
        """The screen, oldest first."""
        screen: dict[int, Entry] = {}
        for entry in _entries(await self._redis("XRANGE", _key(address), "-", "+")):
            changed = screen.get(entry.number)
            screen[entry.number] = structs.replace(entry, at=changed.at) if changed else entry
        return list(screen.values())

    async def live(self, address: str, after: int) -> AsyncIterator[Entry | None]:
        """What comes after that place, as it comes; None now and then while nothing does."""
        while True:
            found: Any = await self._waiting.execute_command(
                "XREAD", "BLOCK", int(_BREATH * 1000), "STREAMS", _key(address), f"{after}-0"
            )
            if not found:
                yield None
                continue
            for entry in _entries(found[0][1]):
                after = entry.place
                yield entry

    async def clear(self, address: str) -> None:
        """An empty screen, as of a new phone."""
        await self._redis("DEL", _key(address))

    async def _changed(self, letter: Letter) -> int | None:
        """As in Telegram, a message with a file is not changed, and none that is there gets one."""
        if letter.replaces is None or letter.paper is not None:
            return None
        place = f"{letter.replaces}-0"
        stored = _entries(await self._redis("XRANGE", _key(letter.address), place, place))
        return None if any(entry.paper for entry in stored) else letter.replaces

    async def _add(self, address: str, letter: str, entry: Entry) -> int:
        number: int = await self._redis("EVALSHA", self._write, 1, _key(address), letter, _encode(entry), _SCREEN)
        return number


def _entries(stored: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Entry]:
    found = []
    for name, fields in stored:
        place = int(name.partition(b"-")[0])
        entry = _decode(fields[b"entry"])
        found.append(structs.replace(entry, number=entry.replaces or place, place=place))
    return found


def _key(address: str) -> str:
    return f"{shard(address)}:phone:{address}"


def _off(address: str) -> str:
    return f"{shard(address)}:phone-off:{address}"
