"""Whom a broadcast has gone to is forgotten once nobody can need it any more: what remains is how many, and what was
sent."""

from datetime import timedelta

from msgspec import structs

from dialogs.broadcasts.states import ENDED, State
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.lists import Lists
from gateway.broadcasts.store import BroadcastStore
from gateway.clock import Clock
from gateway.rounds import Rounds

LOOK = 3600.0
"""Seconds between two looks."""
_AT_ONCE = 100


class Forgetting:
    def __init__(self, store: BroadcastStore, lists: Lists, clock: Clock, keep: timedelta | None) -> None:
        """`keep`: since it ended, or, of a draft, since it was begun; None: for good."""
        self._store = store
        self._lists = lists
        self._clock = clock
        self._keep = keep
        self.rounds = Rounds(self.look, LOOK, "old lists of recipients")

    async def look(self) -> None:
        if self._keep is None:
            return
        before = (self._clock.now() - self._keep).timestamp()
        old = before
        while some := await self._store.newest(old, _AT_ONCE):
            for one in some:
                if _is_over(one, before):
                    await self._forget(one)
            old = some[-1].made.timestamp()

    async def _forget(self, broadcast: Broadcast) -> None:
        """Marked last: whoever dies in between does it again."""
        if broadcast.audience is None:
            return
        await self._lists.forget_people(broadcast.audience.roll)
        audience = structs.replace(broadcast.audience, forgotten=True)

        def forget(known: Broadcast) -> Broadcast:
            return structs.replace(known, audience=audience) if known.audience == broadcast.audience else known

        await self._store.change(broadcast.id, forget)


def _is_over(one: Broadcast, before: float) -> bool:
    if one.audience is None or one.audience.forgotten or one.reading is not None:
        return False
    if one.state is State.DRAFT:
        return one.audience.at.timestamp() < before
    return one.state in ENDED and one.settled and one.ended is not None and one.ended.timestamp() < before
