"""The rules for offers, said once more in the simplest way, as the law and the ministry's contract have them.
Whatever happened, in the order in which it happened, goes in; what E-Sobes must have been told comes out, and which
letters each phone must have got."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from gateway.clock import ALMATY
from tests.model.cast import Cast

HOLD = timedelta(minutes=15)
GATHERING = timedelta(minutes=1)
WEEK = timedelta(7)
FOLLOWS = timedelta(minutes=2)
"""After which an SMS comes, if nobody knows that the chat has taken what no act asks for."""
OFF = {
    date(2026, *day)
    for day in ((3, 9), (3, 23), (3, 24), (3, 25), (5, 1), (5, 7), (5, 11), (5, 27), (7, 6), (10, 26), (12, 16))
}
OFF |= {
    date(2027, *day)
    for day in ((1, 1), (1, 4), (1, 7), (3, 8), (3, 15), (3, 22), (3, 23), (3, 24), (5, 3), (5, 7), (5, 10))
}
"""Days from Monday to Friday that nobody works, as the calendars of 2026 and 2027 print them."""

Name = tuple[str, str, int, str]
"""A letter: offer, which letter, on which try to ask, address."""
Said = tuple[str | None, str | None]
"""The code, and all that was written."""


@dataclass(frozen=True)
class Post:
    """What E-Sobes is told of an offer."""

    answer: str
    at: datetime
    channel: str = "sms"
    phone: str | None = None
    code: str | None = None
    text: str | None = None


@dataclass
class Offer:
    id: str
    kind: str
    iin: str
    diapers: bool
    knows: set[str]
    """Phones at which its codes mean it."""
    phones: list[str]
    """Phones at which the person is reached."""
    yes: str
    no: str
    sent: datetime
    closes: datetime
    state: str = "asked"
    tries: int = 1
    day_over: bool = False
    reminded: bool = False
    held: Post | None = None
    size_wanted: bool = False
    posts: list[Post] = field(default_factory=list)
    note: Post | None = None

    @property
    def last(self) -> Post | None:
        return self.held if self.state == "held" or not self.posts else self.posts[-1]

    def is_open(self, now: datetime) -> bool:
        return self.state == "asked" and self.sent <= now

    def is_waiting(self, now: datetime) -> bool:
        return self.state in ("asked", "held", "refused") and self.sent <= now < self.closes


@dataclass
class News:
    """Of a person's applications what is still to be told."""

    waiting: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    """Offer → the event that its letter is named after, the stage, and whether the law asks for the letter."""
    leaves: datetime | None = None


@dataclass
class Heard:
    """What a message was taken for. `about`: the persons in whose journal it stands; None: nobody here can tell."""

    decided: bool = False
    about: frozenset[str] | None = frozenset()


class Reference:
    def __init__(self, cast: Cast, fate: Callable[[Name], str]) -> None:
        """`fate` of a letter, as its phone knows it: `taken`, `failed` later, `refused` at once, or nothing yet."""
        self.offers: dict[str, Offer] = {}
        self.withdrawn: set[str] = set()
        self.strangers: dict[tuple[str, str], datetime] = {}
        self.letters: dict[Name, datetime] = {}
        """Those that have to come, and when the first may."""
        self.overtaken: dict[Name, datetime] = {}
        """Those that need not come any more: something else has become of the offer."""
        self.follows: dict[Name, tuple[Name, datetime]] = {}
        """SMS that come only if a letter does not come to the chat: which, and when at the latest."""
        self.stages: dict[str, str] = {}
        """What was told last of each application…"""
        self.untold: set[str] = set()
        """…and of which nobody could be told."""
        self.news: dict[str, News] = {}
        self.persons_at: Callable[[str], set[str]] = lambda _: set()
        """Of whose duties a phone was told…"""
        self.strange: Callable[[datetime, str, str], None] = lambda *_: None
        """…and nothing of this person's any more."""
        self.invited: Callable[[str, datetime], datetime | None] = lambda *_: None
        """When the newest letter came to a phone that asks whether somebody comes."""
        self.helped: set[str] = set()
        """Addresses from which everything but a code goes to a specialist."""
        self._cast = cast
        self._fate = fate

    def copy(self) -> "Reference":
        """To try something on."""
        other = Reference(self._cast, self._fate)
        other.offers = deepcopy(self.offers)
        other.withdrawn, other.strangers = set(self.withdrawn), dict(self.strangers)
        other.letters, other.overtaken, other.stages = dict(self.letters), dict(self.overtaken), dict(self.stages)
        other.follows = dict(self.follows)
        other.untold, other.news = set(self.untold), deepcopy(self.news)
        other.helped = set(self.helped)
        return other

    # What E-Sobes tells

    def opened(self, now: datetime, id: str, codes: tuple[str, str]) -> None:
        if id in self.offers or id in self.withdrawn:
            return
        told = self._cast.offer(id)
        phones = [phone for phone in told.phones if (told.person.iin, phone) not in self.strangers]
        sent = leaves(now)
        offer = Offer(id, told.kind, told.person.iin, told.diapers, set(phones), phones, *codes, sent, closes(sent))
        self.offers[id] = offer
        self._tell(offer, "question", sent)

    def withdraw(self, now: datetime, id: str) -> None:
        self.withdrawn.add(id)
        if id in self.offers:
            offer = self.offers[id]
            self._pass_time(offer, now)
            self._leave(offer, "withdrawn", now)

    def said(self, now: datetime, id: str, event: str, stage: str, *, statutory: bool) -> None:
        """Of the application that came of an offer."""
        iin = self._cast.offer(id).person.iin
        news = self.news.setdefault(iin, News())
        first, _, hurried = news.waiting.pop(id, (event, "", False))
        hurried = hurried or statutory
        if self.stages.get(id) != stage or (hurried and id in self.untold):
            news.waiting[id] = (first, stage, hurried)
        if not news.waiting:
            news.leaves = None
        elif any(hurried for _, _, hurried in news.waiting.values()):
            news.leaves = leaves(now)
        else:
            news.leaves = news.leaves or leaves(now + GATHERING)
        self._tell_news(iin, now)

    def _tell_news(self, iin: str, now: datetime) -> None:
        news = self.news[iin]
        if news.leaves is None or news.leaves > now:
            return
        if leaves(now) > now:
            news.leaves = leaves(now)
            return
        first = next(iter(news.waiting))
        event = news.waiting[first][0]
        told = self._cast.offer(first)
        phones = [phone for phone in told.phones if (iin, phone) not in self.strangers]
        asked = any(hurried or stage in ("approved", "refused") for _, stage, hurried in news.waiting.values())
        for phone in phones:
            names: list[Name] = [(first, f"news:{event}", 1, address) for address in self._cast.at(phone)]
            self.letters.update(dict.fromkeys(names, now))
            if len(names) > 1 and not (asked and self._cast.sms_too):
                self.follows[names[0]] = names[1], leaves(now + FOLLOWS)
        for id, (_, stage, _) in news.waiting.items():
            self.stages[id] = stage
            (self.untold.discard if phones else self.untold.add)(id)
        self.news[iin] = News()

    def esobes_said(self, now: datetime, id: str, number: int, status: int, held: str | None) -> None:
        """Only what it says of the last answer changes anything."""
        offer = self.offers[id]
        last = offer.posts[-1].answer if number == len(offer.posts) else None
        if last is None or offer.state == "withdrawn":
            return
        if status == 409 and held != last:
            self._leave(offer, "over", now)
            self._tell(offer, "conflict", leaves(now))
        elif offer.state == "turning" and (status < 300 or status == 409):
            self._leave(offer, "agreed", now)
            self._tell(offer, "turned", leaves(now))
            offer.size_wanted = offer.diapers

    # What the clock does

    def pass_time(self, now: datetime) -> None:
        for offer in self.offers.values():
            self._pass_time(offer, now)
        for iin in self.news:
            self._tell_news(iin, now)

    def slept(self, since: datetime, until: datetime) -> None:
        """The program did not run. A question that was to leave meanwhile leaves on the same day or not at all, any
        other letter within a week."""
        for name, when in list(self.letters.items()):
            evening = datetime.combine(when.date(), time(21), when.tzinfo)
            if name[1] not in ("question", "reminder"):
                if leaves(until) >= when + WEEK and self._fate(name) == "":
                    self.overtaken[name] = self.letters.pop(name)
            elif since < when and until >= evening:
                del self.letters[name]
            elif name in self.follows and since < self.follows[name][1] and until >= evening:
                self.overtaken[name] = self.letters.pop(name)

    def _pass_time(self, offer: Offer, now: datetime) -> None:
        if offer.state == "held" and offer.held is not None and now >= min(offer.held.at + HOLD, offer.closes):
            offer.posts.append(offer.held)
            offer.state = "refused"
        if offer.state != "asked":
            return
        if not offer.day_over and now >= midnight(offer.sent.date() + timedelta(1)):
            offer.day_over = True
            if offer.phones and not self._known(offer, [offer.tries], "question"):
                offer.tries += 1  # nobody could be asked on that day: it all begins anew
                offer.sent, offer.day_over, offer.reminded = leaves(now), False, False
                offer.closes = closes(offer.sent)
                self._tell(offer, "question", offer.sent)
                return
        reminder = offer.closes - timedelta(hours=14)
        if not offer.reminded and reminder <= now and reminder > offer.sent and leaves(now) < offer.closes:
            offer.reminded = True
            self._tell(offer, "reminder", leaves(now))
        if now >= offer.closes:
            tries = list(range(1, offer.tries + 1))
            reached = any(self._reached(offer, phone, tries) for phone in offer.phones)
            letter = {
                "proactive": ("cancelled", "unreached_offer"),
                "replacement": ("queued", "unreached_replacement"),
            }
            how, name = ("silence", 0) if reached else ("undeliverable", 1)
            offer.posts.append(Post(how, offer.closes, phone=offer.phones[0] if offer.phones else None))
            self._leave(offer, "closed", now)
            self._tell(offer, letter[offer.kind][name], leaves(now))

    def _known(self, offer: Offer, tries: list[int], name: str) -> set[str]:
        fates = {self._fate((offer.id, name, number, f"sms:{phone}")) for phone in offer.phones for number in tries}
        in_chats = {self._in_chat(offer, name, number, phone) for phone in offer.phones for number in tries}
        return (fates | in_chats) - {""}

    def _in_chat(self, offer: Offer, name: str, number: int, phone: str) -> str:
        """Whether the chat has taken it, where that is enough."""
        if self._cast.sms_too or phone not in self._cast.chats:
            return ""
        fate = self._fate((offer.id, name, number, self._cast.chats[phone]))
        return fate if fate == "taken" else ""

    def _reached(self, offer: Offer, phone: str, tries: list[int]) -> bool:
        """Something was delivered there; or something was taken, and nothing is known to have failed."""
        asked = [(name, number) for name in ("question", "reminder") for number in tries]
        if any(self._in_chat(offer, *one, phone) for one in asked):
            return True
        fates = {self._fate((offer.id, *one, f"sms:{phone}")) for one in asked}
        return "delivered" in fates or ("taken" in fates and not fates & {"failed", "refused"})

    def _came(self, offer: Offer, phone: str) -> bool:
        """Somebody there has read what they are asked."""
        tries = range(1, offer.tries + 1)
        names = [
            (name, number, address)
            for name in ("question", "reminder")
            for number in tries
            for address in self._cast.at(phone)
        ]
        return any(self._fate((offer.id, *name)) in ("taken", "delivered") for name in names)

    # What people write

    def by_code(self, now: datetime, address: str, code: str, text: str | None) -> Heard:
        phone = self._cast.phone(address)
        offer = next((one for one in self.offers.values() if phone in one.knows and code in (one.yes, one.no)), None)
        if offer is None:
            return self.unclear(now, address)
        if phone not in offer.phones:
            return Heard(about=frozenset({offer.iin}))
        return self._answers(now, offer, address, code == offer.yes, (code, text))

    def by_word(self, now: datetime, address: str, yes: bool, text: str) -> Heard:
        if address in self.helped or self._is_about_coming(now, address):
            return Heard(about=None)
        asked = [one for one in self._own(address) if one.is_open(now)]
        if len(asked) == 1 and self._came(asked[0], self._cast.phone(address)):
            return self._answers(now, asked[0], address, yes, (None, text))
        return self.unclear(now, address)

    def _answers(self, now: datetime, offer: Offer, address: str, yes: bool, said: Said) -> Heard:
        self._pass_time(offer, now)
        code, text = said
        channel = "sms" if address.startswith("sms:") else "telegram"
        post = Post("consent" if yes else "refusal", now, channel, self._cast.phone(address), code, text)
        in_time = now < offer.closes
        if yes and offer.state in ("asked", "held"):
            offer.posts.append(post)
            self._leave(offer, "agreed", now)
            offer.size_wanted = offer.diapers
            self._tell(offer, "consented_elsewhere", leaves(now), besides=address)
        elif yes and offer.state == "refused" and in_time:
            offer.posts.append(post)
            self._leave(offer, "turning", now)
        elif not yes and offer.state == "asked":
            offer.held = post
            self._leave(offer, "held", now)
        return Heard(decided=True, about=frozenset({offer.iin}))

    def unclear(self, now: datetime, address: str) -> Heard:
        """It decides nothing; where nothing is asked any more, the talk may have use for it."""
        if address in self.helped or self._is_about_coming(now, address):
            return Heard(about=None)
        own = self._own(address)
        if any(one.is_open(now) for one in own):
            return Heard(about=frozenset(one.iin for one in own if one.is_waiting(now)))
        return Heard(about=None)

    def _is_about_coming(self, now: datetime, address: str) -> bool:
        """A word without a code may be meant for an invitation, if that came last."""
        letter = self.invited(self._cast.phone(address), now)
        return letter is not None and all(one.sent <= letter for one in self._own(address) if one.sent <= now)

    def not_mine(self, now: datetime, address: str, code: str | None) -> Heard:
        if address in self.helped:
            return Heard(about=None)
        phone = self._cast.phone(address)
        own = self._own(address)
        persons = {one.iin for one in own if code is None or code in (one.yes, one.no)}
        if code is None:
            persons |= self.persons_at(phone)
        if not persons:
            return Heard(about=None)
        for one in own:
            if one.iin in persons:
                one.phones.remove(phone)
        for iin in persons:
            self.strangers[iin, phone] = now
            self.strange(now, iin, phone)
            for name in [name for name in self.letters if self._iin(name) == iin]:
                if name[3] in self._cast.at(phone):
                    when = self.letters.pop(name)
                    if when <= now:  # it is on its way, or has arrived
                        self.overtaken[name] = when
        return Heard(about=frozenset(persons))

    def size(self, now: datetime, address: str, text: str) -> Heard:
        for offer in [] if address in self.helped else self._own(address):
            if offer.state == "agreed" and offer.size_wanted:
                channel = "sms" if address.startswith("sms:") else "telegram"
                offer.note = Post("note", now, channel, self._cast.phone(address), None, text)
                offer.size_wanted = False
                return Heard(decided=True, about=frozenset({offer.iin}))
        return Heard(about=None)

    # Letters

    def _tell(self, offer: Offer, name: str, when: datetime, besides: str = "") -> None:
        for phone in offer.phones:
            told: list[Name] = [(offer.id, name, offer.tries, address) for address in self._cast.at(phone)]
            self.letters.update({one: when for one in told if one[3] != besides})
            if self._cast.sms_too or len(told) == 1 or besides == told[0][3]:
                continue
            if besides == told[1][3]:  # the answer in the chat is enough, if it gets through
                self.overtaken[told[0]] = self.letters.pop(told[0])
            else:
                self.follows[told[0]] = told[1], leaves(when + FOLLOWS)

    def _leave(self, offer: Offer, state: str, now: datetime) -> None:
        """Nothing is asked any more: questions that wait for the morning must not come, and what has become of it
        before need not."""
        offer.state = state
        for name, when in list(self.letters.items()):
            if name[0] == offer.id and self._fate(name) == "" and not name[1].startswith("news:"):
                del self.letters[name]
                if when <= now or name[1] not in ("question", "reminder"):
                    self.overtaken[name] = when

    def _own(self, address: str) -> list[Offer]:
        phone = self._cast.phone(address)
        return [one for one in self.offers.values() if phone in one.phones]

    def _iin(self, name: Name) -> str:
        return self._cast.offer(name[0]).person.iin


def leaves(now: datetime) -> datetime:
    """Nothing that nobody has asked for is sent from nine in the evening to nine in the morning."""
    if time(9) <= now.time() < time(21):
        return now
    return datetime.combine(now.date() + timedelta(now.hour >= 21), time(9), now.tzinfo)


def closes(sent: datetime) -> datetime:
    """After the third working day after the day of sending."""
    day, left = sent.date(), 3
    while left:
        day += timedelta(1)
        left -= day.weekday() < 5 and day not in OFF
    return midnight(day + timedelta(1))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ALMATY)
