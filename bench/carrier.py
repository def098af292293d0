"""Somebody on the loopback who takes letters, in a process of its own, and answers each after 50 ms:
`python -m bench.carrier`. It is Kannel, smsc, Mobizon and Telegram, each at its own address, and knows what it was
given: `GET /taken`."""

import asyncio
import re
import sys
from time import perf_counter
from typing import cast
from urllib.request import urlopen

import msgspec
import uvloop
from msgspec import Struct

LATENCY = 0.050
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_TO = re.compile(rb'(?:[?&]to=%2B|"phones": ?"\+|recipient=|chat_id=)(\d+)')
_NUMBER = re.compile(rb"No(\d+)n")
"""Stands in the text of a letter that has a number; survives whatever it is written in."""


class Taken(Struct, frozen=True, array_like=True):
    """One letter."""

    at: float
    """When it was here, on the clock that all processes of a machine share."""
    to: int
    number: int
    """0: it has none."""


class Told(Struct, frozen=True):
    letters: list[Taken]
    """Since this was asked last."""
    most: int
    """Of them that were under way at the same time."""


def numbered(text: str, number: int) -> str:
    return f"{text} No{number}n"


class Carrier(Struct, frozen=True):
    """One that listens at this port."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def taken(self) -> Told:
        with urlopen(f"{self.url}/taken", timeout=30) as answer:
            return msgspec.json.decode(answer.read(), type=Told)


class _Desk:
    def __init__(self) -> None:
        self._letters: list[Taken] = []
        self._under_way = 0
        self._most = 0
        self._names = 0

    def take(self, request: bytes) -> bytes:
        """The answer to be given later."""
        to, number = _TO.search(request), _NUMBER.search(request)
        if to is None:
            raise ValueError(f"to nobody: {request[:200]!r}")
        self._letters.append(Taken(perf_counter(), int(to[1]), int(number[1]) if number else 0))
        self._under_way += 1
        self._most = max(self._most, self._under_way)
        self._names += 1
        path = request.split(b" ", 2)[1]
        if path.startswith(b"/cgi-bin/sendsms"):
            return _answer(f"0: Accepted for delivery: {self._names}", "202 Accepted")
        if path.startswith(b"/rest/send"):
            return _answer(f'{{"id":"{self._names}","cnt":1}}')
        if path.startswith(b"/service/message"):
            return _answer(
                f'{{"code":0,"data":{{"campaignId":1,"messageId":{self._names},"status":2}},"message":""}}'
            )
        chat = f'{{"id":{int(to[1])},"type":"private","first_name":"A"}}'
        message = f'{{"message_id":{self._names},"date":1795280000,"chat":{chat},"text":"…"}}'
        return _answer(f'{{"ok":true,"result":{message}}}')

    def answered(self) -> None:
        self._under_way -= 1

    def tell(self) -> bytes:
        told = Told(self._letters, self._most)
        self._letters, self._most = [], self._under_way
        return _answer(msgspec.json.encode(told).decode())


def _answer(body: str, status: str = "200 OK") -> bytes:
    written = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(written)}\r\n\r\n"
    return head.encode() + written


class _Line(asyncio.Protocol):
    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        end = self._heard.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._heard, 0, end + 2)
        if len(self._heard) < end + 4 + (int(length[1]) if length else 0):
            return
        request, self._heard = self._heard, b""
        if request.startswith(b"GET /taken "):
            self._transport.write(self._desk.tell())
        else:
            self._loop.call_later(LATENCY, self._say, self._desk.take(request))

    def _say(self, answer: bytes) -> None:
        self._desk.answered()
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve() -> None:
    """Prints the port once it answers, and serves until stdin is closed."""
    desk = _Desk()
    server = await asyncio.get_running_loop().create_server(lambda: _Line(desk), "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
