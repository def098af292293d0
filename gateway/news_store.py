"""What a person was told of their applications, in Redis: one record in their own shard.

{s07}:news:900101300123    what was told last, what waits, and when a letter leaves, as bytes
{s07}:wakeups              `.news:900101300123` → when that is; no id of E-Sobes begins with a dot
"""

import msgspec

from dialogs.applications.news import Tidings
from gateway.matter_store import MatterStore, home_of
from gateway.store import Commit
from gateway.writing import Writing

WAKEUP = ".news:"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Tidings).decode


class NewsStore:
    def __init__(self, store: MatterStore) -> None:
        self._store = store

    async def load(self, iin: str) -> bytes | None:
        return await self._store.record(home_of(iin), f"news:{iin}")

    async def commit(self, iin: str, before: bytes | None, after: Tidings, writing: Writing) -> Commit:
        """With a wake-up at the time when a letter leaves."""
        leaves = "" if after.leaves is None else repr(after.leaves.timestamp())
        wakes = (f"{WAKEUP}{iin}", leaves)
        return await self._store.commit(home_of(iin), f"news:{iin}", before, _encode(after), writing, wakes=wakes)


def read(stored: bytes | None) -> Tidings | None:
    return _decode(stored) if stored else None
