"""The fault matrix: what goes wrong with the first of two letters to one person, and when. Once only: then all is
well again. Each is played with every provider, alone and with another one behind it."""

import json
from collections.abc import Mapping

from msgspec import Struct

from tests.gateway.sms.double import Fault

KANNEL, SMSC, MOBIZON = "kannel", "smsc", "mobizon"
PROVIDERS = (KANNEL, SMSC, MOBIZON)

Ends = Fault | tuple[Fault, bool] | bytes
"""How the first request ends at the provider; with «taken» or not."""

BEFORE, OUT, ANSWERED, DONE = "before it goes out", "it is out", "answered", "struck off"
HAS, HAS_NOT = "it is out, they have it", "it is out, they have it not"


class Cell(Struct, frozen=True):
    moment: str
    fault: str
    ends: Ends | Mapping[str, Ends] | None = None
    """By provider, where each has its own words."""
    happens: Mapping[str, str] = {}
    """At a point of the way: `chosen`, `before`, `arrived`, `answered`, `written`, `waits`, `done` → what happens
    there: `kill`, `redis`, or reports."""
    nowhere: str = ""
    """The first try goes to an address where nobody listens: `refused`, `silent`."""
    refused: bool = False
    """By the first route, surely and for good."""
    status: str = "accepted"
    """In the end, if nothing has refused it."""
    known: bool = False
    """It is surely known what has become of the first try, so nobody gets it twice."""

    @property
    def named(self) -> tuple[str, str]:
        return self.moment, self.fault

    def ends_at(self, provider: str) -> Ends | None:
        return self.ends[provider] if isinstance(self.ends, Mapping) else self.ends

    def fails(self, provider: str) -> str:
        """How the first try does, where it needs a connection of its own."""
        ends = self.ends_at(provider)
        return "hanging" if isinstance(ends, tuple) and ends[0] is Fault.HANGING else self.nowhere

    def is_played(self, provider: str) -> bool:
        return not isinstance(self.ends, Mapping) or provider in self.ends


def _kannel(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def _error(code: int, error: str) -> bytes:
    return json.dumps({"error": error, "error_code": code}).encode()


def _code(code: int, **data: str) -> bytes:
    return json.dumps({"code": code, "data": data or None, "message": ""}).encode()


_WAIT = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"
_FEWER = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"


def _both(fault: str, ends: Fault) -> tuple[Cell, Cell]:
    return Cell(HAS_NOT, fault, (ends, False)), Cell(HAS, fault, (ends, True))


def _at(moment: str, fault: str, point: str, what: str, **more: object) -> Cell:
    return Cell(moment, fault, happens={point: what}, **more)  # type: ignore[arg-type]


_WRONG_PASSWORD = {
    KANNEL: _kannel("403 Forbidden", "Authorization failed for sendsms"),
    SMSC: _error(2, "authorise error"),
    MOBIZON: _code(8),
}
_REFUSALS = {
    KANNEL: _kannel("400 Bad Request", "Invalid number"),
    SMSC: _error(7, "invalid number"),
    MOBIZON: _code(1, recipient="wrong"),
}

CELLS = (
    Cell("", "nothing goes wrong"),
    Cell(BEFORE, "connection refused", nowhere="refused", known=True),
    Cell(BEFORE, "no connection in time", nowhere="silent", known=True),
    _at(BEFORE, "Redis away before it is written down", "chosen", "redis", known=True),
    _at(BEFORE, "killed, written down where it goes", "before", "kill"),
    *_both("connection cut, no answer", Fault.SILENT),
    Cell(HAS, "cut; reported delivered", Fault.TAKEN_SILENT, {"waits": "delivered"}, status="delivered", known=True),
    Cell(HAS, "cut; reported refused", Fault.TAKEN_SILENT, {"waits": "refused"}, refused=True),
    *_both("connection cut in the answer", Fault.HALF),
    *_both("no answer in time", Fault.HANGING),
    *_both("502", Fault.E502),
    *_both("504", Fault.E504),
    Cell(HAS_NOT, "500, Kannel's own word", {KANNEL: (Fault.E500, False)}, known=True),
    Cell(HAS_NOT, "500", {SMSC: (Fault.E500, False), MOBIZON: (Fault.E500, False)}),
    Cell(HAS, "500", {SMSC: (Fault.E500, True), MOBIZON: (Fault.E500, True)}),
    *_both("HTML page with 200", Fault.PAGE),
    Cell(HAS_NOT, "garbage with 200", b'{"ok": tru'),
    Cell(HAS, "answer torn off, with 200", {SMSC: (Fault.BROKEN, True), MOBIZON: (Fault.BROKEN, True)}),
    Cell(HAS_NOT, "503", Fault.E503, known=True),
    Cell(HAS_NOT, "503, Retry-After: 30", _WAIT, known=True),
    Cell(HAS_NOT, "429", _FEWER, known=True),
    Cell(HAS_NOT, "429, Retry-After: 7", Fault.E429, known=True),
    Cell(HAS_NOT, "403", {SMSC: Fault.E403, MOBIZON: Fault.E403}, known=True),
    Cell(HAS_NOT, "wrong password", {SMSC: _WRONG_PASSWORD[SMSC], MOBIZON: _WRONG_PASSWORD[MOBIZON]}, known=True),
    Cell(HAS_NOT, "wrong password, 403", {KANNEL: _WRONG_PASSWORD[KANNEL]}, refused=True),
    Cell(HAS_NOT, "no money", {SMSC: _error(3, "no money"), MOBIZON: _code(15)}, known=True),
    Cell(HAS_NOT, "invalid number", _REFUSALS, refused=True),
    Cell(HAS_NOT, "killed, waiting for the answer", (Fault.SILENT, False), {"arrived": "kill"}),
    _at(HAS, "killed, waiting for the answer", "arrived", "kill"),
    _at(HAS, "Redis away when the answer comes", "arrived", "redis", known=True),
    _at(HAS, "reported delivered before the answer", "arrived", "delivered", status="delivered", known=True),
    _at(HAS, "reported refused before the answer", "arrived", "refused", refused=True),
    _at(ANSWERED, "killed, not written down", "answered", "kill"),
    _at(ANSWERED, "killed, written down", "written", "kill", known=True),
    _at(ANSWERED, "Redis away, not written down", "answered", "redis", known=True),
    _at(ANSWERED, "Redis away, written down", "written", "redis", known=True),
    _at(DONE, "no report ever", "done", "", known=True),
    _at(DONE, "reported delivered", "done", "delivered", status="delivered", known=True),
    _at(DONE, "reported delivered twice", "done", "delivered delivered", status="delivered", known=True),
    _at(DONE, "reported delivered, then sent", "done", "delivered sent", status="delivered", known=True),
    _at(DONE, "report while Redis is away", "done", "redis delivered", status="delivered", known=True),
    _at(DONE, "reported failed", "done", "failed", status="failed", known=True),
    _at(DONE, "reported refused", "done", "refused", refused=True),
    _at(DONE, "reported refused twice", "done", "refused refused", refused=True),
)
