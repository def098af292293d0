"""The room of working days: the year as it is counted, what staff have entered, and what an entry would change."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from dialogs import entering
from dialogs.entries import Entry, EntryKind
from dialogs.messages import Say, Surface, say
from dialogs.workdays import FIRST_YEAR
from gateway.staff.roles import Right
from gateway.web.staff import calendar_year
from gateway.web.staff.console import Console, Visit
from gateway.workdays.calendar import Calendar, Held, Line
from gateway.workdays.looks import Look, Looks
from gateway.workdays.recount import Recount

PREFIX = "/staff/calendar"
PATIENCE = 1.0
"""Seconds that a page waits for a look, so that mostly there is no page in between."""
_CHANGED = Say("staff.calendar.refused.changed")

Typed = Annotated[str, Form(max_length=1000)]


class CalendarRoom:
    def __init__(self, console: Console, calendar: Calendar, looks: Looks, recount: Recount, reach: int) -> None:
        """`reach`: the longest term that is counted, in working days."""
        self._console = console
        self._calendar = calendar
        self._looks = looks
        self._recount = recount
        self._reach = reach

    def router(self) -> APIRouter:
        routes = APIRouter(prefix=PREFIX, include_in_schema=False)
        entry, act = Depends(self._console.needs(Right.CALENDAR)), Depends(self._console.acts(Right.CALENDAR))

        @routes.get("")
        async def page(visit: Annotated[Visit, entry], year: Annotated[int, Query()] = 0) -> Response:
            return await self._page(visit, year)

        @routes.post("/look")
        async def look(
            visit: Annotated[Visit, act],
            *,
            kind: Typed = "",
            day: Typed = "",
            works: Typed = "",
            year: Typed = "",
            source: Typed = "",
        ) -> Response:
            typed = {"kind": kind, "day": day, "works": works, "year": year, "source": source.strip()}
            return await self._begin(visit, typed)

        @routes.post("/back")
        async def back(visit: Annotated[Visit, act], entry: Typed = "") -> Response:
            return await self._begin_back(visit, entry)

        @routes.get("/look/{name}")
        async def looked(visit: Annotated[Visit, entry], name: str) -> Response:
            return await self._look(visit, name)

        @routes.post("/save")
        async def save(visit: Annotated[Visit, act], look: Typed = "") -> Response:
            return await self._save(visit, look)

        return routes

    async def _page(
        self, visit: Visit, year: int = 0, status: int = 200, typed: Mapping[str, str] = {}, wrong: Say | None = None
    ) -> HTMLResponse:
        await self._calendar.look()
        calendar, today = self._calendar, visit.now.date()
        year = min(max(year or today.year, FIRST_YEAR), today.year + entering.AHEAD)
        entries = [(held.id, held.line.entry) for held in calendar.history if held.holds and held.line.entry]
        progress = await self._recount.progress()
        return self._console.page(
            visit,
            "calendar.html",
            status,
            year=year,
            earlier=year - 1 if year > FIRST_YEAR else 0,
            later=year + 1 if year < today.year + entering.AHEAD else 0,
            known=year in calendar.workdays.known,
            months=calendar_year.months(year, calendar.workdays, entries, today, visit.language),
            weekdays=calendar_year.weekdays(visit.language),
            history=[*reversed(calendar.history)],
            taken_back={held.line.takes_back: held.line for held in calendar.history if held.line.takes_back},
            moved=await self._recount.moved(),
            may_take_back={held.id for held in calendar.history if self._may_take_back(held, today)},
            progress=progress,
            counting=not progress.is_done(calendar.version) and bool(calendar.version),
            typed={"kind": "", "day": "", "works": "", "year": "", "source": "", **typed},
            wrong=self._said(visit, wrong) if wrong is not None else "",
            last=date(today.year + entering.AHEAD, 12, 31),
        )

    async def _begin(self, visit: Visit, typed: Mapping[str, str]) -> Response:
        await self._calendar.look()
        entry = read(typed)
        refused = say("staff.calendar.refused.day") if entry is None else self._refusal(entry, visit)
        if entry is None or refused is not None:
            return await self._page(visit, 0, 422, typed, refused)
        return await self._counted(Line(visit.now, visit.account.login, entry))

    async def _begin_back(self, visit: Visit, name: str) -> Response:
        await self._calendar.look()
        line = Line(visit.now, visit.account.login, takes_back=name)
        refused = self._refused(line, visit)
        if refused is not None:
            return await self._page(visit, 0, 422, wrong=refused)
        return await self._counted(line)

    async def _counted(self, line: Line) -> Response:
        look = await self._looks.begin(line)
        await self._looks.find(look.name, PATIENCE)
        return self._console.back(f"{PREFIX}/look/{look.name}")

    async def _look(self, visit: Visit, name: str) -> Response:
        look = await self._looks.find(name, PATIENCE)
        if look is None:
            raise HTTPException(404)
        await self._calendar.look()
        refused = self._stale(look, visit)
        return self._console.page(
            visit,
            "calendar_look.html",
            look=look,
            entry=self._entry(look.line),
            wrong=self._said(visit, refused) if refused is not None else "",
        )

    async def _save(self, visit: Visit, name: str) -> Response:
        look = await self._looks.find(name)
        if look is None or not look.done:
            raise HTTPException(404)
        await self._calendar.look()
        refused = self._stale(look, visit)
        line = Line(visit.now, visit.account.login, look.line.entry, look.line.takes_back)
        if refused is not None or not await self._calendar.add(line, look.version):
            return await self._page(visit, 0, 409, wrong=refused or _CHANGED)
        what = "calendar.taken_back" if line.takes_back else "calendar.entered"
        await self._console.deeds.note(visit.account.login, what, detail=_detail(self._entry(line)))
        year = next((day.year for day in entry.days), entry.year) if (entry := self._entry(line)) else 0
        notice = "staff.calendar.taken_back" if line.takes_back else "staff.calendar.saved"
        return self._console.back(f"{PREFIX}?year={year}", notice)

    def _stale(self, look: Look, visit: Visit) -> Say | None:
        """Why what was looked at cannot be saved any more."""
        if look.done and look.version != self._calendar.version:
            return _CHANGED
        return self._refused(look.line, visit)

    def _refused(self, line: Line, visit: Visit) -> Say | None:
        if line.entry is not None:
            return self._refusal(line.entry, visit)
        held = self._held(line.takes_back)
        if held is None or held.line.entry is None or not held.holds:
            return say("staff.calendar.refused.gone")
        entry, today = held.line.entry, visit.now.date()
        return entering.too_late_to_take_back(entry, self._calendar.workdays, today, self._reach)

    def _refusal(self, entry: Entry, visit: Visit) -> Say | None:
        calendar = self._calendar
        return entering.refusal(entry, calendar.entries, calendar.workdays, visit.now.date(), self._reach)

    def _may_take_back(self, held: Held, today: date) -> bool:
        entry = held.line.entry
        return (
            entry is not None
            and held.holds
            and not entering.too_late_to_take_back(entry, self._calendar.workdays, today, self._reach)
        )

    def _held(self, name: str) -> Held | None:
        return next((held for held in self._calendar.history if held.id == name), None)

    def _entry(self, line: Line) -> Entry | None:
        """That it is about, also if it takes it back."""
        held = self._held(line.takes_back)
        return line.entry or (held.line.entry if held else None)

    def _said(self, visit: Visit, what: Say) -> str:
        return self._console.words.say(what, visit.language, Surface.CHAT)


def read(typed: Mapping[str, str]) -> Entry | None:
    """None: a day is missing, or is none."""
    try:
        kind = EntryKind(typed["kind"])
        day, works = (date.fromisoformat(typed[name]) if typed[name] else None for name in ("day", "works"))
        year = int(typed["year"] or "0")
    except ValueError:
        return None
    if kind is EntryKind.YEAR:
        return Entry(kind=kind, source=typed["source"], day=day, year=year) if 0 < year < date.max.year else None
    moved = works if kind is EntryKind.MOVED else None
    if day is None or (kind is EntryKind.MOVED and moved is None):
        return None
    return Entry(kind=kind, source=typed["source"], day=day, works=moved)


def _detail(entry: Entry | None) -> str:
    if entry is None:
        return ""
    about = " → ".join(map(str, entry.days)) if entry.days else str(entry.year)
    return f"{entry.kind} {about}: {entry.source}"
