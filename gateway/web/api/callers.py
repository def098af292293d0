"""Who calls: a program with a key, looked at before anything that it sends is read."""

from typing import Annotated

from fastapi import Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from msgspec import Struct

from gateway.broadcasts.broadcast import Broadcast
from gateway.clock import Clock
from gateway.staff.deeds import Deeds
from gateway.staff.keys import Key, Keys, Scope
from gateway.web.api.refusals import RefusedError, later
from gateway.web.staff.origin import Origin

_LONGEST = 200
_MOST_TOLD = 10
_SCHEME = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    bearerFormat="kelisim_{live|team|test}_{id}_{secret}",
    description=(
        "A key that an administrator has made under /staff/keys. `broadcasts:read` is needed for what only looks, "
        "`broadcasts:write` for everything else. A live key reaches people, a team key the phones of staff, a test "
        "key nobody."
    ),
)


class Caller(Struct, frozen=True):
    key: Key

    @property
    def author(self) -> str:
        return self.key.author

    @property
    def space(self) -> str:
        """What a program does with keys of one kind stays apart from all else."""
        return f"{self.key.author} {self.key.kind}"

    def owns(self, broadcast: Broadcast) -> bool:
        return (broadcast.author, broadcast.mode) == (self.author, self.key.kind)


class Callers:
    def __init__(self, keys: Keys, deeds: Deeds, clock: Clock, origin: Origin) -> None:
        self._keys = keys
        self._deeds = deeds
        self._clock = clock
        self._origin = origin

    def needs(self, scope: Scope) -> "Needs":
        return Needs(self, scope)

    async def caller(self, request: Request, token: str, scope: Scope) -> Caller:
        key = await self._keys.find(token) if len(token) <= _LONGEST else None
        if key is None or not key.is_alive(self._clock.now()):
            raise await self._wrong(request, key, given=bool(token))
        if wait := await self._keys.use(key):
            raise later(429, "too_often", "This key has asked too often.", wait)
        if scope not in key.scopes:
            headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise RefusedError(403, "scope", f"The key has no scope {scope}.", headers=headers)
        return Caller(key)

    async def still(self, caller: Caller) -> None:
        """Before anything is done, if it took a while to get there."""
        if not await self._keys.lives(caller.key):
            raise _unknown()

    async def _wrong(self, request: Request, key: Key | None, *, given: bool) -> RefusedError:
        address = self._origin.address(request)
        if key is not None:
            if await self._keys.is_late(key):
                await self._deeds.note(key.author, "key.late", detail=f"{key.id} {address}")
        elif given:
            wrong = await self._keys.wrong(address)
            if wrong.just_now:
                await self._deeds.note("api", "key.guessed", detail=address)
            if wrong.wait:
                return later(429, "too_often", "Too many wrong keys have come from your address.", wrong.wait)
        return _unknown()


class Needs:
    """The dependency of a route: who may call it."""

    def __init__(self, callers: Callers, scope: Scope) -> None:
        self.scope = scope
        self._callers = callers

    async def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)]
    ) -> Caller:
        caller = await self._callers.caller(request, given.credentials if given else "", self.scope)
        _refuse_unknown(request)
        return caller


def _refuse_unknown(request: Request) -> None:
    """Whoever has mistaken the name of a filter would take all for some."""
    route = request.scope.get("route")
    known = {one.alias for one in route.dependant.query_params} if isinstance(route, APIRoute) else set()
    wrong = [
        {"loc": ("query", name), "msg": "no such parameter", "type": "extra"}
        for name in request.query_params
        if name not in known
    ]
    if wrong:
        raise RequestValidationError(wrong[:_MOST_TOLD])


def _unknown() -> RefusedError:
    return RefusedError(401, "key", "This key opens nothing.", headers={"WWW-Authenticate": "Bearer"})
