"""A site on the loopback: the program's own server, on a port of its own."""

from asyncio import Event
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from bot.server import Server, address, listen
from gateway.web.front import Front
from gateway.web.metrics import Metrics


@asynccontextmanager
async def served(site: ASGIApp) -> AsyncIterator[str]:
    """Where it listens."""
    listening = listen("127.0.0.1", 0)
    server = Server(site if isinstance(site, Front) else Front(site, Metrics({}), Event()), listening)
    await server.start()
    try:
        yield address(listening)
    finally:
        await server.stop()
        listening.close()
