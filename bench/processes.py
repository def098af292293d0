"""Servers under measurement: started, held on a core of their own, their CPU time read, ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from bench.load import LoadError

_TICKS = os.sysconf("SC_CLK_TCK")


class Cores(Struct, frozen=True):
    """The server has one core to itself; Redis and whoever sends messages share the others."""

    server: set[int]
    others: set[int]

    @contextmanager
    def server_here(self) -> Iterator[None]:
        """This process does the server's work itself; Redis stays where it is."""
        os.sched_setaffinity(0, self.server)
        try:
            yield
        finally:
            os.sched_setaffinity(0, self.others)

    def said(self) -> str:
        if self.server == self.others:
            return "one core for everything"
        return f"the server on core {_list(self.server)}; Redis and the load on {_list(self.others)}"


def split_cores() -> Cores:
    """From here on, this process and what it starts stay away from the server's core."""
    available = sorted(os.sched_getaffinity(0))
    cores = Cores({available[0]}, set(available[1:] or available))
    os.sched_setaffinity(0, cores.others)
    return cores


class Process:
    def __init__(self, module: str, *arguments: str, cores: set[int]) -> None:
        self._name = " ".join((module, *arguments[:1]))
        self._popen = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        os.sched_setaffinity(self._popen.pid, cores)

    def port(self) -> int:
        """Once it answers there."""
        assert self._popen.stdout is not None
        said = self._popen.stdout.readline()
        if not said:
            raise LoadError(f"«{self._name}» does not start")
        return int(said)

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, all its threads together."""
        fields = Path(f"/proc/{self._popen.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> int:
        """Bytes that it has in memory now."""
        return int(Path(f"/proc/{self._popen.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def rest(self) -> None:
        """It stands still, so that somebody else can be measured."""
        self._popen.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._popen.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        try:
            self._popen.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.communicate()


def _list(cores: set[int]) -> str:
    return ", ".join(map(str, sorted(cores)))
