"""The room of keys: which programs may send broadcasts, and how much of that is real."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from gateway.broadcasts.broadcast import Mode
from gateway.staff.keys import Keys, Scope, UnknownKeyError, is_name
from gateway.staff.roles import Right
from gateway.web.staff.console import Console, Visit

PREFIX = "/staff/keys"
KINDS = (Mode.TEST, Mode.TEAM, Mode.LIVE)
"""As they are offered: first what does no harm."""

Typed = Annotated[str, Form(max_length=100)]
Several = Annotated[list[str], Form()]


class KeyRoom:
    def __init__(self, console: Console, keys: Keys) -> None:
        self._console = console
        self._keys = keys

    def router(self) -> APIRouter:
        routes = APIRouter(prefix=PREFIX, include_in_schema=False)
        entry, act = Depends(self._console.needs(Right.KEYS)), Depends(self._console.acts(Right.KEYS))

        @routes.get("")
        async def page(visit: Annotated[Visit, entry]) -> HTMLResponse:
            return self._console.page(visit, "keys.html", keys=await self._keys.all())

        @routes.get("/new")
        async def form(visit: Annotated[Visit, entry]) -> HTMLResponse:
            return self._form(visit, {"kind": Mode.TEST, "scopes": [*Scope]}, {})

        @routes.post("/new")
        async def make(
            visit: Annotated[Visit, act],
            *,
            name: Typed = "",
            kind: Typed = "",
            scopes: Several = [],  # noqa: B006 - it is copied
            ends: Typed = "",
        ) -> Response:
            return await self._make(visit, name.strip().lower(), kind, scopes, ends)

        @routes.post("/{name}/revoke")
        async def revoke(visit: Annotated[Visit, act], name: str) -> Response:
            try:
                key = await self._keys.revoke(name, visit.account.login)
            except UnknownKeyError:
                raise HTTPException(404) from None
            await self._console.deeds.note(visit.account.login, "key.revoked", detail=f"{key.name} {key.id}")
            return self._console.back(PREFIX, "staff.keys.revoke.done")

        return routes

    async def _make(self, visit: Visit, name: str, kind: str, scopes: list[str], ends: str) -> Response:
        wrong: dict[str, str] = {}
        last = _day(ends)
        if not is_name(name):
            wrong["name"] = "staff.keys.wrong.name"
        if kind not in list(Mode):
            wrong["kind"] = "staff.keys.wrong.kind"
        if not scopes or any(one not in list(Scope) for one in scopes):
            wrong["scopes"] = "staff.keys.wrong.scopes"
        if ends and (last is None or last < visit.now.date()):
            wrong["ends"] = "staff.keys.wrong.ends"
        if wrong:
            typed = {"name": name, "kind": kind, "scopes": scopes, "ends": ends}
            return self._form(visit, typed, wrong)
        chosen = frozenset(map(Scope, scopes))
        token, key = await self._keys.make(name, Mode(kind), chosen, visit.account.login, last)
        detail = f"{key.name} {key.id} {key.kind} {' '.join(sorted(key.scopes))}"
        await self._console.deeds.note(visit.account.login, "key.made", detail=detail)
        return self._console.page(visit, "key_made.html", key=key, token=token)

    def _form(self, visit: Visit, typed: Mapping[str, object], wrong: dict[str, str]) -> HTMLResponse:
        say = self._console.say
        return self._console.page(
            visit,
            "key_new.html",
            422 if wrong else 200,
            typed={"name": "", "ends": "", **typed},
            wrong={field: say(visit, text) for field, text in wrong.items()},
            kinds=[
                (one, say(visit, f"staff.keys.kind.{one}"), say(visit, f"staff.keys.kind.{one}.about"))
                for one in KINDS
            ],
            scopes=[(one, say(visit, _scope(one)), "") for one in Scope],
        )


def _scope(scope: Scope) -> str:
    return f"staff.keys.scope.{scope.partition(':')[2]}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
