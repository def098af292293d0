"""How E-Sobes is asked. Hundreds may be waiting for it at the same moment, none of them for long.

what comes                                          what it means
200, not packed, not without end                    that is the answer
404, with JSON in it, as the contract has it        E-Sobes knows nothing of that name
anything else, half an answer, nothing in time      AwayError

A 404 in other words is that of a gateway behind which nobody is at home.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec

from gateway.bounded import EndlessError, read_whole

if TYPE_CHECKING:
    from aiohttp import ClientSession

ENOUGH = 256 * 1024
"""Bytes of an answer; the applications of a person with their whole history stay well below."""
CONNECTIONS = 256
"""At once; who finds none free waits within their own time."""
_IDLE = 30.0
"""Seconds an idle connection is kept; one that E-Sobes has closed meanwhile costs a second try."""


class AwayError(Exception):
    """E-Sobes does not answer, or not in time. The message says why, and names nobody."""


class Looking:
    """The client: one, so that connections stay open. httpx, which tells E-Sobes things, takes twenty times as long
    for a question when two hundred ask."""

    def __init__(self, url: str, token: str) -> None:
        import aiohttp  # both take a tenth of the program's start
        from yarl import URL

        self._url = str(URL(url))
        self._address = URL
        # Packed answers are neither asked for nor read: a few bytes of them may hold more than memory does.
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self._library = aiohttp
        self._broken = (
            aiohttp.ClientError,
            aiohttp.http.HttpProcessingError,
            OSError,
            ValueError,
        )  # with TimeoutError
        self._session: ClientSession | None = None

    async def look(
        self, path: tuple[str, ...], params: Mapping[str, str], until: float, enough: int = ENOUGH
    ) -> bytes | None:
        """What stands there; None: E-Sobes knows nothing of that name. Raises AwayError, at the latest `until`, on
        the loop's clock. `enough`: more bytes than that are no answer."""
        if asyncio.get_running_loop().time() >= until:
            raise AwayError("no time is left")
        address = "/".join((self._url, *(quote(part, safe="") for part in path)))
        if params:
            address = f"{address}?{urlencode(params)}"
        try:
            async with asyncio.timeout_at(until):
                status, body = await self._get(address, enough)
        except EndlessError as error:
            raise AwayError(str(error)) from None
        except self._broken as error:
            raise AwayError(type(error).__name__) from None
        if status == 404 and _is_json(body):
            return None
        if status != 200:
            raise AwayError(f"answered {status}")
        return body

    async def _get(self, address: str, enough: int) -> tuple[int, bytes]:
        session = self._session or self._open()
        # As it is: what was quoted stays so.
        url = self._address(address, encoded=True)
        async with session.get(url, headers=self._headers, allow_redirects=False) as answer:
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise AwayError("a packed answer")
            return answer.status, await read_whole(answer, enough)

    def _open(self) -> "ClientSession":
        """Not before somebody asks: a session belongs to the loop that runs then."""
        of = self._library
        self._session = of.ClientSession(
            connector=of.TCPConnector(limit=CONNECTIONS, keepalive_timeout=_IDLE),
            cookie_jar=of.DummyCookieJar(),
            auto_decompress=False,
            timeout=of.ClientTimeout(total=None),  # each question brings its own
        )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
