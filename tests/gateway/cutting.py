"""A wire to Redis that breaks at a chosen moment: before a command arrives there, or before its answer is back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from gateway.connection import Client, close, connect

When = Literal["before", "after"]


class Wire:
    """Counts what goes through; `cut_at` chooses one of them."""

    def __init__(self, server: str, sign: bytes) -> None:
        """`sign`: a command that is counted has it in it."""
        self.passed = 0
        self._server = urlsplit(server).path
        self._sign = sign
        self._cut: tuple[int, When] | None = None
        self._away = False
        self._ends: set[asyncio.StreamWriter] = set()

    def break_off(self) -> None:
        """Nothing goes through until it is mended."""
        self._away = True
        for end in self._ends:
            end.close()

    def mend(self) -> None:
        self._away = False

    def cut_at(self, number: int, when: When) -> None:
        """The next but so many: 1 is the next one."""
        self._cut = (self.passed + number, when)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._away:
            writer.close()
            return
        from_server, to_server = await asyncio.open_unix_connection(self._server)
        back = asyncio.create_task(_pass(from_server, writer))
        ends = {to_server, writer}
        self._ends |= ends
        try:
            while (data := await reader.read(1 << 20)) and not self._away:
                when = self._due(data)
                if when == "before":
                    break
                if when == "after":
                    back.cancel()
                    to_server.write(data)
                    await from_server.read(1 << 20)
                    break
                to_server.write(data)
        finally:
            back.cancel()
            self._ends -= ends
            for end in ends:
                end.close()

    def _due(self, data: bytes) -> When | None:
        before, self.passed = self.passed, self.passed + data.count(self._sign)
        if self._cut is None or not before < self._cut[0] <= self.passed:
            return None
        when, self._cut = self._cut[1], None
        return when


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1 << 20):
            writer.write(data)


@asynccontextmanager
async def wire(server: str, folder: Path, sign: bytes) -> AsyncIterator[tuple[Wire, Client]]:
    cutting = Wire(server, sign)
    listening = await asyncio.start_unix_server(cutting.serve, folder / "wire.sock")
    client = connect(f"unix://{folder / 'wire.sock'}")
    yield cutting, client
    await close(client)
    listening.close()
