"""A Bot API server on the loopback: real HTTP, strict about methods and parameters, failing in every known way."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiohttp import web

TOKEN = "4242:loopback-token-AbCdEfGhIjKlMnOpQrStUv"
USERNAME = "kelisim_test_bot"

PARAMETERS: dict[str, tuple[set[str], set[str]]] = {
    "getMe": (set(), set()),
    "getUpdates": (set(), {"offset", "timeout", "limit", "allowed_updates"}),
    "sendMessage": ({"chat_id", "text"}, {"reply_markup", "disable_notification", "link_preview_options"}),
    "sendDocument": ({"chat_id", "document"}, {"caption", "reply_markup", "disable_notification"}),
    "editMessageText": ({"chat_id", "message_id", "text"}, {"reply_markup", "link_preview_options"}),
    "deleteMessage": ({"chat_id", "message_id"}, set()),
    "answerCallbackQuery": ({"callback_query_id"}, set()),
    "setWebhook": ({"url"}, {"allowed_updates", "secret_token", "drop_pending_updates"}),
    "deleteWebhook": (set(), {"drop_pending_updates"}),
    "setMyCommands": ({"commands"}, {"language_code"}),
    "setMyDescription": (set(), {"description", "language_code"}),
    "setMyShortDescription": (set(), {"short_description", "language_code"}),
}
"""Method → parameters that are needed, and those that may come."""

JSON_PARAMETERS = {"reply_markup", "link_preview_options", "allowed_updates", "commands"}


class Call(NamedTuple):
    method: str
    parameters: dict[str, Any]


class Upload(NamedTuple):
    name: str
    content: bytes


class Fault(NamedTuple):
    """What the server answers instead. `cut`: the connection breaks; `after`: the call is carried out first."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    page: str | None = None
    """Not JSON at all: the page of some proxy on the way."""
    cut: bool = False
    after: bool = False


class BotApi:
    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        """Method → what its next calls meet; None: nothing unusual."""
        self.updates: list[dict[str, Any]] = []
        self.confirmed = 0
        """The offset that was asked for last: every update below it is taken off the queue."""
        self.taken_off: Callable[[], Awaitable[None]] | None = None
        """Called when updates are taken off, before they are."""
        self.token = TOKEN
        self.url = ""
        self._message = 100
        self._changed = asyncio.Condition()

    def sent(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        return [call.parameters for call in self.calls if call.method == method]

    async def add(self, *updates: dict[str, Any]) -> None:
        async with self._changed:
            self.updates += updates
            self._changed.notify_all()

    async def until(self, there: Callable[[], bool]) -> None:
        """Waits for a call that makes it true."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(there)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized")
        if method not in PARAMETERS:
            return _refusal(404, f"Not Found: method {method}")
        parameters = _parameters(await request.post())
        if problem := _wrong(method, parameters):
            return _refusal(400, f"Bad Request: {problem}")
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault is not None and not fault.after:
            return await self._failing(request, fault)
        result = await self._carry_out(method, parameters)
        async with self._changed:
            self.calls.append(Call(method, parameters))
            self._changed.notify_all()
        return await self._failing(request, fault) if fault else web.json_response({"ok": True, "result": result})

    async def _failing(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.cut:
            assert request.transport is not None
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

    async def _carry_out(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "getMe":
            return {"id": 4242, "is_bot": True, "first_name": "Келісім", "username": USERNAME}
        if method == "getUpdates":
            return await self._updates(parameters)
        if method in ("sendMessage", "sendDocument"):
            self._message += 1
            # «rich» stands for whatever Telegram adds to its messages next.
            return {"message_id": self._message, "date": "not a date", "chat": {"rich": []}}
        if method == "editMessageText":
            return {"message_id": int(parameters["message_id"])}
        return True

    async def _updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(parameters.get("offset", 0))
        if offset > self.confirmed and self.taken_off is not None:
            await self.taken_off()
        self.confirmed = max(self.confirmed, offset)
        self.updates = [update for update in self.updates if update["update_id"] >= self.confirmed]
        async with self._changed:
            self._changed.notify_all()
            if not self.updates:
                try:
                    async with asyncio.timeout(min(float(parameters.get("timeout", 0)), 5)):
                        await self._changed.wait_for(lambda: bool(self.updates))
                except TimeoutError:
                    return []
            return self.updates[:100]


def _parameters(form: Mapping[str, str | bytes | bytearray | web.FileField]) -> dict[str, Any]:
    """A file comes as a part of its own, and is named where it belongs."""
    files = {
        f"attach://{name}": Upload(part.filename, part.file.read())
        for name, part in form.items()
        if isinstance(part, web.FileField)
    }
    given = {name: str(value) for name, value in form.items() if f"attach://{name}" not in files}
    return {name: files.get(value) or _value(name, value) for name, value in given.items()}


def _value(name: str, given: str) -> Any:
    return json.loads(given) if name in JSON_PARAMETERS else given


def _wrong(method: str, parameters: dict[str, Any]) -> str | None:
    needed, allowed = PARAMETERS[method]
    if missing := needed - set(parameters):
        return f"{min(missing)} is missing"
    if unknown := set(parameters) - needed - allowed:
        return f"{min(unknown)} is unknown"
    checks: dict[str, Callable[[Any], bool]] = {
        "chat_id": lambda chat: int(chat) != 0,
        "text": lambda text: 0 < len(text.encode("utf-16-le")) // 2 <= 4096 and text == text.strip(),
        "caption": lambda text: 0 < len(text.encode("utf-16-le")) // 2 <= 1024 and text == text.strip(),
        "document": lambda file: isinstance(file, Upload) and 0 < len(file.content) <= 50_000_000,
        "description": lambda text: len(text) <= 512,
        "short_description": lambda text: len(text) <= 120,
        "language_code": lambda code: code in ("kk", "ru"),
        "reply_markup": _is_markup,
        "commands": lambda commands: all(
            c["command"].isascii() and c["command"].islower() and 0 < len(c["description"]) <= 256 for c in commands
        ),
        "secret_token": lambda secret: 1 <= len(secret) <= 256 and secret.replace("-", "").replace("_", "").isalnum(),
        "url": lambda url: url.startswith("https://"),
    }
    return next((name for name, value in parameters.items() if name in checks and not checks[name](value)), None)


def _is_markup(markup: dict[str, Any]) -> bool:
    if "inline_keyboard" in markup:
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        return all(1 <= len(b["callback_data"].encode()) <= 64 and b["text"] for b in buttons) and len(buttons) <= 100
    if "keyboard" in markup:
        return all(button["text"] for row in markup["keyboard"] for button in row)
    return markup == {"remove_keyboard": True}


def _refusal(status: int, description: str, **parameters: int | None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if given := {name: value for name, value in parameters.items() if value is not None}:
        body["parameters"] = given
    return web.json_response(body, status=status)


@asynccontextmanager
async def serving() -> AsyncIterator[BotApi]:
    api = BotApi()
    application = web.Application()
    application.router.add_post("/bot{token}/{method}", api.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
