"""The little of ASGI that is needed where a framework would cost more than the work itself."""

from hmac import compare_digest
from math import inf

from msgspec import Struct
from starlette.types import Receive, Scope, Send

Header = tuple[bytes, bytes]

PLAIN = (b"content-type", b"text/plain; charset=utf-8")
JSON = (b"content-type", b"application/json")


class Answer(Struct, frozen=True):
    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()


PATIENT = "kelisim.patient"
"""The server's own extension of ASGI: `begin()` gives the sender of a large body time for the next piece of it."""


class BodyTooLargeError(Exception):
    pass


class GoneError(Exception):
    """The other side hung up before it had said everything."""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body. One that is announced as too large is refused before a byte of it is read."""
    if announced(scope) > limit:
        raise BodyTooLargeError
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        body += message.get("body", b"")
        if len(body) > limit:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def announced(scope: Scope) -> float:
    """How long the body is said to be; what is no number is too long for anything."""
    said = header(scope, b"content-length")
    return (int(said) if said.isdigit() else inf) if said else 0


async def write_answer(answer: Answer, send: Send) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    await send({"type": "http.response.start", "status": answer.status, "headers": [length, *answer.headers]})
    await send({"type": "http.response.body", "body": answer.body})


def header(scope: Scope, name: bytes) -> bytes:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


def same_secret(given: bytes, ours: bytes) -> bool:
    """In constant time, and an empty secret of ours opens nothing."""
    return bool(ours) and compare_digest(given, ours)
