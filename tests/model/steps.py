"""What may happen in a sequence, drawn by chance."""

from datetime import datetime, time, timedelta
from random import Random

from msgspec import Struct, structs

from dialogs.duties.duty import Place, Setting
from dialogs.matters.matter import Kind
from gateway.esobes.events import ChoiceTold, InvitationTold, OfferTold, OrderTold, Told
from tests.gateway.affairs import application as of_application
from tests.model.cast import Cast, Due, Offered
from tests.model.duties import Event
from tests.model.mortal import Death

YES_WORDS = ("иә", "ия", "да", "согласна", "келісемін", "kelisemin")
NO_WORDS = ("жоқ", "нет", "бас тартамын", "отказываюсь")
YES_CODES = ("{0}", "код {0}", "R {1}", "{0} келісемін", "{1}", "{0}, да, согласна", "Р {1}")
NO_CODES = ("{0}", "ответ {0}", "R {1}", "{0} бас тартамын", "{0} нет", "{1}")
UNCLEAR = ("ок", "да нет", "если платно то нет", "иә?", "жарайды", "👍", "{yes} емес", "{yes} {no}")
QUESTIONS = ("что это?", "бұл не?")
STRANGER = ("не мой номер", "қате нөмір")
SIZE = "талия 96 см, впитываемость повышенная"
SPANS = {
    "1 s": timedelta(seconds=1),
    "40 s": timedelta(seconds=40),
    "5 min": timedelta(minutes=5),
    "14 min 58 s": timedelta(minutes=14, seconds=58),
    "15 min": timedelta(minutes=15),
    "3 h": timedelta(hours=3),
    "1 day": timedelta(1),
    "2 days": timedelta(2),
    "5 days": timedelta(5),
}
FAR = {"6 days": timedelta(6), "12 days": timedelta(12), "25 days": timedelta(25)}
OFFSETS = (1, 2, 3, 5, 9, 10, 11, 14, 15, 30, 31)
"""Days by which somebody wants to put off their arrival."""
ENDS = {
    "2 s before the end": timedelta(seconds=-2),
    "1 s before the end": timedelta(seconds=-1),
    "to the end": timedelta(),
    "after the end": timedelta(hours=12),
}
"""Of an offer's window."""
HOURS = {
    "09:00": time(9),
    "10:00": time(10),
    "12:34": time(12, 34),
    "20:59:57": time(20, 59, 57),
    "21:00": time(21),
    "23:59:57": time(23, 59, 57),
    "23:59:58": time(23, 59, 58),
    "00:00": time(0),
    "00:00:01": time(0, 0, 1),
}


EVENTS = {
    "opened": "offer.opened",
    "withdrawn": "offer.withdrawn",
    "decided": "decision.made",
    "changed": "application.changed",
}


class Step(Struct, frozen=True):
    do: str
    offer: str = ""
    address: str = ""
    how: str = ""
    variant: int = 0
    death: Death | None = None
    twice: bool = False
    """The provider brings it twice at once."""
    other: str = ""
    and_how: str = ""
    """What comes from the other address in the same moment."""
    due: str = ""
    """The name of a duty, instead of an offer."""

    def __str__(self) -> str:
        parts = [self.do, self.offer, self.due, self.address, self.how, f"#{self.variant}" if self.variant else ""]
        other = f"and {self.other} {self.and_how}" if self.other else self.and_how
        parts += ["twice" if self.twice else "", other]
        return " ".join(part for part in [*parts, f"({self.death})" if self.death else ""] if part)


def draw(chance: Random, cast: Cast) -> list[Step]:
    steps = [_opened(cast, 0)]
    later = list(range(1, len(cast.offers)))
    for due in cast.duties:
        if chance.random() < 0.85:
            steps.append(_told(chance, due, begins=True))
            steps += _wishes(chance, cast, due)
    for _ in range(chance.randint(5, 16) + 3 * len(cast.duties)):
        if cast.duties and chance.random() < 0.45:
            steps.append(_of_duty(chance, cast, chance.choice(cast.duties)))
            continue
        if later and chance.random() < 0.35:
            steps.append(_opened(cast, later.pop(0)))
            continue
        steps.append(_any(chance, cast))
        if steps[-1].how == "no" and chance.random() < 0.4:
            steps += _second_thoughts(chance, cast, steps[-1])
        if steps[-1].do == "specialist":
            steps += _beside_a_specialist(chance, steps[-1])
    return [_with_death(chance, step) for step in steps]


def moment(now: datetime, how: str, closes: datetime | None = None) -> datetime:
    """`closes`: when the offer's window does, if it has one."""
    if how in ENDS:
        return max(now, closes + ENDS[how]) if closes else now
    if how in SPANS or how in FAR:
        return now + (SPANS | FAR)[how]
    at = datetime.combine(now.date(), HOURS[how], now.tzinfo)
    return at if at > now else at + timedelta(1)


def event(step: Step, offered: Offered, now: datetime) -> Told:
    """What E-Sobes tells in this step."""
    offer = OfferTold(offered.id, offered.service, Kind(offered.kind), offered.device)
    about_offer = step.do not in ("decided", "changed")
    stage = "approved" if about_offer else step.how
    application = of_application(stage, f"A-{offered.id}", person=offered.person, service=offered.service)
    return Told(
        f"{step.do}-{step.offer}-{step.how}-{step.variant}",
        EVENTS[step.do],
        now,
        offered.person,
        offered.phones,
        b"{}",
        offer=offer if about_offer else None,
        application=None if about_offer else application,
    )


def told_of(step: Step, event: Event, now: datetime) -> Told:
    """The same in the program's words."""
    due, day, outcome = event.about, event.day, event.outcome
    place = Place(outcome)
    duty: InvitationTold | ChoiceTold | OrderTold
    match step.how:
        case "opened" if due.kind == "invitation":
            duty = InvitationTold(due.id, day, place, Setting(due.setting))
        case "changed":
            duty = InvitationTold(due.id, day)
        case "closed" if due.kind == "invitation":
            duty = InvitationTold(due.id, outcome=outcome)
        case "opened":
            duty = ChoiceTold(due.id, due.service, day)
        case "closed":
            duty = ChoiceTold(due.id, outcome=outcome)
        case _:
            duty = OrderTold(due.id, due.service, outcome, arrive_on=day if outcome == "accepted" else None)
    kind = "provider_choice" if due.kind == "choice" else due.kind
    name = f"{due.name}-{due.person.iin}-{step.how}-{step.variant}-{step.and_how}"
    return Told(name, f"{kind}.{step.how}", now, due.person, event.phones, b"{}", duty=duty)


def event_of(step: Step, due: Due) -> Event:
    """What E-Sobes tells of a duty in this step."""
    day = due.days[step.variant % 3] + timedelta(9 if step.how == "changed" else 0)
    phones = due.phones[:1] if step.and_how == "one phone" else due.phones
    return Event(due, step.how, day, _outcome(step), phones)


def _outcome(step: Step) -> str:
    match step.how:
        case "opened":
            return "here" if step.variant < 3 else "elsewhere"
        case "answered":
            return "accepted" if step.variant < 3 else "refused"
        case "closed" if step.due.startswith("choice"):
            return ("chosen", "cancelled")[step.variant % 2]
    return ("passed_on", "cancelled", "admitted")[step.variant % 3]


def _of_duty(chance: Random, cast: Cast, due: Due) -> Step:
    about = chance.choices(("told", "deed", "deeds", "again", "move"), (26, 44, 8, 4, 18))[0]
    if about == "told":
        return _told(chance, due, begins=False)
    if about == "move" or due.kind != "invitation":
        how = chance.choice([*FAR, *ENDS, *HOURS, *HOURS])
        return Step("move", due=due.name, how=how)
    own = [address for phone in due.phones for address in cast.at(phone)]
    address = chance.choice(own if chance.random() < 0.93 else cast.addresses)
    how = chance.choices(("postpone", "come", "decline"), (6, 2, 2))[0]
    place, twice = chance.randrange(len(OFFSETS)), chance.random() < 0.15
    if about == "deeds":
        return Step("deeds", due=due.name, address=address, how="postpone", other=chance.choice(own))
    if about == "again":
        return Step("again", due=due.name)
    return Step("deed", due=due.name, address=address, how=how, variant=place, twice=twice)


def _wishes(chance: Random, cast: Cast, due: Due) -> list[Step]:
    """Somebody cannot come in time, and says so before anything else happens."""
    if due.kind != "invitation" or chance.random() < 0.4:
        return []
    address = chance.choice(cast.at(due.phones[0]))
    return [Step("deed", due=due.name, address=address, how="postpone", variant=chance.randrange(5))]


def _told(chance: Random, due: Due, *, begins: bool) -> Step:
    if due.kind == "order":
        how = "answered"
    elif begins:
        how = "opened"
    elif due.kind == "choice":
        how = chance.choice(("opened", "opened", "closed"))
    else:
        how = chance.choices(("opened", "changed", "closed"), (4, 4, 1))[0]
    variant = chance.choice((0, 0, 1, 2)) if begins else chance.choice((0, 1, 2, 3))
    return Step("told", due=due.name, how=how, variant=variant, and_how="one phone" * (chance.random() < 0.2))


def _second_thoughts(chance: Random, cast: Cast, refusal: Step) -> list[Step]:
    """Some time after a refusal somebody agrees after all."""
    offer = cast.offer(refusal.offer)
    address = f"sms:{chance.choice(offer.phones)}"
    return [_moved(chance, offer.id), Step("code", offer.id, address, "yes", chance.randrange(8))]


def _beside_a_specialist(chance: Random, begun: Step) -> list[Step]:
    """What would be an answer to an offer, if nobody else had asked anything."""
    kinds = chance.choices(("word", "unclear", "stranger", "size", "question", "code"), (8, 2, 2, 2, 1, 1), k=3)
    return [
        Step(kind, begun.offer, begun.address, chance.choice(("yes", "no")), chance.randrange(8)) for kind in kinds
    ]


def _moved(chance: Random, offer: str) -> Step:
    how = chance.choice([*SPANS, *HOURS, *ENDS, *ENDS])
    return Step("move", offer if how in ENDS else "", how=how)


def _opened(cast: Cast, place: int) -> Step:
    return Step("opened", cast.offers[place].id)


def _any(chance: Random, cast: Cast) -> Step:
    offer = chance.choice(cast.offers)
    kind = chance.choices(*zip(*_LIKELY, strict=True))[0]
    if kind in _WORLD:
        return _in_the_world(chance, cast, kind, offer.id)
    own = [address for phone in offer.phones for address in cast.at(phone)]
    address = chance.choice(own if chance.random() < 0.85 else cast.addresses)
    how, variant, twice = chance.choice(("yes", "no")), chance.randrange(8), chance.random() < 0.1
    if kind == "together":
        return Step(kind, offer.id, address, how, other=chance.choice(own), and_how=chance.choice(("yes", "no")))
    if kind == "press" and address.startswith("sms:"):
        kind = "code"
    return Step(kind, offer.id, address, how if kind in ("code", "word", "press") else "", variant, twice=twice)


def _in_the_world(chance: Random, cast: Cast, kind: str, offer: str) -> Step:
    match kind:
        case "move":
            return _moved(chance, offer)
        case "down":
            return Step(kind, how=chance.choice([*SPANS, *HOURS]))
        case "ministry":
            how = chance.choice(
                ("down", "down", "up", "busy", "cut", "cut", "half", "unreachable", "unknown", "slow")
            )
            return Step(kind, offer if how == "slow" else "", how=how, variant=chance.randint(1, 3))
        case "held":
            return Step(kind, offer, how=chance.choice(("consent", "refusal")))
        case "phone":
            mode = chance.choice(("takes", "refuses", "away", "away", "silent"))
            return Step(kind, address=chance.choice(cast.addresses), how=mode, variant=chance.randrange(3))
        case "decided" | "changed":
            stage = chance.choice(("approved", "queued", "refused"))
            return Step(kind, offer, how=stage, variant=chance.randrange(2))
    return Step(kind, offer, variant=chance.choice((0, 0, 1)))


_LIKELY = (
    ("move", 26),
    ("down", 8),
    ("code", 24),
    ("word", 8),
    ("press", 4),
    ("together", 3),
    ("unclear", 4),
    ("question", 2),
    ("slip", 3),
    ("stranger", 2),
    ("hello", 1),
    ("specialist", 4),
    ("menu", 2),
    ("size", 4),
    ("withdrawn", 2),
    ("decided", 3),
    ("changed", 4),
    ("opened", 2),
    ("ministry", 12),
    ("held", 2),
    ("phone", 8),
)


_WORLD = frozenset({"move", "down", "ministry", "held", "phone", "decided", "changed", "opened", "withdrawn"})


def _with_death(chance: Random, step: Step) -> Step:
    if step.do in ("ministry", "held", "phone", "again") or chance.random() < 0.6:
        return step
    writing = chance.random() < 0.7
    command = int(2 ** chance.uniform(0, 3.3 if writing else 7))
    return structs.replace(step, death=Death(command, chance.random() < 0.5, writing))
