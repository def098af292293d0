"""Which broadcasts went to one phone, and with which words."""

import asyncio

from msgspec import Struct

from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.fates import Record
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.store import BroadcastStore
from gateway.broadcasts.writing import TextsOf
from gateway.connection import Batched

MOST = 200
"""Broadcasts in which a phone is looked for: the newest."""


class Sent(Struct, frozen=True):
    """A broadcast as it concerns one phone."""

    broadcast: Broadcast
    record: Record
    text: str
    """The very words; empty while nobody knows in which language they leave."""


class Reached:
    def __init__(self, redis: Batched) -> None:
        self._store = BroadcastStore(redis)
        self._rolls = Rolls(redis)

    async def by_phone(self, phone: str) -> list[Sent]:
        """What went, or is to go, to this phone or the chat linked to it, the newest first."""
        newest = await self._store.newest(None, MOST)
        found = await asyncio.gather(*(self._sent(one, phone) for one in newest))
        return [one for one in found if one is not None]

    async def _sent(self, broadcast: Broadcast, phone: str) -> Sent | None:
        audience = broadcast.audience
        if audience is None or audience.forgotten or broadcast.began is None:
            return None
        found = await self._rolls.find(audience.roll, phone)
        if found is None:
            return None
        _, recipient, record = found
        text = TextsOf(broadcast).filled(recipient, record.language) if record.language else ""
        return Sent(broadcast, record, text)
