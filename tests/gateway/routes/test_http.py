"""What goes wrong on the way to a provider; the doubles of the providers go through the rest."""

import asyncio
from contextlib import aclosing, suppress

import pytest

from gateway.channels import Rejected, Unclear
from gateway.routes.http import Reply, Wire, pause


async def test_an_address_that_cannot_be_asked_never_can() -> None:
    async with aclosing(Wire("somebody")) as wire:
        assert isinstance(await wire.ask("GET", f"http://127.0.0.1/?text={'x' * 70_000}"), Rejected)


async def test_an_answer_that_never_ends_is_not_waited_for() -> None:
    ended = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            ended.set()
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server, aclosing(Wire("somebody", patience=0.1)) as wire:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with asyncio.timeout(60):
            assert await wire.ask("GET", url) == Unclear("somebody: TimeoutError")
            await ended.wait()


async def test_a_letter_whose_connection_breaks_is_not_sent_again_behind_our_back() -> None:
    """Not even on a connection that has served before, and not even by GET."""
    heard = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    async with server, aclosing(Wire("somebody")) as wire:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send"
        first = await wire.ask("GET", url, params={"number": "1"})
        assert isinstance(first, Reply)
        assert await wire.ask("GET", url, params={"number": "2"}) == Unclear("somebody: ServerDisconnectedError")
    assert [request.split(b" ")[1] for request in heard] == [b"/send?number=1", b"/send?number=2"]


async def test_what_is_asked_arrives_as_it_was_written() -> None:
    heard = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b" HTTP/1.1\r\n"))
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, aclosing(Wire("somebody")) as wire:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send"
        reply = await wire.ask("GET", url, params={"to": "+7701", "text": "ә 1&2+3;%/?", "url": "https://a/b?c=%d"})
        assert isinstance(reply, Reply)
        assert (reply.status, reply.body, reply.headers["location"]) == (302, b"ok", "/elsewhere")
    expected = (
        b"GET /send?to=%2B7701&text=%D3%99+1%262%2B3%3B%25%2F%3F&url=https%3A%2F%2Fa%2Fb%3Fc%3D%25d HTTP/1.1\r\n"
    )
    assert heard == [expected]


async def test_what_goes_to_many_leaves_half_of_the_connections_free() -> None:
    """However slow the provider is: nobody's answer waits behind a broadcast."""
    heard: list[bytes] = []
    there, enough = asyncio.Event(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                heard.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
                there.set()
                if heard[-1] == b"/many":
                    await enough.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    async with server, aclosing(Wire("somebody", connections=2)) as wire:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        many = [asyncio.create_task(wire.ask("GET", f"{url}/many", gives_way=True)) for _ in range(3)]
        await there.wait()
        for _ in range(3):
            assert isinstance(await wire.ask("GET", f"{url}/one"), Reply)
        assert heard == [b"/many", b"/one", b"/one", b"/one"]
        enough.set()
        await asyncio.gather(*many)
    assert heard[4:] == [b"/many", b"/many"]


async def test_an_answer_that_is_too_long_is_none() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b"x" * 100_000)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    async with server, aclosing(Wire("somebody")) as wire:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await wire.ask("GET", url) == Unclear("somebody: an answer without end")


@pytest.mark.parametrize(("status", "wrong"), [(200, False), (202, False), (302, True), (404, True), (500, True)])
async def test_whatever_is_no_2xx_is_not_the_providers_own_word(status: int, wrong: bool) -> None:
    async with aclosing(Wire("somebody")) as wire:
        assert (wire.gone_wrong(Reply(status, b"", {})) is not None) is wrong


@pytest.mark.parametrize(("given", "seconds"), [("7", 7.0), ("", None), ("soon", None), ("²", None), ("-1", None)])
def test_a_pause_is_a_number_of_seconds(given: str, seconds: float | None) -> None:
    assert pause({"retry-after": given}) == seconds
