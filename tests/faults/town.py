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
from tests.gateway.sms.double import Double
from tests.gateway.sms.kannel_double import KannelDouble
from tests.gateway.sms.mobizon_double import MobizonDouble
from tests.gateway.sms.smsc_double import SmscDouble

_PATIENCE, _IMPATIENCE = 5.0, 0.4
"""Seconds for an answer; the second where none is to come."""


class Town:
    def __init__(self) -> None:
        self.kannel, self.smsc, self.mobizon = KannelDouble(), SmscDouble(), MobizonDouble()
        self.doubles: dict[str, Double] = {KANNEL: self.kannel, SMSC: self.smsc, MOBIZON: self.mobizon}
        self._wires = {
            (name, hurries): Wire(name, patience=_IMPATIENCE if hurries else _PATIENCE)
            for name in self.doubles
            for hurries in (False, True)
        }
        self._nowhere: dict[str, str] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        town = cls()
        async with AsyncExitStack() as stack:
            for name, double in town.doubles.items():
                await stack.enter_async_context(double)
                for hurries in (False, True):
                    stack.push_async_callback(town._wires[name, hurries].aclose)
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

    def route(self, name: str, named: Named, *, hurries: bool, nowhere: str = "") -> Route:
        """`hurries`: it does not wait long. `nowhere`: at an address where nobody listens."""
        wire = self._wires[name, hurries]
        if name == KANNEL:
            return Kannel(replace(self.kannel.account, url=self._nowhere.get(nowhere, self.kannel.url)), wire)
        if name == SMSC:
            return Smsc(replace(self.smsc.account, url=self._nowhere.get(nowhere, self.smsc.url)), named, wire)
        return Mobizon(replace(self.mobizon.account, url=self._nowhere.get(nowhere, self.mobizon.url)), named, wire)


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
