"""What is struck off a talk in time, also if nobody ever writes there again: an IIN that is of no use any more."""

import msgspec

from dialogs import session as sessions
from dialogs.session import Session
from dialogs.topics import proof
from gateway.channels import surface
from gateway.clock import Clock
from gateway.store import WAKEUP, Commit, Line, Store


class OldIins:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def woken(self, name: str) -> None:
        """`name`: of the wake-up."""
        address, outcome = name.removeprefix(WAKEUP), Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now, before = self._clock.now(), await self._store.load(address)
            after, session = before, _read(before)
            if session is not None and (due := proof.old_at(session)) is not None and due <= now.timestamp():
                proof.forget_old(session, now)
                after = sessions.write(session)
            due = None if session is None else proof.old_at(session)
            outcome = await self._store.commit(
                f"old:{address}:{now.timestamp()}",
                address,
                before=before,
                after=after,
                letters=(),
                line=Line(int(now.timestamp()), session.ref if session else "", surface(address), "old", ()),
                wakes="never" if due is None else due,
            )


def _read(stored: bytes | None) -> Session | None:
    try:
        return None if stored is None else sessions.read(stored)
    except (msgspec.MsgspecError, KeyError):
        return None  # the talk begins anew at the next message
