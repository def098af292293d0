"""The providers of SMS on the loopback, for all cells of the fault matrix: their servers and our
connections to them."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Self

from msgspec.structs import replace

from gateway.routes.http import Wire
from gateway.routes.named import Named
from gateway.routes.route import Route
from gateway.sms.kannel import Kannel
from gateway.sms.mobizon import Mobizon
from gateway.sms.smsc import Smsc
from tests.faults.cells import KANNEL, MOBIZON, SMSC
from tests.gateway.sms.double import Double, Hasty
from tests.gateway.sms.kannel_double import KannelDouble
from tests.gateway.sms.mobizon_double import MobizonDouble
from tests.gateway.sms.smsc_double import SmscDouble

_PATIENCE, _IMPATIENCE = 60.0, 0.4
"""Seconds for a connection and for an answer; the second where nobody is to be reached."""


class Town:
    def __init__(self) -> None:
        self.kannel, self.smsc, self.mobizon = KannelDouble(), SmscDouble(), MobizonDouble()
        self.doubles: dict[str, Double] = {KANNEL: self.kannel, SMSC: self.smsc, MOBIZON: self.mobizon}
        self._wires: dict[tuple[str, str], Wire] = {}
        for name in self.doubles:
            self._wires[name, ""] = self._wires[name, "refused"] = Wire(name, patience=_PATIENCE)
            self._wires[name, "silent"] = Wire(name, patience=_IMPATIENCE)
            self._wires[name, "hanging"] = Hasty(name, patience=_PATIENCE)
        self._nowhere: dict[str, str] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        town = cls()
        async with AsyncExitStack() as stack:
            for double in town.doubles.values():
                await stack.enter_async_context(double)
            for wire in town._wires.values():
                stack.push_async_callback(wire.aclose)
            town._nowhere = {"refused": stack.enter_context(_closed()), "silent": stack.enter_context(_full())}
            yield town

    def texts(self, route: str) -> list[str]:
        """Of what it has taken."""
        if route == KANNEL:
            return [text for _, _, text in self.kannel.letters]
        if route == SMSC:
            return [text for _, _, text in self.smsc.letters]
        return [text for _, text in self.mobizon.letters.values()]

    def forget(self) -> None:
        self.kannel.letters.clear()
        self.smsc.letters.clear()
        self.smsc.statuses.clear()
        self.mobizon.letters.clear()
        self.mobizon.statuses.clear()

    def route(self, name: str, named: Named, fails: str = "") -> Route:
        """`fails`: `refused` or `silent`, at an address where nobody listens; `hanging`, and no answer comes."""
        wire = self._wires[name, fails]
        if name == KANNEL:
            return Kannel(replace(self.kannel.account, url=self._nowhere.get(fails, self.kannel.url)), wire)
        if name == SMSC:
            return Smsc(replace(self.smsc.account, url=self._nowhere.get(fails, self.smsc.url)), named, wire)
        return Mobizon(replace(self.mobizon.account, url=self._nowhere.get(fails, self.mobizon.url)), named, wire)


@contextmanager
def _closed() -> Iterator[str]:
    """A port that is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield _url(taken)


@contextmanager
def _full() -> Iterator[str]:
    """Somebody listens who has no room for another connection."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield _url(listening)


def _url(one: socket.socket) -> str:
    return f"http://127.0.0.1:{one.getsockname()[1]}"
