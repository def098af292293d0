"""What can still be put otherwise while nobody is sent to: the texts, and whom it is for. Put twice, it is as put
once."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError

from gateway.staff.keys import Scope
from gateway.web import problems
from gateway.web.api import bodies
from gateway.web.api.callers import Caller, Callers
from gateway.web.api.doing import Doing
from gateway.web.api.looking import Name
from gateway.web.api.models import BroadcastOut, Rewriting, Wanted
from gateway.web.api.views import Views
from gateway.web.fields import Line

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TABLE = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "examples": {"list": {"value": "phone,language,Аты\n+77990000001,kk,Айгүл\n+77990000002,ru,Павел\n"}},
            },
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _BINARY,
            "application/octet-stream": _BINARY,
        },
    }
}
_REWRITTEN = {"a slip": {"value": {"texts": {"kk": "Сәлем, {Аты}!", "ru": "Здравствуйте, {Аты}!"}}}}
_WANTED = {"invited": {"value": {"service": "technical_aids_tiflo", "language": "kk"}}}


class Drafting:
    def __init__(self, callers: Callers, doing: Doing, views: Views, services: Collection[str]) -> None:
        """`services`: that people can be looked for by."""
        self._callers = callers
        self._doing = doing
        self._views = views
        self._services = services

    def add_to(self, routes: APIRouter) -> None:
        writes = Depends(self._callers.needs(Scope.WRITE))

        @routes.patch(
            "/{name}",
            summary="Write it anew",
            responses=problems.described(404, 409, 413, 415),
            openapi_extra=body_of("Rewriting", _REWRITTEN),
        )
        async def rewrite(request: Request, caller: Annotated[Caller, writes], name: Name) -> BroadcastOut:
            """While it is a draft. What is not named stays as it is."""
            wanted, _ = await bodies.json_of(request, Rewriting)
            return self._views.broadcast(await self._doing.rewrite(caller, name, wanted))

        @routes.put(
            "/{name}/list",
            summary="Send its list of recipients",
            status_code=202,
            responses={202: {"description": "It is being read."}, **problems.described(404, 409, 413, 415)},
            openapi_extra=_TABLE,
        )
        async def put(
            request: Request,
            caller: Annotated[Caller, writes],
            name: Name,
            file: Annotated[Line | None, Query(description="What to call it in the console.")] = None,
        ) -> BroadcastOut:
            """CSV or XLSX as the body itself, up to a million rows. Its first row are headings: `phone` or `iin`,
            perhaps `language`, and columns of your own, which the texts name in braces. It takes the place of the
            list before."""
            return self._views.broadcast(await self._doing.put_list(caller, name, request, file or "api"))

        @routes.put(
            "/{name}/audience",
            summary="Have its recipients found among those whom the assistant knows",
            status_code=202,
            responses={202: {"description": "They are being looked for."}, **problems.described(404, 409, 413, 415)},
            openapi_extra=body_of("Wanted", _WANTED),
        )
        async def find(request: Request, caller: Annotated[Caller, writes], name: Name) -> BroadcastOut:
            """Instead of a list, whose place it takes: everybody of whom all that is named here is so. The texts may
            use `{Аты}` and `{Имя}`, which both are the given name. A test key finds the numbers for trying out,
            whatever it asks for."""
            wanted, _ = await bodies.json_of(request, Wanted)
            if wanted.service is not None and wanted.service not in self._services:
                unknown = {"loc": ("body", "service"), "msg": "no such service", "type": "service"}
                raise RequestValidationError([unknown])
            return self._views.broadcast(await self._doing.find(caller, name, wanted.filter()))


def body_of(model: str, examples: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    schema = {"$ref": problems.REF.format(model=model)}
    return {
        "requestBody": {
            "required": required,
            "content": {"application/json": {"schema": schema, "examples": examples}},
        }
    }
