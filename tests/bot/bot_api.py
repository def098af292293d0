"""A Bot API server on the loopback: real HTTP, strict about methods and parameters, with chats that remember what was
written, with limits of its own, and failing in every known way."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aiohttp import web

from tests.bot.bot_api_chats import Chats, Flood
from tests.bot.bot_api_schema import METHODS, Upload, WrongError, check, plain
from tests.bot.bot_api_updates import Bringing, Callbacks, ConflictError, Queue

TOKEN = "4242:loopback-token-AbCdEfGhIjKlMnOpQrStUv"
USERNAME = "kelisim_test_bot"
WEBHOOK_IS_SET = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Call(NamedTuple):
    method: str
    parameters: dict[str, Any]
    start: str = ""
    """Which start of the program called, where that was agreed on."""


class Fault(NamedTuple):
    """What the server answers instead. `cut`: the connection breaks; `after`: the call is carried out first; `torn`:
    it is, and breaks in the middle of the answer; `slow`: seconds before anything else happens."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    page: str | None = None
    """Not JSON at all: the page of some proxy on the way."""
    cut: bool = False
    after: bool = False
    torn: bool = False
    slow: float = 0.0

    @property
    def only_slow(self) -> bool:
        return self.slow > 0 and self == Fault(slow=self.slow)


BLOCKED = Fault(403, "Forbidden: bot was blocked by the user")


class BotApi:
    def __init__(self, flood: Flood) -> None:
        self.calls: list[Call] = []
        """What was carried out."""
        self.wrong: list[str] = []
        """What was refused because Telegram would not understand it."""
        self.faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        """Method, or method:chat, or method:button pressed → what its next calls meet; None: nothing unusual."""
        self.chat_faults: dict[int, Fault] = {}
        """Chat → what every call about it meets."""
        self.flood = flood
        self.chats = Chats()
        self.callbacks = Callbacks()
        self.queue = Queue()
        self.token = TOKEN
        self.url = ""
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """What else happens between a call and its answer."""
        self.front = ""
        """Who takes what comes to the webhook's host: the program behind its proxy."""
        self.bringing: Bringing | None = None
        self.bringing_refused = 0
        """Tries of webhooks that are set no more, and that were not taken."""

    @property
    def confirmed(self) -> int:
        return self.queue.confirmed

    @confirmed.setter
    def confirmed(self, offset: int) -> None:
        self.queue.confirmed = offset

    def sent(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        return [call.parameters for call in self.calls if call.method == method]

    async def add(self, *updates: dict[str, Any]) -> None:
        for update in updates:
            self.chats.note(update)
            self.callbacks.note(update)
        await self.queue.add(updates)

    async def until(self, there: Callable[[], bool]) -> None:
        """Waits for a call that makes it true."""
        async with asyncio.timeout(60), self.queue.changed:
            await self.queue.changed.wait_for(there)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized")
        if method not in METHODS:
            return _refusal(404, f"Not Found: method {method}")
        try:
            given = await _parameters(request, method)
            check(method, given)
        except WrongError as error:
            self.wrong.append(f"{method}: {error}")
            return _refusal(400, f"Bad Request: {error}")
        return await self._answer(request, method, given)

    async def _answer(self, request: web.Request, method: str, given: dict[str, Any]) -> web.StreamResponse:
        chat = int(given["chat_id"]) if "chat_id" in given else None
        fault = self._fault(method, chat or given.get("callback_query_id"))
        if fault is None and chat is not None:
            fault = self.chat_faults.get(chat)
            if self.flood.too_many(method, chat, monotonic()):
                return _refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        if fault is not None:
            async with self.queue.changed:
                self.queue.changed.notify_all()
            await asyncio.sleep(fault.slow)
        if fault is not None and not (fault.after or fault.torn or fault.only_slow):
            return await _failing(request, fault)
        try:
            result = await self.carry_out(method, given, request.match_info.get("start", ""))
        except WrongError as error:
            return _refusal(400, f"Bad Request: {error}")
        except ConflictError as error:
            return _refusal(409, f"Conflict: {error}")
        if fault is not None and not fault.only_slow:
            return await _failing(request, fault)
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, about: object) -> Fault | None:
        waiting = next((self.faults[one] for one in (method, f"{method}:{about}") if self.faults.get(one)), None)
        return waiting.popleft() if waiting else None

    async def carry_out(self, method: str, given: dict[str, Any], start: str = "") -> Any:
        result = await self._do(method, given)
        async with self.queue.changed:
            self.calls.append(Call(method, given, start))
            self.queue.changed.notify_all()
        if self.meanwhile is not None:
            await self.meanwhile()
        return result

    async def from_webhook(self, method: str, given: dict[str, Any]) -> None:
        """A call that stood in the answer to an update: nobody hears what has become of it."""
        try:
            check(method, given)
            await self.carry_out(method, given, "webhook")
        except WrongError as error:
            self.wrong.append(f"{method} in an answer: {error}")

    async def _do(self, method: str, given: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {"id": 4242, "is_bot": True, "first_name": "Келісім", "username": USERNAME}
            case "getUpdates":
                if self.bringing is not None:
                    raise ConflictError(WEBHOOK_IS_SET)
                return await self.queue.fetch(given)
            case "setWebhook" | "deleteWebhook":
                return await self._webhook(given)
            case "answerCallbackQuery":
                return self.callbacks.answer(given["callback_query_id"])
            case _ if "chat_id" in given:
                return self.chats.carry_out(method, given)
        return True

    async def _webhook(self, given: dict[str, Any]) -> bool:
        if given.get("drop_pending_updates") in (True, "true"):
            self.queue.waiting.clear()
        await self.stop()
        if url := given.get("url"):
            self.queue.allow(given)
            target = self.front + urlsplit(url).path
            self.bringing = Bringing(self.queue, target, given, self.from_webhook)
        return True

    async def stop(self) -> None:
        if self.bringing is not None:
            await self.bringing.stop()
            self.bringing_refused += self.bringing.refused
            self.bringing = None


async def _failing(request: web.Request, fault: Fault) -> web.StreamResponse:
    assert request.transport is not None
    if fault.torn:
        response = web.StreamResponse(headers={"content-type": "application/json", "content-length": "1000"})
        await response.prepare(request)
        await response.write(b'{"ok": true, "result": {"message')
        request.transport.abort()
        return response
    if fault.cut:
        request.transport.abort()
        return web.Response()
    if fault.page is not None:
        return web.Response(status=fault.status, text=fault.page, content_type="text/html")
    return _refusal(
        fault.status,
        fault.description,
        retry_after=fault.retry_after,
        migrate_to_chat_id=fault.migrate_to_chat_id,
    )


async def _parameters(request: web.Request, method: str) -> dict[str, Any]:
    """As a form or as JSON. A file comes as a part of its own, and is named where it belongs."""
    if request.content_type == "application/json":
        return dict(json.loads(await request.text()))
    form: Mapping[str, Any] = await request.post()
    files = {
        f"attach://{name}": Upload(part.filename, part.file.read())
        for name, part in form.items()
        if isinstance(part, web.FileField)
    }
    given = {name: str(value) for name, value in form.items() if f"attach://{name}" not in files}
    return {name: files.get(value) or plain(method, name, value) for name, value in given.items()}


def _refusal(status: int, description: str, **parameters: int | None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if given := {name: value for name, value in parameters.items() if value is not None}:
        body["parameters"] = given
    return web.json_response(body, status=status)


@asynccontextmanager
async def serving(flood: Flood | None = None) -> AsyncIterator[BotApi]:
    api = BotApi(flood or Flood())
    application = web.Application()
    application.router.add_post("/bot{token}/{method}", api.handle)
    application.router.add_post("/start{start}/bot{token}/{method}", api.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await api.stop()
        await runner.cleanup()
