"""Who is signed in, in Redis. Of the token that a browser holds only a digest is kept: whoever reads Redis can take
over nobody's session.

    {staff}:session:{digest}    the session; gone when nobody has used it for a while
    {staff}:sessions:{login}    set of digests, some of them gone
    {staff}:half:{digest}       the password was right, the code from the app is still to come
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

import msgspec
from msgspec import Struct

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.staff.accounts import Account, Accounts

LASTS = timedelta(hours=12)
"""However busy it is: nobody works longer."""
IDLE = timedelta(hours=1)
_HALF = 300
"""Seconds in which the code has to follow the password."""
_AGENT = 300
"""Letters that are kept of how a browser calls itself."""


class Session(Struct, frozen=True):
    login: str
    seal: int
    """The account's, when it was begun: it ends once that has grown."""
    csrf: str
    began: float
    """Seconds since 1970 by the real clock, here and below: the sandbox's moves on, people's screens do not."""
    ends: float
    agent: str
    address: str


class Found(Struct, frozen=True):
    digest: str
    session: Session
    account: Account


class Open(Struct, frozen=True):
    """A session as its owner sees it in a list."""

    digest: str
    began: datetime
    seen: datetime
    agent: str
    address: str


class Half(Struct, frozen=True):
    login: str
    seal: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Session).decode
_decode_half = msgspec.json.Decoder(Half).decode


class Sessions:
    def __init__(
        self, redis: Batched, accounts: Accounts, idle: timedelta = IDLE, now: Callable[[], float] = time.time
    ) -> None:
        self._redis = redis
        self._accounts = accounts
        self._idle = int(idle.total_seconds())
        self._now = now

    async def begin(self, account: Account, agent: str, address: str) -> str:
        """The token, for the browser alone."""
        token, now = token_urlsafe(32), self._now()
        lasts = int(LASTS.total_seconds())
        session = Session(account.login, account.seal, token_urlsafe(32), now, now + lasts, agent[:_AGENT], address)
        named = f"{{staff}}:sessions:{account.login}"
        listed = self._redis("SADD", named, digest_of(token))
        kept = self._redis("EXPIRE", named, lasts)
        await self._redis("SET", _key(digest_of(token)), _encode(session), "EX", min(self._idle, lasts))
        await listed
        await kept
        return token

    async def find(self, token: str, *, used: bool = True) -> Found | None:
        """`used`: somebody did something, so that it lasts on."""
        digest = digest_of(token)
        if used:
            stored = await self._redis("GETEX", _key(digest), "EX", self._idle)
        else:
            stored = await self._redis("GET", _key(digest))
        return await self._alive(digest, stored)

    async def lives(self, digest: str) -> bool:
        """For what goes on without anybody doing something, like a live stream."""
        return await self._alive(digest, await self._redis("GET", _key(digest))) is not None

    async def _alive(self, digest: str, stored: bytes | None) -> Found | None:
        if not stored:
            return None
        session = _decode(stored)
        held = await self._accounts.get(session.login)
        if held is None or held.account.ended or held.account.seal != session.seal or self._now() >= session.ends:
            await self.end(session.login, digest)
            return None
        return Found(digest, session, held.account)

    async def end(self, login: str, digest: str) -> bool:
        """False if there was none."""
        if not await self._redis("SREM", f"{{staff}}:sessions:{login}", digest):
            return False
        return bool(await self._redis("DEL", _key(digest)))

    async def end_all(self, login: str, but: str = "") -> int:
        """How many there were, `but` not among them."""
        digests = [one.digest for one in await self.of(login) if one.digest != but]
        return sum([await self.end(login, digest) for digest in digests])

    async def of(self, login: str) -> list[Open]:
        """The one used last comes first."""
        named = f"{{staff}}:sessions:{login}"
        found = []
        for digest in [one.decode() for one in await self._redis("SMEMBERS", named)]:
            left = self._redis("TTL", _key(digest))
            alive = await self._alive(digest, await self._redis("GET", _key(digest)))
            if alive is None:
                await self._redis("SREM", named, digest)
                continue
            seen = self._now() - (self._idle - max(0, await left))
            session = alive.session
            began = _moment(session.began)
            found.append(Open(digest, began, max(began, _moment(seen)), session.agent, session.address))
        return sorted(found, key=lambda one: one.seen, reverse=True)

    async def half(self, account: Account) -> str:
        token = token_urlsafe(32)
        half = Half(account.login, account.seal)
        await self._redis("SET", f"{{staff}}:half:{digest_of(token)}", _encode(half), "EX", _HALF)
        return token

    async def half_of(self, token: str) -> Half | None:
        stored = await self._redis("GET", f"{{staff}}:half:{digest_of(token)}")
        return _decode_half(stored) if stored else None

    async def forget_half(self, token: str) -> bool:
        """True for one caller only: of two at once the other has come too late."""
        return bool(await self._redis("DEL", f"{{staff}}:half:{digest_of(token)}"))


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _key(digest: str) -> str:
    return f"{{staff}}:session:{digest}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, ALMATY)
