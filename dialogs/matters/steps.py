"""One step of a matter: what happened goes in, the changed matter and everything that follows from it comes out.

Time passes first: whatever was due before the step is dealt with, so an answer that comes after the last day finds
the matter closed, whether or not a clock has rung in between.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from msgspec import Struct
from transitions import Machine

from dialogs.matters import offer, replacement, window
from dialogs.matters.affair import Affair, Happening, Sending
from dialogs.matters.matter import Kind, Matter, Person, Relay, Telling
from dialogs.matters.rules import Rules

MACHINES: dict[Kind, Machine] = {Kind.PROACTIVE: offer.MACHINE, Kind.REPLACEMENT: replacement.MACHINE}

ASKING = frozenset({"question", "reminder"})
"""Letters that want an answer."""


class Step(Struct, frozen=True):
    matter: Matter
    tellings: tuple[Telling, ...]
    relays: tuple[Relay, ...]
    nature: str
    """What the person's answer was taken for; empty if this was none."""


class Asked(Struct, frozen=True):
    """What E-Sobes wants to be asked, and of whom."""

    id: str
    kind: Kind
    service: str
    device: str | None
    person: Person
    phones: tuple[str, ...]
    specialist: str | None
    case: str | None


def opened(asked: Asked, codes: tuple[str, str], now: datetime, rules: Rules) -> Step:
    sent = window.leaves(now, rules.quiet)
    matter = Matter(
        asked.id,
        asked.kind,
        asked.service,
        asked.device,
        asked.person,
        asked.phones,
        asked.specialist,
        asked.case,
        *codes,
        state="asked",
        sent=sent,
        closes=window.closes(sent, rules),
        wake=None,
    )
    matter.wake = next_wake(matter, rules)
    return Step(matter, (Telling("question"),), (), "")


def withdrawn_unseen(asked: Asked, now: datetime) -> Matter:
    """E-Sobes took an offer back before it told us of it: should the offer still come, nobody is asked."""
    who = (asked.person, asked.phones, asked.specialist, asked.case)
    return Matter(asked.id, asked.kind, asked.service, asked.device, *who, "", "", "withdrawn", now, now, None)


def step(matter: Matter, happening: Happening | None, now: datetime, rules: Rules, sending: Sending) -> Step:
    """`happening` None: only time has passed."""
    affair = Affair(matter, now, rules, sending)
    _pass_time(affair)
    if happening is not None:
        affair.given, affair.held = happening.given, happening.held
        _happen(affair, happening.name)
        _pass_time(affair)
    return Step(affair.matter, tuple(_still_true(affair)), tuple(affair.relays), affair.nature)


def _pass_time(affair: Affair) -> None:
    """Everything that was due, one after the other, in the order in which it was."""
    matter = affair.matter
    while matter.wake is not None and matter.wake <= affair.now:
        at = matter.wake
        matter.wake = next_wake(matter, affair.rules, at)
        # What it was to wake for may stand elsewhere in the schedule by now: the operator can change the settings.
        name = max(((due, name) for due, name in _schedule(matter, affair.rules) if due <= at), default=None)
        if name is not None:
            _happen(affair, name[1])


def _happen(affair: Affair, name: str) -> None:
    """A new state, or a question that leaves on another day, has a schedule of its own, which begins at its start."""
    matter, sent = affair.matter, affair.matter.sent
    MACHINES[matter.kind].events[name].trigger(affair)
    if affair.state != matter.state or matter.sent != sent:
        matter.state = affair.state
        matter.wake = next_wake(matter, affair.rules)


def _still_true(affair: Affair) -> Iterator[Telling]:
    """Who has answered in the same breath is not asked any more."""
    for telling in affair.tellings:
        if affair.state == "asked" or telling.name not in ASKING:
            yield telling


def next_wake(matter: Matter, rules: Rules, after: datetime | None = None) -> datetime | None:
    """When the clock has to look again."""
    return min((due for due, _ in _schedule(matter, rules) if after is None or due > after), default=None)


def _schedule(matter: Matter, rules: Rules) -> Iterator[tuple[datetime, str]]:
    match matter.state:
        case "asked":
            tomorrow = datetime.combine(matter.sent.date() + timedelta(1), time(0), matter.sent.tzinfo)
            yield tomorrow, "day_over"
            reminder = window.reminder(matter.closes, rules)
            if reminder is not None and reminder > matter.sent:
                yield reminder, "last_day"
            yield matter.closes, "window_over"
        case "refusing":
            assert matter.given is not None  # noqa: S101 - the refusal that is held
            yield min(matter.given.at + rules.hold, matter.closes), "hold_over"
        case "refused":
            yield matter.closes, "window_over"  # until then its code for yes still means something
