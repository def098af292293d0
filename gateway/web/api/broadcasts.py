"""`/api/broadcasts`: what staff do with a broadcast, done by a program. It sees only its own and approves nothing."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Header, Request
from starlette.responses import Response
from starlette.types import Scope as AsgiScope

from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.connection import Batched, RedisAwayError
from gateway.staff.accounts import Accounts
from gateway.staff.keys import Scope
from gateway.web import problems
from gateway.web.api import bodies, models, refusals
from gateway.web.api.callers import Caller, Callers
from gateway.web.api.doing import Doing
from gateway.web.api.drafting import Drafting, body_of
from gateway.web.api.looking import Looking, Name
from gateway.web.api.models import BroadcastOut, NewBroadcast, Start, Step
from gateway.web.api.once import Begun, Busy, Kept, Once, Other
from gateway.web.api.refusals import RefusedError, later
from gateway.web.api.views import Views

PREFIX = "/api/broadcasts"
INLINE_LIMIT = 8 * 1024 * 1024
"""Bytes of a broadcast that brings its recipients along."""
_REPLAYED = {"Idempotent-Replayed": "true"}

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="Made up anew for each thing that is to be done; the same when it is asked for once more.",
        examples=["0f6c1d9e-4a52-4b0e-9d0b-6c1b8e0d7a11"],
    ),
]
Do = Callable[[Begun], Awaitable[Broadcast]]


class Api:
    def __init__(
        self,
        redis: Batched,
        broadcasts: Broadcasts,
        accounts: Accounts,
        callers: Callers,
        *,
        once: Once,
        known: Views,
        services: Collection[str],
        upload_limit: int,
    ) -> None:
        """`services`: that people can be looked for by; `upload_limit`: bytes of a list."""
        self._callers = callers
        self._once = once
        self._views = known
        self._doing = Doing(broadcasts, accounts, callers)
        self._drafting = Drafting(callers, self._doing, known, services)
        self._looking = Looking(redis, broadcasts, callers, self._doing, known)
        self._services = services
        self._upload_limit = upload_limit

    def limit(self, scope: AsgiScope) -> int | None:
        """How much may stream to a route that looks first at who sends it; None: no more than elsewhere."""
        path = scope["path"]
        if scope["method"] == "POST" and path == PREFIX:
            return INLINE_LIMIT
        if scope["method"] == "PUT" and path.startswith(f"{PREFIX}/") and path.endswith("/list"):
            return self._upload_limit
        return None

    def install(self, site: FastAPI) -> None:
        site.include_router(self.router())
        site.add_exception_handler(RefusedError, refusals.told)

    def schemas(self) -> dict[str, Any]:
        return models.schemas(self._services)

    def router(self) -> APIRouter:
        common = problems.described(401, 403, 422, 429, 503)
        routes = APIRouter(prefix=PREFIX, tags=["broadcasts"], responses=common)
        self._looking.add_to(routes)
        self._drafting.add_to(routes)
        self._add_making(routes)
        self._add_steps(routes)
        return routes

    def _add_making(self, routes: APIRouter) -> None:
        writes = Depends(self._callers.needs(Scope.WRITE))

        @routes.post(
            "",
            summary="Write a broadcast",
            status_code=201,
            response_model=BroadcastOut,
            responses={201: {"description": "It is a draft: nobody is sent to yet."}, **_refusals(409, 413, 415)},
            openapi_extra=body_of("NewBroadcast", {"broadcast": {"value": models.EXAMPLE}}),
        )
        async def make(request: Request, caller: Annotated[Caller, writes], key: Key) -> Response:
            """Up to 10,000 recipients may come with it; more as a file, by `PUT …/list`. They are read in the
            background: ask for the broadcast until its list is `ready`, then start it."""
            wanted, body = await bodies.json_of(request, NewBroadcast)
            return await self._done_once(
                request, caller, key, lambda begun: self._doing.make(caller, wanted, begun), body=body, status=201
            )

    def _add_steps(self, routes: APIRouter) -> None:
        writes = Depends(self._callers.needs(Scope.WRITE))

        @routes.post(
            "/{name}/start",
            summary="Start it, at once or at its hour",
            response_model=BroadcastOut,
            responses=_refusals(404, 409, 413, 415),
            openapi_extra=body_of("Start", _STARTS, required=False),
        )
        async def start(request: Request, caller: Annotated[Caller, writes], name: Name, key: Key) -> Response:
            """With many recipients a live one is `waiting` then, until a second person approves it in the console.
            The texts cannot be changed any more."""
            wanted, body = await bodies.json_of(request, Start)
            return await self._done_once(
                request, caller, key, lambda begun: self._doing.start(caller, name, wanted.starts, begun), body=body
            )

        for step, summary in _STEPS.items():
            self._add_step(routes, step, summary)

    def _add_step(self, routes: APIRouter, step: Step, summary: str) -> None:
        writes = Depends(self._callers.needs(Scope.WRITE))

        @routes.post(
            f"/{{name}}/{step}",
            name=step.value,
            summary=summary,
            response_model=BroadcastOut,
            responses=_refusals(404, 409, 413),
        )
        async def take(request: Request, caller: Annotated[Caller, writes], name: Name, key: Key) -> Response:
            return await self._done_once(
                request, caller, key, lambda begun: self._doing.step(caller, name, step, begun)
            )

    async def _done_once(
        self, request: Request, caller: Caller, key: str, do: Do, *, body: bytes = b"", status: int = 200
    ) -> Response:
        await self._callers.still(caller)
        asked = f"{request.method} {request.url.path}\n".encode() + body
        match await self._once.begin(caller.space, key, asked):
            case Busy(wait=wait):
                raise later(409, "under_way", "This is being done already. Ask again shortly.", min(wait, 2))
            case Other():
                raise RefusedError(422, "key_reused", "Something else was asked for with this Idempotency-Key.")
            case Kept() as kept:
                return _response(kept, _REPLAYED)
            case Begun() as begun:
                return _response(await self._do(begun, do, status))

    async def _do(self, begun: Begun, do: Do, status: int) -> Kept:
        try:
            shown = self._views.broadcast(await do(begun))
            return await self._once.keep(begun, Kept(status, msgspec.Raw(shown.model_dump_json().encode())))
        except BaseException:  # also when it was refused: perhaps some of it was done before that
            with suppress(RedisAwayError):
                await self._once.let_go(begun)
            raise


_STEPS = {
    Step.TAKE_BACK: "Before it has begun: make it a draft again",
    Step.PAUSE: "Stop sending, for now",
    Step.RESUME: "Go on sending",
    Step.CANCEL: "Stop for good: nobody else is sent to",
    Step.AGAIN: "When it is done: send it again to those whom it has surely not reached",
}
_STARTS = {
    "at once": {"value": {}},
    "at its hour": {"value": {"starts": "2026-12-01T10:00:00+05:00"}},
}


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return problems.described(*statuses)


def _response(kept: Kept, headers: dict[str, str] | None = None) -> Response:
    return Response(bytes(kept.body), kept.status, headers, media_type="application/json")
