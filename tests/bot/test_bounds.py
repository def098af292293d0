"""What comes over the wire before anybody has shown a secret. The real server, asked by bare connections."""

import asyncio
import contextlib
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from starlette.types import Receive, Scope, Send

from bot import bounds
from gateway.web.guard import Guard
from tests.gateway.mischief import passes
from tests.gateway.serving import served


class Site:
    def __init__(self) -> None:
        self.asked: list[Scope] = []
        self.heard: asyncio.Queue[bool] = asyncio.Queue()
        """Pieces of a body; False: there will be no more of them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            self.heard.put_nowait(True)
            if not message["more_body"]:
                break
        else:
            self.heard.put_nowait(False)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def place(site: Site) -> AsyncIterator[tuple[str, int]]:
    async with served(site) as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


async def ask(place: tuple[str, int], target: str, *, pieces: int = 1) -> bytes:
    reader, writer = await asyncio.open_connection(*place)
    whole = f"GET {target} HTTP/1.1\r\nHost: kelisim\r\nConnection: close\r\n\r\n".encode()
    size = -(-len(whole) // pieces)
    for at in range(0, len(whole), size):
        writer.write(whole[at : at + size])
        await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("letters", [0, 100, 9_000, 11_000, 70_000])
@pytest.mark.parametrize("pieces", [1, 40])
async def test_an_address_keeps_its_beginning_and_its_end(
    site: Site, place: tuple[str, int], letters: int, pieces: int
) -> None:
    target = f"/sms/kannel/secret/mo?from=%2B77011234567&text={quote('ә' * letters)}&id=b4e2-1&ts=2026-11-21"
    assert (await ask(place, target, pieces=pieces)).startswith(b"HTTP/1.1 200 ")
    (scope,) = site.asked
    assert scope["path"] == "/sms/kannel/secret/mo"
    assert len(scope["query_string"]) <= min(len(target), 65_535)
    fields = parse_qs(scope["query_string"].decode(), errors="replace", keep_blank_values=True)
    assert (fields["id"], fields["from"], fields["ts"]) == (["b4e2-1"], ["+77011234567"], ["2026-11-21"])
    assert fields["text"][0].startswith("ә" * min(letters, 5_000))
    if letters <= 9_000:
        assert fields["text"] == ["ә" * letters]


async def test_a_connection_is_asked_again_and_again(site: Site, place: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*place)
    for number in range(3):
        target = f"/{'x' * 70_000 * (number % 2)}?n={number}"
        writer.write(f"POST {target} HTTP/1.1\r\nHost: k\r\nContent-Length: 5\r\n\r\nhello".encode())
        await reader.readuntil(b"\r\n\r\nok")
    assert [scope["query_string"] for scope in site.asked] == [b"n=0", b"n=1", b"n=2"]
    writer.close()


@pytest.mark.parametrize("endless", [b"GET /", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\n"])
async def test_what_never_ends_is_cut_off(site: Site, place: tuple[str, int], endless: bytes) -> None:
    _, writer = await asyncio.open_connection(*place)
    more = b"X: y\r\n" * 8192 if endless.endswith(b"\r\n") else b"x" * 49_152
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(_forever(writer, endless, more), 60)
    assert site.asked == []


async def _forever(writer: StreamWriter, begin: bytes, more: bytes) -> None:
    writer.write(begin)
    while True:
        writer.write(more)
        await writer.drain()


@pytest.mark.parametrize(
    "begun",
    [b"", b"G", b"GET / HTTP/1.1\r\nHost: k\r\n", b"POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 9\r\n\r\nhel"],
)
async def test_who_says_nothing_more_is_not_waited_for(
    site: Site, place: tuple[str, int], begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 0.2)
    reader, writer = await asyncio.open_connection(*place)
    writer.write(begun)
    assert await asyncio.wait_for(_rest(reader), 60) == b""
    writer.close()


async def _rest(reader: StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def test_many_who_say_nothing_hold_up_nobody(
    site: Site, place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 3600.0)
    silent = await asyncio.gather(*(asyncio.open_connection(*place) for _ in range(300)))
    for _, writer in silent:
        writer.write(b"GET / HT")
    assert (await asyncio.wait_for(ask(place, "/"), 60)).endswith(b"ok")
    for _, writer in silent:
        writer.close()


@pytest.mark.parametrize(
    "junk",
    [
        *(
            b"\x00\x01\x02\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /\xff HTTP/1.1\r\nHost: k\r\n\r\n",
            b"\x16\x03\x01\x02\x00\r\n\r\n",
        ),
        *(b"GET / HTTP/9.9\r\n\r\n", b"GET /?text=+77011234567 secret HTTP/1.1\r\n\r\n"),
    ],
)
async def test_junk_is_refused_and_not_written_down(
    site: Site, place: tuple[str, int], junk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reader, writer = await asyncio.open_connection(*place)
    writer.write(junk)
    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    assert "7701" not in caplog.text
    assert "Traceback" not in caplog.text
    writer.close()


async def test_a_large_file_may_take_long_as_long_as_it_goes_on() -> None:
    """Twice as long as anything else; but whoever stops sending is cut off like everybody."""
    site = Site()
    async with served(Guard(site, lambda scope: 10_000 if scope["path"] == "/file" else None)) as url:
        port = int(urlsplit(url).port or 0)
        for path, pieces, whole in (("/file", 6, True), ("/file", 3, False), ("/other", 6, False)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"POST {path} HTTP/1.1\r\nHost: k\r\nContent-Length: 6\r\n\r\n".encode())
            answer = b""
            with contextlib.suppress(ConnectionError):
                for _ in range(pieces):
                    writer.write(b"x")
                    await writer.drain()
                    if not await site.heard.get():
                        break
                    passes(0.4 * bounds.PATIENCE)
                passes(bounds.PATIENCE)
                answer = await reader.read(12)
            assert (answer == b"HTTP/1.1 200") is whole, (path, pieces)
            writer.close()
