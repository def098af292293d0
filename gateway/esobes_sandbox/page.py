"""What the simulator's page shows of the built-in E-Sobes, and its buttons; beside it, how far the assistant is."""

from asyncio import gather
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Body, HTTPException, Response
from msgspec import structs

from dialogs.duties import duty as duties
from dialogs.duties.duty import AnyDuty
from dialogs.matters.matter import Matter
from dialogs.matters.window import last_day
from gateway.esobes.relays import Backlog, Refusal
from gateway.esobes_sandbox import buttons
from gateway.esobes_sandbox.district import Resident
from gateway.esobes_sandbox.office import Office
from gateway.esobes_sandbox.shelf import Application, Choice, Invitation, Offer, Order, Relay
from gateway.esobes_sandbox.teller import NoSuchError, Teller
from gateway.matters.store import MatterStore, home_of, read, read_duty
from gateway.web.fields import Strict

SHOWN = 50
"""The latest relays that the page lists."""


Due = Choice | Order | Invitation
Held = Offer | Application | Due
T = TypeVar("T", Offer, Application, Choice, Order, Invitation)


class Away(Strict):
    away: bool


class Page:
    def __init__(self, teller: Teller, matters: MatterStore, backlog: Backlog, office: Office) -> None:
        """`matters`, `backlog`, `office`: the assistant's own, which no real E-Sobes sees."""
        self._teller = teller
        self._ministry = teller.ministry
        self._matters = matters
        self._backlog = backlog
        self._office = office

    def router(self) -> APIRouter:
        routes = APIRouter(prefix="/sandbox/page/esobes", include_in_schema=False)

        @routes.get("")
        async def show() -> Response:
            return _json(await self._everything())

        @routes.post("/events")
        async def press(pressed: Annotated[buttons.Button, Body(discriminator="type")]) -> Response:
            try:
                return _json(await pressed.press(self._teller))
            except NoSuchError as error:
                raise HTTPException(404, str(error)) from None

        @routes.put("/away")
        async def go(told: Away) -> Away:
            await self._ministry.shelf.go(told.away)
            return told

        return routes

    async def _everything(self) -> dict[str, object]:
        shelf, district = self._ministry.shelf, self._ministry.district
        offers = await shelf.all(Offer)
        asked = await self._asked(offers)
        due: list[Due] = [*await shelf.all(Choice), *await shelf.all(Order), *await shelf.all(Invitation)]
        waiting = await self._backlog.waiting()
        held: list[Held] = [*offers, *await shelf.all(Application), *due]
        known = await self._known(due)
        return {
            "now": self._ministry.clock.now(),
            "away": await shelf.away(),
            "people": [self._shown(one, held, asked, known) for one in district.people],
            "organisations": district.organisations,
            "relays": [_relay(one) for one in await shelf.relays(SHOWN)],
            "waiting": {"count": waiting.count, "first": waiting.first},
            "refused": [_refused(one) for one in await self._backlog.refused()],
            "office": await self._office.shown(),
        }

    async def _asked(self, offers: list[Offer]) -> dict[str, Matter]:
        stored = await gather(*(self._matters.matter(home_of(one.iin), one.id) for one in offers))
        return {matter.id: matter for matter in map(read, stored) if matter is not None}

    async def _known(self, due: list[Due]) -> dict[str, AnyDuty]:
        """What the assistant makes of it, by the name that it has there."""
        stored = await gather(*(self._matters.record(home_of(one.iin), _name(one)) for one in due))
        return {duties.name(duty): duty for duty in map(read_duty, stored) if duty is not None}

    def _shown(
        self, resident: Resident, held: list[Held], asked: dict[str, Matter], known: dict[str, AnyDuty]
    ) -> dict[str, object]:
        """What is held of somebody, oldest first."""
        own = [one for one in held if one.iin == resident.iin]
        return {
            "id": resident.id,
            "name": resident.name,
            "iin": str(resident),
            "birth_date": resident.birth_date,
            "language": resident.language,
            "phones": self._ministry.district.phones(resident),
            "guardian": resident.guardian,
            "offers": [_offer(one, asked.get(one.id)) for one in sorted(_of(Offer, own), key=lambda one: one.opened)],
            "applications": [_bare(one) for one in sorted(_of(Application, own), key=lambda one: one.submitted_at)],
            "choices": [_due(one, known) for one in sorted(_of(Choice, own), key=lambda one: one.opened_on)],
            "orders": [_due(one, known) for one in sorted(_of(Order, own), key=lambda one: one.told)],
            "invitations": [_due(one, known) for one in sorted(_of(Invitation, own), key=lambda one: one.arrive_by)],
        }


def _of(kind: type[T], held: list[Held]) -> list[T]:
    return [one for one in held if isinstance(one, kind)]


def _offer(offer: Offer, matter: Matter | None) -> dict[str, object]:
    state = "withdrawn" if offer.withdrawn else "answered" if offer.answered else "open"
    return {**_bare(offer), "state": state, "asked": _asked(matter) if matter else None}


def _asked(matter: Matter) -> dict[str, object]:
    return {
        "state": matter.state,
        "sent": matter.sent,
        "last_day": last_day(matter.closes),
        "closes": matter.closes,
    }


def _name(due: Due) -> str:
    return f"{type(due).__name__.lower()}:{due.id}"


def _due(due: Due, known: dict[str, AnyDuty]) -> dict[str, object]:
    return {**_bare(due), "known": _seen(known[_name(due)]) if _name(due) in known else None}


def _seen(duty: AnyDuty) -> dict[str, object]:
    match duty:
        case duties.Choice():
            return {"state": duty.state, "last_day": duty.last}
        case duties.Order():
            return {"state": duty.state, "cancel_by": duty.cancel_by}
        case _:
            return {"state": duty.state, "said": duty.said}


def _bare(held: Held) -> dict[str, object]:
    return {name: value for name, value in structs.asdict(held).items() if name != "iin"}


def _relay(relay: Relay) -> dict[str, object]:
    """Without the IIN that some are about."""
    body = msgspec.json.decode(relay.body)
    if "iin" in body:
        body["iin"] = f"••••••••{body['iin'][-4:]}"
    return {**structs.asdict(relay), "body": body}


def _refused(refusal: Refusal) -> dict[str, object]:
    return {"offer": refusal.offer, "status": refusal.status, "held": refusal.held, "at": refusal.at}


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})
