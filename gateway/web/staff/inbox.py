"""The room of the inbox: who waits for a specialist, and the talk with one person."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from secrets import token_urlsafe
from time import monotonic
from typing import Annotated
from zlib import crc32

from fastapi import APIRouter, Depends, Form, Path
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dialogs.language import Language
from gateway.channels import channel_of
from gateway.inbox.case import Kind, RefusedError, State
from gateway.inbox.inbox import LONGEST, PARTS, Inbox, Read, SignedIn
from gateway.inbox.quick import QuickAnswers
from gateway.staff.roles import Right
from gateway.staff.sessions import Sessions
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.inbox_lines import about_whom, hidden, shown
from gateway.web.staff.inbox_quick import QuickPages
from gateway.web.staff.live import Live

PREFIX = "/staff/inbox"
SHOWN = 100
"""Of those who wait; and…"""
CLOSED = 20
"""…of the talks closed last."""
ONE_LOOK = 300.0
"""Seconds in which looking again is the same look."""

Typed = Annotated[str, Form(max_length=8000)]
Mark = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
"""Made anew for each form: sent off twice, it does the same once."""
Name = Annotated[str, Path(pattern=r"^[0-9]{2}-[0-9a-f]{16}$")]
Act = Callable[[Visit, str, str], Awaitable[object]]


def signed_in(sessions: Sessions) -> SignedIn:
    async def ask(login: str) -> bool:
        return bool(await sessions.of(login))

    return ask


class InboxRoom:
    def __init__(self, console: Console, inbox: Inbox, quick: QuickAnswers, present: SignedIn) -> None:
        """`present`: whether the specialist of that login is there."""
        self._console = console
        self._inbox = inbox
        self._quick = quick
        self._present = present
        self._live = Live(console, self._news)
        self._looks: dict[tuple[str, str], float] = {}

    def router(self) -> APIRouter:
        routes = APIRouter(prefix=PREFIX, include_in_schema=False)
        self._add_looks(routes)
        self._add_acts(routes)
        QuickPages(self._console, self._quick).add(routes)
        return routes

    def _add_looks(self, routes: APIRouter) -> None:
        entry, act = Depends(self._console.needs(Right.INBOX)), Depends(self._console.acts(Right.INBOX))

        @routes.get("")
        async def queue(visit: Annotated[Visit, entry]) -> Response:
            return await self._queue(visit)

        @routes.get("/stream")
        async def stream(visit: Annotated[Visit, entry]) -> StreamingResponse:
            events = self._live.events(visit)
            return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

        @routes.get("/case/{name}")
        async def case(visit: Annotated[Visit, entry], name: Name) -> Response:
            return await self._case(visit, name)

        @routes.get("/case/{name}/lines")
        async def lines(visit: Annotated[Visit, entry], name: Name) -> Response:
            return await self._lines(visit, name)

        @routes.post("/case/{name}/unmask")
        async def unmask(visit: Annotated[Visit, act], name: Name, reason: Typed = "") -> Response:
            if not reason.strip():
                return await self._case(visit, name, 422, wrong="staff.inbox.refused.reason")
            return await self._case(visit, name, reason=reason.strip())

    def _add_acts(self, routes: APIRouter) -> None:
        act = Depends(self._console.acts(Right.INBOX))

        @routes.post("/case/{name}/take")
        async def take(visit: Annotated[Visit, act], name: Name, mark: Mark) -> Response:
            async def taken(visit: Visit, name: str, mark: str) -> None:
                kind = await self._inbox.take(name, visit.account.login, mark, self._present)
                await self._note(visit, name, "inbox.taken_over" if kind is Kind.TAKEN_OVER else "inbox.taken")

            return await self._does(visit, name, mark, taken)

        @routes.post("/case/{name}/answer")
        async def answer(
            visit: Annotated[Visit, act], name: Name, mark: Mark, text: Typed = "", by: Typed = ""
        ) -> Response:
            async def answered(visit: Visit, name: str, mark: str) -> None:
                await self._inbox.answer(name, visit.account.login, mark, text, by)
                await self._note(visit, name, "inbox.answered")

            return await self._does(visit, name, mark, answered, typed=text)

        @routes.post("/case/{name}/note")
        async def note(visit: Annotated[Visit, act], name: Name, mark: Mark, note: Typed = "") -> Response:
            async def noted(visit: Visit, name: str, mark: str) -> None:
                await self._inbox.note(name, visit.account.login, mark, note)
                await self._note(visit, name, "inbox.noted")

            return await self._does(visit, name, mark, noted)

        @routes.post("/case/{name}/back")
        async def back(visit: Annotated[Visit, act], name: Name, mark: Mark) -> Response:
            async def returned(visit: Visit, name: str, mark: str) -> None:
                await self._inbox.hand_back(name, visit.account.login, mark)
                await self._note(visit, name, "inbox.returned")

            return await self._does(visit, name, mark, returned, "staff.inbox.returned")

        @routes.post("/case/{name}/close")
        async def close(visit: Annotated[Visit, act], name: Name, mark: Mark) -> Response:
            async def closed(visit: Visit, name: str, mark: str) -> None:
                await self._inbox.close(name, visit.account.login, mark)
                await self._note(visit, name, "inbox.closed")

            return await self._does(visit, name, mark, closed, "staff.inbox.closed")

    async def _queue(self, visit: Visit) -> Response:
        waiting = await self._inbox.queue(State.WAITING, SHOWN)
        taken = await self._inbox.queue(State.TAKEN, SHOWN)
        closed = await self._inbox.queue(State.CLOSED, CLOSED)
        mine = [case for case in taken.cases if case.taker == visit.account.login]
        mine.sort(key=lambda case: (not case.unanswered, case.unanswered))
        others = [case for case in taken.cases if case.taker != visit.account.login]
        absent = {login for login in {case.taker for case in others} if not await self._present(login)}
        return self._console.page(
            visit,
            "inbox.html",
            waiting=waiting,
            mine=mine,
            others=others,
            absent=absent,
            closed=closed.cases,
            since=lambda seconds: _minutes(visit, seconds),
            at=_moment(visit),
            hide=lambda text: hidden(text, visit),
            mark=_fresh,
        )

    async def _case(
        self, visit: Visit, name: str, status: int = 200, *, wrong: str = "", typed: str = "", reason: str = ""
    ) -> Response:
        read = await self._inbox.read(name, self._present)
        if read is None:
            return self._console.back(PREFIX, "staff.inbox.refused.gone")
        about = about_whom(read.case, read.phone)
        login = visit.account.login
        if reason:
            await self._console.deeds.note(login, "inbox.unmasked", about=about, detail=hidden(reason))
        else:
            await self._seen(visit, read)
        ways = [(channel_of(way), way) for way in read.ways]
        return self._console.page(
            visit,
            "inbox_case.html",
            status,
            case=read.case,
            read=read,
            mine=read.case.state is State.TAKEN and read.case.taker == login,
            may_take=read.case.state is State.WAITING or (read.orphaned and read.case.taker != login),
            lines=[shown(line, read) for line in read.lines],
            ways=ways,
            quick=await self._quick.all(),
            said=Language(read.case.language),
            says={way: self._inbox.worded("", Language(read.case.language), way) for way in read.ways},
            parts=PARTS,
            longest=LONGEST,
            wrong=wrong,
            typed=typed,
            bare=bool(reason) or visit.may(Right.PERSONAL),
            hide=lambda text: text if reason else hidden(text, visit),
            since=lambda seconds: _minutes(visit, seconds),
            at=_moment(visit),
            mark=_fresh,
        )

    async def _lines(self, visit: Visit, name: str) -> Response:
        """The talk alone, for a page that is open."""
        read = await self._inbox.read(name, self._present)
        if read is None:
            raise HTTPException(404)
        await self._seen(visit, read)
        return self._console.page(
            visit,
            "inbox_lines.html",
            lines=[shown(line, read) for line in read.lines],
            hide=lambda text: hidden(text, visit),
            at=_moment(visit),
        )

    async def _seen(self, visit: Visit, read: Read) -> None:
        """One who looks on, or comes back soon, sees the same once."""
        key, now = (visit.session, read.case.id), monotonic()
        self._looks = {one: at for one, at in self._looks.items() if now - at < ONE_LOOK}
        if key not in self._looks:
            about = about_whom(read.case, read.phone)
            await self._console.deeds.note(visit.account.login, "inbox.seen", about=about)
        self._looks[key] = now

    async def _does(
        self, visit: Visit, name: str, mark: str, act: Act, notice: str = "", *, typed: str = ""
    ) -> Response:
        """`notice`: what is done with the case; otherwise it goes on."""
        try:
            await act(visit, name, mark)
        except RefusedError as refused:
            return await self._case(visit, name, 409, wrong=refused.args[0], typed=typed)
        return self._console.back(PREFIX if notice else f"{PREFIX}/case/{name}", notice)

    async def _note(self, visit: Visit, name: str, what: str) -> None:
        read = await self._inbox.read(name, self._present)
        about = about_whom(read.case, read.phone) if read else ""
        await self._console.deeds.note(visit.account.login, what, about=about)

    async def _news(self) -> dict[str, object]:
        waiting = await self._inbox.queue(State.WAITING, SHOWN)
        taken = await self._inbox.queue(State.TAKEN, SHOWN)
        told = [(one.id, one.state, one.since, one.unanswered, one.last) for one in (*waiting.cases, *taken.cases)]
        newest = max((one.since for one in waiting.cases), default=0.0)
        return {"waiting": waiting.many, "newest": newest, "version": crc32(repr(told).encode())}


def _minutes(visit: Visit, seconds: float) -> int:
    return max(0, int(visit.now.timestamp() - seconds) // 60)


def _moment(visit: Visit) -> Callable[[float], datetime]:
    return lambda seconds: datetime.fromtimestamp(seconds, visit.now.tzinfo)


def _fresh() -> str:
    return token_urlsafe(16)
