"""The rules for duties, said once more in the simplest way. What happened goes in, in its order; what E-Sobes must
have been told comes out, which letters must have come, and how everything stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.model.cast import Cast, Due
from tests.model.reference import FOLLOWS, OFF, WEEK, leaves, midnight

SOON = timedelta(minutes=10)
LIMIT = {"inpatient": (30, 30), "semi_inpatient": (10, 14)}
"""Days that all acts allow, and that at least one does."""
DAYS_TO_CHOOSE = {
    "special_social_services_inpatient": 10,
    "special_social_services_semi_inpatient": 5,
    "special_social_services_home": 5,
}
ANSWERS = ("sign", "sign_late", "conflict", "not_taken")
WANT = frozenset(
    {
        *("invited", "soon", "eve", "sign", "sign_soon", "sign_eve", "sign_last"),
        *("choose", "month_over", "choose_soon", "accepted", "cancel_soon", "arrive_soon"),
    }
)
"""Letters that must not come once what they want is not wanted any more."""
REMINDERS = WANT - {"invited", "sign", "choose", "accepted"}

LAW = frozenset(
    {
        *("invited", "invited_late", "moved"),
        *("choose", "choose_late", "month_over", "blocked", "accepted", "refused"),
    }
)
"""Letters that the acts ask for: a place is free, a supplier may be chosen, a month is left, the choice is blocked,
an order is taken or not."""

Name = tuple[str, str, int, str]
"""A letter: duty, which letter, in which round, address."""
Reminder = tuple[date, str, date]
"""When, which, and the last day on which it is of use."""


@dataclass(frozen=True)
class Come:
    """A letter that has to come: not before `when`, and not from `until` on."""

    when: datetime
    until: datetime
    asked: bool = False
    """An answer: it comes at any hour."""
    follows: datetime | None = None
    """Of an SMS that comes only if the chat does not get its letter: then, at the latest."""


@dataclass(frozen=True)
class Event:
    """What E-Sobes tells."""

    about: Due
    what: str
    day: date
    outcome: str
    """Of an opened invitation, where to."""
    phones: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What somebody decides about an invitation."""

    about: Due
    act: str
    until: date
    address: str


@dataclass(frozen=True)
class Wish:
    until: date
    at: datetime
    channel: str
    phone: str
    address: str


@dataclass
class Duty:
    about: Due
    phones: list[str]
    state: str
    last: date | None = None
    """The last day: to arrive, or to choose."""
    where: str = ""
    """Empty: nobody has told."""
    opened: date | None = None
    said: str = ""
    used: bool = False
    wish: Wish | None = None
    sign_by: date | None = None
    disputed: int = 0
    declined: int = 0
    round: int = 0
    sent: datetime | None = None
    reminded: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.about.kind}:{self.about.id}"


class Duties:
    def __init__(self, cast: Cast, fate: Callable[[Name], str], strangers: dict[tuple[str, str], datetime]) -> None:
        """`strangers`: persons who are not reached at a phone, and since when."""
        self.known: dict[str, Duty] = {}
        self.letters: dict[Name, Come] = {}
        """Those that have to come."""
        self.overtaken: dict[Name, Come] = {}
        """Those that may."""
        self.wishes: dict[str, Wish] = {}
        """Invitation → what E-Sobes is told, once."""
        self.answers: dict[str, str] = {}
        """Message → the verdict that its answer has to name."""
        self._cast = cast
        self._fate = fate
        self._strangers = strangers
        self._pockets: dict[str, list[str]] = {}
        self._fresh: set[Name] = set()
        """Letters of the step that is under way."""

    # What E-Sobes tells

    def told(self, now: datetime, event: Event) -> None:
        about = event.about
        duty = self.known.get(about.name)
        if duty is None:
            start = {"invitation": "invited", "choice": "open", "order": "new"}[about.kind]
            duty = Duty(about, [], start, last=now.date() if about.kind == "invitation" else None)
        if event.what != "closed":
            for phone in event.phones:
                self.note(phone, about.name)
        self.known[about.name] = duty
        for phone in set(duty.phones) - {*event.phones}:
            self._no_more(now, phone, lambda name: name == about.name)
        duty.phones = [phone for phone in event.phones if (about.person.iin, phone) not in self._strangers]
        self._pass(duty, now)
        self._fresh.clear()
        getattr(self, f"_{about.kind}_{event.what}")(duty, now, event)
        self._pass(duty, now)

    def note(self, phone: str, name: str) -> None:
        """What is over makes room."""
        held = self._pockets.setdefault(phone, [])
        if name not in held:
            held[:] = [one for one in held if one not in self.known or self.known[one].state != "over"]
            held.append(name)

    def _invitation_opened(self, duty: Duty, now: datetime, event: Event) -> None:
        day, where = event.day, event.outcome
        if duty.state == "postponed" and not duty.where:
            duty.where = where
        if duty.state in ("over", "postponed") or (duty.last, duty.where) == (day, where):
            return
        if duty.state == "lapsed" and day < now.date():
            return
        duty.where, duty.last = where, day
        if duty.sign_by is not None:
            duty.sign_by = min(duty.sign_by, day)
        to = "invited" if duty.state == "lapsed" else duty.state
        self._anew(duty, to, now)
        late = day < leaves(now).date()
        self._tell(duty, "invited_late" if late else "invited", now, day)

    def _invitation_changed(self, duty: Duty, now: datetime, event: Event) -> None:
        if duty.state == "over" or (duty.state in ("postponed", "lapsed") and event.day == duty.last):
            return
        duty.last, duty.used = event.day, True
        self._anew(duty, "postponed", now)
        self._tell(duty, "moved", now)

    def _invitation_closed(self, duty: Duty, now: datetime, event: Event) -> None:
        self._close(duty, now, "" if event.outcome == "admitted" else event.outcome)

    def _choice_opened(self, duty: Duty, now: datetime, event: Event) -> None:
        day = event.day
        if day == duty.opened or (duty.state != "open" and duty.opened is not None and day < duty.opened):
            return
        duty.opened, duty.last = day, last_to_choose(duty.about.service, day)
        self._anew(duty, "open", now)
        over = self._end(duty)
        if duty.about.service in DAYS_TO_CHOOSE and duty.last < leaves(now).date():
            self._tell(duty, "choose_late", now)
        elif over is None or over[0] > now:
            self._tell(duty, "choose", now, duty.last)

    def _choice_closed(self, duty: Duty, now: datetime, event: Event) -> None:
        if duty.opened is None and duty.state == "open":
            duty.opened = now.date()  # what is opened on that day or before it has been closed
        self._close(duty, now, "chosen" if event.outcome == "chosen" else "choice_cancelled")

    def _order_answered(self, duty: Duty, now: datetime, event: Event) -> None:
        if event.outcome == "accepted":
            if duty.state in ("accepted", "over") and event.day == duty.last:
                return
            duty.last = event.day
            self._anew(duty, "accepted", now)
            if event.day >= now.date():
                self._tell(duty, "accepted", now, event.day)
        elif duty.state in ("new", "accepted"):
            self._anew(duty, "refused", now)
            self._tell(duty, "refused", now)

    def _close(self, duty: Duty, now: datetime, letter: str) -> None:
        if duty.state == "over":
            return
        heard = duty.round > 1 or bool(duty.reminded or duty.said or duty.wish)
        heard = heard or (duty.round == 1 and duty.sent is not None and duty.sent <= now)
        duty.state = "over"
        self._drop(duty, now, all_of_them=True)
        if heard and letter:
            self._tell(duty, letter, now)

    # What E-Sobes answers

    def esobes_said(self, now: datetime, id: str, status: int, sign_by: date | None) -> None:
        duty = self.known[f"invitation:{id}"]
        self._pass(duty, now)
        self._fresh.clear()
        late = duty.state == "lapsed"
        if status < 300 and duty.sign_by is None and duty.state in ("postponing", "invited", "lapsed"):
            assert duty.last is not None
            duty.sign_by = min(sign_by or duty.last, duty.last)
            if late:
                self._tell(duty, "sign_late", now)
            else:
                self._turn(duty, "unsigned", now, told=True)
                duty.sent = leaves(now)
                if duty.sign_by >= now.date() and not duty.said:
                    self._tell(duty, "sign", now, duty.sign_by)
        elif status >= 300 and duty.state in ("postponing", "lapsed"):
            if not late:
                self._turn(duty, "invited", now, told=True)
            letter = "conflict" if status == 409 else "not_taken"
            if letter not in duty.reminded:
                duty.reminded.append(letter)
                self._tell(duty, letter, now)
        self._pass(duty, now)

    # What people decide

    def verdict(self, now: datetime, said: Said) -> str:
        duty, phone = self.known.get(said.about.name), self._cast.phone(said.address)
        if duty is None or phone not in duty.phones or duty.name not in self._pockets.get(phone, []):
            return "unknown"
        assert duty.last is not None
        if duty.state == "over" or duty.last < now.date():
            return "over" if duty.state == "over" else "late"
        return "fine" if said.act != "postpone" else self._postponing(duty, said.until)

    def _postponing(self, duty: Duty, until: date) -> str:
        if not duty.where:
            return "untold"
        if duty.about.setting not in LIMIT:
            return "setting"
        if duty.used:
            return "pending" if duty.state in ("postponing", "unsigned") else "used"
        assert duty.last is not None
        days, (all_say, one_says) = (until - duty.last).days, LIMIT[duty.about.setting]
        if days < 1:
            return "early"
        return "fine" if days <= all_say else "disputed" if days <= one_says else "far"

    def did(self, now: datetime, said: Said, message: str) -> bool:
        """Whether it stands in the journal."""
        verdict = self.verdict(now, said)
        self.answers[message] = verdict
        if verdict not in ("fine", "disputed"):
            return False
        duty = self.known[said.about.name]
        self._pass(duty, now)
        self._fresh.clear()
        if verdict == "disputed":
            duty.disputed += 1
        elif said.act == "postpone":
            channel = "sms" if said.address.startswith("sms:") else "telegram"
            duty.wish = Wish(said.until, now, channel, self._cast.phone(said.address), said.address)
            duty.used, duty.said = True, ""
            self.wishes[said.about.id] = duty.wish
            self._turn(duty, "postponing", now, told=False)
        else:
            calmed = duty.said != said.act and (said.act == "decline" or duty.state == "unsigned")
            duty.declined += said.act == "decline" and duty.said != "decline"
            duty.said = said.act
            if calmed:
                self._drop(duty, now, all_of_them=False)
        self._pass(duty, now)
        return True

    def invited(self, phone: str, now: datetime) -> datetime | None:
        """When the newest letter came to this phone that asks whether somebody comes."""
        told = [self.known[name] for name in self._pockets.get(phone, []) if name in self.known]
        asking = (duty for duty in told if duty.where and not duty.said and duty.state in ("invited", "postponed"))
        letters = (duty.sent for duty in asking if phone in duty.phones)
        return max((sent for sent in letters if sent is not None and sent <= now), default=None)

    # Who is a stranger

    def persons_at(self, phone: str) -> set[str]:
        return {self.known[name].about.person.iin for name in self._pockets.get(phone, []) if name in self.known}

    def strange(self, now: datetime, iin: str, phone: str) -> None:
        for duty in self.known.values():
            if duty.about.person.iin == iin and phone in duty.phones:
                duty.phones.remove(phone)
        self._no_more(now, phone, lambda name: self.known[name].about.person.iin == iin)

    def _no_more(self, now: datetime, phone: str, about: Callable[[str], bool]) -> None:
        for name in [name for name in self.letters if about(name[0]) and name[3] in self._cast.at(phone)]:
            come = self.letters.pop(name)
            if come.when <= now:  # it is on its way, or has arrived
                self.overtaken[name] = come

    # What the clock does

    def pass_time(self, now: datetime) -> None:
        self._fresh.clear()
        for duty in self.known.values():
            self._pass(duty, now)

    def due(self) -> datetime | None:
        """When something is due next."""
        moments = [moment for duty in self.known.values() for moment in self._moments(duty)]
        return min(moments, default=None)

    def slept(self, until: datetime) -> None:
        """The program did not run, and what is of no use any more does not come."""
        for name, come in list(self.letters.items()):
            earliest = until if come.asked else leaves(until)
            if self._fate(name) == "" and come.until <= earliest:
                self.overtaken[name] = self.letters.pop(name)

    def _moments(self, duty: Duty) -> Iterator[datetime]:
        over = self._end(duty)
        if over is not None:
            yield over[0]
        for day, _, _ in self._reminders(duty):
            yield at_ten(day)

    def _pass(self, duty: Duty, now: datetime) -> None:
        while True:
            over = self._end(duty)
            if over is not None and over[0] <= now:
                over[1](duty, now)
                continue
            ready = [one for one in self._reminders(duty) if at_ten(one[0]) <= now]
            if not ready:
                return
            _, name, last = max(ready)
            duty.reminded.append(name)
            if leaves(now).date() <= last:
                duty.sent = leaves(now)
                self._tell(duty, name, now, last)

    def _reminders(self, duty: Duty) -> list[Reminder]:
        """Neither those of the day of the last letter, nor those before one that has left."""
        found = list(self._all_reminders(duty))
        gone = max((day for day, name, _ in found if name in duty.reminded), default=None)
        start = duty.sent.date() if duty.sent else None
        return [one for one in found if (gone is None or one[0] > gone) and (start is None or one[0] > start)]

    def _all_reminders(self, duty: Duty) -> Iterator[Reminder]:
        last = duty.last
        if last is None or duty.round == 0:
            return
        expected = duty.state in ("invited", "postponing", "postponed")
        if (expected and duty.said != "decline") or (duty.state == "unsigned" and duty.said == "come"):
            yield workdays_before(last, 3), "soon", last
            yield last - timedelta(1), "eve", last
        elif duty.state == "unsigned" and not duty.said and duty.sign_by is not None:
            yield workdays_before(duty.sign_by, 3), "sign_soon", duty.sign_by
            yield workdays_before(duty.sign_by, 1), "sign_eve", duty.sign_by
            yield duty.sign_by, "sign_last", duty.sign_by
        elif duty.state == "open" and duty.opened is not None:
            if duty.about.service in DAYS_TO_CHOOSE:
                yield workdays_before(last, 1), "choose_soon", last
            else:
                yield months_after(duty.opened, 1), "month_over", last
        elif duty.state == "accepted":
            give_up = workdays_before(last, 3)
            yield workdays_before(give_up, 1), "cancel_soon", give_up
            yield last - timedelta(1), "arrive_soon", last

    def _end(self, duty: Duty) -> tuple[datetime, Callable[[Duty, datetime], None]] | None:
        if duty.last is None:
            return None
        if duty.state in ("invited", "postponing", "postponed"):
            return midnight(duty.last + timedelta(1)), self._lapse
        if duty.state == "unsigned":
            assert duty.sign_by is not None
            return midnight(duty.sign_by + timedelta(1)), self._unsigned
        if duty.state == "open" and duty.about.service in DAYS_TO_CHOOSE:
            return midnight(duty.last + timedelta(1)), self._lapse
        if duty.state == "open":
            return at_ten(duty.last + timedelta(1)), self._block
        if duty.state == "accepted":
            return midnight(duty.last + timedelta(1)), self._finish
        return None

    def _lapse(self, duty: Duty, now: datetime) -> None:
        self._turn(duty, "lapsed", now, told=False)

    def _finish(self, duty: Duty, now: datetime) -> None:
        duty.state = "over"
        self._drop(duty, now, all_of_them=True)

    def _block(self, duty: Duty, now: datetime) -> None:
        self._turn(duty, "blocked", now, told=True)
        self._tell(duty, "blocked", now)

    def _unsigned(self, duty: Duty, now: datetime) -> None:
        """The old day is what counts, if it is not over."""
        assert duty.last is not None
        over, told = duty.last < now.date(), not duty.said
        self._turn(duty, "lapsed" if over else "invited", now, told=told)
        if told and not over:
            duty.sent = leaves(now)
        if told and not (over and any(name[:2] == (duty.name, "invited_late") for name in self._fresh)):
            self._tell(duty, "unsigned_lapsed" if over else "unsigned", now)

    # Letters

    def _anew(self, duty: Duty, state: str, now: datetime) -> None:
        self._turn(duty, state, now, told=True)
        duty.round, duty.reminded, duty.said, duty.sent = duty.round + 1, [], "", leaves(now)

    def _turn(self, duty: Duty, state: str, now: datetime, *, told: bool) -> None:
        """`told`: another letter says how it stands."""
        duty.state = state
        self._drop(duty, now, all_of_them=told)

    def _drop(self, duty: Duty, now: datetime, *, all_of_them: bool) -> None:
        """What has not left yet, and wants what is not wanted any more, does not come. What is only overtaken by
        another letter may."""
        for name, come in list(self.letters.items()):
            if name[0] != duty.name or name in self._fresh or self._fate(name) != "":
                continue
            if name[1] == "invited" and not all_of_them and duty.state not in ("lapsed", "over") and not duty.said:
                continue  # the place still waits for them
            if name[1] in WANT or all_of_them:
                del self.letters[name]
                if come.when <= now or name[1] not in WANT:
                    self.overtaken[name] = come

    def _tell(self, duty: Duty, letter: str, now: datetime, last: date | None = None) -> None:
        """`last`: the last day on which it is of use."""
        for phone in duty.phones:
            sms, *chats = self._cast.at(phone)
            come = {address: self._come(duty, letter, now, address, last) for address in (sms, *chats)}
            for chat in chats:
                when = come[chat].when
                follows = leaves(when + FOLLOWS)
                law = letter in LAW and self._cast.sms_too
                if law or come[sms].asked or follows >= come[chat].until:
                    continue
                by_sms = Come(when, self._until(letter, follows, last), follows=follows)
                until = follows if leaves(when) > when else when + FOLLOWS
                come |= {sms: by_sms, chat: Come(when, until, come[chat].asked)}
            for address, one in come.items():
                name = duty.name, letter, duty.round, address
                self.letters[name] = one
                self._fresh.add(name)

    def _come(self, duty: Duty, letter: str, now: datetime, address: str, last: date | None) -> Come:
        wish = duty.wish
        asked = letter in ANSWERS and wish is not None and wish.address == address and now - wish.at < SOON
        when = now if asked else leaves(now)
        return Come(when, self._until(letter, when, last), asked)

    def _until(self, letter: str, when: datetime, last: date | None) -> datetime:
        if letter in WANT and last is not None and last >= when.date():
            return min(when + WEEK, midnight(last + timedelta(1)))
        return when + WEEK


def last_to_choose(service: str, opened: date) -> date:
    if service in DAYS_TO_CHOOSE:
        return workdays_after(opened, DAYS_TO_CHOOSE[service])
    return months_after(opened, 2)


def months_after(day: date, months: int) -> date:
    """The same number, or the last day of a shorter month."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(32)).replace(day=1)
    found = first + timedelta(day.day - 1)
    while found.month != first.month:
        found -= timedelta(1)
    return found


def is_worked(day: date) -> bool:
    return day.weekday() < 5 and day not in OFF


def workdays_before(day: date, days: int) -> date:
    while days:
        day -= timedelta(1)
        days -= is_worked(day)
    return day


def workdays_after(day: date, days: int) -> date:
    while days:
        day += timedelta(1)
        days -= is_worked(day)
    return day


def at_ten(day: date) -> datetime:
    return midnight(day).replace(hour=10)
