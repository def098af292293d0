"""Who takes part in a sequence: persons, their phones and chats, and what they are offered."""

from datetime import date, datetime, timedelta
from random import Random

from msgspec import Struct

from dialogs.language import Language
from dialogs.matters.matter import Person
from gateway.clock import ALMATY

PROACTIVE = ("technical_aids_hygiene", "sanatorium_treatment", "personal_assistant", "special_transport_wheelchair")
REPLACED = ("special_transport_wheelchair", "technical_aids_surdo", "prosthetic_orthopaedic_aid")
CHOSEN = ("technical_aids_hygiene", "special_social_services_inpatient", "special_social_services_home")
SETTINGS = ("inpatient", "inpatient", "semi_inpatient", "home")
BEGINNINGS = (
    date(2026, 3, 18),
    date(2026, 4, 29),
    date(2026, 5, 25),
    date(2026, 7, 2),
    date(2026, 8, 27),
    date(2026, 10, 22),
    date(2026, 11, 16),
    date(2026, 11, 19),
    date(2026, 12, 11),
    date(2026, 12, 28),
)
"""Each with weekends or holidays before long."""


class Offered(Struct, frozen=True):
    id: str
    person: Person
    phones: tuple[str, ...]
    kind: str
    service: str
    device: str | None

    @property
    def diapers(self) -> bool:
        return self.device == "подгузники" and self.kind == "proactive"


class Due(Struct, frozen=True):
    """A duty, as E-Sobes may tell of it."""

    id: str
    kind: str
    """`invitation`, `choice`, `order`."""
    person: Person
    phones: tuple[str, ...]
    service: str
    setting: str
    days: tuple[date, ...]
    """It may tell of the first, and correct it to the others."""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.id}"


class Cast(Struct, frozen=True):
    begins: datetime
    offers: tuple[Offered, ...]
    chats: dict[str, str]
    """Phone → the chat that is linked to it."""
    last_word: frozenset[str]
    """Offers whose first answer stays: E-Sobes takes no consent after a refusal."""
    duties: tuple[Due, ...] = ()
    passed_on: frozenset[str] = frozenset()
    """Invitations whose postponement E-Sobes will not have."""
    sms_too: bool = True
    """Whether what the law asks for goes by SMS also where a chat is linked."""

    def offer(self, id: str) -> Offered:
        return next(one for one in self.offers if one.id == id)

    def due(self, name: str) -> Due:
        return next(one for one in self.duties if one.name == name)

    def phone(self, address: str) -> str:
        linked = {chat: phone for phone, chat in self.chats.items()}
        return linked.get(address) or address.removeprefix("sms:")

    def at(self, phone: str) -> list[str]:
        """Where somebody with this phone reads and writes."""
        return [f"sms:{phone}", *([self.chats[phone]] if phone in self.chats else [])]

    @property
    def addresses(self) -> list[str]:
        told = (*(one.phones for one in self.offers), *(one.phones for one in self.duties))
        phones = dict.fromkeys(phone for phones in told for phone in phones)
        return [*(f"sms:{phone}" for phone in phones), *self.chats.values()]

    def __str__(self) -> str:
        offers = [
            f"    {one.id} {one.kind} {one.service} {one.device or ''} of {one.person.iin} at {' '.join(one.phones)}"
            for one in self.offers
        ]
        duties = [
            f"    {one.name} {one.service} {one.setting} of {one.person.iin} at {' '.join(one.phones)}, "
            f"{', '.join(f'{day:%a %Y-%m-%d}' for day in one.days)}, {'refused' * (one.id in self.passed_on)}"
            for one in self.duties
        ]
        first = "" if self.sms_too else ", preferred"
        head = f"begins {self.begins:%a %Y-%m-%d %H:%M:%S}, chats {self.chats}{first}"
        return "\n".join([head, *offers, *duties])


def draw(chance: Random, number: int) -> Cast:
    """`number` keeps the persons of one sequence apart from those of another."""
    phones = [f"+7701{number % 100000:05}{place:02}" for place in range(chance.randint(1, 3))]
    persons = [_person(chance, number, place) for place in range(chance.randint(1, min(3, len(phones) + 1)))]
    reached = {
        person.iin: tuple(chance.sample(phones, min(len(phones), chance.choice((1, 1, 2))))) for person in persons
    }
    offers = tuple(_offered(chance, place, chance.choice(persons), reached) for place in range(chance.randint(1, 4)))
    day = chance.choice(BEGINNINGS) + timedelta(chance.randrange(7))
    begins = datetime(day.year, day.month, day.day, tzinfo=ALMATY) + timedelta(
        seconds=chance.choice((chance.randrange(86400), chance.randrange(32400, 75600), 75599, 86397, 32400))
    )
    sms_too = number % 3 != 0
    linked = 0.2 if sms_too else 0.6
    chats = {phone: f"chat:{number}-{place}" for place, phone in enumerate(phones) if chance.random() < linked}
    last_word = frozenset(one.id for one in offers if chance.random() < 0.3)
    duties = tuple(
        _due(chance, place, chance.choice(persons), reached, day) for place in range(max(0, chance.randint(-3, 3)))
    )
    passed_on = frozenset(one.id for one in duties if chance.random() < 0.2)
    return Cast(begins, offers, chats, last_word, duties, passed_on, sms_too)


def _due(chance: Random, place: int, person: Person, reached: dict[str, tuple[str, ...]], begins: date) -> Due:
    kind = chance.choices(("invitation", "choice", "order"), (6, 2, 2))[0]
    ahead = {"invitation": (-1, 40), "choice": (-40, 0), "order": (-1, 30)}[kind]
    days = tuple(begins + timedelta(chance.randint(*ahead)) for _ in range(3))
    service = {"invitation": "", "order": "sanatorium_treatment"}.get(kind) or chance.choice(CHOSEN)
    return Due(f"d{place}", kind, person, reached[person.iin], service, chance.choice(SETTINGS), days)


def _person(chance: Random, number: int, place: int) -> Person:
    born = date(chance.choice((1955, 1968, 1990, 2015)), 4, 12)
    iin = f"{born:%y%m%d}4{number % 10000:04}{place}"
    return Person(iin, "Нұрғалиева Айгүл Серікқызы", born, chance.choice(list(Language)))


def _offered(chance: Random, place: int, person: Person, reached: dict[str, tuple[str, ...]]) -> Offered:
    proactive = chance.random() < 0.6
    service = chance.choice(PROACTIVE if proactive else REPLACED)
    adult = person.birth_date.year < 2000
    device = "подгузники" if service == PROACTIVE[0] and adult and chance.random() < 0.7 else None
    return Offered(
        f"O-{place}-{person.iin}",
        person,
        reached[person.iin],
        "proactive" if proactive else "replacement",
        service,
        device,
    )
