"""Who may be sent what now: a lane per address keeps the order, and pauses grow. No I/O and no clock in here."""

from collections import deque
from heapq import heapify, heappop, heappush

from msgspec import Struct

from gateway.channels import Letter, channel_of

_OF_USE = 24 * 3600.0
"""Seconds for which an answer is of use, unless the letter says so itself."""
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0


class Held(Struct):
    """A letter that was read from its stream and is not done yet."""

    shard: int
    entry: bytes
    letter: Letter
    tries: int = 0


def ends(letter: Letter) -> float:
    """From then on it does not leave any more."""
    return letter.until or letter.created + _OF_USE


def pause(tries: int, after: float | None, chance: float) -> float:
    """Seconds until the next try: doubled every time, and spread so that not everybody comes back at once; never
    before the time the provider named."""
    growing = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(tries - 1, 20))
    return growing * (0.5 + chance / 2) if after is None else after + chance


class Lanes:
    def __init__(self, at_once: int) -> None:
        """`at_once`: letters under way per channel. A slow provider does not take the places of the others."""
        self._at_once = at_once
        self._lanes: dict[str, deque[Held]] = {}
        self._ready: dict[str, deque[str]] = {}
        self._flying: dict[str, int] = {}
        self._resting: list[tuple[float, str]] = []
        self._closed: dict[str, float] = {}
        """Channel → until when nothing leaves by it."""

    def add(self, held: Held) -> None:
        address = held.letter.address
        lane = self._lanes.get(address)
        if lane is None:
            self._lanes[address] = deque((held,))
            self._make_ready(address)
        else:
            lane.append(held)

    def take(self, now: float) -> list[Held]:
        """The letters that leave now; each comes back by `done` or by `rest`."""
        while self._resting and self._resting[0][0] <= now:
            self._make_ready(heappop(self._resting)[1])
        taken = []
        for channel, ready in self._ready.items():
            if self._closed.get(channel, 0.0) > now:
                continue
            free = self._at_once - self._flying.get(channel, 0)
            leaving = [self._lanes[ready.popleft()][0] for _ in range(min(free, len(ready)))]
            self._flying[channel] = self._flying.get(channel, 0) + len(leaving)
            taken += leaving
        return taken

    def done(self, held: Held) -> None:
        """The next letter of the same address may follow."""
        address = held.letter.address
        self._flying[channel_of(address)] -= 1
        lane = self._lanes[address]
        lane.popleft()
        if lane:
            self._make_ready(address)
        else:
            del self._lanes[address]

    def rest(self, held: Held, until: float) -> None:
        """The address waits; what came after this letter waits behind it."""
        self._flying[channel_of(held.letter.address)] -= 1
        heappush(self._resting, (until, held.letter.address))

    def wake(self, address: str) -> None:
        """It need not rest any longer."""
        resting = [rest for rest in self._resting if rest[1] != address]
        if len(resting) < len(self._resting):
            self._resting = resting
            heapify(resting)
            self._make_ready(address)

    def close(self, channel: str, until: float) -> None:
        """Nothing leaves by it before."""
        self._closed[channel] = until

    def next_due(self, now: float) -> float | None:
        """When something may leave that may not now, as far as it is known."""
        closed = (until for channel, until in self._closed.items() if until > now and self._ready.get(channel))
        return min((*closed, *(due for due, _ in self._resting[:1])), default=None)

    def busy(self, now: float) -> bool:
        """Is anything under way, or could be?"""
        open_ = (ready for channel, ready in self._ready.items() if self._closed.get(channel, 0.0) <= now)
        return any(self._flying.values()) or any(open_) or any(due <= now for due, _ in self._resting[:1])

    def is_due(self, address: str, now: float) -> bool:
        """Is a letter for this address under way, or could one be?"""
        closed = self._closed.get(channel_of(address), 0.0) > now
        rests = any(one == address and due > now for due, one in self._resting)
        return address in self._lanes and not closed and not rests

    def _make_ready(self, address: str) -> None:
        self._ready.setdefault(channel_of(address), deque()).append(address)
