"""Both ends of a Kannel on the loopback: it takes letters and notes which start of the program sent them, and it
brings people's messages, each again and again until it is answered with 200."""

import asyncio
import random
import re
import time
from collections import defaultdict
from urllib.parse import parse_qs, quote, urlsplit

from tests.listening import Listening

_DIGEST = re.compile(r"(?<=^kannel:)([\w-]+)\.[0-9a-f]{12}")
"""Of sender and text, behind the id that Kannel gave a message."""
SLOWEST = 0.03
"""Seconds: kills shall also fall between a letter and its answer."""


class Gateway(Listening):
    def __init__(self, chance: random.Random) -> None:
        self.arrivals: dict[str, list[int]] = defaultdict(list)
        """Letter → the starts of the program that sent it, in the order of arrival."""
        self.answered: dict[tuple[str, int], float] = {}
        """(letter, start) → when the answer left."""
        self.received: dict[str, list[str]] = defaultdict(list)
        """Phone → letters, in the order of their first arrival."""
        self.texts: dict[str, str] = {}
        """Letter → what it says."""
        self.taken = 0
        """Letters so far, repeated ones too."""
        self._chance = chance

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                sent = self._note(request.split()[1].decode())
                if self._chance.random() < 0.5:
                    await asyncio.sleep(self._chance.uniform(0, SLOWEST))
                body = b"0: Accepted for delivery"
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                self.answered[sent] = time.monotonic()
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _note(self, target: str) -> tuple[str, int]:
        query = parse_qs(urlsplit(target).query)
        self.taken += 1
        letter = _DIGEST.sub(r"\1", parse_qs(urlsplit(query["dlr-url"][0]).query)["id"][0])
        if letter not in self.arrivals:
            self.received[query["to"][0]].append(letter)
            self.texts[letter] = query["text"][0]
        start = int(query["username"][0])
        self.arrivals[letter].append(start)
        return letter, start


class Sender:
    """People with phones. One message of a phone follows the other only when that one was taken."""

    def __init__(self, port: int, secret: str) -> None:
        self.taken: list[str] = []
        self.refused = 0
        self._port = port
        self._path = f"/sms/kannel/{secret}/mo"

    async def bring(self, phone: str, name: str, text: str) -> None:
        while not await self._taken(phone, name, text):
            self.refused += 1
            await asyncio.sleep(0.02)
        self.taken.append(name)

    def taken_letters(self) -> set[str]:
        """The first answer to each message."""
        return {f"kannel:{name}:0" for name in self.taken}

    async def _taken(self, phone: str, name: str, text: str) -> bool:
        target = f"{self._path}?from={quote(phone)}&to=1414&text={quote(text)}&id={name}&ts=2026-11-21+12:00:00"
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            writer.write(f"GET {target} HTTP/1.1\r\nHost: kelisim\r\nConnection: close\r\n\r\n".encode())
            return (await reader.read()).startswith(b"HTTP/1.1 200 ")
        except OSError:
            return False
        finally:
            writer.close()
