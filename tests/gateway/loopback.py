"""A Kannel on the loopback: a real HTTP server that takes what is sent and answers as it is told to."""

import asyncio
from collections import Counter
from urllib.parse import parse_qs

from tests.listening import Listening


class Loopback(Listening):
    def __init__(self, answers: list[bytes] | None = None, silent: bool = False) -> None:
        """`answers` are given one after the other, then «0: Accepted…». `silent`: it takes the letter, and the
        connection breaks before its answer."""
        self.queries: list[str] = []
        self.silent = silent
        self._answers = answers or []

    @property
    def texts(self) -> list[str]:
        return [parse_qs(query)["text"][0] for query in self.queries]

    def repeated(self) -> dict[str, int]:
        return {text: times for text, times in Counter(self.texts).items() if times > 1}

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                self.queries.append(request.split()[1].decode().partition("?")[2])
                if self.silent:
                    return
                writer.write(self._answers.pop(0) if self._answers else accepted(len(self.queries)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def accepted(number: int) -> bytes:
    return answer("202 Accepted", f"0: Accepted for delivery: {number}")


def answer(status: str, body: str = "", *headers: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return f"{head}\r\n\r\n{body}".encode()
