"""On which shelf a matter stands: by its kind and state, and there by the moment that counts. So staff see what is
open, and till when, however many there are.

    {s07}:shelf:proactive:asked    sorted set: `matter:O-17` → seconds since 1970

It is moved in the commit that moves the matter. What is over stands nowhere.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zlib import crc32

from msgspec import Struct

from dialogs.duties.duty import KINDS, AnyDuty, Choice, Invitation, Order
from dialogs.matters.matter import Kind, Matter
from gateway.clock import ALMATY
from gateway.store import tag

OFFER_STATES = ("asked", "refusing", "turning", "consented", "refused", "cancelled", "queued", "unreached", "over")
STATES: Mapping[str, tuple[str, ...]] = {
    Kind.PROACTIVE: tuple(state for state in OFFER_STATES if state != "queued"),
    Kind.REPLACEMENT: tuple(state for state in OFFER_STATES if state != "cancelled"),
    "invitation": ("invited", "postponing", "unsigned", "postponed", "lapsed"),
    "choice": ("open", "blocked", "lapsed"),
    "order": ("accepted", "refused"),
}
"""What stands on shelves, in the order in which staff read it."""
ENDED = frozenset({"consented", "refused", "cancelled", "queued", "unreached", "over"})
"""States in which an offer has come to an end: the newest is read first, and after a while it is taken away."""
OFFERS = (Kind.PROACTIVE, Kind.REPLACEMENT)

_TIES = 1 << 20
"""Most offers close at a midnight: something below half a second keeps apart those that do at the same."""


class Shelf(Struct, frozen=True):
    kind: str
    state: str

    @property
    def ended(self) -> bool:
        return self.kind in OFFERS and self.state in ENDED

    def key(self, number: int) -> str:
        return f"{tag(number)}:shelf:{self.kind}:{self.state}"


SHELVES = tuple(Shelf(kind, state) for kind, states in STATES.items() for state in states)


class Shelved(Struct, frozen=True):
    shelf: Shelf
    due: float
    """Seconds since 1970."""


def shelve(record: str, one: Matter | AnyDuty) -> Shelved | None:
    """`record`: its name in Redis."""
    kind = str(one.kind) if isinstance(one, Matter) else KINDS[type(one)]
    if one.state not in STATES[kind]:
        return None
    moment = _of_offer(one) if isinstance(one, Matter) else end_of(last_day(one))
    return Shelved(Shelf(kind, one.state), moment.timestamp() + crc32(record.encode()) % _TIES / (2 * _TIES))


def last_day(duty: AnyDuty) -> date:
    """The day that counts for whoever looks after it."""
    match duty:
        case Invitation():
            signing = duty.wanted.sign_by if duty.state == "unsigned" and duty.wanted else None
            return signing or duty.arrive_by
        case Choice():
            return duty.last or duty.opened_on
        case Order():
            return duty.cancel_by or duty.arrive_on or duty.sent.date()


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(1), time(), ALMATY)


def _of_offer(matter: Matter) -> datetime:
    """When it closes, or when it was answered."""
    answered = matter.state in ("turning", "consented", "refused", "over") and matter.given is not None
    return matter.given.at if answered and matter.given else matter.closes
