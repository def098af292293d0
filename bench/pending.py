"""Offers that wait for an answer, made up by number: as they rest in Redis, and as E-Sobes would tell of them."""

import socket
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

import msgspec
from hiredis import pack_command
from msgspec import structs

from bench.load import LoadError
from dialogs.language import Language
from dialogs.matters import codes, pocket, steps
from dialogs.matters.matter import Kind, Matter, Person
from dialogs.matters.pocket import Known, Pocket
from dialogs.matters.rules import Rules
from dialogs.matters.steps import Asked
from dialogs.people import mark
from gateway.clock import ALMATY, Clock
from gateway.esobes.events import EVENT
from gateway.matters.store import EVENT_SEEN_FOR, home_of, pocket_key
from gateway.store import tag

MONDAY = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
"""No quiet hours, and a whole window ahead."""
PAGE = 2_000
"""Commands that go to Redis together."""

Command = tuple[str | int | float | bytes | memoryview, ...]

PEOPLE = (
    ("Нұрғалиева Айгүл Серікқызы", date(1968, 4, 12), Language.KK),
    ("Петренко Галина Ивановна", date(1948, 10, 1), Language.RU),
    ("Жүнісов Нұрлан Тілеубекұлы", date(1961, 5, 9), Language.KK),
    ("Орлов Павел Ильич", date(1955, 3, 1), Language.RU),
)
OFFERS = (
    (Kind.PROACTIVE, "prosthetic_orthopaedic_aid", "протез голени"),
    (Kind.REPLACEMENT, "special_transport_wheelchair", "кресло-коляска комнатная"),
    (Kind.PROACTIVE, "sanatorium_treatment", None),
    (Kind.PROACTIVE, "technical_aids_hygiene", "подгузники"),
    (Kind.PROACTIVE, "personal_assistant", None),
)
SPECIALIST = "Ахметова Гүлнар Болатқызы"
PAIRS = tuple(codes.draw((), partial(lambda place, choices: place % choices, place)) for place in range(40))

_encode = msgspec.json.Encoder().encode


class Daylight(Clock):
    """Begins on a Monday at ten, whenever the benchmark runs: no letter waits for the morning."""

    def __init__(self) -> None:
        self._ahead = MONDAY - super().now()

    def now(self) -> datetime:
        return super().now() + self._ahead


class Hand(Clock):
    """Stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def offer(number: int) -> str:
    return f"of-2026-{number:09}"


def event(number: int) -> str:
    return f"7f3b2c1a-9d4e-4b6f-8a21-000{number:09}"


def phone(number: int) -> str:
    return f"+77{number:09}"


def iin(number: int) -> str:
    return f"680{number:09}"


class Pending:
    """All of them were asked at the same time and nobody has answered yet."""

    def __init__(self, rules: Rules, sent: datetime = MONDAY) -> None:
        self._rules = rules
        self._sent = sent
        self._models = [self._model(number) for number in range(len(PEOPLE) * len(OFFERS))]

    def matter(self, number: int) -> Matter:
        model = self._models[number % len(self._models)]
        yes, no = self.codes(number)
        person, phones = structs.replace(model.person, iin=iin(number)), (phone(number),)
        return structs.replace(model, id=offer(number), person=person, phones=phones, yes=yes, no=no)

    def codes(self, number: int) -> tuple[str, str]:
        return PAIRS[number % len(PAIRS)]

    def matters(self, numbers: Iterable[int], wake: datetime | None = None) -> Iterator[Command]:
        for number in numbers:
            matter = self.matter(number)
            matter.wake = wake or matter.wake
            yield "SET", f"{tag(home_of(iin(number)))}:matter:{offer(number)}", _encode(matter)

    def pockets(self, numbers: Iterable[int]) -> Iterator[Command]:
        day = self._sent.date().toordinal()
        for number in numbers:
            person = iin(number)
            known = Known(offer(number), home_of(person), mark(person), *self.codes(number), day)
            yield "SET", pocket_key(f"sms:{phone(number)}"), pocket.write(Pocket((known,)))

    def wakeups(self, numbers: Iterable[int], wake: datetime | None = None) -> Iterator[Command]:
        due = wake or self._models[0].wake
        assert due is not None
        for number in numbers:
            yield "ZADD", f"{tag(home_of(iin(number)))}:wakeups", repr(due.timestamp()), offer(number)

    def seen(self, numbers: Iterable[int]) -> Iterator[Command]:
        return seen(numbers)

    def _model(self, number: int) -> Matter:
        name, birth_date, language = PEOPLE[number % len(PEOPLE)]
        kind, service, device = OFFERS[number % len(OFFERS)]
        person = Person(iin(number), name, birth_date, language)
        asked = Asked(offer(number), kind, service, device, person, (phone(number),), SPECIALIST, "41-26")
        return steps.opened(asked, self.codes(number), self._sent, self._rules).matter


def seen(numbers: Iterable[int]) -> Iterator[Command]:
    """That the event was dealt with."""
    seconds = int(EVENT_SEEN_FOR / timedelta(seconds=1))
    for number in numbers:
        yield "SET", f"{tag(home_of(iin(number)))}:seen:{EVENT}{event(number)}", b"", "EX", seconds


def pour(url: str, commands: Iterator[Command]) -> None:
    """Straight into the embedded Redis. While it takes one page in, the next is written."""
    with socket.socket(socket.AF_UNIX) as way:
        way.connect(url.removeprefix("unix://"))
        owed = 0
        while page := list(islice(commands, PAGE)):
            packed = b"".join(map(pack_command, page))  # type: ignore[arg-type]  # its stub knows one word
            _hear(way, owed)
            way.sendall(packed)
            owed = len(page)
        _hear(way, owed)


def _hear(way: socket.socket, owed: int) -> None:
    while owed > 0:
        heard = way.recv(1 << 20)
        if not heard or b"-" in heard:
            raise LoadError(f"Redis does not take what it is given: {heard[:100]!r}")
        owed -= heard.count(b"\n")
