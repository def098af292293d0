"""Messages over kept-alive connections, as many at once as wanted or at a fixed rate; every answer is looked at."""

import asyncio
import re
from collections import deque
from collections.abc import Iterator
from time import perf_counter
from typing import cast

from msgspec import Struct

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_TICK = 0.001


class Flood(Struct, frozen=True):
    answered: int
    seconds: float


class LoadError(Exception):
    """A server did not do what it was asked for; a figure would mean nothing."""


class Load:
    """One server's citizens."""

    def __init__(self, port: int, messages: Iterator[bytes], status: int = 200) -> None:
        """`status`: with which every message has to be answered."""
        self._port = port
        self._messages = messages
        self.taken = b"HTTP/1.1 %d " % status
        self._lines: list[_Line] = []
        self._free: deque[_Line] = deque()
        self._due: deque[float] = deque()
        """When the messages fell due that no connection was free for."""
        self._on = False
        """A connection that has its answer sends the next message at once."""
        self._quiet = asyncio.Event()
        self.sent = 0
        self.waits: list[float] = []

    async def open(self, connections: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, line = await loop.create_connection(lambda: _Line(self), "127.0.0.1", self._port)
            self._lines.append(line)
        self._free.extend(self._lines)

    async def flood(self, seconds: float = float("inf"), messages: float = float("inf")) -> Flood:
        """Every connection always has a message under way."""
        before, started = self.sent, perf_counter()
        self.waits.clear()
        self._on = True
        while self._free:
            self.send(perf_counter())
        while self._on:
            await asyncio.sleep(0.01)
            self._on = perf_counter() - started < seconds and self.sent - before < messages
        await self._all_answered()
        return Flood(self.sent - before, perf_counter() - started)

    async def pace(self, rate: int, seconds: float) -> list[float]:
        """Waits in seconds, counted from when the message fell due, also if no connection was free then."""
        started, fallen = perf_counter(), 0
        self.waits.clear()
        while (now := perf_counter()) < started + seconds:
            for _ in range(int((now - started) * rate) - fallen):
                fallen += 1
                if self._free:
                    self.send(now)
                else:
                    self._due.append(now)
            await asyncio.sleep(_TICK)
        await self._all_answered()
        return list(self.waits)

    async def _all_answered(self) -> None:
        self._quiet.clear()
        if len(self._free) < len(self._lines):
            try:
                await asyncio.wait_for(self._quiet.wait(), 30)
            except TimeoutError:
                raise LoadError("a message was not answered within half a minute") from None
        if lost := [line for line in self._lines if line.refusal]:
            raise LoadError(f"answered with {lost[0].refusal!r}")

    def send(self, due: float) -> None:
        self.sent += 1
        self._free.popleft().send(next(self._messages), due)

    def answered(self, line: "_Line", wait: float) -> None:
        self.waits.append(wait)
        self._free.append(line)
        if line.refusal:
            self._on = False
        if self._due:
            self.send(self._due.popleft())
        elif self._on:
            self.send(perf_counter())
        elif len(self._free) == len(self._lines):
            self._quiet.set()

    def close(self) -> None:
        for line in self._lines:
            line.close()


class _Line(asyncio.Protocol):
    """One connection with at most one message under way."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._due = 0.0
        self._heard = b""
        self.refusal = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def send(self, message: bytes, due: float) -> None:
        assert self._transport is not None
        self._due = due
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        end = self._heard.find(b"\r\n\r\n")
        length = _LENGTH.search(self._heard, 0, end + 2) if end >= 0 else None
        if length is None or len(self._heard) < end + 4 + int(length[1]):
            return
        if not self._heard.startswith(self._load.taken):
            self.refusal = self._heard
        self._heard = b""
        self._load.answered(self, perf_counter() - self._due)

    def connection_lost(self, _: Exception | None) -> None:
        self.refusal = self.refusal or b"hung up"

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
