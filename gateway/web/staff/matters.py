"""The room of matters: what is open and till when, what waits for E-Sobes, what ended today and how."""

from asyncio import gather
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Form, HTTPException, Query
from msgspec import Struct
from starlette.responses import Response

from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order
from dialogs.matters.matter import Matter
from dialogs.matters.window import last_day
from gateway.connection import Batched
from gateway.esobes.relays import Backlog, Refusal, Waiting
from gateway.journal.pages import UNDELIVERED
from gateway.letters import Status
from gateway.matters import shelves
from gateway.matters.board import Board, Row, read_place
from gateway.matters.shelves import SHELVES, STATES, Shelf
from gateway.matters.writing import Note
from gateway.staff.roles import Right
from gateway.store import SHARDS, tag
from gateway.strands import Range, newest
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.naming import Naming

PATH = "/staff/matters"
RELAYS = 20
NOTES = 10
_SILENT = ("cancelled", "queued")
_WEEK = timedelta(7)

_note = msgspec.json.Decoder(Note).decode


class Card(Struct, frozen=True):
    """One number at the head of the page."""

    text: str
    count: int
    where: str
    alarms: bool = False


class MattersRoom:
    def __init__(self, console: Console, redis: Batched, backlog: Backlog) -> None:
        self._console = console
        self._redis = redis
        self._backlog = backlog
        self._board = Board(redis)

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=PATH, include_in_schema=False), self._console

        @routes.get("")
        async def overview(visit: Annotated[Visit, Depends(console.needs(Right.MATTERS))]) -> Response:
            return await self._overview(visit)

        @routes.get("/{kind}/{state}")
        async def shelf(
            visit: Annotated[Visit, Depends(console.needs(Right.MATTERS))],
            kind: str,
            state: str,
            after: Annotated[str, Query(max_length=400)] = "",
        ) -> Response:
            if state not in STATES.get(kind, ()):
                raise HTTPException(404)
            return await self._shelf(visit, Shelf(kind, state), after)

        @routes.post("/again")
        async def again(
            visit: Annotated[Visit, Depends(console.acts(Right.MATTERS))],
            relay: Annotated[str, Form(max_length=400)],
        ) -> Response:
            """What E-Sobes has refused is told once more."""
            if not await self._backlog.again(relay):
                return console.back(PATH, "staff.matters.again.gone")
            await console.deeds.note(visit.account.login, "relay.again", detail=relay)
            return console.back(PATH, "staff.matters.again.done")

        return routes

    async def _overview(self, visit: Visit) -> Response:
        today = datetime.combine(visit.now.date(), time(), visit.now.tzinfo)
        told = gather(self._backlog.waiting(RELAYS), self._backlog.refused(), self._notes())
        counts, ended, week, late = await gather(
            self._board.counts(),
            self._board.ended(today),
            self._board.ended(today - _WEEK),
            self._board.late(visit.now),
        )
        waiting, refused, notes = await told
        naming = Naming(self._console, visit)
        return self._console.page(
            visit,
            "matters.html",
            silent=[
                Card(naming.say(f"staff.matters.today.{one.state}"), n, _where(one)) for one, n in _silent(ended)
            ],
            unreached=[
                Card(naming.say(f"staff.matters.unreached.{one.kind}"), n, _where(one), alarms=n > 0)
                for one, n in week.items()
                if one.state == "unreached"
            ],
            groups=[(naming.kind(kind), self._group(naming, kind, counts, late)) for kind in STATES],
            waiting=[_waiting(one) for one in waiting.first],
            waiting_count=waiting.count,
            refused=[_refused(one) for one in refused[-RELAYS:][::-1]],
            refused_count=len(refused),
            notes=[(note, naming.name(note.whose)) for note in notes],
        )

    def _group(
        self, naming: Naming, kind: str, counts: Mapping[Shelf, int], late: Mapping[Shelf, int]
    ) -> list[tuple[str, int, int, str, bool]]:
        """Each state: its words, how many, how many of them late, where they are listed, whether it is an end."""
        return [
            (naming.state(kind, one.state), counts[one], late.get(one, 0), _where(one), one.ended)
            for one in SHELVES
            if one.kind == kind
        ]

    async def _shelf(self, visit: Visit, shelf: Shelf, after: str) -> Response:
        found = await self._board.rows(shelf, read_place(after))
        naming = Naming(self._console, visit)
        return self._console.page(
            visit,
            "matters_shelf.html",
            shelf=shelf,
            kind=naming.kind(shelf.kind),
            state=naming.state(shelf.kind, shelf.state),
            is_offer=shelf.kind in shelves.OFFERS,
            rows=[_shown(naming, row, visit.now) for row in found.rows],
            next=str(found.next) if found.next else "",
        )

    async def _notes(self) -> list[Note]:
        """For the office, the newest first."""
        ranges = {number: Range() for number in range(SHARDS)}
        found = await newest(self._redis, lambda number: f"{tag(number)}:office", ranges, _read, want=NOTES)
        return [note for _, note in found.found]


class Shown(Struct, frozen=True):
    """One line of a list."""

    record: str
    """`{shard}:{name}`: where the room of the person finds whose it is."""
    name: str
    iin: str
    service: str
    detail: str
    since: datetime
    due: datetime | None
    """A moment that counts, or…"""
    last: object
    """…a last day."""
    late: bool
    phones: Sequence[tuple[str, str, str]]
    """Each, what is known of the letter that asked there, and how that looks."""
    specialist: str
    case: str


def _shown(naming: Naming, row: Row, now: datetime) -> Shown:
    one, place = row.one, row.place
    due, last = _counts(one)
    is_duty = not isinstance(one, Matter)
    return Shown(
        f"{place.shard}:{place.record}",
        naming.name(one.person.name),
        naming.number(one.person.iin),
        naming.service(one.service),
        _detail(one),
        one.sent,
        due,
        last,
        is_duty and place.due <= now.timestamp(),
        list(_phones(naming, row)),
        one.specialist or "",
        one.case or "",
    )


def _counts(one: Matter | AnyDuty) -> tuple[datetime | None, object]:
    if not isinstance(one, Matter):
        return None, shelves.last_day(one)
    answered = one.state in ("turning", "consented", "refused", "over") and one.given is not None
    return (one.given.at, None) if answered and one.given else (None, last_day(one.closes))


def _detail(one: Matter | AnyDuty) -> str:
    match one:
        case Matter():
            return one.device or ""
        case Invitation() | Order():
            return one.place.name if one.place else ""
        case Choice():
            return ""


def _phones(naming: Naming, row: Row) -> Iterator[tuple[str, str, str]]:
    news = dict(row.news)
    for phone in row.one.phones:
        told = news.get(phone)
        status = told.status if told else None
        words = naming.say(f"journal.status.{status}") if status else ""
        kind = "bad" if status in UNDELIVERED else "good" if status is Status.DELIVERED else "plain"
        yield naming.number(phone), words, kind


def _read(fields: Mapping[bytes, bytes]) -> Note | None:
    try:
        return _note(fields[b"note"])
    except (msgspec.MsgspecError, KeyError):
        return None  # `office` tells the log


def _silent(ended: Mapping[Shelf, int]) -> Iterator[tuple[Shelf, int]]:
    return ((one, count) for one, count in ended.items() if one.state in _SILENT)


def _where(shelf: Shelf) -> str:
    return f"{PATH}/{shelf.kind}/{shelf.state}"


def _waiting(one: Waiting) -> tuple[Waiting, str]:
    return one, record_of(one.home, one.offer)


def _refused(one: Refusal) -> tuple[Refusal, str]:
    return one, record_of(one.home, one.offer)


def record_of(home: int, about: str) -> str:
    """Where somebody is found whom a relay is about; empty: a wish, which belongs to no matter."""
    if about.startswith("request:"):
        return ""
    return f"{home}:{about[1:]}" if about.startswith(".") else f"{home}:matter:{about}"
