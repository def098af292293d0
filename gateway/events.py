"""What E-Sobes tells us, as plain values: the contract's own shape is checked at the door, in `web.events`."""

from datetime import datetime

from msgspec import Struct

from dialogs.applications.application import Application, Hearing
from dialogs.matters.matter import Kind, Person

EVENT = "esobes:"
"""The causes that are events of E-Sobes begin so."""


class OfferTold(Struct, frozen=True):
    id: str
    service: str = ""
    kind: Kind = Kind.PROACTIVE
    device: str | None = None


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

    @property
    def cause(self) -> str:
        """Its name among all messages and events."""
        return f"{EVENT}{self.id}"
