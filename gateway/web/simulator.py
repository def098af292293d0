"""The page on which one person plays a citizen with two phones, and E-Sobes; and what only this page needs: a live
stream of both screens, the clock in small steps, a phone that is switched off, and a way to begin anew."""

import asyncio
import json
from asyncio import Event, Queue
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Annotated, Literal, Self
from uuid import uuid4

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, model_validator
from redis.exceptions import RedisError

from dialogs.language import Language
from dialogs.matters.rules import Rules
from dialogs.sms_length import measure
from dialogs.talk import Guide
from dialogs.words import spoken
from gateway.channels import surface
from gateway.clock import ALMATY
from gateway.phones import Entry
from gateway.store import Commit, Line, Store
from gateway.web.fields import Phone, Strict
from gateway.web.page import Page
from gateway.web.sandbox import Sandbox, User, file_told, within_calendar

HEARTBEAT = 5.0
"""Seconds between two words about the time; a stream that says nothing is taken for broken."""
STREAMS = 40
"""At once: each holds two connections to Redis, and turns need some too."""
DEMO_PHONE = "+77010000001"
DEMO_USER = "demo"
OPENING = time(9)
"""Of the office, on a working day: a good moment to move the clock to."""
STEPS = {"quarter": timedelta(minutes=15), "hour": timedelta(hours=1)}
RECONNECT = 1500
"""Milliseconds until a page that lost its stream comes again."""


class Citizen(Strict):
    phone: Phone
    user: User


class Power(Strict):
    """The phone's own key: what is sent to a phone that is off does not arrive."""

    phone: Phone
    off: bool


def _local(written: object) -> object:
    """As the page's own field writes it: `2026-11-26T09:00`, in Kazakhstan."""
    if not isinstance(written, str):
        raise ValueError("a time is written like 2026-11-26T09:00")
    return datetime.fromisoformat(written).replace(tzinfo=ALMATY)


LocalMoment = Annotated[AwareDatetime, BeforeValidator(_local), AfterValidator(within_calendar)]


class Turn(Strict):
    """One turn of the clock's hands."""

    forward: Literal["quarter", "hour", "working_day"] | None = None
    to: LocalMoment | None = None
    back: bool = False

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum((self.forward is not None, self.to is not None, self.back)) != 1:
            raise ValueError("exactly one of forward, to and back is needed")
        return self


class Simulator:
    def __init__(self, sandbox: Sandbox, store: Store, guide: Guide, law: Rules) -> None:
        self._sandbox = sandbox
        self._store = store
        self._workdays = guide.workdays
        self._page = Page(guide, law)
        self._streams = 0

    def router(self, closing: Event) -> APIRouter:
        routes = APIRouter(prefix="/sandbox", include_in_schema=False)

        @routes.get("", response_class=HTMLResponse)
        async def page(
            lang: Language = Language.KK, phone: Phone = DEMO_PHONE, user: User = DEMO_USER
        ) -> HTMLResponse:
            return HTMLResponse(self._page.render(lang, phone, user), headers={"Cache-Control": "no-store"})

        @routes.get("/stream", response_class=StreamingResponse)
        async def stream(lang: Language, phone: Phone, user: User) -> StreamingResponse:
            if self._streams >= STREAMS:
                raise HTTPException(503, "Too many pages are open.", {"Retry-After": "2"})
            events = self._events(lang, {"sms": f"sms:{phone}", "chat": f"chat:{user}"}, closing)
            return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

        @routes.post("/page/clock")
        async def turn_clock(turn: Turn, lang: Language) -> dict[str, str | bool]:
            await self._sandbox.move(self._target(turn))
            return self._time(lang)

        @routes.post("/page/restart")
        async def restart(citizen: Citizen) -> dict[str, bool]:
            for address in (f"sms:{citizen.phone}", f"chat:{citizen.user}"):
                await self._forget(address)
            return {"forgotten": True}

        @routes.put("/page/power")
        async def press_power(power: Power) -> Power:
            await self._sandbox.phones.unreachable(f"sms:{power.phone}", power.off)
            return power

        return routes

    def _target(self, turn: Turn) -> datetime | None:
        now = self._sandbox.clock.now()
        if turn.forward in STEPS:
            return now + STEPS[turn.forward]
        if turn.forward == "working_day":
            return now + (self._workdays.add(now.date(), 1) - now.date())
        return turn.to

    async def _forget(self, address: str) -> None:
        """As if this person had never written: no talk is kept, and the screen is empty."""
        gone = Commit.CONFLICT
        while gone is Commit.CONFLICT:
            before = await self._store.load(address)
            line = Line(int(self._sandbox.clock.now().timestamp()), "", surface(address), "sandbox restart", ())
            name = f"sandbox:{uuid4().hex}"
            gone = await self._store.commit(name, address, before=before, after=None, letters=(), line=line)
        await self._sandbox.phones.clear(address)

    async def _events(self, language: Language, phones: dict[str, str], closing: Event) -> AsyncIterator[str]:
        """Everything that happens on the two screens, and the time, until somebody leaves."""
        told: Queue[str | None] = Queue()
        work = [asyncio.create_task(self._watch(kind, phones[kind], language, told)) for kind in phones]
        work.append(asyncio.create_task(self._tick(language, told)))
        work.append(asyncio.create_task(_tell_end(closing, told)))
        self._streams += 1
        try:
            yield f"retry: {RECONNECT}\n\n"
            while (event := await told.get()) is not None:
                yield event
        finally:
            self._streams -= 1
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _watch(self, kind: str, address: str, language: Language, told: Queue[str | None]) -> None:
        phones = self._sandbox.phones
        try:
            while True:
                screen = await phones.history(address)
                messages = [_shown(address, entry, language) for entry in screen]
                off = await phones.is_unreachable(address)
                told.put_nowait(_event("history", {"surface": kind, "messages": messages, "off": off}))
                async for entry in phones.live(address, max((entry.place for entry in screen), default=0)):
                    if entry is None:
                        break  # time to look at the whole again: it may have been cleared
                    told.put_nowait(_event("message", _shown(address, entry, language)))
        except (RedisError, OSError):
            told.put_nowait(None)  # the page comes again by itself

    async def _tick(self, language: Language, told: Queue[str | None]) -> None:
        while True:
            told.put_nowait(_event("clock", self._time(language)))
            await asyncio.sleep(HEARTBEAT)

    def _time(self, language: Language) -> dict[str, str | bool]:
        now = self._sandbox.clock.now()
        opening = datetime.combine(self._workdays.add(now.date(), 1), OPENING)
        return {
            "time": f"{now:%H:%M}",
            "day": spoken(now.date(), language),
            "moved": now - datetime.now(ALMATY) > timedelta(seconds=1),
            "soonest": f"{now + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
            "suggested": f"{opening:%Y-%m-%dT%H:%M}",
        }


async def _tell_end(closing: Event, told: Queue[str | None]) -> None:
    await closing.wait()
    told.put_nowait(None)


def _shown(address: str, entry: Entry, language: Language) -> dict[str, object]:
    """A message as the page draws it. Operators charge by the part, so an SMS says how many it took."""
    kind, _, user = address.partition(":")
    shown: dict[str, object] = {
        "surface": kind,
        "number": entry.number,
        "direction": entry.direction,
        "text": entry.text,
        "status": entry.status,
        "time": f"{entry.at:%H:%M}",
        "day": spoken(entry.at.date(), language),
        "buttons": [{"id": b.id, "label": b.label, "row": b.row} for b in entry.buttons],
        "ask_contact": entry.ask_contact,
    }
    if (file := file_told(entry, user)) is not None:
        shown["file"] = {"name": file.name, "url": file.url}
    if kind == "sms":
        length = measure(entry.text)
        shown |= {"parts": length.parts, "characters": length.characters}
    return shown


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
