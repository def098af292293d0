"""What the built-in E-Sobes holds, in Redis: one hash of records, and a stream of what it was told.

{sandbox:esobes}:held      offer:of-3f… → the record; first:O-17:1 → what that key was answered; away → 1;
                           open → 1, played → 1
{sandbox:esobes}:relays    stream, field `relay`
"""

from datetime import date, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from dialogs.matters.matter import Answer, Kind
from gateway.connection import Batched

_HELD = "{sandbox:esobes}:held"
_RELAYS = "{sandbox:esobes}:relays"
_KEPT = 10_000
"""Relays that stay to be looked at."""

# All that one call changes is written at once, together with the answer that its key will always get.
_WRITE = """
if ARGV[1] ~= '' then redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'relay', ARGV[1]) end
for field = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[field], ARGV[field + 1]) end
return 0
"""


class Answered(Struct, frozen=True):
    answer: Answer
    at: datetime
    channel: str
    phone: str | None = None
    code: str | None = None
    text: str | None = None


class Offer(Struct, frozen=True):
    id: str
    iin: str
    service: str
    kind: Kind
    device: str | None
    opened: datetime
    answered: Answered | None = None
    withdrawn: bool = False
    application: str | None = None
    """What came of it."""


class Passed(Struct, frozen=True):
    stage: str
    at: datetime


class Application(Struct, frozen=True):
    id: str
    service: str
    iin: str
    channel: str
    submitted_at: datetime
    registered_on: date
    stage: str
    due_on: date | None = None
    queue_number: str | None = None
    organisation: str | None = None
    refusal_reason: str | None = None
    history: tuple[Passed, ...] = ()


class Note(Struct, frozen=True):
    """What a person said in addition to an application."""

    id: str
    application: str
    text: str


class Invitation(Struct, frozen=True):
    id: str
    iin: str
    organisation: str
    setting: str
    arrive_by: date
    """The last day that counts; a postponement moves it when it is signed."""
    postponed_to: date | None = None
    signed: bool = False
    outcome: str | None = None
    told: datetime | None = None
    """When the assistant heard of it first."""


class Choice(Struct, frozen=True):
    id: str
    iin: str
    service: str
    opened_on: date
    outcome: str | None = None
    told: datetime | None = None


class Order(Struct, frozen=True):
    """What a supplier has answered; it may think better of it."""

    id: str
    iin: str
    service: str
    outcome: str
    provider: str
    told: datetime
    reason: str | None = None
    arrive_on: date | None = None
    leave_on: date | None = None


class First(Struct, frozen=True):
    """What a key was answered: it is answered so for ever."""

    id: str
    status: int
    body: msgspec.Raw


class Relay(Struct, frozen=True):
    """What the assistant told."""

    at: datetime
    path: str
    key: str
    status: int
    body: msgspec.Raw


Record = Offer | Application | Note | Invitation | Choice | Order | First
T = TypeVar("T", Offer, Application, Note, Invitation, Choice, Order, First)

_encode = msgspec.json.Encoder().encode


class Shelf:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._write = redis.script(_WRITE)

    async def get(self, kind: type[T], name: str) -> T | None:
        stored: bytes | None = await self._redis("HGET", _HELD, _field(kind, name))
        return msgspec.json.decode(stored, type=kind) if stored else None

    async def all(self, kind: type[T]) -> list[T]:
        stored: dict[bytes, bytes] = await self._redis("HGETALL", _HELD)
        own = _field(kind, "").encode()
        return [msgspec.json.decode(record, type=kind) for field, record in stored.items() if field.startswith(own)]

    async def put(self, *records: Record, relay: Relay | None = None) -> None:
        fields = [part for one in records for part in (_field(type(one), one.id), _encode(one))]
        told = _encode(relay) if relay else b""
        await self._redis("EVALSHA", self._write, 2, _HELD, _RELAYS, told, _KEPT, *fields)

    async def relays(self, newest: int | None = None) -> list[Relay]:
        """Newest first."""
        count = () if newest is None else ("COUNT", newest)
        stored = await self._redis("XREVRANGE", _RELAYS, "+", "-", *count)
        return [msgspec.json.decode(fields[b"relay"], type=Relay) for _, fields in stored]

    async def away(self) -> bool:
        told: bytes | None = await self._redis("HGET", _HELD, "away")
        return told == b"1"

    async def go(self, away: bool) -> None:
        await self._redis("HSET", _HELD, "away", int(away))

    async def opening(self) -> bool:
        """True to whoever asks first."""
        return bool(await self._redis("HSETNX", _HELD, "open", 1))

    async def played(self) -> bool:
        """Whether offers to made-up people stand beside in this Redis."""
        return bool(await self._redis("HEXISTS", _HELD, "played"))

    async def plays(self) -> None:
        await self._redis("HSET", _HELD, "played", 1)


def _field(kind: type[Record], name: str) -> str:
    return f"{kind.__name__.lower()}:{name}"
