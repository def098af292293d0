"""What a broadcast says: written in both languages side by side, and looked at as phones show it."""

from pathlib import PurePath
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import structs
from starlette.responses import HTMLResponse, Response

from dialogs.broadcasts import texts
from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import LONGEST, Texts
from dialogs.language import Language
from gateway.broadcasts.broadcast import Broadcast, BroadcastError
from gateway.broadcasts.broadcasts import TITLE
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.desk import Desk, Name, Typed
from gateway.web.staff.broadcasts.shown import bubbles, tenge
from gateway.web.staff.console import Visit

_json = msgspec.json.Encoder().encode


def language_of(typed: str) -> Language:
    return Language(typed) if typed in list(Language) else Language.KK


class Writing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, routes: APIRouter) -> None:
        desk = self._desk
        entry, act = (of(Right.BROADCASTS_WRITE) for of in (desk.console.needs, desk.console.acts))

        @routes.get("/{name}/text")
        async def page(visit: Annotated[Visit, Depends(entry)], name: Name) -> Response:
            broadcast = await desk.load(name)
            if broadcast.state is not State.DRAFT:
                return desk.console.back(visit.path.removesuffix("/text"))
            return await self._page(visit, broadcast)

        @routes.post("/{name}/text")
        async def write(
            visit: Annotated[Visit, Depends(act)],
            name: Name,
            *,
            title: Typed = "",
            kk: Typed = "",
            ru: Typed = "",
            otherwise: Typed = "kk",
            seen: Typed = "",
            step: Typed = "",
        ) -> Response:
            known = await desk.load(name)
            typed = _typed(known, title, kk, ru, otherwise)
            if step == "look":
                return await self._page(visit, typed, seen=seen)
            return await self._written(visit, known, typed, seen, step)

        @routes.post("/{name}/look")
        async def look(
            visit: Annotated[Visit, Depends(act)],
            name: Name,
            *,
            title: Typed = "",
            kk: Typed = "",
            ru: Typed = "",
            otherwise: Typed = "kk",
        ) -> Response:
            """For the page's script, while somebody types."""
            broadcast = _typed(await desk.load(name), title, kk, ru, otherwise)
            values = await self._looks(broadcast)
            shown = desk.page(visit, "_preview.html", broadcast, values)
            columns = desk.page(visit, "_columns.html", broadcast, values)
            told = {"preview": bytes(shown.body).decode(), "columns": bytes(columns.body).decode()}
            return Response(_json(told), media_type="application/json")

    async def _written(self, visit: Visit, known: Broadcast, typed: Broadcast, seen: str, step: str) -> Response:
        desk = self._desk
        if not typed.title:
            return await self._page(visit, typed, 422, seen=seen, untitled=True)
        try:
            written = await desk.broadcasts.rewrite(
                known.id,
                visit.account.login,
                title=typed.title,
                written=typed.texts,
                otherwise=typed.otherwise,
                seen=seen,
            )
        except BroadcastError as error:
            now = await desk.load(known.id)
            late = "" if now.state is State.DRAFT else desk.refusal(visit, error)
            changed = now if not late else None
            return await self._page(visit, typed, 409, seen=now.wording, late=late, changed=changed)
        if written.state is not State.DRAFT:  # the same was sent off twice
            return desk.console.back(f"/staff/broadcasts/{known.id}")
        if written.wording != known.wording:
            await desk.note(visit, "written", written)
        if step == "leave":
            return desk.console.back("/staff/broadcasts", "staff.broadcast.kept")
        if written.audience is None:
            return desk.console.back(f"/staff/broadcasts/{known.id}/list")
        if texts.faults(written.texts, written.audience.columns):
            return await self._page(visit, written, 422, told=True)
        return desk.console.back(f"/staff/broadcasts/{known.id}/when")

    async def _page(
        self,
        visit: Visit,
        broadcast: Broadcast,
        status: int = 200,
        *,
        seen: str = "",
        untitled: bool = False,
        told: bool = False,
        late: str = "",
        changed: Broadcast | None = None,
    ) -> HTMLResponse:
        """`broadcast`: with what is typed in the place of what is kept. `told`: what is wrong with the texts is said.
        `late`: why nothing can be written any more. `changed`: somebody else has written meanwhile, and what."""
        return self._desk.page(
            visit,
            "text.html",
            broadcast,
            await self._looks(broadcast),
            status,
            title=broadcast.title or _named(broadcast),
            seen=seen or broadcast.wording,
            untitled=untitled,
            told=told,
            late=late,
            changed=changed,
            longest=LONGEST,
            longest_title=TITLE,
        )

    async def _looks(self, broadcast: Broadcast) -> dict[str, object]:
        estimate = await self._desk.broadcasts.estimate(broadcast)
        example = await self._desk.example(broadcast)
        return {
            "bubbles": bubbles(broadcast, estimate, example),
            "has_example": example is not None,
            "estimate": estimate,
            "tenge": tenge,
        }


def _typed(known: Broadcast, title: str, kk: str, ru: str, otherwise: str) -> Broadcast:
    title = " ".join(title.split())[:TITLE]
    return structs.replace(known, title=title, texts=Texts(_lines(kk), _lines(ru)), otherwise=language_of(otherwise))


def _lines(text: str) -> str:
    """Browsers end lines in their own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _named(broadcast: Broadcast) -> str:
    """Until somebody calls it otherwise: as its list."""
    return PurePath(broadcast.audience.name).stem[:TITLE] if broadcast.audience else ""
