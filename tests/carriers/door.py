"""Where the real Kannel knocks: it notes every request, and answers as it is told to."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from tests.listening import Listening

DONE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
AWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: 16\r\n\r\n"
    b'{"status": 503}\n'
)


class Knock(Struct, frozen=True):
    kind: str
    """`mo` or `dlr`."""
    fields: dict[str, str]


class Door(Listening):
    def __init__(self) -> None:
        self.knocks: list[Knock] = []
        self.answer: Callable[[Knock], bytes] = lambda knock: DONE
        """Empty: the connection breaks."""
        self._news = asyncio.Event()

    def of(self, kind: str) -> list[dict[str, str]]:
        return [knock.fields for knock in self.knocks if knock.kind == kind]

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not there():
                self._news.clear()
                await self._news.wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                target = urlsplit((await reader.readuntil(b"\r\n\r\n")).split()[1].decode())
                fields = {name: values[0] for name, values in parse_qs(target.query, encoding="latin-1").items()}
                knock = Knock(target.path.rpartition("/")[2], fields)
                self.knocks.append(knock)
                self._news.set()
                answer = self.answer(knock)
                if not answer:
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
