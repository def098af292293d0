"""The room of figures: pictures of what has happened, each with its numbers, and as a file."""

import asyncio
import csv
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from io import StringIO
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.figures import unmet, views
from gateway.figures.counting import Counting
from gateway.figures.figures import Day, Figures, Span
from gateway.figures.unmet import Alike
from gateway.figures.views import Number, Picture, Steps
from gateway.journal.table import harmless
from gateway.routes.trails import Spent
from gateway.staff.roles import Right
from gateway.web.staff import charts
from gateway.web.staff.charts import plain
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.figure_words import FigureWords, cell

PREFIX = "/staff/figures"
SPANS = (7, 30, 90)
USUAL = 30
CATCH_UP = 1.0
"""Seconds that somebody who opens the page waits at most for what has not been counted."""
WORDS = "words"
"""The name of the file with what was not understood."""
_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])", re.ASCII)

Asked = Annotated[str, Query(max_length=10)]
Paid = Mapping[date, Mapping[tuple[str, bool], Spent]]


class Chosen(Struct, frozen=True):
    span: Span
    days: int
    """0: a month."""
    month: str

    @property
    def query(self) -> str:
        return f"days={self.days}" if self.days else f"month={self.month}"


class FigureRoom:
    def __init__(self, console: Console, redis: Batched, counting: Counting) -> None:
        self._console = console
        self._redis = redis
        self._counting = counting
        self._figures = Figures(redis)

    def router(self) -> APIRouter:
        router = APIRouter(prefix=PREFIX, include_in_schema=False)
        entry = Depends(self._console.needs(Right.FIGURES))

        @router.get("")
        async def page(visit: Annotated[Visit, entry], days: Asked = "", month: Asked = "") -> HTMLResponse:
            return await self._page(visit, chosen(visit.now.date(), days, month))

        @router.get("/{name}.csv")
        async def file(visit: Annotated[Visit, entry], name: str, days: Asked = "", month: Asked = "") -> Response:
            return await self._file(visit, name, chosen(visit.now.date(), days, month))

        return router

    async def _page(self, visit: Visit, wanted: Chosen) -> HTMLResponse:
        complete = await self._counting.catch_up(CATCH_UP)
        days, spent = await self._figures.days(wanted.span), await self._figures.spent(wanted.span)
        pictures, words = list(_pictures(days, spent, wanted.span)), self._words_of(visit)
        found = await self._unmet(wanted.span)
        return self._console.page(
            visit,
            "figures.html",
            chosen=wanted,
            spans=SPANS,
            this_month=f"{visit.now:%Y-%m}",
            complete=complete,
            tiles=[(words.say(f"tile.{name}"), value) for name, value in _tiles(days, spent, words)],
            shown=[words.shown(one) for one in pictures],
            found=[(one, datetime.fromtimestamp(one.last, ALMATY)) for one in found],
            is_empty=not found and all(one.is_empty for one in pictures),
            patterns=range(1, charts.PATTERNS + 1),
        )

    async def _file(self, visit: Visit, name: str, wanted: Chosen) -> Response:
        """Day by day, however long the span."""
        await self._counting.catch_up(CATCH_UP)
        words = self._words_of(visit)
        if name == WORDS:
            return _csv(name, wanted, _found(await self._unmet(wanted.span), words))
        days, spent = await self._figures.days(wanted.span), await self._figures.spent(wanted.span)
        for one in _pictures(days, spent, wanted.span, daily=True):
            if one.name == name:
                return _csv(name, wanted, _table(one, words))
        raise HTTPException(404)

    async def _unmet(self, span: Span) -> list[Alike]:
        first, after = (datetime.combine(day, time(), ALMATY) for day in (span.first, span.last + timedelta(1)))
        found = await unmet.read(self._redis, first.timestamp(), after.timestamp())
        return await asyncio.to_thread(unmet.grouped, found)

    def _words_of(self, visit: Visit) -> FigureWords:
        return FigureWords(self._console.words, partial(self._console.say, visit))


def chosen(today: date, days: str = "", month: str = "") -> Chosen:
    """What makes no sense is not asked for."""
    if _MONTH.fullmatch(month):
        first = date.fromisoformat(f"{month}-01")
        return Chosen(Span(first, first.replace(day=monthrange(first.year, first.month)[1])), 0, month)
    number = next((one for one in SPANS if str(one) == days), USUAL)
    return Chosen(Span(today - timedelta(number - 1), today), number, "")


def _pictures(days: Mapping[date, Day], spent: Paid, span: Span, *, daily: bool = False) -> Iterator[Picture]:
    steps, total = Steps(days, span, daily=daily), views.added(days.values())
    yield views.offers(steps)
    yield views.silence(steps)
    yield views.answered(total)
    yield views.by_service(total)
    yield views.heard(steps)
    yield views.wishes(total)
    yield views.asked(total)
    yield views.replies(total)
    yield views.helped(total)
    yield views.deliveries(total)
    yield views.casts(total)
    yield views.spending(steps, spent)
    yield views.by_route(spent)
    yield views.unmet(steps)


def _tiles(days: Mapping[date, Day], spent: Paid, words: FigureWords) -> Iterator[tuple[str, str]]:
    """What most come for, in a number each."""
    total = views.added(days.values())
    ended = sum(views.outcome(total, name) for name in views.DECIDED)
    silent = sum(views.outcome(total, name) for name in views.SILENT)
    half = views.half(views.answered(total))
    heard, missed = (sum(total.get(f"{what} {one}", 0) for one in views.SURFACES) for what in ("heard", "unmet"))
    price = views.summed(one for day in spent.values() for one in day.values()).price / 100
    yield "ended", plain(ended)
    yield "silent", cell(views.share(silent, ended), share=True)
    yield "half", words.say(f"key.{half}") if half else cell(None)
    yield "heard", plain(heard)
    yield "unmet", cell(views.share(missed, heard), share=True)
    yield "tenge", f"{plain(price)} ₸"


def _table(picture: Picture, words: FigureWords) -> Iterator[tuple[str, ...]]:
    yield words.head(picture)
    for row in picture.rows:
        first = row.key.isoformat() if isinstance(row.key, date) else words.key(picture, row.key)
        yield (first, *map(_decimal, row.numbers))


def _found(found: Iterable[Alike], words: FigureWords) -> Iterator[tuple[str, ...]]:
    yield tuple(words.say(f"words.{name}") for name in ("words", "count", "last", "language", "others"))
    for one in found:
        last = f"{datetime.fromtimestamp(one.last, ALMATY):%Y-%m-%d %H:%M}"
        yield one.words, str(one.count), last, ", ".join(one.languages), " | ".join(one.others)


def _decimal(number: Number) -> str:
    return "" if number is None else str(number).replace(".", ",")


def _csv(name: str, wanted: Chosen, rows: Iterable[tuple[str, ...]]) -> Response:
    """As `journal.table` writes: Excel in Kazakhstan opens it by itself, and runs nothing."""
    text = StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([harmless(one) for one in row] for row in rows)
    called = f"{name}-{wanted.span.first}-{wanted.span.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{called}"', "Cache-Control": "no-store"}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)
