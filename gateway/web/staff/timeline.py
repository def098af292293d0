"""A person's letters, answers and relays in one row of time, and their matters in a line each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from dialogs.duties.duty import KINDS, AnyDuty, Choice, Invitation, Order
from dialogs.matters.matter import Matter
from dialogs.matters.window import last_day
from gateway.broadcasts.fates import BY_CHAT, Fate
from gateway.broadcasts.reached import Sent
from gateway.clock import ALMATY
from gateway.dossier import Dossier, Relayed
from gateway.esobes.relay_ends import Outcome
from gateway.journal.journal import Direction
from gateway.journal.pages import UNDELIVERED, Shown
from gateway.letters import Status
from gateway.matters import shelves
from gateway.web.staff.naming import Naming

_TENGE = 100


class Item(Struct, frozen=True):
    """One letter, answer or relay."""

    kind: str
    """`out`, `in`, `relay`."""
    at: datetime
    title: str
    service: str
    text: str = ""
    channel: str = ""
    phone: str = ""
    code: str = ""
    status: str = ""
    look: str = "plain"
    status_at: datetime | None = None
    parts: int = 0
    route: str = ""
    price: float = 0
    letter: str = ""

    @property
    def day(self) -> date:
        return self.at.astimezone(ALMATY).date()


class About(Struct, frozen=True):
    """A matter in a line."""

    kind: str
    state: str
    service: str
    detail: str
    sent: datetime
    last: date | None
    answered: datetime | None
    said: str


def timeline(naming: Naming, found: Dossier, sent: Mapping[str, Sequence[Sent]]) -> list[Item]:
    """The newest first. `sent`: by phone, the broadcasts that went there."""
    items = [_line(naming, shown) for shown in found.lines]
    items += _relays(naming, found)
    name = found.person.name if found.person else ""
    items += (_broadcast(naming, phone, one, name) for phone, some in sent.items() for one in some)
    return sorted(items, key=lambda item: (item.at, item.kind == "relay"), reverse=True)  # answered, then told


def about_offer(naming: Naming, one: Matter) -> About:
    given = one.given
    said = naming.text(given.text or given.code or "", one.person.name) if given else ""
    return About(
        naming.kind(one.kind),
        naming.state(one.kind, one.state),
        naming.service(one.service),
        one.device or "",
        one.sent,
        last_day(one.closes),
        given.at if given else None,
        said,
    )


def about_duty(naming: Naming, one: AnyDuty) -> About:
    kind = KINDS[type(one)]
    state = naming.known(f"staff.matters.outcome.{_outcome(one)}", naming.state(kind, one.state))
    return About(
        naming.kind(kind),
        state,
        naming.service(one.service),
        one.place.name if isinstance(one, Invitation | Order) and one.place else "",
        one.sent,
        shelves.last_day(one),
        None,
        "",
    )


def _outcome(one: AnyDuty) -> str:
    return one.outcome if isinstance(one, Invitation | Choice) and one.state == "over" else ""


def _line(naming: Naming, shown: Shown) -> Item:
    entry, news = shown.entry, shown.news
    is_out = entry.direction is Direction.OUT
    status = news.status if news else None
    words = naming.say(f"journal.status.{status or 'waiting'}") if is_out else ""
    return Item(
        "out" if is_out else "in",
        entry.at,
        naming.nature(entry.nature, entry.letter),
        naming.service(entry.service),
        naming.text(entry.text, entry.name),
        naming.known(f"journal.channel.{entry.channel}", entry.channel),
        naming.number(entry.phone),
        entry.code or "",
        words,
        "bad" if status in UNDELIVERED else "good" if status is Status.DELIVERED else "plain",
        news.at if news else None,
        entry.parts,
        news.route if news else "",
        news.price / _TENGE if news else 0,
        entry.letter,
    )


def _broadcast(naming: Naming, phone: str, one: Sent, name: str) -> Item:
    record = one.record
    look = {Fate.DELIVERED: "good", Fate.FAILED: "bad", Fate.REJECTED: "bad", Fate.EXPIRED: "bad"}
    at = datetime.fromtimestamp(record.at, ALMATY) if record.at else one.broadcast.began or one.broadcast.made
    by_chat = record.way == BY_CHAT
    return Item(
        "out",
        at,
        naming.say("staff.person.broadcast"),
        one.broadcast.title,
        naming.text(one.text, name),
        naming.known(f"journal.channel.{'telegram' if by_chat else 'sms'}", ""),
        naming.number(phone),
        status=naming.say(f"staff.broadcast.fate.{record.fate.name.lower()}"),
        look=look.get(record.fate, "plain"),
        parts=0 if by_chat else record.parts,
    )


def _relays(naming: Naming, found: Dossier) -> Iterator[Item]:
    for one in found.relayed:
        at = one.at or one.end.at
        if at is not None:
            yield Item(
                "relay",
                at,
                naming.say(f"staff.person.relayed.{one.what}"),
                naming.service(one.service),
                status=_end(naming, one),
                look={Outcome.TAKEN: "good", Outcome.WAITS: "open", Outcome.REFUSED: "bad"}[one.end.outcome],
                status_at=one.end.at,
                letter=one.relay,
            )


def _end(naming: Naming, one: Relayed) -> str:
    words = naming.say(f"staff.person.fate.{one.end.outcome}")
    if one.end.outcome is not Outcome.REFUSED:
        return words
    held = one.end.held
    told = naming.say("staff.person.held", held=naming.say(f"staff.person.held.{held}")) if held else ""
    reason = one.end.reason if naming.opened else ""
    return ": ".join(filter(None, (f"{words} ({one.end.status})", told, reason)))
