"""Everything that E-Sobes tells, a model for each type of event.

Refused are only contradictions that would have people told something untrue: an order that ends before it begins, a
choice that opens on a day to come. Days that are over, and an organisation that says another setting of itself than
its invitation does, are E-Sobes' to tell: its events are stored, and the assistant makes of them what it can.
"""

from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, ValidationInfo, field_validator

from gateway.web.event_parts import Application, Known, Named, Organisation, Past, Person, Service, Setting
from gateway.web.fields import Blank, Day, Foreign, Id, Line, Moment, Remark


def _conditions(schema: dict[str, Any]) -> None:
    """The list of services is filled in where the catalogue is at hand."""
    schema["if"] = {"properties": {"kind": {"const": "replacement"}}}
    schema["then"] = {"properties": {"service": {"enum": []}}}


class Offer(Foreign):
    model_config = ConfigDict(json_schema_extra=_conditions)

    id: Id
    kind: Literal["proactive", "replacement"]
    service: Service
    device: Blank | None = None

    @field_validator("service")
    @classmethod
    def _lawful(cls, service: Service, info: ValidationInfo[Known]) -> Service:
        if info.data.get("kind") == "replacement" and service.root not in info.context.replaceable:
            raise ValueError("nothing is replaced here by law, and silence would count as consent")
        return service


class OfferGone(Foreign):
    id: Id


def _flag(given: object) -> object:
    if not isinstance(given, bool):  # a 1 would be taken for a True
        raise ValueError("true or false")
    return given


Yes = Annotated[Literal[True], BeforeValidator(_flag)]
No = Annotated[Literal[False], BeforeValidator(_flag)]


class Hearing(Foreign):
    at: Moment
    place: Line
    method: Line


class Choice(Foreign):
    id: Id
    service: Service
    opened_on: Past


class ChoiceMade(Foreign):
    id: Id
    outcome: Literal["chosen", "cancelled"]


class Order(Foreign):
    id: Id
    service: Service
    outcome: Literal["accepted", "refused"]
    reason: Remark | None = None
    arrive_on: Day | None = None
    leave_on: Day | None = None
    provider: Named | None = None

    @field_validator("leave_on")
    @classmethod
    def _not_before_arriving(cls, day: date | None, info: ValidationInfo[Known]) -> date | None:
        arrive = info.data.get("arrive_on")
        if day is not None and arrive is not None and day < arrive:
            raise ValueError("a day before arrive_on")
        return day


class Invitation(Foreign):
    id: Id
    organisation: Organisation
    setting: Setting
    arrive_by: Day
    postponed: No


class InvitationPostponed(Foreign):
    id: Id
    arrive_by: Day
    postponed: Yes
    signed: Yes


class InvitationClosed(Foreign):
    id: Id
    outcome: Literal["admitted", "passed_on", "cancelled"]


class Common(Foreign):
    id: Id
    at: Moment
    person: Person
    specialist: Blank | None = None
    case_number: Blank | None = None


def _unheard_of(_: str) -> str:
    raise ValueError(f"one of: {', '.join(TYPES)}")


class OfferOpened(Common):
    type: Literal["offer.opened"]
    offer: Offer


class OfferWithdrawn(Common):
    type: Literal["offer.withdrawn"]
    offer: OfferGone


class OfAnApplication(Common):
    application: Application


class DecisionMade(OfAnApplication):
    type: Literal["decision.made"]


class ApplicationChanged(OfAnApplication):
    type: Literal["application.changed"]


class HearingScheduled(OfAnApplication):
    type: Literal["hearing.scheduled"]
    hearing: Hearing


class ProviderChoiceOpened(Common):
    type: Literal["provider_choice.opened"]
    choice: Choice


class ProviderChoiceClosed(Common):
    type: Literal["provider_choice.closed"]
    choice: ChoiceMade


class OrderAnswered(Common):
    type: Literal["order.answered"]
    order: Order


class InvitationOpened(Common):
    type: Literal["invitation.opened"]
    invitation: Invitation


class InvitationChanged(Common):
    type: Literal["invitation.changed"]
    invitation: InvitationPostponed


class InvitationEnded(Common):
    type: Literal["invitation.closed"]
    invitation: InvitationClosed


Event = (
    OfferOpened
    | OfferWithdrawn
    | DecisionMade
    | ApplicationChanged
    | HearingScheduled
    | ProviderChoiceOpened
    | ProviderChoiceClosed
    | OrderAnswered
    | InvitationOpened
    | InvitationChanged
    | InvitationEnded
)
TYPES: dict[str, type[Event]] = {get_args(one.model_fields["type"].annotation)[0]: one for one in get_args(Event)}


class Unknown(Common):
    """An event of a type that the contract does not have: its other fields are looked at all the same."""

    type: Annotated[str, AfterValidator(_unheard_of)]
