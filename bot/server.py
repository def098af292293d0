"""The HTTP server: uvicorn, started and stopped by us and not by signals."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn

from bot.bounds import Bounded
from bot.errors import StartError
from gateway.web.front import Front

FAREWELL = 5
"""Seconds that requests under way get when the program stops."""
KEEP_ALIVE = 75
"""Seconds an idle connection stays open: providers send their next message over the same one."""


def listen(host: str, port: int) -> socket.socket:
    """Taken before anything else is started, so that a port in use stops nothing that runs already."""
    # Said to be TCP, so that asyncio's own loop as well sends the end of an answer without waiting for anything.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setblocking(False)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise StartError(_why(host, port, error)) from error
    except (UnicodeError, TypeError) as error:  # Python's words for a name that DNS cannot hold
        listening.close()
        raise StartError(f"KELISIM_HTTP_HOST: «{host}» is no address") from error
    return listening


def address(listening: socket.socket) -> str:
    """As somebody on this machine would type it."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - it is the question, not the answer
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"KELISIM_HTTP_PORT: {host}:{port} is in use by another program"
    return f"KELISIM_HTTP_HOST: cannot listen on {host}:{port}: {error.strerror}"


class Server:
    def __init__(self, front: Front, listening: socket.socket) -> None:
        self._front = front
        self._listening = listening
        self._server = _Uvicorn(
            uvicorn.Config(
                front,
                http=Bounded,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,  # its lines would carry the secret and the phones of every address
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=FAREWELL,
            )
        )

    async def start(self) -> asyncio.Task[None]:
        """Returns the running server once it listens."""
        self._running = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        started = asyncio.create_task(self._server.listening.wait())
        await asyncio.wait((self._running, started), return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            started.cancel()
            host, port = self._listening.getsockname()[:2]
            error = self._running.exception()
            raise StartError(_why(host, port, error) if isinstance(error, OSError) else "HTTP does not start")
        return self._running

    async def stop(self) -> None:
        """No new connections; requests under way are answered, live streams ended."""
        self._front.close()
        self._server.should_exit = True
        await asyncio.wait([self._running])


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are for the whole program: HTTP is only the first of its parts to stop."""
        yield
