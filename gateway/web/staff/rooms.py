"""The rooms of the console in the site: their routes, their refusals as pages, and where large files may come in."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope

from gateway.connection import RedisAwayError
from gateway.web.guard import STAFF
from gateway.web.staff.console import Console, TurnedAwayError, entry_of

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


class Uploads:
    """How much may stream to which route: to those whose entry looks first at who sends it, and to no other."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._routes: list[APIRoute] = []

    def look(self, site: FastAPI) -> None:
        self._routes = [route for route in staff_routes(site) if (entry := entry_of(route)) and entry.streams]

    def __call__(self, scope: Scope) -> int | None:
        streams = any(route.matches(scope)[0] is Match.FULL for route in self._routes)
        return self._limit if streams else None


def staff_routes(site: FastAPI) -> list[APIRoute]:
    """All of them: whoever checks who may go where begins here."""
    return [route for route in site.routes if isinstance(route, APIRoute) and route.path.startswith(STAFF)]


def install(site: FastAPI, console: Console, uploads: Uploads) -> None:
    for router in console.routers:
        site.include_router(router)
    uploads.look(site)
    site.add_exception_handler(TurnedAwayError, _turned)
    for kind in (HTTPException, RequestValidationError, RedisAwayError, RedisError, Exception):
        site.add_exception_handler(kind, _pages(console, site.exception_handlers[kind]))


def _turned(_: Request, error: Exception) -> Response:
    assert isinstance(error, TurnedAwayError)  # noqa: S101 - this is what the handler was registered for
    return error.response


def _pages(console: Console, others: Any) -> Handler:
    """What staff see in the browser is a page; whatever asked by a script, or is none of theirs, is told as ever."""

    async def told(request: Request, error: Exception) -> Response:
        answer: Response = others(request, error)
        by_hand = request.headers.get("sec-fetch-mode", "navigate") == "navigate"
        if not by_hand or not request.url.path.startswith(STAFF):
            return answer
        kept = {name: value for name, value in answer.headers.items() if name in ("retry-after", "allow")}
        return await console.trouble(request, answer.status_code, kept)

    return told
