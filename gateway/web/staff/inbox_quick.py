"""The specialists' ready answers: a page of the inbox."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from gateway.inbox.quick import LONGEST, QuickAnswers
from gateway.staff.roles import Right
from gateway.web.staff.console import Console, Visit

PAGE = "/staff/inbox/quick"
Typed = Annotated[str, Form(max_length=8000)]


class QuickPages:
    def __init__(self, console: Console, quick: QuickAnswers) -> None:
        self._console = console
        self._quick = quick

    def add(self, routes: APIRouter) -> None:
        entry, act = Depends(self._console.needs(Right.INBOX)), Depends(self._console.acts(Right.INBOX))

        @routes.get("/quick")
        async def quick(visit: Annotated[Visit, entry]) -> Response:
            return await self._answers(visit)

        @routes.post("/quick")
        async def put(
            visit: Annotated[Visit, act], title: Typed = "", kk: Typed = "", ru: Typed = "", name: Typed = ""
        ) -> Response:
            known = {one.id for one in await self._quick.all()}
            typed = {
                "title": title.strip(),
                "kk": kk.strip(),
                "ru": ru.strip(),
                "name": name if name in known else "",
            }
            if not (typed["title"] and typed["kk"] and typed["ru"]):
                return await self._answers(visit, 422, typed, "staff.inbox.quick.both")
            if max(map(len, typed.values())) > LONGEST:
                return await self._answers(visit, 422, typed, "staff.inbox.quick.long")
            if not await self._quick.put(typed["title"], typed["kk"], typed["ru"], typed["name"]):
                return await self._answers(visit, 422, typed, "staff.inbox.quick.many")
            await self._console.deeds.note(visit.account.login, "inbox.quick.kept", detail=typed["title"])
            return self._console.back(PAGE, "staff.inbox.quick.kept")

        @routes.post("/quick/drop")
        async def drop(visit: Annotated[Visit, act], name: Typed = "") -> Response:
            await self._quick.drop(name)
            await self._console.deeds.note(visit.account.login, "inbox.quick.dropped")
            return self._console.back(PAGE, "staff.inbox.quick.dropped")

    async def _answers(
        self, visit: Visit, status: int = 200, typed: dict[str, str] | None = None, wrong: str = ""
    ) -> Response:
        empty = {"title": "", "kk": "", "ru": "", "name": ""}
        return self._console.page(
            visit,
            "inbox_quick.html",
            status,
            answers=await self._quick.all(),
            typed=typed or empty,
            wrong=wrong,
            longest=LONGEST,
        )
