"""How fast letters may leave, so that nobody's limit is hit. No I/O and no clock in here: the time is handed in.

There is a rate for all together and a pause for each chat. What goes to one person takes its place at once, up to a
few in the same moment; what goes to many gets a place only where nothing else has taken it. A provider that says «too
many» makes it slower: to one chat, or, if it says so of several, to everybody.
"""

from math import inf
from typing import NamedTuple

BURST = 3
"""So many leave in the same moment."""
SLOWER = 0.7
SLOWEST = 1 / 30
"""Share of the full rate that is left however often it was too much."""
RECOVERS = 120.0
"""Seconds from nothing to the full rate."""
SETTLES = 5.0
"""Seconds after a hold in which the rate stays as it is."""
TOGETHER = 10.0
"""Seconds within which the same words about several chats mean everybody."""
_SWEEP = 1024


class Place(NamedTuple):
    """A moment, and whether it is taken for who asked: otherwise they ask again then."""

    at: float
    taken: bool


class Pace:
    def __init__(self, rate: float, *, each: float = 0.0, burst: int = BURST) -> None:
        """`rate`: letters in a second. `each`: seconds between two letters to one chat. In no second leave more than
        `rate + burst`."""
        self._top = rate
        self._each = each
        self._ahead = burst - 1
        self._rate = rate
        """When it was changed last; it grows from there."""
        self._grows_from = 0.0
        self._next = 0.0
        """When the next letter would leave if they left one by one."""
        self._held = 0.0
        """Until then nothing leaves."""
        self._chats: dict[str, float] = {}
        """When each takes another letter."""
        self._sweep_at = _SWEEP
        self._refused: dict[str, float] = {}
        """Chats of which «too many» was said lately, and when."""

    def rate(self, now: float) -> float:
        return min(self._top, self._rate + max(0.0, now - self._grows_from) * self._top / RECOVERS)

    def place(self, now: float, chat: str = "", *, broadcast: bool = False, within: float = inf) -> Place:
        """For one letter, if there is one within so many seconds. Without a chat only the rate of all counts."""
        ready = self.ready(chat)
        if ready > now:
            return Place(ready, taken=False)
        step = 1 / self.rate(now)
        at = max(now, self._held, self._next - (0.0 if broadcast else self._ahead * step))
        if at > now + (0.0 if broadcast else within):
            return Place(at, taken=False)
        self._next = max(self._next, at) + step
        if chat and self._each:
            self._chats[chat] = at + self._each
            self._forget(now)
        return Place(at, taken=True)

    def ready(self, chat: str) -> float:
        """When this chat takes another letter."""
        return self._chats.get(chat, 0.0)

    def left(self, now: float, chat: str) -> None:
        """The last letter to this chat is there only now: the pause begins here."""
        self._chats[chat] = max(self.ready(chat), now + self._each)

    def held(self, now: float) -> bool:
        """Who has waited for their place asks again while this is so."""
        return now < self._held

    def refused(self, now: float, after: float, chat: str = "") -> None:
        """The provider wants nothing for so many seconds."""
        if chat:
            self._chats[chat] = max(self._chats.get(chat, 0.0), now + after)
            self._forget(now)
            self._refused = {one: at for one, at in self._refused.items() if now - at < TOGETHER} | {chat: now}
            if len(self._refused) == 1:
                return
        if now >= self._held:  # what was under way at the same time says nothing new
            self._rate = max(self.rate(now) * SLOWER, self._top * SLOWEST)
        self._held = max(self._held, now + after)
        self._grows_from = self._held + SETTLES

    def _forget(self, now: float) -> None:
        """Chats that may be written to anyway."""
        if len(self._chats) >= self._sweep_at:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}
            self._sweep_at = max(_SWEEP, 2 * len(self._chats))
