"""Everything that is known of one person's matters, in one place: what exactly they were sent and when, what they
answered, what E-Sobes was told of it, and where they are reached."""

from asyncio import gather
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct

from dialogs.duties.duty import AnyDuty, Invitation
from dialogs.matters.matter import Matter, Person
from dialogs.matters.pocket import Pocket
from dialogs.people import mark
from gateway.connection import Batched
from gateway.esobes.relay_ends import RelayEnd, RelayEnds
from gateway.journal.journal import Entry
from gateway.journal.pages import JournalPages, Shown, Wanted
from gateway.matters import news_store, requests
from gateway.matters import store as matter_store
from gateway.matters.store import MatterStore, home_of
from gateway.readers import Readers
from gateway.store import Store
from gateway.strands import Spot

LINES = 60
"""On one page."""
_LOOK = 200
"""Of the lines of a phone, so many say whom it serves."""


class Who(Struct, frozen=True):
    """Whom a dossier is about."""

    iin: str
    name: str
    birth_date: date

    def __repr__(self) -> str:
        return f"••••••••{self.iin[-4:]}"


class Reach(Struct, frozen=True):
    """One phone of a person."""

    phone: str
    chat: bool
    """A chat is linked to it…"""
    blocked: bool
    """…and takes no letters of ours."""
    stranger: bool
    """Its owner says that the person is not theirs: nothing about them goes there."""
    quiet: bool
    """By SMS they want only what the law asks for…"""
    chat_quiet: bool
    """…and in the chat."""


class Relayed(Struct, frozen=True):
    """Something that E-Sobes was to be told."""

    relay: str
    what: str
    """An answer to an offer, `note`, `postponement`, `request`."""
    service: str
    at: datetime | None
    end: RelayEnd


class Dossier(Struct, frozen=True):
    person: Who | None
    """None: of this phone nobody is known."""
    reaches: Sequence[Reach]
    lines: Sequence[Shown]
    count: int
    """Lines of the journal altogether."""
    next: Spot | None
    """From where to go on."""
    offers: Sequence[Matter]
    duties: Sequence[AnyDuty]
    relayed: Sequence[Relayed]


class Dossiers:
    def __init__(self, redis: Batched, pages: JournalPages) -> None:
        self._pages = pages
        self._store = MatterStore(redis)
        self._readers = Readers(Store(redis))
        self._ends = RelayEnds(redis)

    async def persons(self, phone: str) -> list[Who]:
        """Whom this phone serves or served, the last first."""
        lines = await self._pages.lines_of(phone, _LOOK)
        known = (await self._store.known_at([phone]))[phone]
        offers, duties = await self._matters([known])
        persons = [*(_who(entry) for _, entry in lines), *(_who(one.person) for one in (*offers, *duties))]
        return list({one.iin: one for one in reversed(persons)}.values())[::-1]

    async def of_phone(self, phone: str) -> Dossier:
        """Of which nobody is known, or a chat only."""
        reaches = await self._reaches([phone], "", {phone: (await self._store.known_at([phone]))[phone]})
        return Dossier(None, reaches, (), 0, None, (), (), ())

    async def of(self, iin: str, before: Spot | None = None) -> Dossier:
        wanted = Wanted(whose=iin)
        page, count = await gather(self._pages.page(wanted, before, LINES), self._pages.count(wanted))
        news = news_store.read(await self._store.record(*news_store.place_of(iin)))
        entries = [one.entry for one in page.lines]
        phones = dict.fromkeys([*(news.phones if news else ()), *(one.phone for one in entries if one.phone)])
        known = await self._store.known_at(phones)
        offers, duties = await self._matters(known.values(), mark(iin))
        more = [phone for one in (*offers, *duties) for phone in one.phones if phone not in known]
        known |= await self._store.known_at(more)
        persons = [*map(_who, entries), *(_who(one.person) for one in (*offers, *duties))]
        person = next(iter(persons), _who(news.person) if news else None)
        return Dossier(
            person,
            await self._reaches(known, mark(iin), known),
            page.lines,
            count or 0,
            page.next,
            sorted(offers, key=lambda one: one.sent, reverse=True),
            sorted(duties, key=lambda one: one.sent, reverse=True),
            await self._relayed(iin, offers, duties) if before is None else (),
        )

    async def _matters(self, known: Iterable[Pocket], person: str = "") -> tuple[list[Matter], list[AnyDuty]]:
        """Those that these phones know of; `person`: only theirs."""
        held = list(known)
        offers = {one.id: one for pocket in held for one in pocket.offers if person in ("", one.person)}
        duties = {one.name: one for pocket in held for one in pocket.duties if person in ("", one.person)}
        found, more = await gather(self._store.matters([*offers.values()]), self._store.duties([*duties.values()]))
        read = [one for one in map(matter_store.read, found) if one is not None]
        return read, [one for one in map(matter_store.read_duty, more) if one is not None]

    async def _reaches(self, phones: Iterable[str], person: str, known: dict[str, Pocket]) -> list[Reach]:
        asked = list(phones)
        chats = [known[phone].chat for phone in asked]
        by_sms = await gather(*(self._readers.talk(f"sms:{phone}") for phone in asked))
        in_chat = await gather(*(self._readers.talk(chat or "") for chat in chats))
        return [
            Reach(
                phone,
                chat is not None,
                known[phone].blocked,
                person in known[phone].strangers,
                sms is not None and sms.quiet,
                chat is not None and there is not None and there.quiet,
            )
            for phone, chat, sms, there in zip(asked, chats, by_sms, in_chat, strict=True)
        ]

    async def _relayed(self, iin: str, offers: Sequence[Matter], duties: Sequence[AnyDuty]) -> list[Relayed]:
        home = home_of(iin)
        asked = [*_of_offers(offers), *_of_duties(duties), *await self._wishes(home, iin)]
        fates = await self._ends.of(home, [relay for relay, *_ in asked])
        return [Relayed(*one, fate) for one, fate in zip(asked, fates, strict=True)]

    async def _wishes(self, home: int, iin: str) -> list[tuple[str, str, str, datetime | None]]:
        wishes = requests.read(await self._store.record(home, requests.record_of(mark(iin))))
        return [(one.relay, "request", one.service, one.at) for one in wishes]


def _of_offers(offers: Sequence[Matter]) -> Iterator[tuple[str, str, str, datetime | None]]:
    """Before its last answer an offer can only have been refused. What comes of the size follows a consent."""
    for one in offers:
        for number in range(1, one.relays + 1):
            is_last = number == one.relays and one.given is not None
            answer = str(one.given.answer) if is_last and one.given else "refusal"
            yield f"{one.id}:{number}", answer, one.service, one.given.at if is_last and one.given else None


def _of_duties(duties: Sequence[AnyDuty]) -> Iterator[tuple[str, str, str, datetime | None]]:
    for one in duties:
        if isinstance(one, Invitation) and one.wanted is not None:
            yield f"{one.id}:postponement", "postponement", one.service, one.wanted.at


def _who(one: Entry | Person) -> Who:
    return Who(one.iin, one.name, one.birth_date)
