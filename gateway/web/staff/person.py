"""The room of one person: what exactly we sent them and when, what they answered, and what E-Sobes was told.

Whom somebody looks for stands in no address, and every look is written down. Whoever may not see personal data sees
them for one look, with a reason, which is written down as well.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from msgspec import Struct
from starlette.responses import Response

from dialogs.people import Iin, mark, read_iin, read_phone
from gateway.broadcasts.reached import Reached, Sent
from gateway.connection import Batched
from gateway.dossier import Dossier, Dossiers, Who
from gateway.journal.pages import JournalPages
from gateway.matters.board import Board
from gateway.staff.roles import Right
from gateway.store import SHARDS
from gateway.strands import Spot, read_spot
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.naming import NUMBER, PARTS, Naming
from gateway.web.staff.timeline import about_duty, about_offer, timeline

PATH = "/staff/person"
REASONS = ("asks", "complaint", "review", "court")
"""Why somebody has to see personal data in full."""

Typed = Annotated[str, Form(max_length=400)]


class Target(Struct, frozen=True):
    """Whom somebody looks for, and by which fields of the form they are found again."""

    fields: dict[str, str]
    iin: str = ""
    phone: str = ""

    @property
    def number(self) -> str:
        return self.iin or self.phone


class PersonRoom:
    def __init__(self, console: Console, redis: Batched, pages: JournalPages) -> None:
        self._console = console
        self._board = Board(redis)
        self._dossiers = Dossiers(redis, pages)
        self._reached = Reached(redis)

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=PATH, include_in_schema=False), self._console

        @routes.get("")
        async def ask(visit: Annotated[Visit, Depends(console.needs(Right.PERSON))]) -> Response:
            return self._form(visit)

        @routes.post("")
        async def look(
            visit: Annotated[Visit, Depends(console.acts(Right.PERSON))],
            *,
            who: Typed = "",
            record: Typed = "",
            person: Typed = "",
            before: Typed = "",
            reason: Typed = "",
        ) -> Response:
            target = await self._target(who, record)
            if target is None:
                return self._form(visit, who, wrong=True)
            why = reason if reason in REASONS else ""
            return await self._look(visit, target, person, read_spot(before), why)

        return routes

    async def _look(self, visit: Visit, target: Target, person: str, before: Spot | None, reason: str) -> Response:
        await self._console.deeds.note(visit.account.login, "person.seen", about=target.number)
        iin = target.iin
        if not iin:
            persons = await self._dossiers.persons(target.phone)
            chosen = [one for one in persons if len(persons) == 1 or mark(one.iin) == person]
            if len(persons) > 1 and not chosen:
                return self._choose(visit, target, persons)
            iin = chosen[0].iin if chosen else ""
            if iin:
                target = Target({**target.fields, "person": mark(iin)}, iin, target.phone)
                await self._console.deeds.note(visit.account.login, "person.seen", about=iin)
        found = await (self._dossiers.of(iin, before) if iin else self._dossiers.of_phone(target.phone))
        if found.person is None and iin and not isinstance(read_iin(iin, visit.now.date()), Iin):
            return self._form(visit, target.fields.get("who", ""), wrong=True)
        if reason and not visit.may(Right.PERSONAL):
            for about in filter(None, (target.iin, target.phone)):  # found by either, whoever asks later
                await self._console.deeds.note(visit.account.login, "person.unmasked", about=about, detail=reason)
        sent = {one.phone: await self._reached.by_phone(one.phone) for one in found.reaches} if before is None else {}
        return self._page(visit, target, found, sent, reason, is_first=before is None)

    async def _target(self, who: str, record: str) -> Target | None:
        """`record`: of a matter of theirs, as lists know it; else what somebody has typed."""
        if record:
            shard, _, name = record.partition(":")
            number = int(shard) if shard.isdecimal() else SHARDS
            one = await self._board.record(number, name) if number < SHARDS else None
            return Target({"record": record}, one.person.iin) if one is not None else None
        digits = PARTS.sub("", who)
        if NUMBER.fullmatch(digits):
            return Target({"who": who}, digits)
        phone = read_phone(who.strip())
        return Target({"who": who}, phone=phone.e164) if phone is not None else None

    def _form(self, visit: Visit, who: str = "", *, wrong: bool = False) -> Response:
        return self._console.page(visit, "person.html", 422 if wrong else 200, who=who, wrong=wrong)

    def _choose(self, visit: Visit, target: Target, persons: list[Who]) -> Response:
        naming = Naming(self._console, visit)
        found = [(mark(one.iin), naming.name(one.name), naming.number(one.iin)) for one in persons]
        phone = naming.number(target.phone)
        return self._console.page(visit, "person_choose.html", fields=target.fields, phone=phone, persons=found)

    def _page(
        self,
        visit: Visit,
        target: Target,
        found: Dossier,
        sent: Mapping[str, Sequence[Sent]],
        reason: str,
        *,
        is_first: bool,
    ) -> Response:
        naming = Naming(self._console, visit, opened=bool(reason))
        reaches = [(naming.number(one.phone), one) for one in found.reaches]
        return self._console.page(
            visit,
            "person_dossier.html",
            fields=target.fields,
            naming=naming,
            who=found.person,
            phone=naming.number(target.phone),
            reaches=reaches,
            items=timeline(naming, found, sent),
            count=found.count,
            offers=[about_offer(naming, one) for one in found.offers],
            duties=[about_duty(naming, one) for one in found.duties],
            next=str(found.next) if found.next else "",
            is_first=is_first,
            reason=reason,
            reasons=[(one, naming.say(f"staff.person.reason.{one}")) for one in REASONS],
        )
