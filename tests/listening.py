"""A server on the loopback, at a port of its own, for as long as it is entered."""

import asyncio
from abc import ABC, abstractmethod
from typing import Self


class Listening(ABC):
    url = ""
    _server: asyncio.Server

    @abstractmethod
    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()
