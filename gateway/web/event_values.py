"""An event that has been found right, as the plain values that the rest of the program knows."""

from dialogs.applications.application import Application, Hearing, Passed
from dialogs.duties import duty
from dialogs.language import Language
from dialogs.matters.matter import Kind
from dialogs.matters.matter import Person as Whom
from gateway.clock import ALMATY
from gateway.esobes.events import ChoiceTold, InvitationTold, OfferTold, OrderTold, Told
from gateway.web.event_models import (
    Event,
    HearingScheduled,
    InvitationChanged,
    InvitationEnded,
    InvitationOpened,
    OfAnApplication,
    OfferOpened,
    OfferWithdrawn,
    OrderAnswered,
    ProviderChoiceClosed,
    ProviderChoiceOpened,
)
from gateway.web.event_parts import Organisation


def told(event: Event, body: bytes) -> Told:
    person = event.person
    return Told(
        id=event.id,
        type=event.type,
        at=event.at.astimezone(ALMATY),
        person=Whom(person.iin, person.name, person.birth_date, Language(person.language)),
        phones=tuple(dict.fromkeys(person.phones)),
        body=body,
        specialist=_filled(event.specialist) or None,
        case=_filled(event.case_number) or None,
        offer=_offer(event),
        application=_application(event),
        hearing=_hearing(event),
        duty=_duty(event),
    )


def _filled(line: str | None) -> str:
    """Empty: nothing was said."""
    return line if line and line.strip() else ""


def _offer(event: Event) -> OfferTold | None:
    if isinstance(event, OfferOpened):
        offer = event.offer
        return OfferTold(offer.id, offer.service.root, Kind(offer.kind), _filled(offer.device) or None)
    return OfferTold(event.offer.id) if isinstance(event, OfferWithdrawn) else None


def _application(event: Event) -> Application | None:
    if not isinstance(event, OfAnApplication):
        return None
    told, organisation = event.application, event.application.organisation
    return Application(
        id=told.id,
        service=told.service.root,
        iin=told.iin,
        channel=told.channel,
        submitted_at=told.submitted_at.astimezone(ALMATY),
        registered_on=told.registered_on,
        stage=told.stage,
        due_on=told.due_on,
        queue_number=None if told.queue_number is None else str(told.queue_number),
        organisation=organisation.name if isinstance(organisation, Organisation) else organisation,
        refusal_reason=told.refusal_reason,
        history=tuple(Passed(one.stage, one.at.astimezone(ALMATY)) for one in told.history),
    )


def _hearing(event: Event) -> Hearing | None:
    if not isinstance(event, HearingScheduled):
        return None
    hearing = event.hearing
    return Hearing(hearing.at.astimezone(ALMATY), hearing.place, hearing.method)


def _duty(event: Event) -> InvitationTold | ChoiceTold | OrderTold | None:
    match event:
        case ProviderChoiceOpened(choice=opened):
            return ChoiceTold(opened.id, opened.service.root, opened.opened_on)
        case ProviderChoiceClosed(choice=closed):
            return ChoiceTold(closed.id, outcome=closed.outcome)
        case OrderAnswered():
            return _order(event)
        case InvitationOpened(invitation=invited):
            setting = duty.Setting(invited.setting)  # where the organisation says another one, this is the person's
            return InvitationTold(invited.id, invited.arrive_by, _place(invited.organisation), setting)
        case InvitationChanged(invitation=postponed):
            return InvitationTold(postponed.id, postponed.arrive_by)
        case InvitationEnded(invitation=ended):
            return InvitationTold(ended.id, outcome=ended.outcome)
        case _:
            return None


def _order(event: OrderAnswered) -> OrderTold:
    order = event.order
    return OrderTold(
        id=order.id,
        service=order.service.root,
        outcome=order.outcome,
        reason=_filled(order.reason),
        arrive_on=order.arrive_on,
        leave_on=order.leave_on,
        place=None if order.provider is None else _place(order.provider),
    )


def _place(one: str | Organisation) -> duty.Place:
    if isinstance(one, str):
        return duty.Place(one)
    return duty.Place(one.name, _filled(one.address), _filled(one.phone), _filled(one.region))
