"""What an E-Sobes does that nobody should wait for. Each is a way to answer one question."""

import asyncio
import gzip
from asyncio import StreamWriter

from tests.gateway.ministry import Mischief, answer

HTML = "<html><body>Кіру / Вход</body></html>"
BOMB = gzip.compress(b'{"persons":[' + b" " * 50_000_000 + b"]}")


def passes(seconds: float) -> None:
    """So much later is it at once, for everything that this loop waits for."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds  # type: ignore[method-assign]


def says(said: bytes) -> Mischief:
    """These bytes, and the connection ends."""

    async def mischief(writer: StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    return mischief


async def silence(_: StreamWriter) -> None:
    """Nothing, however long somebody waits."""
    await asyncio.Event().wait()


async def slowness(writer: StreamWriter) -> None:
    """A byte from time to time: there is always something new."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b" ")
        await asyncio.sleep(0.05)


async def endlessness(writer: StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        await writer.drain()


ENDLESS = {"silence", "slowness", "endlessness"}
"""These never end by themselves."""
MISCHIEF: dict[str, Mischief] = {
    "silence": silence,
    "slowness": slowness,
    "endlessness": endlessness,
    "500": says(answer("500 Internal Server Error", '{"persons":[]}')),
    "503": says(answer("503 Service Unavailable")),
    "401": says(answer("401 Unauthorized", "{}")),
    "302": says(answer("302 Found", HTML, "Location: /login")),
    "302 nowhere": says(answer("302 Found", "", "Location: http://[")),
    "204": says(answer("204 No Content")),
    "404 of a gateway": says(answer("404 Not Found", "default backend - 404")),
    "html": says(answer("200 OK", HTML, "Content-Type: text/html")),
    "nothing": says(answer("200 OK")),
    "broken JSON": says(answer("200 OK", '{"persons":[{')),
    "wrong types": says(answer("200 OK", '{"persons":{"a":1},"person":7,"applications":"none","organisations":0}')),
    "something else": says(answer("200 OK", "[1,2,3]")),
    "null": says(answer("200 OK", "null")),
    "a wrong charset": says(answer("200 OK", "@").replace(b"@", b"\xc0").replace(b": 1", b": 1")),
    "depth": says(answer("200 OK", "[" * 100_000)),
    "a packed answer": says(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB
    ),
    "hung up": says(b""),
    "hung up in the head": says(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "hung up in the body": says(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"persons":['),
    "hung up in a chunk": says(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"persons":['),
    "another protocol": says(b"220 mail.example.kz ESMTP\r\n"),
    "a long head": says(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n"),
    "two lengths": says(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{"a":1}'),
    "no length": says(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    "no chunk": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
}
