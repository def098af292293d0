"""Who among the staff did what, when, and about whom: to look through, and as a table."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import date
from io import StringIO
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from msgspec import Meta, Struct, structs, to_builtins
from starlette.responses import Response, StreamingResponse

from gateway.clock import ALMATY
from gateway.journal.table import harmless
from gateway.staff.accounts import Accounts
from gateway.staff.deeds import TERMINAL, Deed, tail_of
from gateway.staff.deeds_search import Asked, Search
from gateway.staff.roles import Right
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.filters import of_address, of_form

ROOM = "/staff/audit"
_WORDS = "deed."
_ENTRY = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_PERSON = re.compile(r"([0-9a-f]{32})-([0-9]{4})?")
_IN_A_PIECE = 500
Typed = Annotated[str, Query(max_length=100)]
Sent = Annotated[str, Form(max_length=100)]


Chosen = Annotated[str, Meta(max_length=100)]
Day = Annotated[str, Meta(max_length=10)]


class Filters(Struct, frozen=True, omit_defaults=True, rename={"first": "from", "last": "to"}):
    """As they stand in the form."""

    who: Chosen = ""
    what: Chosen = ""
    person: Chosen = ""
    """Whom it is about: the mark and the last digits. Addresses of pages hold no IIN and no phone."""
    first: Day = ""
    last: Day = ""

    @property
    def query(self) -> dict[str, str]:
        return cast("dict[str, str]", to_builtins(self))

    @property
    def mark(self) -> str:
        found = _PERSON.fullmatch(self.person)
        return found[1] if found else ""

    @property
    def shown(self) -> str:
        """In the place of an IIN or a phone."""
        found = _PERSON.fullmatch(self.person)
        return f"••••{found[2] or ''}" if found else ""


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
            filters: Annotated[Filters, Depends(of_address(Filters))],
            before: Typed = "",
        ) -> Response:
            return await self._page(visit, filters, before if _ENTRY.fullmatch(before) else "")

        @routes.post("")
        async def find(
            visit: Annotated[Visit, Depends(console.acts(Right.AUDIT))],
            filters: Annotated[Filters, Depends(of_form(Filters))],
            about: Sent = "",
        ) -> Response:
            """Whom somebody looks for is itself something to know."""
            if about.strip() != filters.shown:
                filters = structs.replace(filters, person=await self._sought(visit, about.strip()))
            return await self._page(visit, filters)

        @routes.get("/table.csv")
        async def table(
            visit: Annotated[Visit, Depends(needs)], filters: Annotated[Filters, Depends(of_address(Filters))]
        ) -> Response:
            await console.deeds.note(visit.account.login, "audit.exported")
            named = f'attachment; filename="audit-{visit.now:%Y-%m-%d}.csv"'
            return StreamingResponse(
                self._table(visit, _wanted(filters)),
                media_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": named},
            )

        return routes

    async def _sought(self, visit: Visit, about: str) -> str:
        if not about:
            return ""
        await self._console.deeds.note(visit.account.login, "audit.searched", about=about)
        return f"{self._console.deeds.mark(about)}-{tail_of(about)}"

    async def _page(self, visit: Visit, filters: Filters, before: str = "") -> Response:
        """What is no day is told, and left out."""
        page = await self._search.page(_wanted(filters), before)
        days = {"from": filters.first, "to": filters.last}
        query = urlencode(filters.query)
        return self._console.page(
            visit,
            "audit.html",
            deeds=[(deed, self._what(visit, deed.what)) for deed in page.deeds],
            who=await self._logins(visit),
            kinds=self._kinds(visit),
            filters=filters,
            wrong={
                name: self._console.say(visit, "staff.day.wrong")
                for name, typed in days.items()
                if typed and _day(typed) is None
            },
            newest=f"{ROOM}?{query}" if before else "",
            older=f"{ROOM}?{urlencode({**filters.query, 'before': page.older})}" if page.older else "",
            table=f"{ROOM}/table.csv?{query}",
        )

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


def _wanted(filters: Filters) -> Asked:
    return Asked(filters.who, filters.what, filters.mark, _day(filters.first), _day(filters.last))


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
