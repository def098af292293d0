"""An E-Sobes in a process of its own, which answers every question after 20 ms: `python -m bench.esobes`. It knows
everybody: whoever a phone belongs to has two applications."""

import asyncio
import sys
from typing import cast

import msgspec
import uvloop

from bench import pending

LATENCY = 0.020
_NUMBER = 700_000_002
"""Its nine digits are replaced."""
_PERSON = {
    "iin": pending.iin(_NUMBER),
    "name": "Орлов Павел Ильич",
    "birth_date": "1955-03-01",
    "language": "ru",
    "relation": "self",
    "phones": [pending.phone(_NUMBER)],
}
_APPLICATION = {
    "id": f"a-{_NUMBER}",
    "service": "technical_aids_hygiene",
    "iin": pending.iin(_NUMBER),
    "channel": "state_corp",
    "submitted_at": "2026-11-16T09:12:00+05:00",
    "registered_on": "2026-11-16",
    "stage": "under_review",
    "due_on": "2026-11-27",
    "queue_number": None,
    "organisation": None,
    "refusal_reason": None,
    "history": [
        {"stage": "registered", "at": "2026-11-16T09:12:00+05:00"},
        {"stage": "under_review", "at": "2026-11-17T11:40:00+05:00"},
    ],
}
_OLDER = {
    **_APPLICATION,
    "id": f"b-{_NUMBER}",
    "service": "sanatorium_treatment",
    "submitted_at": "2026-09-14T09:12:00+05:00",
    "registered_on": "2026-09-14",
    "stage": "completed",
    "due_on": None,
    "history": [{"stage": "completed", "at": "2026-10-20T10:00:00+05:00"}],
}


def _prepared(value: object) -> bytes:
    body = msgspec.json.encode(value)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_PERSONS = _prepared({"persons": [_PERSON]})
_APPLICATIONS = _prepared({"applications": [_APPLICATION, _OLDER]})
_PLACE = b"%09d" % _NUMBER


class _Line(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()
        self._heard = b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._heard.endswith(b"\r\n\r\n"):
            return
        path = self._heard.split(b" ", 2)[1]
        self._heard = b""
        answer, number = (_APPLICATIONS, path[-22:-13]) if path.endswith(b"/applications") else (_PERSONS, path[-9:])
        self._loop.call_later(LATENCY, self._transport.write, answer.replace(_PLACE, number))


async def serve() -> None:
    """Prints the port once it answers, and serves until stdin is closed."""
    server = await asyncio.get_running_loop().create_server(_Line, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
