"""The channel that the letters of broadcasts go through, at the very moment of sending: is the broadcast still
running, does the person still want it, and has this letter not left already?

What a record says goes before what stands in a stream: a letter whose record does not wait for it is struck off, so
that an entry too many harms nobody.
"""

import asyncio
from collections.abc import Iterator, Mapping

from dialogs.broadcasts.states import State
from gateway.broadcasts import simulated
from gateway.broadcasts.fates import BY_CHAT, BY_SMS, WAYS, Fate, Fates, Place, Record, place_of
from gateway.broadcasts.readers import Reader, Readers
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.store import broadcast_of, read
from gateway.channels import Channel, Letter, OptedOut, Outcome, Rejected, Retry, Sent, Withdrawn, channel_of
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.routes.trails import Trail, Trails

_LOOK = 1.0
"""Seconds between two looks whether Redis is back."""
_CHATS = frozenset({"tg", "chat"})
_GOES_ON = (State.RUNNING, State.DONE)
"""Of what is done something may leave still: what its provider has refused after all."""
_FORGETFUL = "tg"
"""The channel that does not know whether it has had a letter before."""


class Casting:
    def __init__(self, redis: Batched, channel: Channel, clock: Clock, *, rolls: Rolls, readers: Readers) -> None:
        self._redis = redis
        self._channel = channel
        self._clock = clock
        self._rolls = rolls
        self._readers = readers
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
        leaves = self._leaves(letter, place, round_)
        before, state, reader = await asyncio.gather(leaves, self._state(place), self._reader(letter, place))
        if before is None:
            return Withdrawn("it has left, or was taken back")
        if before.fate is Fate.LEAVING and channel_of(letter.address) == _FORGETFUL:
            return await self._unknown(place, round_)
        moved = _is_chat(letter) and reader.chat != letter.address
        if state in _GOES_ON and not reader.quiet and not moved:
            return None
        if before.fate is Fate.LEAVING and (trail := await self._trails.load(letter.id)).route:
            if trail.taken:
                return None  # whoever carries it says so, and sends nothing
            if state is State.CANCELLED or reader.quiet:
                return await self._unknown(place, round_)
            return Withdrawn("its broadcast stands still; a report may come")
        if state is State.CANCELLED:
            await self._fates.step(place, round_, Fate.CANCELLED, self._now())
        elif reader.quiet:
            await self._fates.step(place, round_, Fate.OPTED_OUT, self._now())
        else:  # it is written anew, once it may be
            await self._fates.step(place, round_, Fate.WAITS, self._now(), back=str(place.row))
        return Withdrawn("it is not wanted now")

    async def _leaves(self, letter: Letter, place: Place, round_: int) -> Record | None:
        """The record as it was; None: this letter does not leave any more."""
        before = await self._fates.step(place, round_, Fate.LEAVING, self._now())
        if before is None and (trail := await self._trails.load(letter.id)).refused and not trail.route:
            await self._fates.step(place, round_, Fate.QUEUED, self._now())  # whoever had taken it has it no more
            before = await self._fates.step(place, round_, Fate.LEAVING, self._now())
        return before

    async def _unknown(self, place: Place, round_: int) -> Outcome:
        await self._fates.step(place, round_, Fate.UNKNOWN, self._now())
        return Withdrawn("it may have left")

    async def _settled(self, letter: Letter, place: Place, round_: int, outcome: Outcome) -> Outcome:
        """What a provider has answered is known to nobody else: it is written down however long Redis is away."""
        is_chat = _is_chat(letter)
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
            case Retry() if (await self._trail(letter)).route:
                return Withdrawn(outcome.reason)  # it would stand in the others' way; `Sender` comes back to it
        return outcome

    async def _surely(self, place: Place, round_: int, fate: Fate, *, way: str = "", back: str = "") -> None:
        """Done twice, it is done once: the second time it cannot follow upon the first."""
        while True:
            try:
                await self._fates.step(place, round_, fate, self._now(), way=way, back=back)
                return
            except RedisAwayError:
                await asyncio.sleep(_LOOK)

    async def _trail(self, letter: Letter) -> Trail:
        """Nowhere, if that cannot be found out: then it is tried once more, and its route looks first."""
        try:
            return await self._trails.load(letter.id)
        except RedisAwayError:
            return Trail()

    async def _state(self, place: Place) -> State:
        stored: bytes | None = await self._redis("GET", f"{{staff}}:broadcast:{broadcast_of(place.roll)}")
        return read(stored).state if stored else State.CANCELLED

    async def _reader(self, letter: Letter, place: Place) -> Reader:
        """Whoever is at the phone, and in the chat that is linked to it by now."""
        if channel_of(letter.address) == simulated.CHANNEL:
            return Reader()
        phone = letter.address.partition(":")[2]
        if _is_chat(letter):
            if (recipient := await self._rolls.one(place)) is None:
                return Reader()  # the list is forgotten, and with it what was to leave
            phone = recipient.phone
        (reader,) = await self._readers.at([phone])
        return reader

    def _now(self) -> float:
        return self._clock.now().timestamp()


class Castings(Mapping[str, Channel]):
    """The channels of an outbox, as broadcasts go through them; also those that are added to it later."""

    def __init__(self, redis: Batched, channels: Mapping[str, Channel], clock: Clock) -> None:
        self._redis = redis
        self._channels = channels
        self._clock = clock
        self._rolls, self._readers = Rolls(redis), Readers(redis, channels)
        self._castings: dict[str, Casting] = {}

    def __getitem__(self, name: str) -> Channel:
        channel = self._channels[name]
        if name not in self._castings:
            self._castings[name] = Casting(
                self._redis, channel, self._clock, rolls=self._rolls, readers=self._readers
            )
        return self._castings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)


def _is_chat(letter: Letter) -> bool:
    return channel_of(letter.address) in _CHATS
