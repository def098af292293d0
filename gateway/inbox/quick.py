"""Answers that the specialists give often, in both languages.

{staff}:quick    hash: id → answer
"""

from secrets import token_hex

import msgspec
from msgspec import Struct

from dialogs.language import Language
from gateway.connection import Batched

KEY = "{staff}:quick"
MOST = 100
LONGEST = 600
"""Characters: many of them have to go by SMS."""


class QuickAnswer(Struct, frozen=True):
    id: str
    title: str
    kk: str
    ru: str

    def text(self, language: Language) -> str:
        return self.kk if language is Language.KK else self.ru


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(QuickAnswer).decode


class QuickAnswers:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis

    async def all(self) -> list[QuickAnswer]:
        found = map(_decode, await self._redis("HVALS", KEY))
        return sorted(found, key=lambda one: (one.title.casefold(), one.id))

    async def put(self, title: str, kk: str, ru: str, name: str = "") -> bool:
        """False if there are too many already. `name`: of the one that is changed."""
        if not name and await self._redis("HLEN", KEY) >= MOST:
            return False
        answer = QuickAnswer(name or token_hex(6), title, kk, ru)
        await self._redis("HSET", KEY, answer.id, _encode(answer))
        return True

    async def drop(self, name: str) -> None:
        await self._redis("HDEL", KEY, name)
