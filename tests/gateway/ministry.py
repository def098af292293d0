"""An E-Sobes on the loopback: a real HTTP server that keeps to the contract, or fails as it is told to."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

import msgspec
from msgspec import Struct

TOKEN = "a-token-of-both"


class Told(Struct, frozen=True):
    key: str
    path: str
    body: bytes


class Fault(Struct, frozen=True):
    """These bytes, and the connection ends. `done`: it had taken what it was told before."""

    sent: bytes = b""
    done: bool = False


Mischief = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What it does instead of answering a question; then the connection ends."""


class Ministry:
    def __init__(self) -> None:
        self.calls: list[Told] = []
        """Everything that came."""
        self.taken: list[Told] = []
        """What was done: each key once."""
        self.headers: list[str] = []
        self.answers: list[bytes | Fault] = []
        """They are given one after the other, then what `answer_to` says."""
        self.answer_to: Callable[[Told], bytes | Fault] = lambda _: answer("200 OK", "{}")
        self.silence: asyncio.Event | None = None
        """While it is not set, nobody gets an answer."""
        self.known: dict[str, object] = {}
        """What it tells whoever asks: `/persons?phone=%2B7701…` → the JSON. All else it does not know."""
        self.asked: list[str] = []
        self.mischief: Mischief | None = None
        """As long as it is set, no question gets an answer."""
        self.url = ""
        self._first: dict[str, bytes] = {}
        self._talks: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=500)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/api"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go()

    async def go(self) -> None:
        """Nobody listens at its port."""
        self._server.close()
        for writer in self._talks:
            writer.close()
        await self._server.wait_closed()

    async def come_back(self) -> None:
        port = int(self.url.rpartition(":")[2].partition("/")[0])
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", port, backlog=500)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(writer)
        try:
            while await self._answered(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._talks.discard(writer)
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """False: the connection ends."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET "):
            return await self._looked(head, writer)
        fields = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head.splitlines()[1:-1])
        }
        body = await reader.readexactly(int(fields["content-length"]))
        told = Told(fields["idempotency-key"], head.split()[1].removeprefix("/api"), body)
        self.headers.append(head)
        self.calls.append(told)
        if self.silence is not None:
            await self.silence.wait()
        said = self._say(told)
        if isinstance(said, Fault):
            writer.write(said.sent)
            return False
        writer.write(said)
        await writer.drain()
        return True

    async def _looked(self, head: str, writer: asyncio.StreamWriter) -> bool:
        path = head.split()[1].removeprefix("/api")
        self.headers.append(head)
        self.asked.append(path)
        if self.mischief is not None:
            await self.mischief(writer)
            return False
        writer.write(self.tells(path))
        await writer.drain()
        return True

    def tells(self, path: str) -> bytes:
        known = self.known.get(path, {"persons": []} if path.startswith("/persons?") else None)
        return problem("404 Not Found") if known is None else answer("200 OK", _json(known))

    def _say(self, told: Told) -> bytes | Fault:
        if told.key in self._first:
            return self._first[told.key]
        said = self.answers.pop(0) if self.answers else self.answer_to(told)
        if isinstance(said, Fault) and not said.done:
            return said
        if isinstance(said, Fault) or said.split()[1][:1] in b"24":
            self.taken.append(told)
            self._first[told.key] = answer("200 OK", "{}") if isinstance(said, Fault) else said
        return said


def answer(status: str, body: str = "", *headers: str) -> bytes:
    written = body.encode()
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(written)}", *headers])
    return f"{head}\r\n\r\n".encode() + written


def problem(status: str, **members: object) -> bytes:
    return answer(status, _json(members), "Content-Type: application/problem+json")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
