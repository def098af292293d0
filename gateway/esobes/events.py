"""What E-Sobes tells us, as plain values: the contract's own shape is checked at the door, in `web.events`."""

from datetime import date, datetime

from msgspec import Struct

from dialogs.applications.application import Application, Hearing
from dialogs.duties.duty import Place, Setting
from dialogs.matters.matter import Kind, Person

EVENT = "esobes:"
"""The causes that are events of E-Sobes begin so."""


class OfferTold(Struct, frozen=True):
    id: str
    service: str = ""
    kind: Kind = Kind.PROACTIVE
    device: str | None = None


class InvitationTold(Struct, frozen=True):
    id: str
    arrive_by: date | None = None
    place: Place | None = None
    setting: Setting | None = None
    outcome: str = ""
    """Of one that is closed: `admitted`, `passed_on`, `cancelled`."""


class ChoiceTold(Struct, frozen=True):
    id: str
    service: str = ""
    opened_on: date | None = None
    outcome: str = ""
    """Of one that is closed: `chosen`, `cancelled`."""


class OrderTold(Struct, frozen=True):
    id: str
    service: str
    outcome: str
    """`accepted`, `refused`."""
    reason: str = ""
    arrive_on: date | None = None
    leave_on: date | None = None
    place: Place | None = None


class Told(Struct, frozen=True):
    """One event of E-Sobes."""

    id: str
    type: str
    at: datetime
    person: Person
    phones: tuple[str, ...]
    body: bytes
    """The event as it came."""
    specialist: str | None = None
    case: str | None = None
    offer: OfferTold | None = None
    application: Application | None = None
    hearing: Hearing | None = None
    duty: InvitationTold | ChoiceTold | OrderTold | None = None

    @property
    def cause(self) -> str:
        """Its name among all messages and events."""
        return f"{EVENT}{self.id}"
