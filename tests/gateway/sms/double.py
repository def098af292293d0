"""A provider on the loopback: a real HTTP server that takes nothing but what the provider's public description
allows, and goes wrong as it is told to."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from enum import Enum
from urllib.parse import parse_qsl

import aiohttp
from msgspec import Struct

from gateway.routes.http import Wire
from tests.listening import Listening


class Fault(Enum):
    """How the next request ends. «Taken» says whether the letter is there all the same."""

    SILENT = "connection closed without an answer, not taken"
    TAKEN_SILENT = "connection closed without an answer, taken"
    HANGING = "no answer ever, taken"
    HALF = "half an answer, taken"
    PAGE = "an HTML page, not taken"
    OTHER = "JSON of another kind, not taken"
    BROKEN = "JSON that ends in the middle, taken"
    E403 = "403"
    E429 = "429"
    E500 = "500, taken"
    E502 = "502, taken"
    E503 = "503"
    E504 = "504, taken"
    MOVED = "302"


TAKEN = {
    fault for fault in Fault if fault.name in ("TAKEN_SILENT", "HANGING", "HALF", "BROKEN", "E500", "E502", "E504")
}


class Hasty(Wire):
    """Waits long for a connection, and not for an answer: where none is to come."""

    def _opened(self) -> aiohttp.ClientSession:
        session = super()._opened()
        session._timeout = aiohttp.ClientTimeout(None, sock_read=0.2)
        return session


class Request(Struct, frozen=True):
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Each field once, in UTF-8."""
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        return fields(self.body.decode("ascii"))


class Double(Listening):
    """A subclass answers with JSON, unless it writes otherwise, and asserts whatever has to hold of a request."""

    def __init__(self, *faults: Fault | bytes) -> None:
        """One for each request, then none. Bytes: a recorded answer of the provider, which takes nothing."""
        self.faults: list[Fault | tuple[Fault, bool] | bytes | None] = list(faults)
        """With «taken» or not, where it is to differ from what the fault says; None: nothing goes wrong."""
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """What else happens before an answer leaves."""
        self.requests: list[Request] = []
        self.wrong: list[AssertionError] = []
        self._closing = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()

    def answer(self, request: Request) -> object:
        raise NotImplementedError

    def write(self, answer: object) -> bytes:
        return _http("200 OK", json.dumps(answer, ensure_ascii=False).encode())

    async def __aexit__(self, *raised: object) -> None:
        self._closing.set()
        await super().__aexit__(*raised)
        if self._talks:
            await asyncio.wait(self._talks, timeout=60)
        if self.wrong:
            raise self.wrong[0]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        try:
            while True:
                request = await _request(reader)
                self.requests.append(request)
                reply = self._reply(request)
                if self.meanwhile is not None:
                    await self.meanwhile()
                if reply is None:
                    await self._closing.wait()
                    return
                writer.write(reply)
                await writer.drain()
                if not reply or reply.startswith(b"HTTP/1.1 200 HALF"):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _reply(self, request: Request) -> bytes | None:
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, bytes):
            return fault if fault.startswith(b"HTTP/") else _http("200 OK", fault)
        fault, taken = fault if isinstance(fault, tuple) else (fault, fault is None or fault in TAKEN)
        whole = b""
        if taken:
            try:
                whole = self.write(self.answer(request))
            except AssertionError as error:
                self.wrong.append(error)
                return _http("400 Bad Request", b"")
        return _FAULTS[fault](whole.partition(b"\r\n\r\n")[2]) if fault else whole


_FAULTS: dict[Fault, Callable[[bytes], bytes | None]] = {
    Fault.SILENT: lambda _: b"",
    Fault.TAKEN_SILENT: lambda _: b"",
    Fault.HANGING: lambda _: None,
    Fault.HALF: lambda body: b"HTTP/1.1 200 HALF\r\nContent-Length: 999\r\n\r\n" + body,
    Fault.PAGE: lambda _: _http("200 OK", b"<html><title>Login</title></html>", "text/html"),
    Fault.OTHER: lambda _: _http("200 OK", b'["ok"]'),
    Fault.BROKEN: lambda body: _http("200 OK", body[:-3]),
    Fault.E403: lambda _: _http("403 Forbidden", b"<html>", "text/html"),
    Fault.E429: lambda _: _http("429 Too Many Requests\r\nRetry-After: 7", b""),
    Fault.E500: lambda _: _http("500 Internal Server Error", b""),
    Fault.E502: lambda _: _http("502 Bad Gateway", b"<html>", "text/html"),
    Fault.E503: lambda _: _http("503 Service Unavailable", b""),
    Fault.E504: lambda _: _http("504 Gateway Time-out", b""),
    Fault.MOVED: lambda _: _http("302 Found\r\nLocation: http://127.0.0.1:1/", b""),
}


def fields(form: str) -> dict[str, str]:
    pairs = parse_qsl(form, keep_blank_values=True, strict_parsing=True, encoding="utf-8", errors="strict")
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


async def _request(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    method, target, _ = first.split()
    path, _, query = target.partition("?")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, query, headers, body)


def _http(status: str, body: bytes, kind: str = "application/json; charset=utf-8") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
