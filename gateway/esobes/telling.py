"""What E-Sobes is told, to the letter of its contract. How it is asked stands in `looking`.

out     POST {url}/offers/{id}/answer   or   POST {url}/requests   or   POST {url}/invitations/{id}/postponement
            Authorization: Bearer …     Idempotency-Key: O-17:1     Content-Type: application/json

answer                                          what it means
2xx with JSON, or with nothing                  Taken
409, the body says which answer is held         Refused
other 4xx, as application/problem+json          Refused
408, 425, 429, 3xx, 5xx, any other 2xx          Retry
no answer, half of one, or far too much         Retry
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from dialogs.matters.matter import Answer
from gateway.authorities import authorities
from gateway.channels import Retry
from gateway.esobes.looking import ENOUGH, AwayError, Looking
from gateway.esobes.reading import BOM

_AGAIN = (408, 425, 429)
_KEY = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""What may stand in a header as it is, besides letters and digits."""
_PATIENCE = 20.0
"""Seconds for each step of a call: to connect, to send, until the next piece of the answer."""
_LONGEST = 60.0
"""Seconds for the whole of it."""
_LATEST = 24 * 3600.0
"""Seconds after which we ask again, whatever we were told."""
_SAID = 300
"""Letters of a reason that are kept."""


class Post(Struct, frozen=True, omit_defaults=True):
    """One thing to tell. As JSON it is the text of a letter to `esobes:{offer id}`, or, where somebody asks for a
    service of their own accord, to `esobes:request:{person}:{service}`."""

    home: int
    """The shard of the matter, or of the person."""
    matter: str
    path: tuple[str, ...]
    body: msgspec.Raw
    again: int = 0
    """How often staff sent it anew after a refusal: to a key it knows, E-Sobes would repeat the refusal."""
    person: str = ""
    """Of a wish that belongs to no matter: whose it is; see `people.mark`."""


class Taken(Struct, frozen=True):
    status: int
    body: bytes = b""
    """What E-Sobes said of it: a JSON object, or nothing."""

    @property
    def application(self) -> bytes:
        """What came of it, as JSON, if E-Sobes said."""
        told = msgspec.json.decode(self.body) if self.body else {}
        application = told.get("application")
        return msgspec.json.encode(application) if application else b""

    def __repr__(self) -> str:
        return f"Taken({self.status})"


class Refused(Struct, frozen=True):
    """Sending the same once more would change nothing."""

    status: int
    held: str | None = None
    """Which answer E-Sobes holds already."""
    reason: str = ""
    """In its own words, which may name a person: for staff, and for no log."""


class Esobes:
    """The client: one, so that connections stay open."""

    def __init__(self, url: str, token: str) -> None:
        """Without a URL E-Sobes is away until somebody sets one."""
        import httpx  # half of the program's start

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes whole addresses
        self._url = url
        self._broken = (httpx.HTTPError, TimeoutError)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._client = httpx.AsyncClient(headers=headers, timeout=_PATIENCE, verify=authorities(), trust_env=False)
        self._looking = Looking(url, token)

    async def tell(self, post: Post, key: str) -> Taken | Refused | Retry:
        """`key`: the same for the same thing; E-Sobes does it once."""
        url = "/".join((self._url, *(quote(part, safe="") for part in post.path)))
        headers = {"Idempotency-Key": quote(f"{key}:again{post.again}" if post.again else key, safe=_KEY)}
        try:
            async with (
                asyncio.timeout(_LONGEST),
                self._client.stream("POST", url, content=bytes(post.body), headers=headers) as answer,
            ):
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > ENOUGH:
                        return Retry("E-Sobes answered without end")
        except self._broken as error:
            return Retry(f"E-Sobes: {type(error).__name__}")
        return read(answer.status_code, body, answer.headers, datetime.now(UTC))

    async def look(
        self, path: tuple[str, ...], params: Mapping[str, str], until: float, enough: int = ENOUGH
    ) -> bytes | None:
        """See `Looking`."""
        if not self._url:
            raise AwayError("no address of it is set")
        return await self._looking.look(path, params, until, enough)

    async def aclose(self) -> None:
        await self._client.aclose()
        await self._looking.aclose()


def read(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> Taken | Refused | Retry:
    body = body.removeprefix(BOM)
    try:
        told = msgspec.json.decode(body) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = None
    if 200 <= status < 300 and told is not None:
        return Taken(status, body if isinstance(told, dict) and told else b"")
    if 400 <= status < 500 and status not in _AGAIN:
        return Refused(status, _held(told) if status == 409 else None, _reason(told))
    return Retry(f"E-Sobes answered {status}", _after(headers.get("retry-after", ""), now))


def _held(told: Any) -> str | None:
    """At the top, or in an object within: the contract leaves it open where the body says it."""
    objects = [told]
    for one in objects:
        if isinstance(one, dict):
            if (answer := one.get("answer")) in tuple(Answer):
                return str(answer)
            objects += one.values()
    return None


def _reason(told: Any) -> str:
    said = (told.get("detail") or told.get("title")) if isinstance(told, dict) else None
    return said[:_SAID] if isinstance(said, str) else ""


def _after(given: str, now: datetime) -> float | None:
    """Retry-After is seconds or a date; what is past or no time at all counts as not given."""
    try:
        seconds = float(given) if given.isdecimal() else (parsedate_to_datetime(given) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(seconds, _LATEST) if seconds > 0 else None
