"""What E-Sobes tells us, as plain values: the contract's own shape is checked at the door, in `web.events`."""

from datetime import datetime

from msgspec import Struct

from dialogs.matters.matter import Kind, Person


class OfferTold(Struct, frozen=True):
    id: str
    service: str = ""
    kind: Kind = Kind.PROACTIVE
    device: str | None = None


class ApplicationTold(Struct, frozen=True):
    """Of an application only what a letter about it says."""

    id: str
    service: str
    stage: str
    queue_number: str | None = None
    refusal_reason: str | None = None


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
    application: ApplicationTold | None = None
