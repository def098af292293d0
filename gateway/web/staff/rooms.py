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

    def look(self, console: Console) -> None:
        self._routes = [route for route in routes_of(console) if (entry := entry_of(route)) and entry.streams]

    def __call__(self, scope: Scope) -> int | None:
        streams = any(route.matches(scope)[0] is Match.FULL for route in self._routes)
        return self._limit if streams else None


def routes_of(console: Console) -> list[APIRoute]:
    """All of them: whoever checks who may go where begins here."""
    routes = [route for router in console.routers for route in router.routes]
    found = [route for route in routes if isinstance(route, APIRoute)]
    if len(found) < len(routes):  # a router within a router, whose routes nobody would look at here
        raise TypeError("a room of the console has one router")
    return found


def install(site: FastAPI, console: Console, uploads: Uploads) -> None:
    site.router.routes += routes_of(console)  # as they are: `include_router` would make each a second time
    uploads.look(console)
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
