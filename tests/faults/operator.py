"""An operator's Kannel on the loopback for many: it takes every letter, and reports each as delivered again and again
until the report is taken."""

import asyncio
import random
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from tests.listening import Listening

_REPORTERS = 16
_ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 26\r\n\r\n0: Accepted for delivery\r\n"


class Operator(Listening):
    def __init__(self, chance: random.Random, words: str) -> None:
        """`words`: stand in the letters of a broadcast, and in no other."""
        self.phones: Counter[str] = Counter()
        """To which a letter of the broadcast has gone."""
        self._words = words
        self.taken = 0
        self._chance = chance
        self._reports: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> "Operator":
        self._reporting = [asyncio.create_task(self._report()) for _ in range(_REPORTERS)]
        return await super().__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        for task in self._reporting:
            task.cancel()
        await super().__aexit__(*raised)

    async def told(self) -> None:
        """All that was taken is reported."""
        await self._reports.join()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                query = parse_qs(urlsplit(request.split(b" ", 2)[1].decode()).query)
                self.taken += 1
                if self._words in query["text"][0]:
                    self.phones[query["to"][0]] += 1
                self._reports.put_nowait(query["dlr-url"][0].replace("%d", "1"))
                if self._chance.random() < 0.02:
                    await asyncio.sleep(self._chance.uniform(0, 0.05))
                writer.write(_ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _report(self) -> None:
        while True:
            url = await self._reports.get()
            while not await _told(url):  # noqa: ASYNC110 - the other side is a process that is started anew
                await asyncio.sleep(0.05)
            self._reports.task_done()


async def _told(url: str) -> bool:
    parts = urlsplit(url)
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return False
    try:
        target = f"{parts.path}?{parts.query}"
        writer.write(f"GET {target} HTTP/1.1\r\nHost: kelisim\r\nConnection: close\r\n\r\n".encode())
        return (await reader.read()).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False
    finally:
        writer.close()
