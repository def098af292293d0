"""What is known at one phone: the offers it was told of, the chat linked to it, and who is a stranger there."""

from collections.abc import Container, Iterable, Mapping
from datetime import date

import msgspec
from msgspec import Struct, structs

from dialogs.people import mark

KEPT = 75
"""Days for which an offer's codes are known and given to no other on this phone: the window, thirty days after it,
and a month in hand for holidays and for providers that were away."""


class Known(Struct, frozen=True, array_like=True):
    """An offer that this phone was told of."""

    id: str
    home: int
    """The shard where the matter is kept."""
    person: str
    """Tells persons apart without naming them; see `people.mark`."""
    yes: str
    no: str
    day: int
    """When it came, counted as `date.toordinal` does."""


class Noted(Struct, frozen=True, array_like=True):
    """A duty that this phone was told of; see `dialogs.duties`."""

    name: str
    home: int
    """The shard where it is kept."""
    person: str
    """Tells persons apart without naming them; see `people.mark`."""


class Pocket(Struct, array_like=True, frozen=True):
    offers: tuple[Known, ...] = ()
    """Oldest first."""
    chat: str | None = None
    """Of an SMS phone: the chat that is linked to it."""
    phone: str | None = None
    """Of a chat: the phone that it is linked to."""
    strangers: tuple[str, ...] = ()
    """Persons who are not reached at this phone, as its owner says; see `people.mark`."""
    unclear: tuple[int, int] = (0, 0)
    """A day, and how many answers on it were not clear."""
    duties: tuple[Noted, ...] = ()
    """Oldest first."""
    blocked: bool = False
    """The chat takes no letters of ours: this one, or of an SMS phone the one linked to it."""

    def __repr__(self) -> str:
        return f"Pocket({len(self.offers)} offers, {len(self.duties)} duties)"


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Pocket).decode


def read(stored: bytes | None) -> Pocket:
    return _decode(stored) if stored else Pocket()


def write(pocket: Pocket) -> bytes:
    return _encode(pocket)


def with_offer(pocket: Pocket, offer: Known) -> Pocket:
    """One that was put in before, for the same offer, makes room: its letter has not left."""
    kept = (one for one in pocket.offers if one.id != offer.id and offer.day - one.day <= KEPT)
    return structs.replace(pocket, offers=(*kept, offer))


def with_duty(pocket: Pocket, duty: Noted, over: Container[str]) -> Pocket:
    """`over`: names of those that nothing can come of any more; they make room."""
    kept = (one for one in pocket.duties if one.name != duty.name and one.name not in over)
    return structs.replace(pocket, duties=(*kept, duty))


def with_unclear(pocket: Pocket, day: date) -> Pocket:
    number = pocket.unclear[1] + 1 if pocket.unclear[0] == day.toordinal() else 1
    return structs.replace(pocket, unclear=(day.toordinal(), number))


def reach(phones: Iterable[str], iin: str, pockets: Mapping[str, Pocket]) -> tuple[str, ...]:
    """Of these phones, those whose owner has not called the person a stranger."""
    person = mark(iin)
    return tuple(phone for phone in phones if person not in pockets[phone].strangers)
