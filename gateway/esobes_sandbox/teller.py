"""What the built-in E-Sobes tells the assistant: each thing is written down here first."""

from collections.abc import Mapping
from datetime import date, datetime
from secrets import token_hex
from typing import Literal

from msgspec import Struct, structs

from dialogs.matters.matter import Kind
from gateway.esobes_sandbox.district import Resident
from gateway.esobes_sandbox.ministry import Ministry
from gateway.esobes_sandbox.shelf import Application, Choice, Invitation, Offer, Order, Passed
from gateway.esobes_sandbox.wire import Wire, event


class NoSuchError(LookupError):
    """What an event is to be about is not held here. Says so in one line."""


class Heard(Struct, frozen=True):
    """What came of an event."""

    id: str
    about: str
    """The id of what the event is about: of the offer, the application, the invitation…"""
    status: int
    """What the assistant answered; 0: it could not be reached."""


class Teller:
    def __init__(self, ministry: Ministry, wire: Wire) -> None:
        self.ministry = ministry
        self._wire = wire

    def resident(self, name: str) -> Resident:
        found = self.ministry.district.resident(name)
        if found is None:
            raise NoSuchError("Nobody is called so.")
        return found

    async def offer_opened(self, whose: Resident, service: str, kind: Kind, device: str | None = None) -> Heard:
        offer = Offer(f"of-{token_hex(6)}", whose.iin, service, kind, device, self.ministry.clock.now())
        await self.ministry.shelf.put(offer)
        own = {"id": offer.id, "service": service, "kind": kind, "device": device}
        return await self._tell("offer.opened", whose, offer.id, {"offer": own})

    async def offer_withdrawn(self, offer: str) -> Heard:
        async with self.ministry.desk:
            held = await self._offer(offer)
            await self.ministry.shelf.put(structs.replace(held, withdrawn=True))
        return await self._tell("offer.withdrawn", self._whose(held.iin), offer, {"offer": {"id": offer}})

    async def decided(
        self, about: str, outcome: Literal["approved", "refused", "queued"], reason: str | None = None
    ) -> Heard:
        """`about`: an application, or an offer, also one that nobody has answered yet."""
        async with self.ministry.desk:
            application = await self._application_of(about)
            application = await self._passed(application, outcome, reason)
        return await self._tell("decision.made", self._whose(application.iin), application.id, _own(application))

    async def application_changed(self, application: str, stage: str) -> Heard:
        async with self.ministry.desk:
            held = await self._passed(await self._application_of(application), stage)
        return await self._tell("application.changed", self._whose(held.iin), held.id, _own(held))

    async def hearing_scheduled(self, application: str, at: datetime, place: str, method: str) -> Heard:
        async with self.ministry.desk:
            held = await self._passed(await self._application_of(application), "hearing_scheduled")
        own = _own(held) | {"hearing": {"at": at, "place": place, "method": method}}
        return await self._tell("hearing.scheduled", self._whose(held.iin), held.id, own)

    async def choice_opened(
        self, whose: Resident, service: str, opened_on: date | None = None, choice: str | None = None
    ) -> Heard:
        """`opened_on`: a day that is past, if the programme went to the portal then. `choice`: one that the person
        has reactivated."""
        now = self.ministry.clock.now()
        async with self.ministry.desk:
            held = await self._choice(choice, whose) if choice else None
            name = held.id if held else f"ch-{token_hex(6)}"
            opened = Choice(name, whose.iin, service, opened_on or now.date(), told=held.told if held else now)
            await self.ministry.shelf.put(opened)
        own = {"id": opened.id, "service": service, "opened_on": opened.opened_on}
        return await self._tell("provider_choice.opened", whose, opened.id, {"choice": own})

    async def choice_closed(self, choice: str, outcome: Literal["chosen", "cancelled"]) -> Heard:
        async with self.ministry.desk:
            held = await self.ministry.shelf.get(Choice, choice)
            if held is None:
                raise NoSuchError("No such choice of a provider.")
            await self.ministry.shelf.put(structs.replace(held, outcome=outcome))
        own = {"choice": {"id": choice, "outcome": outcome}}
        return await self._tell("provider_choice.closed", self._whose(held.iin), choice, own)

    async def order_answered(
        self,
        whose: Resident,
        service: str,
        outcome: Literal["accepted", "refused"],
        provider: str,
        *,
        order: str | None = None,
        reason: str | None = None,
        arrive_on: date | None = None,
        leave_on: date | None = None,
    ) -> Heard:
        """`order`: one that was answered before; a supplier may refuse what it had accepted."""
        async with self.ministry.desk:
            before = await self._order(order, whose) if order else None
            answered = Order(
                id=before.id if before else f"or-{token_hex(6)}",
                iin=whose.iin,
                service=service,
                outcome=outcome,
                provider=provider,
                told=before.told if before else self.ministry.clock.now(),
                reason=reason,
                arrive_on=arrive_on,
                leave_on=leave_on,
            )
            await self.ministry.shelf.put(answered)
        own = {name: value for name, value in structs.asdict(answered).items() if name not in ("iin", "told")}
        return await self._tell("order.answered", whose, answered.id, {"order": own})

    async def invitation_opened(
        self, whose: Resident, organisation: str, arrive_by: date, invitation: str | None = None
    ) -> Heard:
        """`invitation`: one that is told anew, because its place or its last day was wrong."""
        place = self.ministry.district.organisation(organisation)
        if place is None:
            raise NoSuchError("No such organisation.")
        async with self.ministry.desk:
            if invitation:
                held = await self._correctable(invitation, whose)
            else:
                now = self.ministry.clock.now()
                held = Invitation(f"in-{token_hex(6)}", whose.iin, organisation, place.setting, arrive_by, told=now)
            held = structs.replace(held, organisation=organisation, setting=place.setting, arrive_by=arrive_by)
            await self.ministry.shelf.put(held)
        own = {
            "id": held.id,
            "organisation": place,
            "setting": place.setting,
            "arrive_by": arrive_by,
            "postponed": False,
        }
        return await self._tell("invitation.opened", whose, held.id, {"invitation": own})

    async def invitation_signed(self, invitation: str) -> Heard:
        async with self.ministry.desk:
            held = await self._invitation(invitation)
            if held.postponed_to is None or held.outcome is not None:
                raise NoSuchError("Nobody has asked to postpone this, or it is closed.")
            await self.ministry.shelf.put(structs.replace(held, signed=True, arrive_by=held.postponed_to))
        own = {"id": invitation, "arrive_by": held.postponed_to, "postponed": True, "signed": True}
        return await self._tell("invitation.changed", self._whose(held.iin), invitation, {"invitation": own})

    async def invitation_closed(
        self, invitation: str, outcome: Literal["admitted", "passed_on", "cancelled"]
    ) -> Heard:
        async with self.ministry.desk:
            held = await self._invitation(invitation)
            await self.ministry.shelf.put(structs.replace(held, outcome=outcome))
        own = {"invitation": {"id": invitation, "outcome": outcome}}
        return await self._tell("invitation.closed", self._whose(held.iin), invitation, own)

    async def _tell(self, kind: str, whose: Resident, about: str, own: Mapping[str, object]) -> Heard:
        told = event(kind, whose, self.ministry.district.phones(whose), self.ministry.clock.now(), own)
        return Heard(told["id"], about, await self._wire.send(told))

    def _whose(self, iin: str) -> Resident:
        resident = self.ministry.district.with_iin(iin)
        if resident is None:
            raise NoSuchError("Nobody has this IIN.")
        return resident

    async def _offer(self, offer: str) -> Offer:
        held = await self.ministry.shelf.get(Offer, offer)
        if held is None:
            raise NoSuchError("No such offer.")
        return held

    async def _invitation(self, invitation: str) -> Invitation:
        held = await self.ministry.shelf.get(Invitation, invitation)
        if held is None:
            raise NoSuchError("No such invitation.")
        return held

    async def _correctable(self, invitation: str, whose: Resident) -> Invitation:
        held = await self._invitation(invitation)
        if held.iin != whose.iin or held.signed or held.outcome is not None:
            raise NoSuchError("Somebody else's, already postponed, or closed.")
        return held

    async def _choice(self, choice: str, whose: Resident) -> Choice:
        held = await self.ministry.shelf.get(Choice, choice)
        if held is None or held.iin != whose.iin:
            raise NoSuchError("This person has no such choice of a provider.")
        return held

    async def _order(self, order: str, whose: Resident) -> Order:
        held = await self.ministry.shelf.get(Order, order)
        if held is None or held.iin != whose.iin:
            raise NoSuchError("This person has no such order.")
        return held

    async def _application_of(self, about: str) -> Application:
        if held := await self.ministry.shelf.get(Application, about):
            return held
        offer = await self._offer(about)
        if offer.application and (held := await self.ministry.shelf.get(Application, offer.application)):
            return held
        now = self.ministry.clock.now()
        application = await self.ministry.register(offer.service, offer.iin, "proactive", now, "registered")
        await self.ministry.shelf.put(application, structs.replace(offer, application=application.id))
        return application

    async def _passed(self, application: Application, stage: str, reason: str | None = None) -> Application:
        number = application.queue_number
        if stage == "queued" and number is None:
            number = await self.ministry.next_in_queue()
        history = (*application.history, Passed(stage, self.ministry.clock.now()))
        application = structs.replace(
            application, stage=stage, queue_number=number, refusal_reason=reason, history=history
        )
        await self.ministry.shelf.put(application)
        return application


def _own(application: Application) -> dict[str, object]:
    return {"application": application}
