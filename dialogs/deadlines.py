"""What somebody has to do, and by when: all that is open at a phone, the nearest day first.

What is over is shown for a while below it: something can mostly still be done about it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from dialogs.applications.application import OVER as DECIDED
from dialogs.applications.application import Application
from dialogs.duties import steps
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Setting, name
from dialogs.duties.rules import Rules
from dialogs.matters import sizes
from dialogs.matters.matter import Matter, Person
from dialogs.matters.voice import given_name, key
from dialogs.matters.window import last_day
from dialogs.people import Citizen
from dialogs.workdays import CalendarError

REMEMBERED = timedelta(14)
"""So long it is said that something is over."""


class Kind(StrEnum):
    """What there is to do; on the same day, in this order."""

    SIGN = "sign"
    """The notice of postponing is not signed yet."""
    ANSWER = "answer"
    REFUSING = "refusing"
    """An offer was refused a moment ago: it can still be taken back."""
    HEARING = "hearing"
    ARRIVE = "arrive"
    CALL = "call"
    """Help at home: there is nowhere to arrive, the organisation is spoken with."""
    DECLINED = "declined"
    """A place that is not needed, as the person says."""
    CHOOSE = "choose"
    CANCEL = "cancel"
    """The bed can still be given up."""
    TRAVEL = "travel"
    LAPSED = "lapsed"
    """The last day to arrive, or to choose, is over."""
    BLOCKED = "blocked"
    """Two months are over: the choice has to be reactivated."""
    REFUSED = "refused"
    """The supplier would not take the order."""


OVER = frozenset({Kind.LAPSED, Kind.BLOCKED, Kind.REFUSED})
_RANKS = {kind: rank for rank, kind in enumerate(Kind)}


class Deadline(Struct, frozen=True, kw_only=True):
    kind: Kind
    about: Matter | AnyDuty | Application
    service: str
    day: date | None
    """The last day to do it; of what is over, the day that it was. None: nobody has named one."""
    at: time | None = None
    left: int | None = None
    """Working days; see `workdays_left`."""
    whom: str = ""
    """The given name, where it has to be said."""

    @property
    def key(self) -> str:
        """Its short name in buttons."""
        return self.about.key if isinstance(self.about, Application) else key(_full_name(self.about))

    @property
    def name(self) -> str:
        """The same for as long as there is this to do."""
        return f"{self.kind}:{self.about.id}"

    def __repr__(self) -> str:
        return f"Deadline({self.kind} {self.day})"


def deadlines(
    offers: Iterable[Matter],
    duties: Iterable[AnyDuty],
    applications: Iterable[tuple[Citizen, Application]],
    now: datetime,
    rules: Rules,
    *,
    persons: Iterable[Citizen] = (),
) -> tuple[Deadline, ...]:
    """Of everybody whom one phone serves. `persons`: whoever else is known there."""
    offers, applications = tuple(offers), tuple(applications)
    current = tuple(steps.step(duty, None, now, rules).duty for duty in duties)
    served = {one.iin for one in persons} | {person.iin for person, _ in applications}
    served |= {matter.person.iin for matter in (*offers, *current)}
    counted = _Counted(now, rules, named=len(served) > 1)
    found = (
        *(one for offer in offers for one in counted.of_offer(offer)),
        *(one for duty in current for one in counted.of_duty(duty)),
        *(one for person, its in applications for one in counted.of_application(person, its)),
    )
    return tuple(sorted(found, key=_in_order))


def workdays_left(today: date, day: date, rules: Rules) -> int | None:
    """Today is not counted, the day itself is. None: outside the calendar."""
    try:
        return rules.workdays.between(today, day)
    except CalendarError:
        return None


def _full_name(about: Matter | AnyDuty) -> str:
    return about.id if isinstance(about, Matter) else name(about)


def _in_order(one: Deadline) -> tuple[bool, bool, int, int, str]:
    """What is over comes last, the newest of it first."""
    over, day = one.kind in OVER, one.day.toordinal() if one.day else 0
    return over, one.day is None, -day if over else day, _RANKS[one.kind], one.name


class _Counted(Struct, frozen=True):
    """As it stands today."""

    now: datetime
    rules: Rules
    named: bool

    @property
    def today(self) -> date:
        return self.now.date()

    def of_offer(self, offer: Matter) -> Iterator[Deadline]:
        kinds = {"asked": Kind.ANSWER, "refusing": Kind.REFUSING}
        if offer.state in kinds and self.now < offer.closes:
            yield self._made(kinds[offer.state], offer, last_day(offer.closes))

    def of_duty(self, duty: AnyDuty) -> Iterator[Deadline]:
        if isinstance(duty, Invitation):
            yield from self._of_invitation(duty)
        elif isinstance(duty, Choice):
            yield from self._of_choice(duty)
        else:
            yield from self._of_order(duty)

    def of_application(self, person: Citizen, its: Application) -> Iterator[Deadline]:
        if its.hearing is None or its.stage in DECIDED:
            return
        at = its.hearing.at.astimezone(self.now.tzinfo)
        if at.date() >= self.today:
            yield Deadline(
                kind=Kind.HEARING,
                about=its,
                service=its.service,
                day=at.date(),
                at=at.time(),
                left=self._left(at.date()),
                whom=given_name(person.name) if self.named or person.ward else "",
            )

    def _of_invitation(self, duty: Invitation) -> Iterator[Deadline]:
        if duty.state == "lapsed":
            yield from self._over(Kind.LAPSED, duty, duty.arrive_by)
        elif duty.state != "over":
            unsigned = duty.state == "unsigned" and not duty.said and duty.wanted is not None
            signed_by = duty.wanted.sign_by if unsigned and duty.wanted else None
            arriving = Kind.CALL if duty.setting is Setting.HOME else Kind.ARRIVE
            expected = Kind.DECLINED if duty.said == "decline" else arriving
            yield self._made(Kind.SIGN if unsigned else expected, duty, signed_by or duty.arrive_by)

    def _of_choice(self, duty: Choice) -> Iterator[Deadline]:
        if duty.state == "open":
            yield self._made(Kind.CHOOSE, duty, duty.last)
        elif duty.state != "over":
            day = duty.last or duty.opened_on
            if duty.state == "blocked":  # for as long as it is: the person can still reactivate it
                yield self._made(Kind.BLOCKED, duty, day)
            else:
                yield from self._over(Kind.LAPSED, duty, day)

    def _of_order(self, duty: Order) -> Iterator[Deadline]:
        if duty.state == "refused":
            yield from self._over(Kind.REFUSED, duty, duty.sent.date())
        elif duty.state == "accepted" and duty.arrive_on is not None:
            if duty.cancel_by is not None and self.today <= duty.cancel_by:
                yield self._made(Kind.CANCEL, duty, duty.cancel_by)
            else:
                yield self._made(Kind.TRAVEL, duty, duty.arrive_on)

    def _over(self, kind: Kind, duty: AnyDuty, day: date) -> Iterator[Deadline]:
        if self.today - day <= REMEMBERED:
            yield self._made(kind, duty, day)

    def _made(self, kind: Kind, about: Matter | AnyDuty, day: date | None) -> Deadline:
        return Deadline(
            kind=kind,
            about=about,
            service=about.service,
            day=day,
            left=self._left(day) if day else None,
            whom=self._whom(about.person),
        )

    def _whom(self, person: Person) -> str:
        named = self.named or sizes.child(person.birth_date, self.today)
        return given_name(person.name) if named else ""

    def _left(self, day: date) -> int | None:
        return workdays_left(self.today, day, self.rules)
