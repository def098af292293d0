"""Invitations, choices and orders that wait, made up by number: as they rest in Redis."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from msgspec import structs

from bench.pending import MONDAY, PEOPLE, SPECIALIST, Command, iin, phone, seen
from dialogs.duties import steps
from dialogs.duties.course import D, Happening
from dialogs.duties.duty import (
    SERVICE_OF,
    AnyDuty,
    Choice,
    Invitation,
    Order,
    Place,
    Postponement,
    Reason,
    Setting,
    name,
)
from dialogs.duties.rules import Rules
from dialogs.matters import pocket
from dialogs.matters.matter import Person
from dialogs.matters.pocket import Noted, Pocket
from dialogs.months import after
from dialogs.people import mark
from gateway.matters.store import home_of, pocket_key
from gateway.store import tag

CENTRE = Place("КГУ «Центр оказания специальных социальных услуг»", "Жаркент, Жібек жолы к., 114", "+7 728 315 22 40")
RESORT = Place("ТОО «Санаторий Жаркент-Арасан»", "Панфиловский район, с. Лесновка, 1", "+7 727 233 40 09")
MONTHS = ("prosthetic_orthopaedic_aid", "special_transport_wheelchair", "technical_aids_hygiene")
DAYS = (SERVICE_OF[Setting.INPATIENT], SERVICE_OF[Setting.SEMI_INPATIENT])
URL = "https://aleumet.egov.kz/notices/5c7a9d0e1f23"

_encode = msgspec.json.Encoder().encode

Make = Callable[[Person, date, Rules], Iterator[AnyDuty]]
"""Duties of a person that are reminded of on that day, in all the states in which they wait."""


class Open:
    """One kind, all of them reminded of by the same day at ten o'clock."""

    def __init__(self, make: Make, due: date, rules: Rules) -> None:
        people = [Person("", *one) for one in PEOPLE]
        self._models: Sequence[AnyDuty] = [duty for person in people for duty in make(person, due, rules)]
        at = datetime.combine(due, rules.reminder_at or time(), MONDAY.tzinfo)
        assert all(duty.wake is not None and MONDAY < duty.wake <= at for duty in self._models)

    def duty(self, number: int) -> AnyDuty:
        model = self._models[number % len(self._models)]
        person = structs.replace(model.person, iin=iin(number))
        return structs.replace(model, id=f"{model.id}-2026-{number:09}", person=person, phones=(phone(number),))

    def matters(self, numbers: Iterable[int], wake: datetime | None = None) -> Iterator[Command]:
        for duty in map(self.duty, numbers):
            duty.wake = wake or duty.wake
            yield "SET", f"{tag(home_of(duty.person.iin))}:{name(duty)}", _encode(duty)

    def pockets(self, numbers: Iterable[int]) -> Iterator[Command]:
        for duty in map(self.duty, numbers):
            noted = Noted(name(duty), home_of(duty.person.iin), mark(duty.person.iin))
            yield "SET", pocket_key(f"sms:{duty.phones[0]}"), pocket.write(Pocket(duties=(noted,)))

    def wakeups(self, numbers: Iterable[int], wake: datetime | None = None) -> Iterator[Command]:
        for duty in map(self.duty, numbers):
            due = wake or duty.wake
            assert due is not None
            yield "ZADD", f"{tag(home_of(duty.person.iin))}:wakeups", repr(due.timestamp()), f".{name(duty)}"

    def seen(self, numbers: Iterable[int]) -> Iterator[Command]:
        return seen(numbers)


def invitations(person: Person, due: date, rules: Rules) -> Iterator[Invitation]:
    """Not answered; the person comes; the notice waits for its signature; it is signed; at home."""
    last = rules.workdays.add(due, rules.workdays_before)
    yield (first := _invited(person, last, Setting.INPATIENT, rules))
    yield _then(_invited(person, last, Setting.SEMI_INPATIENT, rules), Happening(name="come"), rules)
    wanted = Postponement(last + timedelta(14), Reason.ILLNESS, MONDAY, "sms", phone(0), f"sms:{phone(0)}")
    asked = _then(first, Happening(name="postpone", wanted=wanted), rules)
    yield _then(asked, Happening(name="taken", day=wanted.until, sign_by=last, url=URL), rules)
    before = _invited(person, last - timedelta(5), Setting.INPATIENT, rules)
    yield _then(before, Happening(name="changed", day=last), rules)
    yield _invited(person, last, Setting.HOME, rules)


def _invited(person: Person, last: date, setting: Setting, rules: Rules) -> Invitation:
    fresh = Invitation(
        id="in",
        person=person,
        phones=("",),
        specialist=SPECIALIST,
        case="41-26",
        state="invited",
        sent=MONDAY,
        place=None,
        setting=None,
        arrive_by=MONDAY.date(),
    )
    return _then(fresh, Happening(name="opened", day=last, place=CENTRE, setting=setting), rules)


def choices(person: Person, due: date, rules: Rules) -> Iterator[Choice]:
    """Months to choose a supplier, working days to choose an organisation."""
    for service in MONTHS:
        yield _choice(person, service, after(due, -rules.law.months.reminder), rules)
    for service in DAYS:
        last = rules.workdays.add(due, 1)
        yield _choice(person, service, rules.workdays.before(last, rules.law.days.services[service]), rules)


def _choice(person: Person, service: str, opened_on: date, rules: Rules) -> Choice:
    fresh = Choice(
        id="pc",
        person=person,
        phones=("",),
        specialist=SPECIALIST,
        case="41-26",
        state="open",
        sent=MONDAY,
        service=service,
        opened_on=date.min,
    )
    return _then(fresh, Happening(name="opened", day=opened_on), rules)


def orders(person: Person, due: date, rules: Rules) -> Iterator[Order]:
    """A bed in a sanatorium, which can still be given up, or not any more."""
    for arrive_on in (rules.workdays.add(due, 1 + rules.law.bed.days), due + timedelta(rules.days_before)):
        fresh = Order(
            id="or",
            person=person,
            phones=("",),
            specialist=SPECIALIST,
            case="41-26",
            state="new",
            sent=MONDAY,
            service=rules.law.bed.services[0],
        )
        said = Happening(
            name="answered",
            outcome="accepted",
            place=RESORT,
            arrive_on=arrive_on,
            leave_on=arrive_on + timedelta(14),
        )
        yield _then(fresh, said, rules)


def _then(duty: D, happening: Happening, rules: Rules) -> D:
    return steps.step(duty, happening, MONDAY, rules).duty
