"""The room of broadcasts: all of them, and the way to a new one."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from msgspec import Struct
from starlette.responses import Response

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from dialogs.language import Language
from gateway.broadcasts.broadcast import Broadcast
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.deciding import Deciding
from gateway.web.staff.broadcasts.desk import PREFIX, Desk, Typed
from gateway.web.staff.broadcasts.finding import Finding
from gateway.web.staff.broadcasts.lists import ListPages
from gateway.web.staff.broadcasts.outcomes import Outcomes
from gateway.web.staff.broadcasts.running import Running
from gateway.web.staff.broadcasts.shown import BADGES, Tally
from gateway.web.staff.broadcasts.stream import Streams
from gateway.web.staff.broadcasts.writing import Writing, language_of
from gateway.web.staff.console import Visit

SHOWN = 25
"""On a page."""
_LOOKED_AT = 20
"""Among the newest there may be one that nobody has begun to fill in."""
_COUNTED = frozenset({State.RUNNING, State.PAUSED, State.DONE, State.CANCELLED})


class Line(Struct, frozen=True):
    broadcast: Broadcast
    tally: Tally | None


class BroadcastRoom:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parts = (
            Writing(desk),
            ListPages(desk),
            Finding(desk),
            Deciding(desk),
            Running(desk, Streams(desk)),
            Outcomes(desk),
        )

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=PREFIX, include_in_schema=False), self._desk.console
        act = Depends(console.acts(Right.BROADCASTS_WRITE))

        @routes.get("")
        async def index(
            visit: Annotated[Visit, Depends(console.needs(Right.BROADCASTS_SEE))],
            before: Annotated[float | None, Query(ge=0, le=1e11)] = None,
        ) -> Response:
            return await self._index(visit, before)

        @routes.post("/new")
        async def new(visit: Annotated[Visit, act]) -> Response:
            return console.back(f"{PREFIX}/{(await self._empty(visit)).id}/list")

        @routes.post("/copy")
        async def copy(
            visit: Annotated[Visit, act],
            *,
            title: Typed = "",
            kk: Typed = "",
            ru: Typed = "",
            otherwise: Typed = "kk",
        ) -> Response:
            """What was typed too late for one broadcast is not lost: it begins another."""
            made = await self._desk.broadcasts.make(
                visit.account.login, title, Texts(kk, ru), otherwise=language_of(otherwise)
            )
            await self._desk.note(visit, "made", made)
            return console.back(f"{PREFIX}/{made.id}/list", "staff.broadcast.copied")

        for part in self._parts:
            part.add(routes)
        return routes

    async def _index(self, visit: Visit, before: float | None) -> Response:
        found = await self._desk.broadcasts.store.newest(before, SHOWN + 1)
        shown = found[:SHOWN]
        return self._desk.console.page(
            visit,
            "broadcasts/index.html",
            base=PREFIX,
            writes=visit.may(Right.BROADCASTS_WRITE),
            lines=await asyncio.gather(*(self._line(one) for one in shown)),
            badges=BADGES,
            older=f"{PREFIX}?before={shown[-1].made.timestamp()!r}" if len(found) > SHOWN else "",
            newer=PREFIX if before is not None else "",
        )

    async def _line(self, broadcast: Broadcast) -> Line:
        if broadcast.audience is None or broadcast.state not in _COUNTED:
            return Line(broadcast, None)
        return Line(broadcast, self._desk.tally(await self._desk.broadcasts.rolls.counts(broadcast.audience.roll)))

    async def _empty(self, visit: Visit) -> Broadcast:
        """Whoever pressed the button and went away finds the same again."""
        login = visit.account.login
        for one in await self._desk.broadcasts.store.newest(None, _LOOKED_AT):
            untouched = one.audience is None and one.reading is None and len(one.changes) == 1
            if (
                one.author == login
                and one.state is State.DRAFT
                and untouched
                and not one.title
                and one.texts == Texts()
            ):
                return one
        made = await self._desk.broadcasts.make(login, "", Texts(), otherwise=Language.KK)
        await self._desk.note(visit, "made", made)
        return made
