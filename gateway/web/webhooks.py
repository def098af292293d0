"""Where Telegram knocks. A message is answered with 200 only once its turn is committed."""

import asyncio
from typing import Protocol

import msgspec
from starlette.types import Receive, Scope

from dialogs.messages import Pressed
from gateway.channels import Inbound
from gateway.connection import RedisAwayError
from gateway.web.problems import again, problem
from gateway.web.raw import JSON, PLAIN, Answer, BodyTooLargeError, header, read_body, same_secret

TELEGRAM_PATH = "/telegram/webhook"

TELEGRAM_BODY = 256 * 1024
"""An update with a long text, its formatting and a quoted message stays well below."""

AT_ONCE = 0.3
"""Seconds in which a pressed button has to hear something."""

DONE = Answer(200, headers=(PLAIN,))
FORBIDDEN = problem(403, "The secret is not ours.")
NOT_FOUND = problem(404)
TOO_LARGE = problem(413)
NOT_UNDERSTOOD = problem(400, "This is not a message as it was agreed on.")
AWAY = again("Redis is away; please send it again.")


class Receives(Protocol):
    async def receive(self, inbound: Inbound) -> None: ...


class Telegram(Receives, Protocol):
    """The one who knows Telegram's updates."""

    def read(self, body: bytes) -> Inbound | None:
        """None: there is nothing to answer."""

    def acknowledgement(self, body: bytes) -> bytes:
        """What goes back in the answer to a pressed button, so that it stops looking busy; empty for the rest."""

    def acknowledge(self, body: bytes) -> None:
        """Says the same by a call of its own. Nobody waits for it."""


class TelegramWebhook:
    def __init__(self, telegram: Telegram, secret: str) -> None:
        self._telegram = telegram
        self._secret = secret.encode()

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            return not_allowed(b"POST")
        if not same_secret(header(scope, b"x-telegram-bot-api-secret-token"), self._secret):
            return FORBIDDEN
        try:
            body = await read_body(scope, receive, TELEGRAM_BODY)
        except BodyTooLargeError:
            return TOO_LARGE
        inbound = self._telegram.read(body)
        if inbound is None:
            return self._done(body) if _is_object(body) else NOT_UNDERSTOOD
        work = asyncio.ensure_future(self._telegram.receive(inbound))
        pressed = isinstance(inbound.content, Pressed)
        if pressed and not (await asyncio.wait([work], timeout=AT_ONCE))[0]:
            self._telegram.acknowledge(body)
            pressed = False
        try:
            await work
        except RedisAwayError:
            return AWAY
        return self._done(body) if pressed else DONE

    def _done(self, body: bytes) -> Answer:
        acknowledgement = self._telegram.acknowledgement(body)
        return Answer(200, acknowledgement, (JSON,)) if acknowledgement else DONE


def not_allowed(method: bytes) -> Answer:
    refusal = problem(405)
    return Answer(405, refusal.body, (*refusal.headers, (b"allow", method)))


def _is_object(body: bytes) -> bool:
    """Telegram may send kinds of updates that nobody here knows; those are taken and passed over."""
    try:
        msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
