"""The SMS journal on the screen, in the columns of annex 7 of order 287: filtered, page by page, and as a file."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from msgspec import Meta, Struct, structs
from starlette.responses import Response, StreamingResponse

from dialogs.people import read_phone
from gateway.connection import Batched
from gateway.journal.export import Format
from gateway.journal.form import Asked, Line, Value
from gateway.journal.form import Form as LawForm
from gateway.journal.index import JournalIndex
from gateway.journal.journal import Direction, JournalError, NothingError, Period
from gateway.journal.making import Making, Order
from gateway.journal.pages import UNDELIVERED, JournalPages, Page, Shown, Wanted
from gateway.letters import Status
from gateway.staff.roles import Right, Role
from gateway.strands import read_spot
from gateway.web.journal import MEDIA_TYPES
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.filters import of_address, of_form
from gateway.web.staff.naming import NUMBER, PARTS

PATH = "/staff/journal"
CHANNELS = ("sms", "telegram")
_NATURE = "journal.nature."

Typed = Annotated[str, Form(max_length=400)]
Asking = Annotated[str, Query(max_length=100)]


Chosen = Annotated[str, Meta(max_length=100)]


class Filters(Struct, frozen=True):
    """As they stand in the form; what cannot be read is as if it were empty, but for whom somebody looks for."""

    first: Chosen = ""
    last: Chosen = ""
    service: Chosen = ""
    nature: Chosen = ""
    direction: Chosen = ""
    channel: Chosen = ""
    undelivered: Chosen = ""
    who: Annotated[str, Meta(max_length=400)] = ""

    @property
    def query(self) -> dict[str, str]:
        """What may stand in an address."""
        return {name: value for name, value in structs.asdict(self).items() if value and name != "who"}

    @property
    def whose(self) -> str | None:
        """An IIN or a phone; None: it is neither."""
        digits = PARTS.sub("", self.who)
        if NUMBER.fullmatch(digits):
            return digits
        phone = read_phone(self.who.strip())
        return phone.e164 if phone else None

    def period(self, otherwise: Period | None = None) -> Period | None:
        """Of two days in the wrong order the earlier one is the first."""
        first, last = _day(self.first), _day(self.last)
        if first is None and last is None:
            return otherwise
        days = sorted((first or date(2000, 1, 1), last or date(2100, 1, 1)))
        return Period(*days)

    def wanted(self) -> Wanted:
        directions = {str(one): one for one in Direction}
        return Wanted(
            self.period(),
            self.service or None,
            self.nature or None,
            directions.get(self.direction),
            self.channel if self.channel in CHANNELS else None,
            bool(self.undelivered),
            self.whose if self.who else None,
        )


class JournalRoom:
    def __init__(
        self, console: Console, redis: Batched, index: JournalIndex, making: Making, services: Iterable[str]
    ) -> None:
        self._console = console
        self._pages = JournalPages(redis, index)
        self._making = making
        self._services = tuple(services)
        found = (name.removeprefix(_NATURE) for name in console.words.ids() if name.startswith(_NATURE))
        self._natures = tuple(sorted({name.removeprefix("duty.") for name in found}))

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=PATH, include_in_schema=False), self._console

        @routes.get("")
        async def look(
            visit: Annotated[Visit, Depends(console.needs(Right.JOURNAL))],
            filters: Annotated[Filters, Depends(of_address(Filters, without="who"))],
            before: Asking = "",
        ) -> Response:
            return await self._page(visit, filters, before)

        @routes.post("")
        async def find(
            visit: Annotated[Visit, Depends(console.acts(Right.JOURNAL))],
            filters: Annotated[Filters, Depends(of_form(Filters))],
            before: Typed = "",
        ) -> Response:
            """Whom somebody looks for stands in no address; without that, the page has one."""
            if not filters.who:
                return console.back(f"{PATH}?{urlencode(filters.query)}" if filters.query else PATH)
            return await self._page(visit, filters, before)

        @routes.post("/export")
        async def export(
            visit: Annotated[Visit, Depends(console.acts(Right.JOURNAL))],
            filters: Annotated[Filters, Depends(of_form(Filters))],
            *,
            format: Annotated[Format, Form()] = Format.XLSX,
            extended: Typed = "",
        ) -> Response:
            return await self._export(visit, filters, format, extended=bool(extended))

        return routes

    async def _page(self, visit: Visit, filters: Filters, before: str, trouble: str = "") -> Response:
        wanted = filters.wanted()
        wrong = bool(filters.who) and wanted.whose is None
        page, count = Page([], None, 0), None
        if not wrong:
            place = read_spot(before)
            if place is None:
                about = wanted.whose or ""
                await self._console.deeds.note(visit.account.login, "journal.seen", about=about)
            page, count = await self._pages.page(wanted, place), await self._pages.count(wanted)
        form = self._form(visit, wanted.period or Period.month(visit.now.date()))
        return self._console.page(
            visit,
            "journal.html",
            422 if wrong or trouble else 200,
            filters=structs.asdict(filters),
            wrong=wrong,
            trouble=trouble,
            headings=form.headings()[1:],
            rows=[_row(form, shown) for shown in page.lines],
            page=page,
            count=count,
            next=str(page.next) if page.next else "",
            address=f"?{urlencode({**filters.query, 'before': str(page.next)})}" if page.next else "",
            services=[("", form.text("all_services")), *((one, self._service(visit, one)) for one in self._services)],
            natures=self._named_natures(visit),
            month=Period.month(visit.now.date()),
        )

    async def _export(self, visit: Visit, filters: Filters, format: Format, *, extended: bool) -> Response:
        wanted = filters.wanted()
        if filters.who and wanted.whose is None:
            return await self._page(visit, filters, "")
        period = wanted.period or Period.month(visit.now.date())
        service = wanted.service if wanted.service in self._services else None
        asked = Asked(period, service, extended, visit.language, _role(visit))
        about, days = wanted.whose or "", f"{period.first}–{period.last} {format}"
        await self._console.deeds.note(visit.account.login, "journal.exported", about=about, detail=days)
        try:
            pieces = await self._making.make(Order(format, asked, wanted))
        except NothingError:
            return await self._page(visit, filters, "", "staff.journal.export.nothing")
        except JournalError:
            return await self._page(visit, filters, "", "staff.journal.export.too_much")
        name = f"journal-{period.first}-{period.last}.{format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(pieces, media_type=MEDIA_TYPES[format], headers=headers)

    def _form(self, visit: Visit, period: Period) -> LawForm:
        return LawForm(self._console.words, Asked(period, language=visit.language, role=_role(visit)))

    def _service(self, visit: Visit, slug: str) -> str:
        return self._console.say(visit, f"{slug}.name")

    def _named_natures(self, visit: Visit) -> list[tuple[str, str]]:
        """Letters about duties that are called as those about offers come with both meanings."""
        named = []
        for one in self._natures:
            known = [name for name in (f"{_NATURE}{one}", f"{_NATURE}duty.{one}") if self._console.words.has(name)]
            named.append((one, " / ".join(dict.fromkeys(self._console.say(visit, name) for name in known))))
        return sorted(named, key=lambda pair: pair[1])


class Row(Struct, frozen=True):
    """A line under the headings of the law's form, and what else is known of it."""

    cells: tuple[str, ...]
    """In the order of the form's columns, without the number: that is counted from the first line on."""
    at: datetime
    channel: str
    status: str
    look: str
    is_in: bool


def _row(form: LawForm, shown: Shown) -> Row:
    line = Line(0, shown.entry, shown.news)
    status = shown.news.status if shown.news else None
    return Row(
        tuple(map(_cell, form.row(line)[1:])),
        shown.entry.at,
        form.channel(line),
        form.status(line) or "",
        "bad" if status in UNDELIVERED else "good" if status is Status.DELIVERED else "plain",
        shown.entry.direction is Direction.IN,
    )


def _cell(value: Value) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else "" if value is None else str(value)


def _role(visit: Visit) -> Role:
    """Of whom the form knows what they may see."""
    return Role.AUDITOR if visit.may(Right.PERSONAL) else Role.OPERATOR


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
