"""What holds for every page: security headers, and a limit on what may be sent to us."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.web.problems import problem
from gateway.web.raw import BodyTooLargeError, GoneError, read_body, write_answer

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


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self._app(scope, receive, send_guarded)
        try:
            body = await read_body(scope, receive, BODY_LIMIT)
        except BodyTooLargeError:
            return await write_answer(problem(413, f"At most {BODY_LIMIT} bytes."), send_guarded)
        except GoneError:
            return None
        return await self._app(scope, _again(body, receive), send_guarded)


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
