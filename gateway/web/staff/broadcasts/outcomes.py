"""What became of each recipient: on screen by groups, one person by their phone, all of them as a file."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dialogs.people import read_phone
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.fates import BY_CHAT, NO_WAY, WAYS, Fate, Place, Record
from gateway.broadcasts.rolls import Recipient
from gateway.clock import ALMATY
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.desk import PREFIX, Desk, Name, Typed
from gateway.web.staff.broadcasts.shown import GROUPS
from gateway.web.staff.broadcasts.tables import Format, answer
from gateway.web.staff.console import Visit, mask

SHOWN = 50
"""On a page."""
_ROUTES = {sign: route for route, sign in WAYS.items()}
Group = Annotated[str, Query(pattern=rf"^(?:{'|'.join(GROUPS)})?$")]
Cursor = Annotated[str, Query(pattern=r"^(?:[0-9]{1,2}\.[0-9]{1,7})?$")]


class One(Struct, frozen=True):
    """A recipient, and what became of them."""

    number: int
    phone: str
    fate: Fate
    way: str
    """`telegram`, `sms`, or nothing yet."""
    route: str
    parts: int
    at: datetime | None


class Outcomes:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, routes: APIRouter) -> None:
        desk = self._desk
        sees, acts = desk.console.needs(Right.BROADCASTS_SEE), desk.console.acts(Right.BROADCASTS_SEE)

        @routes.get("/{name}/people")
        async def people(
            visit: Annotated[Visit, Depends(sees)], name: Name, of: Group = "", after: Cursor = ""
        ) -> Response:
            return await self._people(visit, name, of, after)

        @routes.post("/{name}/people")
        async def find(visit: Annotated[Visit, Depends(acts)], name: Name, phone: Typed = "") -> Response:
            return await self._find(visit, name, phone)

        @routes.get("/{name}/people.{format}")
        async def file(
            visit: Annotated[Visit, Depends(sees)], name: Name, format: Format, of: Group = ""
        ) -> StreamingResponse:
            broadcast = await desk.load(name)
            await desk.note(visit, "exported", broadcast)
            rows = self._rows(visit, broadcast, of)
            return answer(rows, format, f"{broadcast.id}-{visit.now:%Y-%m-%d}")

    async def _people(self, visit: Visit, name: str, group: str, after: str) -> Response:
        progress = await self._desk.progress(name)
        broadcast = progress.broadcast
        if broadcast.audience is None or progress.counts is None:
            raise HTTPException(404)
        fates = GROUPS[group] if group else tuple(Fate)
        shard, _, row = after.partition(".")
        rolls, roll = self._desk.broadcasts.rolls, broadcast.audience.roll
        found = await rolls.pick(roll, fates, SHOWN + 1, int(shard or 0), int(row or 0))
        following = found[SHOWN][0] if len(found) > SHOWN else None
        await self._desk.note(visit, "people", broadcast)
        here = f"{PREFIX}/{name}/people"
        query = f"of={group}&" if group else ""
        return self._desk.page(
            visit,
            "people.html",
            broadcast,
            group=group,
            tally=self._desk.tally(progress.counts),
            shown=[_one(*one) for one in found[:SHOWN]],
            first=f"{here}?of={group}" if after else "",
            more=f"{here}?{query}after={following.shard}.{following.row}" if following else "",
            typed="",
            found=None,
            wrong="",
        )

    async def _find(self, visit: Visit, name: str, typed: str) -> Response:
        """By POST: a phone does not belong into an address."""
        progress = await self._desk.progress(name)
        broadcast = progress.broadcast
        if broadcast.audience is None or progress.counts is None:
            raise HTTPException(404)
        phone, found, wrong = read_phone(typed.strip()), None, ""
        if phone is None:
            wrong = "staff.broadcast.people.unclear"
        else:
            await self._desk.note(visit, "person", broadcast, about=phone.e164)
            found = await self._desk.broadcasts.rolls.find(broadcast.audience.roll, phone.e164)
            wrong = "" if found else "staff.broadcast.people.nobody"
        return self._desk.page(
            visit,
            "people.html",
            broadcast,
            {},
            422 if phone is None else 200,
            group="",
            tally=self._desk.tally(progress.counts),
            shown=[],
            first="",
            more="",
            typed=typed.strip()[:40],
            found=_one(*found) if found else None,
            wrong=self._desk.console.say(visit, wrong) if wrong else "",
        )

    async def _rows(self, visit: Visit, broadcast: Broadcast, group: str) -> AsyncIterator[list[str]]:
        """With headings. Own columns go along for those only who could have written the list."""

        def say(text: str) -> str:
            return self._desk.console.say(visit, f"staff.broadcast.{text}")

        own = visit.may(Right.BROADCASTS_WRITE) or visit.may(Right.PERSONAL)
        columns = broadcast.audience.columns if broadcast.audience and own else ()
        yield [*(say(f"people.{name}") for name in ("row", "phone", "fate", "way", "parts", "at")), *columns]
        if broadcast.audience is None:
            return
        fates = GROUPS[group] if group else tuple(Fate)
        words = {fate: say(f"fate.{fate.name.lower()}") for fate in Fate}
        async for place, recipient, record in self._desk.broadcasts.rolls.everybody(broadcast.audience.roll):
            if record.fate in fates:
                one = _one(place, recipient, record)
                yield [
                    str(one.number),
                    mask(one.phone, visit),
                    words[one.fate],
                    say(f"way.{one.way}") if one.way else "",
                    str(one.parts) if one.parts else "",
                    f"{one.at:%Y-%m-%d %H:%M}" if one.at else "",
                    *(recipient.values if own else ()),
                ]


def _one(_: Place, recipient: Recipient, record: Record) -> One:
    route = _ROUTES.get(record.way, "")
    way = "" if record.way == NO_WAY else "telegram" if record.way == BY_CHAT else "sms"
    at = datetime.fromtimestamp(record.at, ALMATY) if record.at else None
    return One(recipient.number, recipient.phone, record.fate, way, route, record.parts, at)
