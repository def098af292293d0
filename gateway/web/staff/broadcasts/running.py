"""A broadcast under way: how far it has come, and pause, resume, cancel and again."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from dialogs.broadcasts import states, texts
from dialogs.broadcasts.states import State
from gateway.broadcasts.broadcast import Broadcast, BroadcastError
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.desk import PREFIX, Desk, Name
from gateway.web.staff.broadcasts.showing import live, missed, shown
from gateway.web.staff.broadcasts.stream import Streams
from gateway.web.staff.console import Visit

Act = Callable[[str, str], Awaitable[Broadcast]]


class Running:
    def __init__(self, desk: Desk, streams: Streams) -> None:
        self._desk = desk
        self._streams = streams

    def add(self, routes: APIRouter) -> None:
        desk = self._desk
        entry, sees = desk.console.needs(Right.BROADCASTS_WRITE), desk.console.needs(Right.BROADCASTS_SEE)
        act, broadcasts = desk.console.acts(Right.BROADCASTS_WRITE), desk.broadcasts

        @routes.get("/{name}")
        async def page(visit: Annotated[Visit, Depends(sees)], name: Name) -> Response:
            broadcast = await desk.load(name)
            if broadcast.state is State.DRAFT and visit.may(Right.BROADCASTS_WRITE):
                return desk.console.back(f"{PREFIX}/{name}/{_next(broadcast)}")
            return await shown(desk, visit, name)

        @routes.get("/{name}/stream")
        async def stream(visit: Annotated[Visit, Depends(sees)], name: Name) -> StreamingResponse:
            await desk.load(name)
            events = self._streams.events(visit, name)
            return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

        @routes.post("/{name}/pause")
        async def pause(visit: Annotated[Visit, Depends(act)], name: Name) -> Response:
            return await self._does(visit, name, broadcasts.pause, "paused")

        @routes.post("/{name}/resume")
        async def resume(visit: Annotated[Visit, Depends(act)], name: Name) -> Response:
            return await self._does(visit, name, broadcasts.resume, "resumed")

        @routes.get("/{name}/cancel")
        async def ask_cancel(visit: Annotated[Visit, Depends(entry)], name: Name) -> Response:
            return await self._asked(visit, name, "cancel")

        @routes.post("/{name}/cancel")
        async def cancel(visit: Annotated[Visit, Depends(act)], name: Name) -> Response:
            return await self._does(visit, name, broadcasts.cancel, "cancelled")

        @routes.get("/{name}/again")
        async def ask_again(visit: Annotated[Visit, Depends(entry)], name: Name) -> Response:
            return await self._asked(visit, name, "again")

        @routes.post("/{name}/again")
        async def again(visit: Annotated[Visit, Depends(act)], name: Name) -> Response:
            return await self._does(visit, name, broadcasts.again, "again")

    async def _does(self, visit: Visit, name: str, act: Act, what: str) -> Response:
        desk = self._desk
        await desk.load(name)
        try:
            after = await act(name, visit.account.login)
        except BroadcastError as error:
            return await shown(desk, visit, name, 409, refused=desk.refusal(visit, error))
        await desk.note(visit, what, after)
        return desk.console.back(f"{PREFIX}/{name}", f"staff.broadcast.{what}")

    async def _asked(self, visit: Visit, name: str, what: str) -> Response:
        """Once more, with how many it concerns."""
        desk = self._desk
        progress = await desk.progress(name)
        broadcast = progress.broadcast
        tally = desk.tally(progress.counts) if progress.counts else None
        if not states.may(broadcast.state, what) or (what == "again" and not missed(tally)):
            return desk.console.back(f"{PREFIX}/{name}")
        values = {**live(desk, visit, progress), "tally": tally, "missed": missed(tally)}
        return desk.page(visit, f"{what}.html", broadcast, values)


def _next(broadcast: Broadcast) -> str:
    """What a draft lacks first."""
    if broadcast.audience is None or broadcast.reading is not None:
        return "list"
    return "text" if texts.faults(broadcast.texts, broadcast.audience.columns) else "when"
