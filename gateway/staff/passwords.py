"""Passwords: kept as Argon2 makes them, looked at beside the event loop, made up where nobody chooses one."""

import asyncio
import re
import unicodedata
from asyncio import Semaphore
from base64 import b64encode
from secrets import choice
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported once somebody signs in: the start has no time for it
    from argon2 import PasswordHasher

SHORTEST = 12
LONGEST = 200
MEMORY = 64 * 1024
"""Kilobytes that one takes: guessing many at once is dear (RFC 9106)."""
_AT_ONCE = 2
"""Each takes the whole of a processor as well."""
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike on paper."""
_GUESSED = ("password", "passw0rd", "qwerty", "йцукен", "пароль", "құпиясөз", "kelisim", "келісім", "admin", "staff")
_RUN = re.compile(r"\d{3,}|(.)\1{2,}")
"""Years, numbers in a row, a key held down."""


class Passwords:
    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._gate = Semaphore(_AT_ONCE)
        self._argon: PasswordHasher | None = None

    async def hash(self, password: str) -> str:
        async with self._gate:
            return await asyncio.to_thread(self._hash, _plain(password))

    async def fits(self, password: str, kept: str | None) -> bool:
        """`kept`: None of a login that nobody has. It takes as long as any other."""
        async with self._gate:
            return await asyncio.to_thread(self._fits, _plain(password), kept)

    def _hash(self, password: str) -> str:
        return self._hasher().hash(password)

    def _fits(self, password: str, kept: str | None) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        hasher = self._hasher()
        try:
            return hasher.verify(kept or _nobodys(hasher), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def _hasher(self) -> "PasswordHasher":
        if self._argon is None:
            from argon2 import PasswordHasher

            self._argon = PasswordHasher(memory_cost=self._memory)
        return self._argon


def _plain(password: str) -> str:
    """However a keyboard writes «й»."""
    return unicodedata.normalize("NFC", password[:LONGEST])


def _nobodys(hasher: "PasswordHasher") -> str:
    """What no password fits, at the cost of all others."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (b64encode(bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v=19${cost}${salt}${digest}"


def weakness(password: str, login: str) -> str | None:
    """The id of the words that say what is wrong with a new one."""
    if len(password) < SHORTEST:
        return "staff.password.short"
    if len(password) > LONGEST:
        return "staff.password.long"
    rest = unicodedata.normalize("NFC", password).casefold()
    for guessed in (*_GUESSED, login):
        rest = rest.replace(guessed, "")
    rest = _RUN.sub("", rest)
    if len(set(rest)) < 5 or len(rest) < 6:
        return "staff.password.guessed"
    return None


def made_up() -> str:
    """Four groups of four that can be read out on the phone."""
    return "-".join("".join(choice(_CLEAR) for _ in range(4)) for _ in range(4))
