"""The channel that the letters of broadcasts go through, at the very moment of sending: is the broadcast still
running, does the person still want it, and has this letter not left already?

What a record says goes before what stands in a stream: a letter whose record does not wait for it is struck off, so
that an entry too many harms nobody.
"""

import asyncio
from collections.abc import Iterator, Mapping

from msgspec import MsgspecError

from dialogs import session as sessions
from dialogs.broadcasts.states import State
from gateway.broadcasts.fates import BY_CHAT, BY_SMS, WAYS, Fate, Fates, Place, place_of
from gateway.broadcasts.store import broadcast_of, read
from gateway.channels import Channel, Letter, OptedOut, Outcome, Rejected, Retry, Sent, Withdrawn, channel_of
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.routes.trails import Trails
from gateway.store import shard

_LOOK = 1.0
"""Seconds between two looks whether Redis is back."""
_CHATS = frozenset({"tg", "chat"})
_FORGETFUL = "tg"
"""The channel that does not know whether it has had a letter before."""


class Casting:
    def __init__(self, redis: Batched, channel: Channel, clock: Clock) -> None:
        self._redis = redis
        self._channel = channel
        self._clock = clock
        self._fates = Fates(redis)
        self._trails = Trails(redis)

    async def send(self, letter: Letter) -> Outcome:
        found = place_of(letter.id)
        if found is None:
            return Rejected("it belongs to no broadcast")
        place, round_ = found
        try:
            ready = await self._ready(letter, place, round_)
        except RedisAwayError:
            return Retry("what becomes of it could not be written down")
        if ready is not None:
            return ready
        outcome = await self._channel.send(letter)
        return await self._settled(letter, place, round_, outcome)

    async def _ready(self, letter: Letter, place: Place, round_: int) -> Outcome | None:
        """None: it may leave now, and it is written down that it does."""
        leaving = self._fates.step(place, round_, Fate.LEAVING, self._now())
        before, state, quiet = await asyncio.gather(leaving, self._state(place), self._is_quiet(letter.address))
        if before is None:
            return Withdrawn("it has left, or was taken back")
        if before.fate is Fate.LEAVING and channel_of(letter.address) == _FORGETFUL:
            return await self._unknown(place, round_)
        if state is State.RUNNING and not quiet:
            return None
        if before.fate is Fate.LEAVING and (await self._trails.load(letter.id)).route:  # a provider may have it
            return None if state is not State.CANCELLED else await self._unknown(place, round_)
        if state is State.CANCELLED:
            await self._fates.step(place, round_, Fate.CANCELLED, self._now())
        elif state is State.RUNNING:
            await self._fates.step(place, round_, Fate.OPTED_OUT, self._now())
        else:
            await self._fates.step(place, round_, Fate.WAITS, self._now(), back=str(place.row))
        return Withdrawn("it is not wanted now")

    async def _unknown(self, place: Place, round_: int) -> Outcome:
        await self._fates.step(place, round_, Fate.UNKNOWN, self._now())
        return Withdrawn("it may have left")

    async def _settled(self, letter: Letter, place: Place, round_: int, outcome: Outcome) -> Outcome:
        """What a provider has answered is known to nobody else: it is written down however long Redis is away."""
        is_chat = channel_of(letter.address) in _CHATS
        match outcome:
            case Sent():
                fate = Fate.DELIVERED if outcome.delivered else Fate.ACCEPTED
                way = BY_CHAT if is_chat else WAYS.get(outcome.route, BY_SMS)
                await self._surely(place, round_, fate, way=way)
            case OptedOut() | Rejected() if is_chat:
                await self._surely(place, round_, Fate.WAITS, back=f"{place.row} sms")
                return Withdrawn(outcome.reason)
            case OptedOut() | Rejected():
                await self._surely(place, round_, Fate.REJECTED)
            case Retry() if channel_of(letter.address) == _FORGETFUL:
                await self._surely(place, round_, Fate.UNKNOWN if outcome.unclear else Fate.QUEUED)
                if outcome.unclear:
                    return Withdrawn(outcome.reason)
        return outcome

    async def _surely(self, place: Place, round_: int, fate: Fate, *, way: str = "", back: str = "") -> None:
        """Done twice, it is done once: the second time it cannot follow upon the first."""
        while True:
            try:
                await self._fates.step(place, round_, fate, self._now(), way=way, back=back)
                return
            except RedisAwayError:
                await asyncio.sleep(_LOOK)

    async def _state(self, place: Place) -> State:
        stored: bytes | None = await self._redis("GET", f"{{staff}}:broadcast:{broadcast_of(place.roll)}")
        return read(stored).state if stored else State.CANCELLED

    async def _is_quiet(self, address: str) -> bool:
        """Whoever reads there has stopped what the law does not ask for."""
        stored: bytes | None = await self._redis("GET", f"{shard(address)}:session:{address}")
        try:
            return stored is not None and sessions.read(stored).quiet
        except (MsgspecError, KeyError):
            return False  # the talk begins anew at the next message

    def _now(self) -> float:
        return self._clock.now().timestamp()


class Castings(Mapping[str, Channel]):
    """The channels of an outbox, as broadcasts go through them; also those that are added to it later."""

    def __init__(self, redis: Batched, channels: Mapping[str, Channel], clock: Clock) -> None:
        self._redis = redis
        self._channels = channels
        self._clock = clock
        self._castings: dict[str, Casting] = {}

    def __getitem__(self, name: str) -> Channel:
        channel = self._channels[name]
        if name not in self._castings:
            self._castings[name] = Casting(self._redis, channel, self._clock)
        return self._castings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)
