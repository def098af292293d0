"""When a broadcast leaves, and the last look at it: whom it reaches, what it costs, both texts; the second person."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from dialogs.broadcasts import texts
from dialogs.broadcasts.states import State
from dialogs.people import read_phone
from gateway.broadcasts.broadcast import Broadcast, BroadcastError, Mode
from gateway.broadcasts.estimates import Estimate
from gateway.clock import ALMATY
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.desk import PREFIX, Desk, Name, Typed
from gateway.web.staff.broadcasts.showing import shown
from gateway.web.staff.broadcasts.shown import bubbles, tenge, waits_until
from gateway.web.staff.console import Visit

Mark = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
_LATEST_DAYS = 366


class Deciding:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, routes: APIRouter) -> None:
        desk = self._desk
        entry, act = (of(Right.BROADCASTS_WRITE) for of in (desk.console.needs, desk.console.acts))
        decides = desk.console.acts(Right.BROADCASTS_APPROVE)

        @routes.get("/{name}/when")
        async def when(visit: Annotated[Visit, Depends(entry)], name: Name, at: str = "") -> Response:
            return await self._when(visit, await desk.load(name), at=at)

        @routes.post("/{name}/try")
        async def try_on(visit: Annotated[Visit, Depends(act)], name: Name, mark: Mark) -> Response:
            return await self._try(visit, await desk.load(name), mark)

        @routes.get("/{name}/check")
        async def check(
            visit: Annotated[Visit, Depends(entry)],
            name: Name,
            *,
            leaves: str = "",
            day: str = "",
            hour: str = "",
        ) -> Response:
            """The form before only leads here: nothing is kept of it."""
            return await self._check(visit, await desk.load(name), f"{day}T{hour}" if leaves == "later" else "")

        @routes.post("/{name}/start")
        async def start(
            visit: Annotated[Visit, Depends(act)], name: Name, seen: Typed = "-", at: Typed = ""
        ) -> Response:
            return await self._start(visit, await desk.load(name), seen, at)

        @routes.post("/{name}/approve")
        async def approve(visit: Annotated[Visit, Depends(decides)], name: Name, seen: Typed = "-") -> Response:
            await desk.load(name)
            try:
                approved = await desk.broadcasts.approve(name, visit.account.login, seen=seen)
            except BroadcastError as error:
                return await shown(desk, visit, name, 409, refused=desk.refusal(visit, error))
            await desk.note(visit, "approved", approved)
            return desk.console.back(f"{PREFIX}/{name}", "staff.broadcast.approved")

        @routes.post("/{name}/send-back")
        async def send_back(visit: Annotated[Visit, Depends(decides)], name: Name, why: Typed = "") -> Response:
            if not why.strip():
                return await shown(desk, visit, name, 422, unexplained=True)
            return await self._back(visit, name, " ".join(why.split()))

        @routes.post("/{name}/take-back")
        async def take_back(visit: Annotated[Visit, Depends(act)], name: Name) -> Response:
            return await self._back(visit, name)

    async def _when(
        self,
        visit: Visit,
        broadcast: Broadcast,
        status: int = 200,
        *,
        at: str = "",
        wrong: str = "",
        refused: str = "",
    ) -> Response:
        if broadcast.state is not State.DRAFT:
            return self._desk.console.back(f"{PREFIX}/{broadcast.id}")
        day, _, hour = at.partition("T")
        return self._desk.page(
            visit,
            "when.html",
            broadcast,
            await self._known(broadcast),
            status,
            missing=_missing(broadcast),
            mark=token_urlsafe(16),
            own_phone=read_phone(visit.account.phone),
            later=bool(at),
            day=day,
            hour=hour,
            today=f"{visit.now:%Y-%m-%d}",
            now_waits=waits_until(visit.now, self._desk.quiet),
            quiet=self._desk.quiet,
            wrong=wrong,
            refused=refused,
        )

    async def _try(self, visit: Visit, broadcast: Broadcast, mark: str) -> Response:
        phone = read_phone(visit.account.phone)
        if phone is None or not phone.of_kazakhstan:
            return await self._when(visit, broadcast, 422)
        sent = await self._desk.broadcasts.try_on(broadcast.id, phone.e164, mark)
        await self._desk.note(visit, "tried", broadcast)
        notice = "staff.broadcast.tried" if sent else "staff.broadcast.tried.nothing"
        return self._desk.console.back(f"{PREFIX}/{broadcast.id}/when", notice)

    async def _check(self, visit: Visit, broadcast: Broadcast, at: str) -> Response:
        if broadcast.state is not State.DRAFT or _missing(broadcast):
            return await self._when(visit, broadcast, 409 if _missing(broadcast) else 200, at=at)
        starts, wrong = _hour(at, visit.now)
        if wrong:
            return await self._when(visit, broadcast, 422, at=at, wrong=self._desk.console.say(visit, wrong))
        known = await self._known(broadcast)
        estimate: Estimate = known["estimate"]  # type: ignore[assignment]
        if estimate.too_long:
            refused = self._desk.refusal(visit, BroadcastError("too_long"))
            return await self._when(visit, broadcast, 409, at=at, refused=refused)
        return self._desk.page(
            visit,
            "check.html",
            broadcast,
            known,
            starts=starts,
            at=at,
            waits=waits_until(starts or visit.now, self._desk.quiet),
            many=self._needs_approval(broadcast),
            approve_above=self._desk.broadcasts.approve_above,
        )

    async def _start(self, visit: Visit, broadcast: Broadcast, seen: str, at: str) -> Response:
        desk = self._desk
        starts, wrong = _hour(at, visit.now)
        if wrong:
            return await self._when(visit, broadcast, 422, at=at, wrong=desk.console.say(visit, wrong))
        try:
            started = await desk.broadcasts.start(broadcast.id, visit.account.login, starts, seen=seen)
        except BroadcastError as error:
            now = await desk.load(broadcast.id)
            refused = desk.refusal(visit, error)
            if now.state is State.DRAFT:
                return await self._when(visit, now, 409, at=at, refused=refused)
            return await shown(desk, visit, broadcast.id, 409, refused=refused)
        asked = started.state is State.WAITING
        await desk.note(visit, "asked" if asked else "started", started)
        notice = "asked" if asked else "planned" if starts else "started"
        return desk.console.back(f"{PREFIX}/{broadcast.id}", f"staff.broadcast.{notice}")

    async def _back(self, visit: Visit, name: str, why: str = "") -> Response:
        desk = self._desk
        await desk.load(name)
        try:
            back = await desk.broadcasts.send_back(name, visit.account.login, why)
        except BroadcastError as error:
            return await shown(desk, visit, name, 409, refused=desk.refusal(visit, error))
        await desk.note(visit, "sent_back", back)
        return desk.console.back(f"{PREFIX}/{name}", "staff.broadcast.sent_back")

    async def _known(self, broadcast: Broadcast) -> dict[str, object]:
        estimate = await self._desk.broadcasts.estimate(broadcast)
        example = await self._desk.example(broadcast)
        return {"estimate": estimate, "bubbles": bubbles(broadcast, estimate, example), "tenge": tenge}

    def _needs_approval(self, broadcast: Broadcast) -> bool:
        recipients = broadcast.audience.recipients if broadcast.audience else 0
        return broadcast.mode is Mode.LIVE and recipients > self._desk.broadcasts.approve_above


def _missing(broadcast: Broadcast) -> list[str]:
    """What has to be done before: `list`, `text`."""
    columns = broadcast.audience.columns if broadcast.audience else ()
    found = []
    if broadcast.reading is not None or broadcast.audience is None or not broadcast.audience.recipients:
        found.append("list")
    if not broadcast.title or texts.faults(broadcast.texts, columns):
        found.append("text")
    return found


def _hour(typed: str, now: datetime) -> tuple[datetime | None, str]:
    """As the page's own fields write it, `2026-11-26T09:00` in Kazakhstan; and what is wrong with it."""
    if not typed:
        return None, ""
    try:
        starts = datetime.fromisoformat(typed).replace(tzinfo=ALMATY)
    except ValueError:
        return None, "staff.broadcast.when.unclear"
    if starts <= now:
        return None, "staff.broadcast.when.past"
    if (starts - now).days > _LATEST_DAYS:
        return None, "staff.broadcast.when.far"
    return starts, ""
