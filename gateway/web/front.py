"""The door: messages of providers go straight to their handlers, everything else to the site.

A provider's request needs no routing tables, no validation models and no templates; a framework would take longer
over them than the whole turn takes.
"""

from asyncio import Event
from collections.abc import Mapping
from time import perf_counter
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.web.metrics import Metrics
from gateway.web.problems import again
from gateway.web.raw import Answer, GoneError, write_answer
from gateway.web.webhooks import TELEGRAM_PATH, TelegramWebhook

SMS_PATH = "/sms/"

UNDER_WAY = 512
"""More messages at once than this are asked to come again: a queue in here would only hide them from the provider."""

_BUSY = again("Too much at once; please send it again.")


class Door(Protocol):
    async def answer(self, scope: Scope, receive: Receive) -> Answer: ...


class Front:
    """The ASGI app that the server runs."""

    def __init__(
        self,
        site: ASGIApp,
        metrics: Metrics,
        closing: Event,
        telegram: TelegramWebhook | None = None,
        doors: Mapping[str, Door] | None = None,
    ) -> None:
        """`doors` for providers of SMS: `smsc` is who knocks at `/sms/smsc/…`."""
        self._site = site
        self._metrics = metrics
        self._closing = closing
        self._telegram = telegram
        self._doors = doors or {}
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path == TELEGRAM_PATH and self._telegram is not None:
                return await self._take("telegram", self._telegram, scope, receive, send)
            if path.startswith(SMS_PATH) and (name := path.split("/", 3)[2]) in self._doors:
                return await self._take(name, self._doors[name], scope, receive, send)
        return await self._site(scope, receive, send)

    def close(self) -> None:
        """Ends the live streams. To be called when the server begins to stop: it waits for open connections."""
        self._closing.set()

    async def _take(self, channel: str, webhook: Door, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        if self._under_way >= UNDER_WAY:
            answer = _BUSY
        else:
            self._under_way += 1
            try:
                answer = await webhook.answer(scope, receive)
            except GoneError:
                return
            finally:
                self._under_way -= 1
        await write_answer(answer, send)
        self._metrics.answered(channel, answer.status, perf_counter() - started)
