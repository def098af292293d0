"""What a program may look at: its broadcasts, and what becomes of their recipients."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response, StreamingResponse

from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.broadcasts.fates import Fate, Fates
from gateway.connection import Batched
from gateway.staff.keys import Scope
from gateway.web import problems
from gateway.web.api import outcomes, views
from gateway.web.api.callers import Caller, Callers
from gateway.web.api.doing import Doing
from gateway.web.api.models import BroadcastOut, CountsOut, EstimateOut, Faults, Outcomes, Page, Status
from gateway.web.api.views import STATUS, Views

MOST = 1000
_PAGE = 100
_LOOKED_AT = 20
"""Pages that are looked through for the broadcasts of one program, in one call."""
_NO_STORE = {"Cache-Control": "no-store"}

Name = Annotated[str, Path(max_length=32, description="The broadcast's id.", examples=["5f1c0a9b7e24"])]
_NEXT = "What `next` was in the answer before."
Place = Annotated[str, Query(pattern=r"^[0-9]{1,2}\.[0-9]{1,7}$", description=_NEXT)]
Offset = Annotated[str, Query(pattern="^[0-9]{1,12}$", description=_NEXT)]
Before = Annotated[str, Query(pattern=r"^[0-9]{1,11}(\.[0-9]{1,9})?$", description=_NEXT)]
Limit = Annotated[int, Query(ge=1, le=MOST)]


class Looking:
    def __init__(self, redis: Batched, broadcasts: Broadcasts, callers: Callers, doing: Doing, known: Views) -> None:
        self._broadcasts = broadcasts
        self._callers = callers
        self._doing = doing
        self._views = known
        self._fates = Fates(redis)

    def add_to(self, routes: APIRouter) -> None:
        reads = Depends(self._callers.needs(Scope.READ))
        unknown = problems.described(404)

        @routes.get("", summary="Your broadcasts, the newest first")
        async def several(
            caller: Annotated[Caller, reads], before: Before = "", limit: Annotated[int, Query(ge=1, le=_PAGE)] = 20
        ) -> Page:
            found, following = await self._several(caller, float(before) if before else None, limit)
            return Page(broadcasts=[self._views.broadcast(one) for one in found], next=following)

        @routes.get("/{name}", summary="One of them", responses=unknown)
        async def one(caller: Annotated[Caller, reads], name: Name) -> BroadcastOut:
            """Ask every second or so while its list is `reading`."""
            await self._doing.owned(caller, name)
            progress = await self._broadcasts.progress(name)
            return self._views.broadcast(progress.broadcast, progress.stage)

        @routes.get("/{name}/counts", summary="How many of its recipients have got it", responses=unknown)
        async def counts(caller: Annotated[Caller, reads], name: Name) -> CountsOut:
            await self._doing.owned(caller, name)
            return views.counts((await self._broadcasts.progress(name)).counts)

        @routes.get("/{name}/estimate", summary="How long it is, and what it costs at most", responses=unknown)
        async def estimate(caller: Annotated[Caller, reads], name: Name) -> EstimateOut:
            found = await self._doing.owned(caller, name)
            return views.estimate(await self._broadcasts.estimate(found))

        @routes.get("/{name}/outcomes", summary="What became of each recipient", responses=unknown)
        async def each(
            caller: Annotated[Caller, reads],
            name: Name,
            status: Annotated[list[Status] | None, Query(description="Only these.", max_length=len(Status))] = None,
            after: Place = "0.0",
            limit: Limit = 100,
        ) -> Outcomes:
            """In an order of ours, which stays the same: `row` says who is meant."""
            found = await self._doing.owned(caller, name)
            wanted = [fate for fate in Fate if STATUS[fate] in (status or Status)]
            roll = found.audience.roll if found.audience else ""
            listed, following = await outcomes.outcomes(
                self._broadcasts.rolls, self._fates, roll, after=after, wanted=wanted, most=limit
            )
            return Outcomes(outcomes=listed, next=following)

        @routes.get(
            "/{name}/outcomes.csv",
            summary="The same of all recipients, in one file",
            response_class=Response,
            responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **unknown},
        )
        async def file(caller: Annotated[Caller, reads], name: Name) -> Response:
            found = await self._doing.owned(caller, name)
            lines = outcomes.as_csv(self._broadcasts.rolls, found.audience.roll if found.audience else None)
            headers = {**_NO_STORE, "Content-Disposition": f'attachment; filename="outcomes-{found.id}.csv"'}
            return StreamingResponse(lines, headers=headers, media_type="text/csv; charset=utf-8")

        @routes.get("/{name}/faults", summary="Rows of its list that cannot be sent to, and why", responses=unknown)
        async def faults(
            caller: Annotated[Caller, reads], name: Name, after: Offset = "0", limit: Limit = 100
        ) -> Faults:
            """Put them right and send the list again: it takes the place of the one before."""
            found = await self._doing.owned(caller, name)
            if found.audience is None:
                return Faults(faults=[], next=None)
            folder = self._broadcasts.lists.folder(found.audience.roll)
            wrong, following = await outcomes.faults(folder, after, limit)
            return Faults(faults=[self._views.fault(one) for one in wrong], next=following)

    async def _several(
        self, caller: Caller, before: float | None, limit: int
    ) -> tuple[Sequence[Broadcast], str | None]:
        """Those of others are passed over; if there are many, a page may be short or empty, with more to come."""
        found: list[Broadcast] = []
        for _ in range(_LOOKED_AT):
            some = await self._broadcasts.store.newest(before, _PAGE)
            for one in some:
                before = one.made.timestamp()
                if caller.owns(one):
                    found.append(one)
                    if len(found) == limit:
                        return found, repr(before)
            if len(some) < _PAGE:
                return found, None
        return found, repr(before)
