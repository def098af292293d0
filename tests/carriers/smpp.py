"""An operator's SMS centre on the loopback: takes letters by SMPP 3.4, reports what became of them, and brings
people's messages, each again until it is taken. It keeps every part that it was ever given."""

import asyncio
import struct
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from itertools import count
from typing import Self

from msgspec import Struct

_BIND, _SUBMIT, _DELIVER, _UNBIND, _ENQUIRE = 0x9, 0x4, 0x5, 0x6, 0x15
_RESPONSE = 0x80000000
_NACK = 0x80000000
_UDH = 0x40
"""The text begins with a header: its place among the parts of a long text."""
_REPORT = 0x04
_LATIN, _UCS2 = 0, 8
THROTTLED, INVALID_ADDRESS, SYSTEM_ERROR = 0x58, 0x0B, 0x08

_PATIENCE = 60.0
_SEPTETS = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|"}
_ESCAPED[0x65] = "€"


class Part(Struct, frozen=True):
    sender: str
    receiver: str
    coding: int
    """0: the alphabet of GSM, 8: UCS-2."""
    body: bytes
    place: tuple[int, int, int]
    """Number of the whole text, how many parts it has, which of them this is: (0, 1, 1) for one that is alone."""
    wants_report: bool

    @property
    def text(self) -> str:
        return read_latin(self.body) if self.coding == _LATIN else self.body.decode("utf-16-be", "surrogatepass")


class Whole(Struct, frozen=True):
    """A text as a phone shows it: its parts put together, then read."""

    receiver: str
    coding: int
    parts: int
    text: str


class Operator:
    def __init__(self) -> None:
        self.port = 0
        self.parts: list[Part] = []
        """All that were taken, in the order in which they came."""
        self.binds = 0
        self.submits = 0
        self.verdict: Callable[[Part], int] = lambda part: 0
        """What a part is answered with: 0, or an error of SMPP's."""
        self.pause = 0.0
        """Seconds before an answer."""
        self.silent = False
        """Parts are taken, and nobody learns of it."""
        self.fate = "DELIVRD"
        """What is reported; nothing if empty."""
        self.keeps_reports = False
        """Until `report`."""
        self._kept: list[tuple[str, Part]] = []
        self._names = count(1)
        self._sequence = count(1)
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._bound: asyncio.StreamWriter | None = None
        self._is_bound = asyncio.Event()
        self._news = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.StreamWriter] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self.reports = 0
        """Delivery reports that were taken."""
        self.again = 0
        """People's messages, or parts of them, that had to be brought again."""

    async def __aenter__(self) -> Self:
        await self.come()
        return self

    async def __aexit__(self, *_: object) -> None:
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        await self.go()

    async def come(self) -> None:
        """Reachable, at the same port as before."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Away: nobody can connect."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()

    def drop(self) -> None:
        """The connection breaks."""
        for writer in self._talks:
            writer.transport.abort()

    async def bring(self, phone: str, text: str, *, to: str = "1414", reference: int = 1) -> None:
        """A person's message, in as many parts as it needs, until all are taken."""
        coding, bodies = _split(text)
        for number, body in enumerate(bodies, 1):
            header = bytes((5, 0, 3, reference & 0xFF, len(bodies), number)) if len(bodies) > 1 else b""
            await self._deliver(phone, to, _UDH if header else 0, coding, header + body)

    def report(self) -> None:
        """What was kept back."""
        for name, part in self._kept:
            self._errand(self._report(name, part))
        self._kept.clear()

    def wholes(self) -> list[Whole]:
        return put_together(self.parts)

    async def bound(self) -> None:
        await self._is_bound.wait()

    async def until(self, there: Callable[[], bool]) -> None:
        """Something about the parts and reports here."""
        async with asyncio.timeout(_PATIENCE):
            while not there():
                self._news.clear()
                await self._news.wait()

    async def _deliver(self, sender: str, receiver: str, kind: int, coding: int, body: bytes) -> None:
        head = b"\0" + _address(sender, 1) + _address(receiver, 0)
        pdu = head + bytes((kind, 0, 0, 0, 0, 0, 0, coding, 0, len(body))) + body
        while True:
            await self._is_bound.wait()
            sequence = next(self._sequence)
            answered = self._waiting[sequence] = asyncio.get_running_loop().create_future()
            try:
                self._send(self._bound, _DELIVER, 0, sequence, pdu)
                async with asyncio.timeout(5):
                    await answered
                return
            except (TimeoutError, ConnectionError):
                self.again += kind != _REPORT
                await asyncio.sleep(0.05)
            finally:
                self._waiting.pop(sequence, None)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(writer)
        try:
            while True:
                length, command, status, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                self._hear(writer, command, status, sequence, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._talks.discard(writer)
            if self._bound is writer:
                self._bound = None
                self._is_bound.clear()
                for waiting in self._waiting.values():
                    if not waiting.done():
                        waiting.set_exception(ConnectionResetError())
            writer.close()

    def _hear(self, writer: asyncio.StreamWriter, command: int, status: int, sequence: int, body: bytes) -> None:
        if command == _BIND:
            self.binds += 1
            self._send(writer, _BIND | _RESPONSE, 0, sequence, b"operator\0")
            self._bound = writer
            self._is_bound.set()
        elif command == _SUBMIT:
            self.submits += 1
            self._errand(self._take(writer, sequence, read_submit(body)))
        elif command == _DELIVER | _RESPONSE:
            if (waiting := self._waiting.get(sequence)) is not None and not waiting.done():
                waiting.set_result(None) if status == 0 else waiting.set_exception(ConnectionRefusedError())
        elif command == _ENQUIRE:
            self._send(writer, _ENQUIRE | _RESPONSE, 0, sequence, b"")
        elif command == _UNBIND:
            self._send(writer, _UNBIND | _RESPONSE, 0, sequence, b"")

    async def _take(self, writer: asyncio.StreamWriter, sequence: int, part: Part) -> None:
        if self.pause:
            await asyncio.sleep(self.pause)
        verdict = self.verdict(part)
        if verdict:
            self._send(writer, _SUBMIT | _RESPONSE, verdict, sequence, b"")
            return
        self.parts.append(part)
        self._news.set()
        if self.silent:
            return
        name = f"{next(self._names):08x}"
        self._send(writer, _SUBMIT | _RESPONSE, 0, sequence, name.encode() + b"\0")
        if part.wants_report and self.keeps_reports:
            self._kept.append((name, part))
        elif part.wants_report and self.fate:
            await self._report(name, part)

    async def _report(self, name: str, part: Part) -> None:
        done = "001" if self.fate == "DELIVRD" else "000"
        dates = "submit date:2611210900 done date:2611210900"
        text = f"id:{name} sub:001 dlvrd:{done} {dates} stat:{self.fate} err:000 text:"
        await self._deliver(part.receiver, part.sender, _REPORT, _LATIN, text.encode())
        self.reports += 1
        self._news.set()

    def _errand(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _send(
        self, writer: asyncio.StreamWriter | None, command: int, status: int, sequence: int, body: bytes
    ) -> None:
        if writer is None or writer.is_closing():
            return  # the other side is gone, and will ask again
        writer.write(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)


def read_submit(body: bytes) -> Part:
    _, rest = _text(body)
    sender, rest = _text(rest[2:])
    receiver, rest = _text(rest[2:])
    kind = rest[0]
    _, rest = _text(rest[3:])
    _, rest = _text(rest)
    report, _, coding, _, length = rest[:5]
    short = rest[5 : 5 + length]
    if not kind & _UDH:
        return Part(sender, receiver, coding, short, (0, 1, 1), bool(report))
    header = short[: short[0] + 1]
    assert header[1:3] == b"\0\3", header
    return Part(sender, receiver, coding, short[len(header) :], (header[3], header[4], header[5]), bool(report))


def put_together(parts: Iterable[Part]) -> list[Whole]:
    """Texts of which every part came, as often as they came whole."""
    shelf: dict[tuple[str, int, int], dict[int, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    found = []
    for part in parts:
        reference, of, number = part.place
        if of == 1:
            found.append(Whole(part.receiver, part.coding, 1, part.text))
            continue
        there = shelf[part.receiver, reference, of]
        there[number].append(part.body)
        if len(there) == of and all(there.values()):
            whole = b"".join(there[place].pop(0) for place in range(1, of + 1))
            for place in [place for place, bodies in there.items() if not bodies]:
                del there[place]
            found.append(
                Whole(part.receiver, part.coding, of, Part("", "", part.coding, whole, (0, 1, 1), False).text)
            )
    return found


def read_latin(body: bytes) -> str:
    """An escape at the end of the body, torn from its letter, is seen in the text."""
    letters, rest = [], iter(body)
    for septet in rest:
        escaped = next(rest, None) if septet == 0x1B else None
        letters.append(_SEPTETS[septet] if escaped is None else _ESCAPED[escaped])
    return "".join(letters)


def _split(text: str) -> tuple[int, list[bytes]]:
    """As a phone does it. Latin letters here are those that ASCII and the alphabet of GSM have in common."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return _LATIN, [text[at : at + 153].encode() for at in range(0, len(text), 153)] if len(text) > 160 else [
            text.encode()
        ]
    body = text.encode("utf-16-be")
    return _UCS2, [body[at : at + 134] for at in range(0, len(body), 134)] if len(body) > 140 else [body]


def _text(body: bytes) -> tuple[str, bytes]:
    text, _, rest = body.partition(b"\0")
    return text.decode("latin-1"), rest


def _address(number: str, ton: int) -> bytes:
    return bytes((ton, 1)) + number.removeprefix("+").encode() + b"\0"
