"""Who reads at an address: their talk says in what language, and what they have stopped."""

from msgspec import MsgspecError

from dialogs import session as sessions
from dialogs.session import Session
from gateway.store import Store


class Readers:
    def __init__(self, sessions: Store) -> None:
        self._sessions = sessions

    async def talk(self, address: str) -> Session | None:
        stored = await self._sessions.load(address)
        try:
            return None if stored is None else sessions.read(stored)
        except (MsgspecError, KeyError):
            return None  # the talk begins anew at the next message
