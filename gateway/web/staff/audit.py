"""Who among the staff did what, when, and about whom: to look through, and as a table."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import date
from io import StringIO
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from gateway.clock import ALMATY
from gateway.journal_csv import harmless
from gateway.roles import Right
from gateway.staff.accounts import Accounts
from gateway.staff.deeds import TERMINAL, Deed
from gateway.staff.deeds_search import Asked, Search
from gateway.web.staff.console import Console, Visit

ROOM = "/staff/audit"
_WORDS = "deed."
_ENTRY = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_IN_A_PIECE = 500
Typed = Annotated[str, Query(max_length=100)]


class AuditRoom:
    def __init__(self, console: Console, accounts: Accounts, search: Search) -> None:
        self._console = console
        self._accounts = accounts
        self._search = search

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=ROOM, include_in_schema=False), self._console
        needs = console.needs(Right.AUDIT)

        @routes.get("")
        async def look(
            visit: Annotated[Visit, Depends(needs)],
            *,
            who: Typed = "",
            what: Typed = "",
            about: Typed = "",
            first: Annotated[str, Query(alias="from", max_length=10)] = "",
            last: Annotated[str, Query(alias="to", max_length=10)] = "",
            before: Typed = "",
        ) -> Response:
            asked, wrong = await self._asked(visit, who, what, about, (first, last))
            page = await self._search.page(asked, before if _ENTRY.fullmatch(before) else "")
            query = {"who": who, "what": what, "about": about, "from": first, "to": last}
            kept = {name: value for name, value in query.items() if value}
            return console.page(
                visit,
                "audit.html",
                deeds=[(deed, self._what(visit, deed.what)) for deed in page.deeds],
                who=await self._logins(visit),
                kinds=self._kinds(visit),
                query=query,
                wrong=wrong,
                newest=f"{ROOM}?{urlencode(kept)}" if before else "",
                older=f"{ROOM}?{urlencode({**kept, 'before': page.older})}" if page.older else "",
                table=f"{ROOM}/table.csv?{urlencode(kept)}",
            )

        @routes.get("/table.csv")
        async def table(
            visit: Annotated[Visit, Depends(needs)],
            *,
            who: Typed = "",
            what: Typed = "",
            about: Typed = "",
            first: Annotated[str, Query(alias="from", max_length=10)] = "",
            last: Annotated[str, Query(alias="to", max_length=10)] = "",
        ) -> Response:
            asked, _ = await self._asked(visit, who, what, about, (first, last))
            await console.deeds.note(visit.account.login, "audit.exported")
            named = f'attachment; filename="audit-{visit.now:%Y-%m-%d}.csv"'
            return StreamingResponse(
                self._table(visit, asked),
                media_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": named},
            )

        return routes

    async def _asked(
        self, visit: Visit, who: str, what: str, about: str, days: tuple[str, str]
    ) -> tuple[Asked, dict[str, str]]:
        """Whom somebody looks for is itself something to know. What is no day is told, and left out."""
        found, wrong = [], {}
        for name, typed in zip(("from", "to"), days, strict=True):
            day = _day(typed)
            found.append(day)
            if typed and day is None:
                wrong[name] = self._console.say(visit, "staff.day.wrong")
        mark = ""
        if about.strip():
            mark = self._console.deeds.mark(about)
            await self._console.deeds.note(visit.account.login, "audit.searched", about=about)
        return Asked(who, what, mark, found[0], found[1]), wrong

    def _what(self, visit: Visit, what: str) -> str:
        known = f"{_WORDS}{what}"
        return self._console.say(visit, known) if self._console.words.has(known) else what

    async def _logins(self, visit: Visit) -> list[tuple[str, str]]:
        logins = [(held.account.login, held.account.login) for held in await self._accounts.all()]
        words = self._console.say(visit, "staff.audit.anybody"), self._console.say(visit, "staff.audit.terminal")
        return [("", words[0]), *logins, (TERMINAL, words[1])]

    def _kinds(self, visit: Visit) -> list[tuple[str, str]]:
        kinds = [one.removeprefix(_WORDS) for one in self._console.words.ids() if one.startswith(_WORDS)]
        named = sorted(((kind, self._what(visit, kind)) for kind in kinds), key=lambda pair: pair[1].casefold())
        return [("", self._console.say(visit, "staff.audit.anything")), *named]

    async def _table(self, visit: Visit, asked: Asked) -> AsyncIterator[str]:
        text = StringIO()
        rows = csv.writer(text, delimiter=";")
        text.write("\ufeff")
        rows.writerow([self._console.say(visit, f"staff.audit.{name}") for name in _COLUMNS])
        written = 0
        async for deed in self._search.everything(asked):
            rows.writerow([harmless(cell) for cell in self._row(visit, deed)])
            written += 1
            if written % _IN_A_PIECE == 0:
                yield _taken(text)
        yield _taken(text)

    def _row(self, visit: Visit, deed: Deed) -> tuple[str, ...]:
        at = f"{deed.at.astimezone(ALMATY):%Y-%m-%d %H:%M:%S}"
        return at, deed.who, self._what(visit, deed.what), deed.tail and f"…{deed.tail}", deed.detail


_COLUMNS = ("at", "who", "what", "about", "detail")


def _taken(text: StringIO) -> str:
    piece = text.getvalue()
    text.seek(0)
    text.truncate()
    return piece


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
