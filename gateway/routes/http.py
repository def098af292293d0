"""How the providers of SMS are spoken to: what goes wrong on the way becomes an outcome in one place.

what happened                                           outcome
no connection, no connection in time                    Retry: nobody has seen the request
no answer, half an answer, no end of it in time         Unclear: it went out
an address that cannot be asked                         Rejected

answer that is not the provider's own word (`gone_wrong`)
408, 429, 503, any other 3xx or 4xx                     Retry: turned away at the door
500, 502, 504, any other 5xx                            Unclear: something behind the door may have taken it
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from gateway.bounded import EndlessError, read_whole
from gateway.channels import Attempt, Rejected, Retry, Unclear

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientSession
    from yarl import URL

_PATIENCE = 20.0
"""Seconds for each step of a talk, and three times that for all of it."""
_CONNECTIONS = 64
_IDLE = 4.0
"""Seconds an idle connection is kept: less than any server keeps it, for a letter that meets the end of one is
unclear."""
_ENOUGH = 1024 * 1024
"""Bytes of an answer."""
_LONGEST = 65_536
"""Characters of an address."""


class Reply(Struct, frozen=True):
    status: int
    body: bytes
    headers: Mapping[str, str]
    """Found in any spelling."""


class _BrokenOffError(Exception):
    """After the request went out; the message is the kind of error."""


class Wire:
    """One client, so that connections stay open. `name`: whom the reasons speak of.

    aiohttp, for httpx takes milliseconds for every request as soon as there are some dozens."""

    def __init__(self, name: str, *, connections: int = _CONNECTIONS, patience: float = _PATIENCE) -> None:
        import aiohttp  # a tenth of the program's start, and only needed where a provider is connected
        from yarl import URL

        self._name = name
        self._patience = patience
        self._connections = connections
        self._library = aiohttp
        self._address = URL
        self._never = aiohttp.InvalidURL
        self._not_out = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
        self._broken = (_BrokenOffError, EndlessError, aiohttp.ClientError, OSError)
        """With TimeoutError."""
        self._session: ClientSession | None = None
        self._half = asyncio.Semaphore(max(1, connections // 2))

    async def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        json: Mapping[str, str | int] | None = None,
        gives_way: bool = False,
    ) -> Reply | Retry | Unclear | Rejected:
        """`params` go into the address, `data` as a form, `json` as JSON. No redirect is followed: the secrets are
        for one address. `gives_way`: what goes to many; half of the connections stay free for everything else."""
        body, kind = _written(data, json)
        try:
            address = self._where(url, params)
            async with (
                self._half if gives_way else nullcontext(),
                asyncio.timeout(3 * self._patience),
                self._opened().request(method, address, data=body, headers=kind, allow_redirects=False) as answer,
            ):
                return Reply(answer.status, await read_whole(answer, _ENOUGH), answer.headers)
        except self._never as error:
            return Rejected(self._told(error))
        except self._not_out as error:
            return Retry(self._told(error))
        except self._broken as error:
            return Unclear(self._told(error))

    def _where(self, url: str, params: Mapping[str, str] | None) -> "URL":
        """As it is written: what is quoted stays so."""
        try:
            whole = str(self._address(url)) + (f"?{urlencode(params)}" if params else "")
            if len(whole) > _LONGEST:
                raise ValueError(f"{len(whole)} characters")
            return self._address(whole, encoded=True)
        except ValueError as error:
            raise self._never(url) from error

    def _opened(self) -> "ClientSession":
        """Not before somebody asks: a session belongs to the loop that runs then."""
        if self._session is None:
            of, patience = self._library, self._patience
            self._session = of.ClientSession(
                connector=of.TCPConnector(limit=self._connections, keepalive_timeout=_IDLE),
                cookie_jar=of.DummyCookieJar(),
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
                timeout=of.ClientTimeout(None, connect=patience, sock_connect=patience, sock_read=patience),
                middlewares=(self._once,),
            )
        return self._session

    async def _once(self, request: "ClientRequest", handle: "ClientHandlerType") -> "ClientResponse":
        """The library would send a GET again by itself if its connection broke, and the letter would be there
        twice."""
        try:
            return await handle(request)
        except self._not_out:
            raise
        except Exception as error:
            raise _BrokenOffError(type(error).__name__) from error

    async def hand_over(self, url: str, read: Callable[[bytes], Attempt], **request: Any) -> Attempt:
        """A letter. `read` is given what the provider itself has answered."""
        reply = await self.ask("POST", url, **request)
        if not isinstance(reply, Reply):
            return reply
        return self.gone_wrong(reply) or read(reply.body)

    async def look_up(self, url: str, read: Callable[[bytes], Attempt], **request: Any) -> Attempt:
        """What has become of a letter: a question that did not get through says nothing about that."""
        reply = await self.ask("POST", url, **request)
        if not isinstance(reply, Reply):
            return Unclear(reply.reason)
        wrong = self.gone_wrong(reply)
        return Unclear(wrong.reason) if wrong else read(reply.body)

    def gone_wrong(self, reply: Reply) -> Retry | Unclear | None:
        """None: the provider itself has spoken."""
        if 200 <= reply.status < 300:
            return None
        reason = f"{self._name} answered {reply.status}"
        if reply.status >= 500 and reply.status != 503:
            return Unclear(reason)
        return Retry(reason, pause(reply.headers))

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _told(self, error: Exception) -> str:
        """Never its text: it may have the address in it."""
        kind = str(error) if isinstance(error, _BrokenOffError | EndlessError) else type(error).__name__
        return f"{self._name}: {kind}"


def _written(
    data: Mapping[str, str] | None, json: Mapping[str, str | int] | None
) -> tuple[bytes | None, dict[str, str]]:
    """The body, and what it is."""
    if json is not None:
        return msgspec.json.encode(json), {"Content-Type": "application/json"}
    if data is not None:
        return urlencode(data).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    return None, {}


def pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that the other side asked to wait."""
    after = headers.get("retry-after", "")
    return float(after) if after.isascii() and after.isdecimal() else None
