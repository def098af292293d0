"""The second factor: six digits that an app shows for half a minute (RFC 6238)."""

import time
from collections.abc import Callable
from hmac import compare_digest

from gateway.connection import Batched

STEP = 30
"""Seconds in which one code is shown."""
_USED_FOR = 4 * STEP
_OFFERED_FOR = 15 * 60
ISSUER = "Kelisim"


class Codes:
    def __init__(self, redis: Batched, now: Callable[[], float] = time.time) -> None:
        """`now`: real time, whatever the sandbox's clock says: the app knows no other."""
        self._redis = redis
        self._now = now

    async def fits(self, login: str, secret: str, code: str) -> bool:
        """Once: whoever looks over a shoulder comes too late. A phone's clock may be half a minute off."""
        import pyotp  # takes a while, and few need it

        shown, step = pyotp.TOTP(secret), int(self._now()) // STEP
        given = "".join(letter for letter in code if letter.isdecimal()).encode()
        for near in (step - 1, step, step + 1):
            if compare_digest(given, shown.generate_otp(near).encode()):
                return bool(await self._redis("SET", f"{{staff}}:code:{login}:{near}", "", "NX", "EX", _USED_FOR))
        return False

    async def offer(self, session: str) -> str:
        """A secret for this session to try out; the same one for a while, however often the page is opened."""
        import pyotp

        await self._redis("SET", _offer(session), pyotp.random_base32(), "NX", "EX", _OFFERED_FOR)
        return await self.offered(session) or ""

    async def offered(self, session: str) -> str | None:
        secret = await self._redis("GET", _offer(session))
        return secret.decode() if secret else None

    async def withdraw(self, session: str) -> None:
        await self._redis("DEL", _offer(session))


def _offer(session: str) -> str:
    return f"{{staff}}:offered:{session}"


def address(secret: str, login: str) -> str:
    """What a QR code for the app holds."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
