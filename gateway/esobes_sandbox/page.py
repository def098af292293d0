"""What the simulator's page shows of the built-in E-Sobes, and its buttons."""

from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Body, HTTPException, Response
from msgspec import structs

from gateway.esobes_sandbox import buttons
from gateway.esobes_sandbox.district import Resident
from gateway.esobes_sandbox.shelf import Application, Choice, Invitation, Offer, Relay
from gateway.esobes_sandbox.teller import NoSuchError, Teller
from gateway.web.fields import Strict

SHOWN = 50
"""The latest relays that the page lists."""


Held = Offer | Application | Choice | Invitation
T = TypeVar("T", Offer, Application, Choice, Invitation)


class Away(Strict):
    away: bool


class Page:
    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._ministry = teller.ministry

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
        held: list[Held] = [
            *await shelf.all(Offer),
            *await shelf.all(Application),
            *await shelf.all(Choice),
            *await shelf.all(Invitation),
        ]
        return {
            "now": self._ministry.clock.now(),
            "away": await shelf.away(),
            "people": [self._shown(one, held) for one in district.people],
            "organisations": district.organisations,
            "relays": [_relay(one) for one in await shelf.relays(SHOWN)],
        }

    def _shown(self, resident: Resident, held: list[Held]) -> dict[str, object]:
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
            "offers": [_offer(one) for one in sorted(_of(Offer, own), key=lambda one: one.opened)],
            "applications": [_bare(one) for one in sorted(_of(Application, own), key=lambda one: one.submitted_at)],
            "choices": [_bare(one) for one in sorted(_of(Choice, own), key=lambda one: one.opened_on)],
            "invitations": [_bare(one) for one in sorted(_of(Invitation, own), key=lambda one: one.arrive_by)],
        }


def _of(kind: type[T], held: list[Held]) -> list[T]:
    return [one for one in held if isinstance(one, kind)]


def _offer(offer: Offer) -> dict[str, object]:
    state = "withdrawn" if offer.withdrawn else "answered" if offer.answered else "open"
    return {**_bare(offer), "state": state}


def _bare(held: Held) -> dict[str, object]:
    return {name: value for name, value in structs.asdict(held).items() if name != "iin"}


def _relay(relay: Relay) -> dict[str, object]:
    """Without the IIN that some are about."""
    body = msgspec.json.decode(relay.body)
    if "iin" in body:
        body["iin"] = f"••••••••{body['iin'][-4:]}"
    return {**structs.asdict(relay), "body": body}


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})
