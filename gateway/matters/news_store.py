"""What a person was told of their applications, in Redis: one record in their own shard.

{s07}:news:4dd5438b8db0…    what was told last, what waits, and when a letter leaves, as bytes
{s07}:wakeups               `.news:4dd5438b8db0…` → when that is; no id of E-Sobes begins with a dot

Nobody's IIN stands in a name: names are shown where contents are not.
"""

from hashlib import blake2b

import msgspec

from dialogs.applications.news import Tidings
from gateway.matters.store import MatterStore, home_of
from gateway.matters.writing import Writing
from gateway.store import Commit

WAKEUP = ".news:"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Tidings).decode


class NewsStore:
    def __init__(self, store: MatterStore) -> None:
        self._store = store

    async def load(self, home: int, record: str) -> bytes | None:
        return await self._store.record(home, record)

    async def commit(self, home: int, record: str, before: bytes | None, after: Tidings, writing: Writing) -> Commit:
        """With a wake-up at the time when a letter leaves."""
        leaves = "" if after.leaves is None else repr(after.leaves.timestamp())
        wakes = (f".{record}", leaves)
        return await self._store.commit(home, record, before, _encode(after), writing, wakes=wakes)


def place_of(iin: str) -> tuple[int, str]:
    """The person's shard, and how their record is called there."""
    return home_of(iin), f"news:{blake2b(iin.encode(), digest_size=16).hexdigest()}"


def read(stored: bytes | None) -> Tidings | None:
    return _decode(stored) if stored else None
