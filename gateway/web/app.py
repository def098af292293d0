"""The HTTP side put together: the door, and behind it the site with health, figures and the simulator."""

import asyncio
from asyncio import Event
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI, Response
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from gateway.connection import RedisAwayError
from gateway.errands import Figures as ErrandFigures
from gateway.esobes.register import Copy
from gateway.esobes.relays import Figures
from gateway.figures.today import Counted
from gateway.routes.routes import Routes
from gateway.web import page, problems
from gateway.web.api.broadcasts import Api
from gateway.web.events import Events
from gateway.web.front import Door, Front
from gateway.web.guard import BODY_LIMIT, Guard, Headed, Limit
from gateway.web.metrics import LetterCounts, Metrics
from gateway.web.sandbox import Sandbox
from gateway.web.simulator import Simulator
from gateway.web.staff import rooms
from gateway.web.staff.console import Console
from gateway.web.staff.rooms import Uploads
from gateway.web.webhooks import TelegramWebhook

PATIENCE = 2.0
"""Seconds after which Redis counts as away for whoever asks about our health."""

Ping = Callable[[], Awaitable[object]]
"""One round trip to Redis; raises RedisAwayError."""
CountRelays = Callable[[], Awaitable[Figures]]
"""What waits for E-Sobes; raises RedisAwayError."""
CountErrands = Callable[[], Awaitable[ErrandFigures]]
"""What turns have left to be done; raises RedisAwayError."""
CountRegisters = Callable[[], Awaitable[Mapping[str, Copy]]]
"""What is kept of the register of organisations, by setting; raises RedisAwayError."""
CountToday = Callable[[], Awaitable[Counted]]
"""The figures of today; raises RedisAwayError."""
CountWaiting = Callable[[], Awaitable[int]]
"""People who wait for a specialist; raises RedisAwayError."""
_T = TypeVar("_T")


class Site(FastAPI):
    """With what the routes themselves do not say."""

    def __init__(self, **options: Any) -> None:
        self.schemas: dict[str, Any] = {}
        """The shapes that are read or written without the framework, by name."""
        super().__init__(**options)

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        described.setdefault("components", {}).setdefault("schemas", {}).update(self.schemas)
        return described

    def build_middleware_stack(self) -> ASGIApp:
        return Headed(super().build_middleware_stack())


def build(
    ping: Ping,
    telegram: TelegramWebhook | None = None,
    doors: Mapping[str, Door] | None = None,
    sandbox: Sandbox | None = None,
    simulator: Simulator | None = None,
    *,
    events: Events | None = None,
    played: Iterable[APIRouter] = (),
    letters: LetterCounts,
    sms: Routes | None = None,
    relays: CountRelays | None = None,
    errands: CountErrands | None = None,
    registers: CountRegisters | None = None,
    inbox: CountWaiting | None = None,
    today: CountToday | None = None,
    staff: Console | None = None,
    api: Api | None = None,
    upload_limit: int = BODY_LIMIT,
) -> Front:
    """`doors` for providers of SMS, by name. `sandbox` and `simulator` only where nobody real listens: they let
    anybody speak as anybody. `played`: the routes of the E-Sobes that is played here. `letters`: the outboxes' own
    count. `sms`: how its routes are doing. `relays`: what waits for E-Sobes. `errands`: what turns have left to be
    done. `registers`: of organisations. `inbox`: who waits for a specialist. `today`: its figures. `staff`: their
    console. `api`: for programs of the office. `upload_limit`: bytes of a file that staff send."""
    metrics, uploads = Metrics(letters, sms), Uploads(upload_limit)
    closing = Event() if staff is None else staff.closing
    site = Site(
        title="Kelisim",
        version="0.6.0",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host was asked for
        middleware=[Middleware(Guard, limit=_either(uploads, api.limit) if api else uploads)],
        responses={"default": {"description": "A problem (RFC 9457)", "content": problems.content()}},
    )
    site.schemas |= problems.schemas()
    problems.install(site)
    _add_health(site, ping, metrics, relays=relays, errands=errands, registers=registers, inbox=inbox, today=today)
    if events is not None:
        site.include_router(events.router())
        site.schemas |= events.schemas()
    if api is not None:
        api.install(site)
        site.schemas |= api.schemas()
    for routes in played:
        site.include_router(routes)
    if sandbox is not None:
        site.include_router(sandbox.router())
    if simulator is not None:
        site.include_router(simulator.router(closing))
    if staff is not None:
        rooms.install(site, staff, uploads)
    site.mount("/static", StaticFiles(directory=page.STATIC), "static")
    return Front(site, metrics, closing, telegram, doors)


def _either(one: Limit, other: Limit) -> Limit:
    def limit(scope: Scope) -> int | None:
        own = one(scope)
        return other(scope) if own is None else own

    return limit


def _add_health(
    site: FastAPI,
    ping: Ping,
    metrics: Metrics,
    *,
    relays: CountRelays | None,
    errands: CountErrands | None,
    registers: CountRegisters | None,
    inbox: CountWaiting | None,
    today: CountToday | None,
) -> None:
    @site.get("/health/live", tags=["health"])
    async def live() -> dict[str, bool]:
        """The process answers."""
        return {"live": True}

    @site.get("/health/ready", tags=["health"], responses={503: {"description": "Redis is away"}})
    async def ready() -> dict[str, bool]:
        """Messages can be taken: 503 with the reason while Redis is away."""
        await _ask(ping)
        return {"ready": True}

    @site.get("/metrics", tags=["health"], response_class=Response)
    async def figures() -> Response:
        """Prometheus text."""
        try:
            await _ask(ping)
            text = metrics.text(
                ready=True,
                relays=await _ask(relays) if relays is not None else None,
                errands=await _ask(errands) if errands is not None else None,
                registers=await _ask(registers) if registers is not None else None,
                inbox=await _ask(inbox) if inbox is not None else None,
                today=await _ask(today) if today is not None else None,
            )
        except RedisAwayError:
            text = metrics.text(ready=False)
        return Response(text, media_type=metrics.MEDIA_TYPE)


async def _ask(something: Callable[[], Awaitable[_T]]) -> _T:
    try:
        async with asyncio.timeout(PATIENCE):
            return await something()
    except TimeoutError:
        raise RedisAwayError("no answer in time") from None
