"""The values of a duty: something that a person has to do by a day, or that is lost to them.

There are three: to arrive where a place is free, to choose who provides a service, and to keep, or give up in time,
what was ordered. E-Sobes opens and closes them; each has a table of its own: `invitation`, `choice`, `order`.
"""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from dialogs.matters.matter import Person


class Setting(StrEnum):
    INPATIENT = "inpatient"
    SEMI_INPATIENT = "semi_inpatient"
    HOME = "home"
    TEMPORARY = "temporary"


SERVICE_OF = {setting: f"special_social_services_{setting}" for setting in Setting}


class Reason(StrEnum):
    """Why somebody cannot come in time, in the words of E-Sobes' contract: the only two that the law knows."""

    ILLNESS = "illness"
    HOSPITALISATION = "hospitalisation"


class Place(Struct, frozen=True, array_like=True):
    """An institution or a supplier, as far as E-Sobes has said."""

    name: str
    address: str = ""
    phone: str = ""
    region: str = ""


class Postponement(Struct, frozen=True, array_like=True):
    """What somebody wants: the notice of it counts only when it is signed on the portal."""

    until: date
    """The new last day to arrive."""
    reason: Reason
    at: datetime
    """When the wish reached us."""
    channel: str
    """`sms` or `telegram`."""
    phone: str | None
    address: str
    """Where it came from: what E-Sobes answers soon goes there at any hour."""
    sign_by: date | None = None
    """Known once E-Sobes has answered; never after the old last day."""
    url: str = ""
    """Where to sign."""

    def __repr__(self) -> str:
        return f"Postponement({self.until})"


class Duty(Struct, array_like=True, kw_only=True):
    """What all have. Short on purpose: a million of them rest in Redis."""

    id: str
    """E-Sobes' own."""
    person: Person
    phones: tuple[str, ...]
    """Those that the person is told at; one whose owner is a stranger to the person is struck off."""
    specialist: str | None = None
    case: str | None = None
    state: str
    sent: datetime
    """When the newest letter that wants something left, or leaves."""
    wake: datetime | None = None
    """When the clock has to look at it next."""
    round: int = 0
    """How often everything began anew: with another last day, or another answer."""
    told: tuple[str, ...] = ()
    """The reminders and refusals that have left, so that none leaves twice."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.state})"


class Invitation(Duty, tag="invitation", array_like=True, kw_only=True):
    """A place is free. States: `invited`, `postponing` (E-Sobes has not answered), `unsigned` (the notice waits for
    its signature), `postponed` (it is signed), `lapsed` (the last day is over), `over`."""

    place: Place | None
    """None: E-Sobes has told of a change, and not yet of the invitation itself."""
    setting: Setting | None
    arrive_by: date
    """The last day to arrive that counts now."""
    said: str = ""
    """What the person said last: `come`, or `decline`: they need it no longer."""
    used: bool = False
    """It was postponed, here or elsewhere, or E-Sobes would not have it: the law gives one time."""
    wanted: Postponement | None = None
    disputed: date | None = None
    """A new day that one act in force allows and another does not: the office has to say."""
    outcome: str = ""
    """`admitted`, `passed_on`, `cancelled`."""

    @property
    def service(self) -> str:
        return SERVICE_OF.get(self.setting, "") if self.setting else ""


class Choice(Duty, tag="choice", array_like=True, kw_only=True):
    """Somebody has to choose who provides the service. States: `open`, `blocked` (two months are over), `lapsed`
    (the working days are over), `over`."""

    service: str
    opened_on: date
    last: date | None = None
    """The last day to choose; None where no act names one."""
    outcome: str = ""
    """`chosen`, `cancelled`."""


class Order(Duty, tag="order", array_like=True, kw_only=True):
    """What a supplier has answered. States: `accepted`, `refused`, `over` (the person has arrived, or the day for it
    has passed)."""

    service: str
    place: Place | None = None
    reason: str = ""
    """Of a refusal, in the supplier's words."""
    arrive_on: date | None = None
    leave_on: date | None = None
    cancel_by: date | None = None
    """The last day on which a bed can be given up; None where there is none to give up."""


AnyDuty = Invitation | Choice | Order
KINDS = {Invitation: "invitation", Choice: "choice", Order: "order"}


def name(duty: AnyDuty) -> str:
    """Its own among all duties: E-Sobes' ids are so only within their kind. With a dot before it, of its wake-up."""
    return f"{KINDS[type(duty)]}:{duty.id}"
