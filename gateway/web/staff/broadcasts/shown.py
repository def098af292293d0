"""What pages show of a broadcast: how its texts look on phones, what they cost, and what became of the recipients."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from dialogs.broadcasts import texts
from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import TextFault, as_sms
from dialogs.language import Language
from dialogs.matters import window
from dialogs.matters.window import Quiet
from dialogs.sms_length import measure
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.estimates import Estimate
from gateway.broadcasts.fates import Fate
from gateway.broadcasts.rolls import Counts, Recipient
from gateway.broadcasts.writing import TextsOf
from gateway.web.staff.pages import NARROW

GROUPS: Mapping[str, tuple[Fate, ...]] = {
    "delivered": (Fate.DELIVERED,),
    "accepted": (Fate.ACCEPTED,),
    "failed": (Fate.FAILED, Fate.REJECTED, Fate.EXPIRED),
    "too_long": (Fate.TOO_LONG,),
    "unknown": (Fate.UNKNOWN,),
    "opted_out": (Fate.OPTED_OUT,),
    "cancelled": (Fate.CANCELLED,),
    "waiting": (Fate.WAITS, Fate.QUEUED, Fate.LEAVING),
}
"""What became of recipients, as people ask for it; in the order of a bar."""
ALWAYS = ("delivered", "accepted", "failed", "opted_out", "waiting")
"""Told also if there is nobody."""


class Bubble(Struct, frozen=True):
    """A text in one language, as a phone and a chat show it."""

    language: Language
    sms: str
    chat: str
    characters: int
    parts: int
    most: int
    """Of the longest among those that were looked at."""
    faults: tuple[TextFault, ...]


class Stripe(Struct, frozen=True):
    """Of a bar a hundred wide."""

    group: str
    begins: float
    width: float


class Tally(Struct, frozen=True):
    of: int
    by_group: Mapping[str, int]
    by_sms: int
    by_chat: int
    spent: int
    """Hundredths of a tenge, here and below."""
    saved: int
    saved_parts: int
    priced: bool
    """What an SMS costs was set."""

    @property
    def sent(self) -> int:
        return self.by_group["delivered"] + self.by_group["accepted"]

    @property
    def done(self) -> int:
        return self.of - self.by_group["waiting"] - self.by_group["cancelled"]

    @property
    def groups(self) -> list[tuple[str, int]]:
        return [(name, number) for name, number in self.by_group.items() if number or name in ALWAYS]

    @property
    def stripes(self) -> Iterator[Stripe]:
        begins = 0.0
        for group, number in self.by_group.items():
            if number:
                width = number * 100 / self.of
                yield Stripe(group, round(begins, 3), round(width, 3))
                begins += width


def tally(counts: Counts, prices: Mapping[str, int], price: int) -> Tally:
    return Tally(
        counts.all,
        {name: sum(counts[fate] for fate in fates) for name, fates in GROUPS.items()},
        counts.by_sms,
        counts.by_chat,
        counts.price(prices, price),
        counts.saved_parts * price,
        counts.saved_parts,
        bool(price or any(prices.values())),
    )


def bubbles(broadcast: Broadcast, estimate: Estimate | None, example: Recipient | None) -> list[Bubble]:
    """`example`: whose values stand for the placeholders; None: they stand there as they were written."""
    columns = broadcast.audience.columns if broadcast.audience else ()
    faults = texts.faults(broadcast.texts, columns)
    filled = TextsOf(broadcast)
    found = []
    for language in Language:
        chat = filled.filled(example, language) if example else broadcast.texts.of(language).strip()
        length = measure(chat) if chat else None
        parts = length.parts if length else 0
        most = estimate.by_language[language].most if estimate else 0
        own = [fault for fault in faults if fault.language is language]
        found.append(
            Bubble(
                language,
                as_sms(chat)[0],
                chat,
                length.characters if length else 0,
                parts,
                max(parts, most),
                tuple(own),
            )
        )
    return found


def waits_until(moment: datetime, quiet: Quiet | None) -> datetime | None:
    """None: what is ready at that moment leaves then."""
    leaves = window.leaves(moment, quiet)
    return leaves if leaves > moment else None


def tenge(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    grouped = f"{whole:,}".replace(",", NARROW)
    return f"{grouped},{rest:02}{NARROW}₸" if rest else f"{grouped}{NARROW}₸"


BADGES: Mapping[State, str] = {
    State.DRAFT: "plain",
    State.WAITING: "open",
    State.SCHEDULED: "going",
    State.RUNNING: "going",
    State.PAUSED: "open",
    State.DONE: "good",
    State.CANCELLED: "bad",
}
