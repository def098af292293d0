"""What goes wrong on the way to a provider; the doubles of the providers go through the rest."""

import asyncio
from contextlib import aclosing

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
        async with asyncio.timeout(5):
            assert await wire.ask("GET", url) == Unclear("somebody: TimeoutError")
            await ended.wait()


@pytest.mark.parametrize(("status", "wrong"), [(200, False), (202, False), (302, True), (404, True), (500, True)])
async def test_whatever_is_no_2xx_is_not_the_providers_own_word(status: int, wrong: bool) -> None:
    async with aclosing(Wire("somebody")) as wire:
        assert (wire.gone_wrong(Reply(status, b"", {})) is not None) is wrong


@pytest.mark.parametrize(("given", "seconds"), [("7", 7.0), ("", None), ("soon", None), ("²", None), ("-1", None)])
def test_a_pause_is_a_number_of_seconds(given: str, seconds: float | None) -> None:
    assert pause({"retry-after": given}) == seconds
