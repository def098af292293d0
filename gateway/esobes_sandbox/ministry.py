"""The built-in E-Sobes: what it does with what the assistant tells it. Its rules are its own, and strict.

held              told                 answer
nothing           anything             200; after a withdrawal 409
an answer         the same             200
refusal           consent              200 while the offer can still be agreed to and nothing is decided, else 409
an answer         any other            409

An invitation is postponed once, till its last day is over, and only where the law knows postponing: what comes too
late, or for the second time, is answered 409, and what never could be 422.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from secrets import token_hex

import msgspec
from msgspec import Struct, structs

from dialogs.matters.matter import Answer, Kind
from dialogs.workdays import Workdays
from gateway.clock import Clock
from gateway.esobes_sandbox.district import District, Past
from gateway.esobes_sandbox.shelf import (
    Answered,
    Application,
    First,
    Invitation,
    Note,
    Offer,
    Passed,
    Relay,
    Shelf,
)

WINDOW = 5
"""Working days from its opening on which an offer can still be agreed to: three, and two for a question that had to
wait before it left."""
DECISION = 5
"""Working days until an application that was agreed to is decided."""
LONGEST = {"inpatient": 30, "semi_inpatient": 10}
"""Days for which an arrival can be put off, by the setting: in no other setting can it. Of the two acts that disagree
about day centres, the shorter time."""
PORTAL = "https://aleumet.egov.kz/"
OVER = ("approved", "refused", "withdrawn", "completed", "admitted", "no_show")
"""Stages after which a further word is a new application."""


class Request(Struct, frozen=True):
    """A citizen asks for a service on their own initiative, or adds something to what was agreed."""

    iin: str
    service: str
    at: datetime
    channel: str
    phone: str | None
    note: str | None


class Reply(Struct, frozen=True):
    status: int
    body: object
    """Something that msgspec can write."""
    change: tuple[Offer | Application | Invitation | Note, ...] = ()


class Ministry:
    def __init__(self, shelf: Shelf, district: District, workdays: Workdays, clock: Clock) -> None:
        self.shelf = shelf
        self.district = district
        self.clock = clock
        self.desk = asyncio.Lock()
        """One paper at a time: what is read is still so when it is written."""
        self._workdays = workdays

    async def open(self) -> bool:
        """The applications that were there before; True if this is the first day."""
        if not await self.shelf.opening():
            return False
        await self.shelf.put(*(self._past(one) for one in self.district.applications))
        return True

    async def answered(self, offer: str, given: Answered, key: str) -> First:
        async def answer() -> Reply:
            held = await self.shelf.get(Offer, offer)
            return await self._answer(held, given) if held else _problem(404, "No such offer.")

        return await self._once(f"/offers/{offer}/answer", key, given, answer)

    async def asked(self, request: Request, key: str) -> First:
        async def answer() -> Reply:
            if self.district.with_iin(request.iin) is None:
                return _problem(404, "Nobody has this IIN.")
            application, new = await self._application(request)
            note = Note(f"no-{token_hex(6)}", application.id, request.note or "")
            change = (application,) if new else ()
            return Reply(201, {"application": application}, (*change, note) if request.note else change)

        return await self._once("/requests", key, request, answer)

    async def postponed(self, invitation: str, arrive_by: date, told: object, key: str) -> First:
        async def answer() -> Reply:
            held = await self.shelf.get(Invitation, invitation)
            return self._postpone(held, arrive_by) if held else _problem(404, "No such invitation.")

        return await self._once(f"/invitations/{invitation}/postponement", key, told, answer)

    async def applications(self, iin: str) -> list[Application]:
        found = [one for one in await self.shelf.all(Application) if one.iin == iin]
        return sorted(found, key=lambda one: one.submitted_at)

    async def register(self, service: str, iin: str, channel: str, at: datetime, stage: str) -> Application:
        """A new application; one that waits in the queue is told its number."""
        today = at.date()
        return Application(
            id=f"app-{token_hex(6)}",
            service=service,
            iin=iin,
            channel=channel,
            submitted_at=at,
            registered_on=today,
            stage=stage,
            due_on=self._workdays.add(today, DECISION) if stage == "registered" else None,
            queue_number=await self.next_in_queue() if stage == "queued" else None,
            history=tuple(Passed(one, at) for one in dict.fromkeys(("registered", stage))),
        )

    async def next_in_queue(self) -> str:
        waiting = [one for one in await self.shelf.all(Application) if one.queue_number is not None]
        return str(len(waiting) + 1)

    async def _once(self, path: str, key: str, told: object, answer: Callable[[], Awaitable[Reply]]) -> First:
        """A repeated key gets the answer that it got first, whatever has changed since."""
        async with self.desk:
            if first := await self.shelf.get(First, key):
                return first
            reply = await answer()
            first = First(key, reply.status, msgspec.Raw(msgspec.json.encode(reply.body)))
            body = msgspec.Raw(msgspec.json.encode(told))
            relay = Relay(self.clock.now(), path, key, reply.status, body)
            await self.shelf.put(*reply.change, first, relay=relay)
            return first

    async def _answer(self, offer: Offer, given: Answered) -> Reply:
        held = offer.answered.answer if offer.answered else None
        if offer.withdrawn:
            return _conflict("The offer was withdrawn.", held)
        if held is given.answer:
            return Reply(200, {"answer": held})
        decided = await self.shelf.get(Application, offer.application) if offer.application else None
        turned = held is Answer.REFUSAL and given.answer is Answer.CONSENT and decided is None
        if held is not None and not (turned and given.at.date() <= self._last_day(offer)):
            return _conflict("Another answer is held.", held)
        if decided is not None and given.answer is not Answer.CONSENT:
            return _conflict("The application is being decided.", Answer.CONSENT)
        application = decided or await self._agreed(offer, given)
        offer = structs.replace(offer, answered=given, application=application.id if application else None)
        change = (offer,) if application is None or decided else (offer, application)
        return Reply(200, {"answer": given.answer}, change)

    async def _agreed(self, offer: Offer, given: Answered) -> Application | None:
        """What an answer brings about. Here, as in the law, silence has two opposite meanings."""
        if offer.kind is Kind.REPLACEMENT:
            if given.answer not in (Answer.CONSENT, Answer.SILENCE):
                return None
            return await self.register(offer.service, offer.iin, given.channel, given.at, "queued")
        if given.answer is not Answer.CONSENT:
            return None
        return await self.register(offer.service, offer.iin, given.channel, given.at, "registered")

    def _last_day(self, offer: Offer) -> date:
        return self._workdays.add(offer.opened.date(), WINDOW)

    async def _application(self, request: Request) -> tuple[Application, bool]:
        """The one under way, to which the note belongs, or a new one."""
        for one in reversed(await self.applications(request.iin)):
            if one.service == request.service and one.stage not in OVER:
                return one, False
        return await self.register(request.service, request.iin, request.channel, request.at, "registered"), True

    def _postpone(self, held: Invitation, arrive_by: date) -> Reply:
        if held.postponed_to is not None or held.outcome is not None:
            return _problem(409, "It was postponed before, or the place has passed on.")
        if held.arrive_by < self.clock.now().date():
            return _problem(409, f"The last day to arrive was {held.arrive_by}.")
        if held.setting not in LONGEST:
            return _problem(422, f"An arrival for {held.setting} services cannot be postponed.")
        longest = held.arrive_by + timedelta(days=LONGEST[held.setting])
        if not held.arrive_by < arrive_by <= longest:
            return _problem(422, f"A day after {held.arrive_by} and not after {longest} is needed.")
        told = {"arrive_by": arrive_by, "signed": False, "sign_by": held.arrive_by, "sign_url": PORTAL}
        return Reply(200, told, (structs.replace(held, postponed_to=arrive_by),))

    def _past(self, past: Past) -> Application:
        resident = self.district.resident(past.person)
        assert resident is not None  # noqa: S101 - looked up when the district was read
        place = self.district.organisation(past.organisation) if past.organisation else None
        now = self.clock.now().replace(hour=11, minute=0, second=0, microsecond=0)
        history = tuple(Passed(stage, now - timedelta(days=days)) for stage, days in past.history)
        return Application(
            id=past.id,
            service=past.service,
            iin=resident.iin,
            channel=past.channel,
            submitted_at=history[0].at,
            registered_on=history[0].at.date(),
            stage=history[-1].stage,
            queue_number=past.queue_number,
            organisation=place.name if place else None,
            refusal_reason=past.refusal_reason,
            history=history,
        )


def _problem(status: int, detail: str) -> Reply:
    return Reply(status, {"title": HTTPStatus(status).phrase, "status": status, "detail": detail})


def _conflict(detail: str, held: Answer | None) -> Reply:
    return Reply(409, {"title": "Conflict", "status": 409, "detail": detail, "answer": held})
