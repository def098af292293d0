"""Whom a broadcast goes to, if there is no table: everybody known of whom something is so."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from dialogs.broadcasts.states import State
from dialogs.language import Language
from gateway.broadcasts.broadcast import BroadcastError, Filter
from gateway.broadcasts.known import NO, STAGES, YES
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.desk import PREFIX, Desk, Name, Typed
from gateway.web.staff.broadcasts.showing import shown
from gateway.web.staff.console import Visit


class Finding:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, routes: APIRouter) -> None:
        desk = self._desk
        entry, act = (of(Right.BROADCASTS_WRITE) for of in (desk.console.needs, desk.console.acts))

        @routes.get("/{name}/find")
        async def page(visit: Annotated[Visit, Depends(entry)], name: Name) -> Response:
            return await self._page(visit, name)

        @routes.post("/{name}/find")
        async def find(
            visit: Annotated[Visit, Depends(act)],
            name: Name,
            *,
            service: Typed = "",
            stage: Typed = "",
            region: Typed = "",
            language: Typed = "",
            telegram: Typed = "",
        ) -> Response:
            wanted = Filter(
                service if service in desk.services else "",
                stage if stage in STAGES else "",
                region[:200],
                language if language in list(Language) else "",
                telegram if telegram in (YES, NO) else "",
            )
            return await self._find(visit, name, wanted)

    async def _page(self, visit: Visit, name: str, status: int = 200, *, refused: str = "") -> Response:
        desk = self._desk
        broadcast = await desk.load(name)
        if broadcast.state is not State.DRAFT:
            return desk.console.back(f"{PREFIX}/{name}")
        audience = broadcast.audience
        return desk.page(
            visit,
            "find.html",
            broadcast,
            {},
            status,
            refused=refused,
            chosen=(audience.filter if audience else None) or Filter(),
            services=[(slug, desk.words_of(visit, "service", slug)) for slug in desk.services],
            stages=[(stage, desk.words_of(visit, "stage", stage)) for stage in STAGES],
            regions=[(region, region) for region in await desk.known.regions()],
        )

    async def _find(self, visit: Visit, name: str, wanted: Filter) -> Response:
        desk = self._desk
        await desk.load(name)
        try:
            broadcast = await desk.broadcasts.find_list(name, visit.account.login, wanted, await desk.accounts.team())
        except BroadcastError as error:
            refused = desk.refusal(visit, error)
            if (await desk.load(name)).state is State.DRAFT:
                return await self._page(visit, name, 409, refused=refused)
            return await shown(desk, visit, name, 409, refused=refused)
        await desk.note(visit, "list", broadcast)
        return desk.console.back(f"{PREFIX}/{name}/list")
