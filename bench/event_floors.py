"""What `POST /esobes/events` is compared with. Both store the event and do nothing else: no offer, no codes, no
letter, no journal, no wake-up, and no id that is known again."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from redis.asyncio import Redis
from starlette.types import ASGIApp

from bench.requests import SECRET
from gateway.connection import Batched
from gateway.esobes.events import Told
from gateway.web.events import PATH

STREAM = "events-as-they-came"


class Kept:
    """Behind the program's own door, checks included: the body goes into a stream."""

    def __init__(self, redis: Batched) -> None:
        self._redis = redis

    async def told(self, told: Told) -> bool:
        await self._redis("XADD", f"{STREAM}:kept", "*", "event", told.body)
        return True


class Person(BaseModel):
    iin: Annotated[str, Field(pattern="^[0-9]{12}$")]
    name: str
    birth_date: date
    language: Literal["kk", "ru"]
    phones: list[str]


class Offer(BaseModel):
    id: str
    service: str
    kind: Literal["proactive", "replacement"]
    device: str | None = None


class Opened(BaseModel):
    id: str
    type: Literal["offer.opened"]
    at: datetime
    person: Person
    specialist: str | None = None
    case_number: str | None = None
    offer: Offer


class Taken(BaseModel):
    id: str


def plain(url: str) -> ASGIApp:
    """As FastAPI's documentation shows it: a model for the body, a bearer token, and redis-py used plainly."""
    app, redis = FastAPI(), Redis.from_url(url, protocol=2, socket_timeout=None)

    @app.post(PATH, status_code=202)
    async def tell(event: Opened, given: Annotated[HTTPAuthorizationCredentials, Security(HTTPBearer())]) -> Taken:
        if given.credentials != SECRET:
            raise HTTPException(401)
        await redis.xadd(f"{STREAM}:plain", {"event": event.model_dump_json()})
        return Taken(id=event.id)

    return app
