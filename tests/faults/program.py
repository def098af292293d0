"""The real program as a process that can be killed and started again."""

import asyncio
import atexit
import json
import os
import select
import signal
import sys
import time
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Lock
from typing import Self

HERE = Path(__file__).parents[2]


class Forge:
    """What makes the programs: the seconds of their imports are spent once for all tests of this process."""

    def __init__(self) -> None:
        self._one_by_one = Lock()
        self._process = Popen(
            [sys.executable, "-m", "tests.faults.forge"], stdin=PIPE, stdout=PIPE, cwd=HERE, env=_clean_environment()
        )
        atexit.register(self._end)

    def make(self, settings: dict[str, str]) -> int:
        """The pid of a new program."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._one_by_one:
            self._process.stdin.write(json.dumps(settings).encode() + b"\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def _end(self) -> None:
        self._process.communicate()


@cache
def forge() -> Forge:
    return Forge()


class Program:
    """Every start carries its number as the name under which Kannel knows us, so that the gateway at the other end
    can tell which of the many processes sent a letter."""

    def __init__(self, folder: Path, port: int, gateway: str, secret: str, **more: str) -> None:
        """`more`: settings, in which `{start}` stands for the number of the start."""
        self.starts = 0
        self.ended: dict[int, float] = {}
        """Start → when it was killed."""
        self._folder = folder
        self._pid = 0
        self._settings = {
            "log": str(folder / "log"),
            "KELISIM_DATA_DIR": str(folder / "var"),
            "KELISIM_HTTP_PORT": str(port),
            "KELISIM_SMS_ROUTES": "kannel",
            "KELISIM_SMS_SECRET": secret,
            "KELISIM_KANNEL_URL": gateway,
            "KELISIM_KANNEL_USERNAME": "{start}",
            "KELISIM_KANNEL_PASSWORD": "kannel-password",
            "KELISIM_KANNEL_FROM": "1414",
            "KELISIM_SMS_UNCLEAR_WAIT": "1",
            "KELISIM_LOG": "warning",
            **more,
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end(signal.SIGTERM)
        await self.kill_redis()

    async def start(self) -> None:
        self.starts += 1
        settings = {name: value.replace("{start}", str(self.starts)) for name, value in self._settings.items()}
        self._pid = await asyncio.to_thread(forge().make, settings)

    async def end(self, how: signal.Signals) -> None:
        if self._pid:
            self.ended[self.starts] = time.monotonic()
            await _end(self._pid, how)
            self._pid = 0

    def check(self) -> None:
        """Nobody is to wait for a program that has ended by itself."""
        if not Path(f"/proc/{self._pid}").exists():
            raise AssertionError(f"the program ended by itself: {Path(self._settings['log']).read_text()[-500:]}")

    async def kill_redis(self) -> None:
        """The orphan that our kill left behind."""
        for pid in _processes_with(self._folder / "var"):
            await _end(pid, signal.SIGKILL)


def _processes_with(argument: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(argument).encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue  # it has ended meanwhile
    return found


async def _end(pid: int, how: signal.Signals) -> None:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, how)
        await asyncio.to_thread(select.select, [handle], [], [], 30)
    finally:
        os.close(handle)


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KELISIM_")}
