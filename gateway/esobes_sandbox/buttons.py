"""The buttons of E-Sobes on the simulator's page: one for each type of event."""

from typing import Literal

from dialogs.matters.matter import Kind
from gateway.esobes_sandbox.teller import Heard, Teller
from gateway.web.event_parts import StageOf
from gateway.web.fields import Blank, Day, Id, Line, Long, Moment, Strict


class OpenOffer(Strict):
    type: Literal["offer.opened"]
    person: Id
    service: Line
    kind: Literal["proactive", "replacement"]
    device: Blank | None = None

    async def press(self, teller: Teller) -> Heard:
        whose, device = teller.resident(self.person), self.device or None
        return await teller.offer_opened(whose, self.service, Kind(self.kind), device)


class WithdrawOffer(Strict):
    type: Literal["offer.withdrawn"]
    offer: Id

    async def press(self, teller: Teller) -> Heard:
        return await teller.offer_withdrawn(self.offer)


class Decide(Strict):
    type: Literal["decision.made"]
    about: Id
    """An offer or an application."""
    outcome: Literal["approved", "refused", "queued"]
    reason: Long | None = None

    async def press(self, teller: Teller) -> Heard:
        return await teller.decided(self.about, self.outcome, self.reason)


class ChangeApplication(Strict):
    type: Literal["application.changed"]
    application: Id
    stage: StageOf

    async def press(self, teller: Teller) -> Heard:
        return await teller.application_changed(self.application, self.stage.value)


class ScheduleHearing(Strict):
    type: Literal["hearing.scheduled"]
    application: Id
    at: Moment
    place: Line
    method: Line

    async def press(self, teller: Teller) -> Heard:
        return await teller.hearing_scheduled(self.application, self.at, self.place, self.method)


class OpenChoice(Strict):
    type: Literal["provider_choice.opened"]
    person: Id
    service: Line
    opened_on: Day | None = None
    """Today, or a day that is past: so months can be played."""
    choice: Id | None = None
    """One that was blocked, and that the person has reactivated."""

    async def press(self, teller: Teller) -> Heard:
        whose = teller.resident(self.person)
        return await teller.choice_opened(whose, self.service, self.opened_on, self.choice)


class CloseChoice(Strict):
    type: Literal["provider_choice.closed"]
    choice: Id
    outcome: Literal["chosen", "cancelled"]

    async def press(self, teller: Teller) -> Heard:
        return await teller.choice_closed(self.choice, self.outcome)


class AnswerOrder(Strict):
    type: Literal["order.answered"]
    person: Id
    service: Line
    outcome: Literal["accepted", "refused"]
    provider: Line
    order: Id | None = None
    """One that was answered before, and is answered anew."""
    reason: Long | None = None
    arrive_on: Day | None = None
    leave_on: Day | None = None

    async def press(self, teller: Teller) -> Heard:
        return await teller.order_answered(
            teller.resident(self.person),
            self.service,
            self.outcome,
            self.provider,
            order=self.order,
            reason=self.reason,
            arrive_on=self.arrive_on,
            leave_on=self.leave_on,
        )


class Invite(Strict):
    type: Literal["invitation.opened"]
    person: Id
    organisation: Id
    """Its BIN."""
    arrive_by: Day
    invitation: Id | None = None
    """One that is told anew, with what has changed."""

    async def press(self, teller: Teller) -> Heard:
        whose = teller.resident(self.person)
        return await teller.invitation_opened(whose, self.organisation, self.arrive_by, self.invitation)


class SignPostponement(Strict):
    type: Literal["invitation.changed"]
    invitation: Id

    async def press(self, teller: Teller) -> Heard:
        return await teller.invitation_signed(self.invitation)


class CloseInvitation(Strict):
    type: Literal["invitation.closed"]
    invitation: Id
    outcome: Literal["admitted", "passed_on", "cancelled"]

    async def press(self, teller: Teller) -> Heard:
        return await teller.invitation_closed(self.invitation, self.outcome)


Button = (
    OpenOffer
    | WithdrawOffer
    | Decide
    | ChangeApplication
    | ScheduleHearing
    | OpenChoice
    | CloseChoice
    | AnswerOrder
    | Invite
    | SignPostponement
    | CloseInvitation
)
