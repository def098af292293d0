"""`POST /esobes/events`: what the ministry's system tells. An event is stored for good before it is answered."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from gateway.clock import Clock
from gateway.esobes.events import Told
from gateway.matters.matters import NoRoomError
from gateway.web import problems
from gateway.web.bearer import Bearer
from gateway.web.event_models import TYPES, Event, OfAnApplication, Unknown
from gateway.web.event_parts import Known
from gateway.web.event_values import told
from gateway.web.reading import read_json, wrong

PATH = "/esobes/events"
_AHEAD = timedelta(hours=1)
"""Another's clock may be so far before ours: nobody is refused for a day that has only just begun."""
_LATER = "3600"
"""Seconds until some code may be free again."""
_OF_ANOTHER = {
    "loc": ("body", "application", "iin"),
    "msg": "not that of the person, who would be told about somebody else",
    "type": "value_error",
}
_SCHEMA = TypeAdapter(Annotated[Event, Field(discriminator="type")]).json_schema(ref_template=problems.REF)
_BODY = {"schema": {"$ref": problems.REF.format(model="Event")}}


class Listener(Protocol):
    async def told(self, told: Told) -> bool:
        """True: it is stored now; False: it was stored before. Raises RedisAwayError and NoRoomError."""


class Taken(BaseModel):
    id: str
    stored: Literal["now", "before"]


class Events:
    def __init__(
        self,
        listener: Listener,
        token: str,
        clock: Clock,
        *,
        services: Collection[str],
        replaceable: Collection[str],
    ) -> None:
        """`replaceable`: where the law takes silence for consent; a replacement of anything else is no event."""
        self._listener = listener
        self._bearer = Bearer(token)
        self._clock = clock
        self._services = services
        self._replaceable = replaceable

    def router(self) -> APIRouter:
        routes = APIRouter(tags=["esobes"])

        @routes.post(
            PATH,
            status_code=202,
            response_model=Taken,
            dependencies=[Depends(self._bearer)],
            responses={
                200: {"description": "This id was stored before", "model": Taken},
                202: {"description": "Stored for good"},
                **problems.described(401, 413, 422, 503),
            },
            openapi_extra={"requestBody": {"required": True, "content": {"application/json": _BODY}}},
        )
        async def tell(request: Request, response: Response) -> Taken:
            """E-Sobes tells; read after the token has been found right."""
            body = await request.body()
            event = self._read(body)
            try:
                new = await self._listener.told(told(event, body))
            except NoRoomError as error:
                raise HTTPException(503, str(error), {"Retry-After": _LATER}) from None
            response.status_code = 202 if new else 200
            return Taken(id=event.id, stored="now" if new else "before")

        return routes

    def schemas(self) -> dict[str, Any]:
        """The body's parts by name; those that depend on the catalogue are filled in."""
        event = dict(_SCHEMA)
        parts: dict[str, Any] = event.pop("$defs")
        offer = parts["Offer"] | {"then": {"properties": {"service": {"enum": sorted(self._replaceable)}}}}
        service = parts["Service"] | {"enum": sorted(self._services)}
        return parts | {"Event": event, "Offer": offer, "Service": service}

    def _read(self, body: bytes) -> Event:
        said = read_json(body)
        kind = said.get("type") if isinstance(said, dict) else None
        model = TYPES.get(kind, Unknown) if isinstance(kind, str) else Unknown
        known = Known((self._clock.now() + _AHEAD).date(), self._services, self._replaceable)
        try:
            event = model.model_validate(said, context=known)
        except ValidationError as error:
            raise RequestValidationError(wrong(error, said)) from None
        assert not isinstance(event, Unknown)  # noqa: S101 - no type of event fits it
        if isinstance(event, OfAnApplication) and event.application.iin != event.person.iin:
            raise RequestValidationError([_OF_ANOTHER])
        return event
