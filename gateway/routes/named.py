"""What a provider calls a letter, so that a report about it is matched.

{s07}:named:smsc:k4f…    the letter's id
"""

from datetime import timedelta

from gateway.connection import Batched
from gateway.store import shard

_KEPT = timedelta(days=7)
"""Operators try for a day or two, and providers report for some time after that."""


class Named:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis

    async def remember(self, route: str, name: str, letter: str) -> None:
        await self._redis("SET", _key(route, name), letter, "EX", int(_KEPT.total_seconds()))

    async def claim(self, route: str, name: str, letter: str) -> bool:
        """False: another letter is called so."""
        lasts = int(_KEPT.total_seconds())
        if await self._redis("SET", _key(route, name), letter, "EX", lasts, "NX"):
            return True
        return await self.letter(route, name) == letter

    async def letter(self, route: str, name: str) -> str | None:
        found: bytes | None = await self._redis("GET", _key(route, name))
        return found.decode() if found else None


def _key(route: str, name: str) -> str:
    return f"{shard(name)}:named:{route}:{name}"
