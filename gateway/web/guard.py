"""What holds for every answer: security headers, and a limit on what may be sent to us."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.web.problems import problem
from gateway.web.raw import PATIENT, BodyTooLargeError, GoneError, announced, read_body, write_answer

BODY_LIMIT = 64 * 1024

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


STAFF = "/staff"
_OF_STAFF = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""With another referrer policy browsers would not say that our own forms are ours."""
_OF_PROGRAMS = {"Cache-Control": "no-store"}

Limit = Callable[[Scope], int | None]
"""How many bytes may stream to whatever is behind a request; None: no more than to any other."""


class Headed:
    """Outermost: the headers stand on what nobody has foreseen as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path = scope["path"]
        own = _OF_STAFF if path.startswith(STAFF) else _OF_PROGRAMS if path.startswith("/api") else {}

        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(own)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_headed)


class Guard:
    def __init__(self, app: ASGIApp, limit: Limit = lambda _: None) -> None:
        """A body is read whole before anybody sees it. But where `limit` names another one, the route reads it
        itself, piece by piece, once it knows whose it is."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self._app(scope, receive, send)
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        limit = self._limit(scope)
        try:
            if limit is None:
                receive = _again(await read_body(scope, receive, BODY_LIMIT), receive)
            else:
                receive = _counted(scope, receive, limit)
            await self._app(scope, receive, send_noted)
        except BodyTooLargeError:
            if begun:
                raise
            await write_answer(problem(413, f"At most {limit or BODY_LIMIT} bytes."), send)
        except GoneError:
            return None


def _counted(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Whatever is announced, no more than this comes through. Who asks for it knows whose it is: it may take long."""
    read, patient = 0, scope.get("extensions", {}).get(PATIENT)

    async def counted() -> Message:
        nonlocal read
        if not read and announced(scope) > limit:
            raise BodyTooLargeError
        if patient is not None:
            patient["begin"]()
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise BodyTooLargeError
        return message

    return counted


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands in the body that was read, then whatever comes after it: the other side hanging up."""
    told = False

    async def read() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read
