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
import logging
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from gateway.channels import Attempt, Rejected, Retry, Unclear

_PATIENCE = 20.0
"""Seconds for each step of a talk, and three times that for all of it."""
_CONNECTIONS = 64


class Reply(Struct, frozen=True):
    status: int
    body: bytes
    headers: Mapping[str, str]
    """Found in any spelling."""


class Wire:
    """One client, so that connections stay open. `name`: whom the reasons speak of."""

    def __init__(self, name: str, *, connections: int = _CONNECTIONS, patience: float = _PATIENCE) -> None:
        import httpx  # half of the program's start, and only needed where a provider is connected

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes whole addresses, phone and password too
        self._name = name
        self._patience = patience
        self._never = httpx.InvalidURL
        self._not_out = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
        self._broken = (httpx.HTTPError, TimeoutError)
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._client = httpx.AsyncClient(timeout=patience, limits=limits, trust_env=False)

    async def ask(self, method: str, url: str, **request: Any) -> Reply | Retry | Unclear | Rejected:
        """`request`: as httpx has it, `params`, `data`, `json`. No redirect is followed: the secrets are for one
        address."""
        try:
            async with asyncio.timeout(3 * self._patience):
                answer = await self._client.request(method, url, **request)
        except self._never as error:
            return Rejected(self._told(error))
        except self._not_out as error:
            return Retry(self._told(error))
        except self._broken as error:
            return Unclear(self._told(error))
        return Reply(answer.status_code, answer.content, answer.headers)

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
        await self._client.aclose()

    def _told(self, error: Exception) -> str:
        return f"{self._name}: {type(error).__name__}"  # never its text: it may have the address in it


def pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that the other side asked to wait."""
    after = headers.get("retry-after", "")
    return float(after) if after.isascii() and after.isdecimal() else None
