"""What E-Sobes tells of a duty, and answers to a wish, as something that happens to it."""

from datetime import date, datetime

from dialogs.duties.course import Happening
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order
from gateway.esobes import reading as esobes_reading
from gateway.esobes.events import ChoiceTold, InvitationTold, OrderTold, Told
from gateway.esobes.telling import Refused, Taken


def unheard(told: Told, now: datetime) -> AnyDuty:
    """As it is before anything has happened to it. The event that comes first need not be the one that opens it."""
    person, phones = told.person, told.phones
    match told.duty:
        case InvitationTold(id):
            return Invitation(
                id=id,
                person=person,
                phones=phones,
                state="invited",
                sent=now,
                place=None,
                setting=None,
                arrive_by=now.date(),
            )
        case ChoiceTold(id, service):
            opened_on = date.min if told.type == "provider_choice.opened" else told.at.date()
            return Choice(
                id=id, person=person, phones=phones, state="open", sent=now, service=service, opened_on=opened_on
            )
        case OrderTold(id, service):
            return Order(id=id, person=person, phones=phones, state="new", sent=now, service=service)
    raise TypeError(f"{told.type} is about no duty")


def of_event(told: Told) -> Happening:
    happened = told.type.rpartition(".")[2]
    match told.duty:
        case InvitationTold() as said:
            return Happening(
                name=happened, day=said.arrive_by, place=said.place, setting=said.setting, outcome=said.outcome
            )
        case ChoiceTold() as said:
            return Happening(name=happened, day=said.opened_on, outcome=said.outcome)
        case OrderTold() as said:
            return Happening(
                name=happened,
                outcome=said.outcome,
                reason=said.reason,
                place=said.place,
                arrive_on=said.arrive_on,
                leave_on=said.leave_on,
            )
    raise TypeError(f"{told.type} is about no duty")


def of_answer(answer: Taken | Refused) -> Happening:
    if isinstance(answer, Refused):
        return Happening(name="conflict" if answer.status == 409 else "not_taken")
    signing = esobes_reading.postponement(answer.body)
    return Happening(name="taken", day=signing.arrive_by, sign_by=signing.sign_by, url=signing.url)
