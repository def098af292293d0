"""Whom a broadcast goes to: a table is brought, read, and what is wrong in it is told row by row."""

from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.concurrency import iterate_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dialogs.broadcasts.states import State
from dialogs.messages import Say, Surface
from gateway.broadcasts.broadcast import Broadcast, BroadcastError, Reading
from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake import rows as lines
from gateway.broadcasts.intake.report import Report
from gateway.broadcasts.intake.rows import Fault, Reason
from gateway.staff.roles import Right
from gateway.web.staff import upload
from gateway.web.staff.broadcasts.desk import PREFIX, Desk, Name
from gateway.web.staff.broadcasts.showing import live, shown
from gateway.web.staff.broadcasts.tables import Format, answer, attached
from gateway.web.staff.console import Visit

FAULTS = 20
"""Faults on the page; the file has all of them."""
_COLUMNS = ("phone", "language", "name", "day")
_EXAMPLE = (
    ("8 701 123 45 67", "kk", "Айгүл", "30 қараша"),
    ("87027654321", "ru", "Сергей", "30 ноября"),
    ("77051112233", "", "Динара", "1 желтоқсан"),
)


class Wrong(Struct, frozen=True):
    """A fault as the page shows it."""

    number: int
    column: str
    cell: str
    told: str


class ListPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, routes: APIRouter) -> None:
        desk = self._desk
        entry, uploads = (of(Right.BROADCASTS_WRITE) for of in (desk.console.needs, desk.console.uploads))

        @routes.get("/example.{format}")
        async def example(visit: Annotated[Visit, Depends(entry)], format: Format) -> StreamingResponse:
            return answer(self._example(visit), format, "kelisim-example")

        @routes.get("/{name}/list")
        async def page(visit: Annotated[Visit, Depends(entry)], name: Name) -> Response:
            return await self._page(visit, name)

        @routes.post("/{name}/list")
        async def bring(visit: Annotated[Visit, Depends(uploads)], request: Request, name: Name) -> Response:
            return await self._bring(visit, request, name)

        @routes.get("/{name}/faults.{format}")
        async def faults(visit: Annotated[Visit, Depends(entry)], name: Name, format: Format) -> StreamingResponse:
            return await self._faults(visit, name, format)

    async def _page(self, visit: Visit, name: str, status: int = 200, *, refused: str = "") -> Response:
        desk = self._desk
        progress = await desk.progress(name)
        broadcast = progress.broadcast
        if broadcast.state is not State.DRAFT:
            return desk.console.back(f"{PREFIX}/{name}")
        if broadcast.refused is not None and not refused:
            refused = self._say(visit, Reason(*broadcast.refused))
        return desk.page(
            visit,
            "list.html",
            broadcast,
            live(desk, visit, progress),
            status,
            refused=refused,
            faults=self._first_faults(visit, broadcast),
            most_faults=FAULTS,
            rows=limits.ROWS,
        )

    async def _bring(self, visit: Visit, request: Request, name: str) -> Response:
        desk = self._desk
        await desk.load(name)
        reading: Reading | None = None

        async def place(file_name: str) -> Path:
            nonlocal reading
            _, reading, path = await desk.broadcasts.take_list(name, visit.account.login, file_name)
            return path

        try:
            received = await upload.receive(request, desk.console, visit, place)
            if received is None or reading is None:
                refused = desk.console.say(visit, "staff.broadcast.list.no_file")
                return await self._page(visit, name, 422, refused=refused)
            broadcast = await desk.broadcasts.read_list(name, reading, await desk.accounts.team())
        except BroadcastError as error:
            return await self._late(visit, name, error)
        except BaseException:
            if reading is not None:
                await desk.broadcasts.lists.forget(reading.roll)
            raise
        await desk.note(visit, "list", broadcast)
        return desk.console.back(f"{PREFIX}/{name}/list")

    async def _late(self, visit: Visit, name: str, error: BroadcastError) -> Response:
        refused = self._desk.refusal(visit, error)
        if (await self._desk.load(name)).state is State.DRAFT:
            return await self._page(visit, name, 409, refused=refused)
        return await shown(self._desk, visit, name, 409, refused=refused)

    async def _faults(self, visit: Visit, name: str, format: Format) -> StreamingResponse:
        """All of them, as the table that came, with what is to be put right in one more column."""
        broadcast = await self._desk.load(name)
        folder = self._folder(broadcast)
        if folder is None:
            raise HTTPException(404)
        await self._desk.note(visit, "faults", broadcast)
        report = Report(lines.summary(folder), lines.faults(folder), self._desk.console.words, visit.language)
        pieces = report.csv() if format is Format.CSV else report.xlsx()
        return attached(iterate_in_threadpool(pieces), format, f"{name}-faults")

    def _first_faults(self, visit: Visit, broadcast: Broadcast) -> list[Wrong]:
        folder = self._folder(broadcast)
        if folder is None:
            return []
        headings = lines.summary(folder).headings
        return [self._wrong(visit, fault, headings) for fault in islice(lines.faults(folder), FAULTS)]

    def _wrong(self, visit: Visit, fault: Fault, headings: tuple[str, ...]) -> Wrong:
        place = headings.index(fault.column) if fault.column in headings else len(fault.cells)
        cell = fault.cells[place] if place < len(fault.cells) else ""
        return Wrong(fault.number, fault.column, cell, self._say(visit, fault.reason))

    def _say(self, visit: Visit, reason: Reason) -> str:
        return self._desk.console.words.say(Say(reason.id, reason.values), visit.language, Surface.CHAT)

    def _folder(self, broadcast: Broadcast) -> Path | None:
        """Where it lies what is wrong with the list; on the machine that has read it."""
        if broadcast.audience is None or not broadcast.audience.faulty + broadcast.audience.duplicates:
            return None
        folder = self._desk.broadcasts.lists.folder(broadcast.audience.roll)
        return folder if (folder / lines.SUMMARY).exists() and (folder / lines.FAULTS).exists() else None

    async def _example(self, visit: Visit) -> AsyncIterator[list[str]]:
        yield [self._desk.console.say(visit, f"staff.broadcast.example.{name}") for name in _COLUMNS]
        for row in _EXAMPLE:
            yield [*row]
