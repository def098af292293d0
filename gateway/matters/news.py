"""The use case for what E-Sobes tells of applications: what is new, who has not heard of it yet, and when they do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from dialogs.applications import news, repeats
from dialogs.applications.application import Hearing, Stage
from dialogs.applications.letters import Letters
from dialogs.applications.news import Tidings, Waiting
from dialogs.duties.duty import AnyDuty
from dialogs.language import Language
from dialogs.matters import pocket, window
from dialogs.matters.pocket import Pocket
from dialogs.matters.rules import Rules
from dialogs.people import mark
from gateway.channels import Letter, surface
from gateway.clock import Clock
from gateway.esobes.events import Told
from gateway.journal.journal import Entry
from gateway.journal.subject import Subject
from gateway.matters import news_store
from gateway.matters import store as matter_store
from gateway.matters.consequences import OF_USE, unasked
from gateway.matters.names import news_id
from gateway.matters.news_store import NewsStore
from gateway.matters.store import MatterStore
from gateway.matters.writing import Outgoing, Writing, of_event
from gateway.matters.writing import Waiting as Later
from gateway.readers import Readers
from gateway.store import Commit, Store
from gateway.ways import Way, Ways, chat_of

TYPES = frozenset({"decision.made", "application.changed", "hearing.scheduled"})
"""Of events."""


class _Told(Struct, frozen=True):
    """What leaves now, and what the record is afterwards."""

    after: Tidings
    letters: Sequence[Letter] = ()
    later: Sequence[Later] = ()
    entries: Sequence[Entry] = ()


class _Reader(Struct, frozen=True):
    """Who reads at an address."""

    told: Sequence[Waiting]
    """What they are told; nothing, if they have stopped it."""
    language: Language | None


class News:
    def __init__(
        self,
        *,
        store: MatterStore,
        sessions: Store,
        wording: Letters,
        rules: Rules,
        ways: Ways,
        clock: Clock,
        wake: Callable[[int], None],
    ) -> None:
        """`sessions`: who has stopped what the law does not ask for; `wake` tells the outbox in which shard letters
        wait."""
        self._records = NewsStore(store)
        self._store = store
        self._readers = Readers(sessions)
        self._wording = wording
        self._rules = rules
        self._ways = ways
        self._clock = clock
        self._wake = wake

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        (home, record), outcome = news_store.place_of(told.person.iin), Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now = self._clock.now()
            stored = await self._records.load(home, record)
            known = news.of(news_store.read(stored), told.person, told.phones, told.at)
            tidings = news.heard(known, self._said(told), now, self._rules.quiet)
            leaving = await self._leaving(tidings, now)
            writing = structs.replace(
                of_event(told), letters=leaving.letters, later=leaving.later, entries=leaving.entries
            )
            outcome = await self._records.commit(home, record, stored, leaving.after, writing)
        self._wake(home)
        return outcome is Commit.DONE

    async def woken(self, home: int, name: str) -> None:
        """The clock has come to the moment for which something waits. `name`: of the wake-up."""
        record, outcome = name.removeprefix("."), Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now = self._clock.now()
            stored = await self._records.load(home, record)
            tidings = news_store.read(stored)
            if tidings is None or tidings.leaves is None or tidings.leaves > now:
                return
            tidings = structs.replace(tidings, leaves=window.leaves(now, self._rules.quiet))
            leaving = await self._leaving(tidings, now)
            writing = Writing(letters=leaving.letters, later=leaving.later, entries=leaving.entries)
            outcome = await self._records.commit(home, record, stored, leaving.after, writing)
        self._wake(home)

    def _said(self, told: Told) -> Waiting:
        assert told.application is not None  # noqa: S101 - the door has seen to it
        application = told.application
        if told.hearing is not None:  # whichever stage E-Sobes calls it
            application = structs.replace(application, stage=Stage.HEARING_SCHEDULED, hearing=told.hearing)
        statutory = told.type in self._ways.law.news
        return Waiting(told.at, told.id, application, statutory, told.specialist, told.case)

    async def hearings(self, iin: str) -> Mapping[str, Hearing]:
        """The person's hearings, by their application's id."""
        tidings = news_store.read(await self._records.load(*news_store.place_of(iin)))
        return {} if tidings is None else tidings.hearings

    async def _leaving(self, tidings: Tidings, now: datetime) -> _Told:
        if tidings.leaves is None or tidings.leaves > now:
            return _Told(tidings)
        person, out = tidings.person, Outgoing(now)
        pockets = await self._store.known_at(tidings.phones)
        phones = pocket.reach(tidings.phones, person.iin, pockets)
        waiting = sorted(tidings.waiting, key=lambda one: one.place)
        missed = set() if phones else {one.application.id for one in waiting}
        known = await self._duties(tidings, phones, pockets)
        for phone in phones:
            fresh = [one for one in waiting if not _repeats(one, known, phone, now)]
            readers = {
                address: await self._reader(address, waiting, fresh)
                for address in (f"sms:{phone}", chat_of(pockets[phone]))
                if address is not None
            }
            for reader in readers.values():
                missed.update(one.application.id for one in waiting if one not in reader.told)
            for way in self._ways_of(phone, pockets[phone], readers, now):
                letter = self._letter(tidings, readers[way.address], phone, way)
                first = readers[way.address].told[0]
                about = Subject(person, first.case, first.application.service, first.specialist)
                out.add(letter, about.told(letter, first.nature, phone))
        return _Told(news.left(tidings, missed), out.leaving, out.waiting, out.entries)

    async def _reader(self, address: str, waiting: Sequence[Waiting], fresh: Sequence[Waiting]) -> _Reader:
        """`fresh`: what no other letter there says already."""
        talk = await self._readers.talk(address)
        told = [one for one in waiting if not one.stoppable] if talk is not None and talk.quiet else fresh
        return _Reader(told, talk.language if talk else None)

    def _ways_of(self, phone: str, known: Pocket, readers: Mapping[str, _Reader], now: datetime) -> list[Way]:
        """An SMS waits only for a chat's letter that says all it would say."""
        told = {address: reader.told for address, reader in readers.items() if reader.told}
        by_sms, *chats = (reader.told for reader in readers.values())
        to_chat = [one for reader in chats for one in reader]
        asked = self._ways.by_law(any(not one.stoppable for one in to_chat))
        both = asked or not by_sms or any(one not in to_chat for one in by_sms)
        ways = self._ways.of(phone, known, lambda _: now, lambda leaves: leaves + OF_USE, both=both)
        return [way for way in ways if way.address in told]

    def _letter(self, tidings: Tidings, reader: _Reader, phone: str, way: Way) -> Letter:
        person = tidings.person
        message = self._wording.about(
            [one.application for one in reader.told],
            person.name,  # only E-Sobes knows who else is reached at this phone
            reader.language or person.language,
            surface(way.address),
            way.leaves,
        )
        first = tidings.waiting[0].event
        instead = news_id(person.iin, first, phone, f"sms:{phone}") if way.until else ""
        name = news_id(person.iin, first, phone, way.address)
        return unasked(name, message, way, way.until or way.leaves + OF_USE, instead)

    async def _duties(
        self, tidings: Tidings, phones: Sequence[str], pockets: Mapping[str, Pocket]
    ) -> list[tuple[str, AnyDuty]]:
        """Of the person, each with a phone that knows of it; looked for only where news may repeat their letters."""
        if not any(map(repeats.may_repeat, tidings.waiting)):
            return []
        person = mark(tidings.person.iin)
        noted = [(phone, one) for phone in phones for one in pockets[phone].duties if one.person == person]
        stored = await self._store.duties([one for _, one in noted])
        found = ((phone, matter_store.read_duty(one)) for (phone, _), one in zip(noted, stored, strict=True))
        return [(phone, duty) for phone, duty in found if duty is not None and phone in duty.phones]


def _repeats(one: Waiting, known: Sequence[tuple[str, AnyDuty]], phone: str, now: datetime) -> bool:
    return any(at == phone and repeats.repeats(one, duty, now) for at, duty in known)
