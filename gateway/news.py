"""The use case for what E-Sobes tells of applications: what is new, who has not heard of it yet, and when they do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from dialogs.applications import news, repeats
from dialogs.applications.application import Hearing, Stage
from dialogs.applications.letters import Letters
from dialogs.applications.news import Tidings, Waiting
from dialogs.duties.duty import AnyDuty
from dialogs.matters import pocket, window
from dialogs.matters.pocket import Pocket
from dialogs.matters.rules import Rules
from dialogs.people import mark
from gateway import duties, news_store
from gateway.channels import Letter, surface
from gateway.clock import Clock
from gateway.consequences import OF_USE, reached, unasked
from gateway.events import Told
from gateway.journal import Entry
from gateway.matter_store import MatterStore
from gateway.names import news_id
from gateway.news_store import NewsStore
from gateway.readers import Readers
from gateway.store import Commit, Store
from gateway.subject import Subject
from gateway.writing import Writing, of_event

TYPES = frozenset({"decision.made", "application.changed", "hearing.scheduled"})
"""Of events."""
STATUTORY = TYPES - {"application.changed"}
"""Nobody can stop these."""


class _Told(Struct, frozen=True):
    """What leaves now, and what the record is afterwards."""

    after: Tidings
    letters: Sequence[Letter] = ()
    entries: Sequence[Entry] = ()


class News:
    def __init__(
        self,
        *,
        store: MatterStore,
        sessions: Store,
        wording: Letters,
        rules: Rules,
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
        self._clock = clock
        self._wake = wake

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        (home, record), outcome = news_store.place_of(told.person.iin), Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now = self._clock.now()
            stored = await self._records.load(home, record)
            known = news.of(news_store.read(stored), told.person, told.phones, told.at)
            tidings = news.heard(known, _said(told), now, self._rules.quiet)
            leaving = await self._leaving(tidings, now)
            writing = structs.replace(of_event(told), letters=leaving.letters, entries=leaving.entries)
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
            writing = Writing(letters=leaving.letters, entries=leaving.entries)
            outcome = await self._records.commit(home, record, stored, leaving.after, writing)
        self._wake(home)

    async def hearings(self, iin: str) -> Mapping[str, Hearing]:
        """The person's hearings, by their application's id."""
        tidings = news_store.read(await self._records.load(*news_store.place_of(iin)))
        return {} if tidings is None else tidings.hearings

    async def _leaving(self, tidings: Tidings, now: datetime) -> _Told:
        if tidings.leaves is None or tidings.leaves > now:
            return _Told(tidings)
        person, letters, entries = tidings.person, [], []
        pockets = await self._store.known_at(tidings.phones)
        phones = pocket.reach(tidings.phones, person.iin, pockets)
        waiting = sorted(tidings.waiting, key=lambda one: one.place)
        lawful = [one for one in waiting if not one.stoppable]
        missed = set() if phones else {one.application.id for one in waiting}
        known = await self._duties(tidings, phones, pockets)
        for phone, address in reached(phones, pockets):
            told = [one for one in waiting if not _repeats(one, known, phone, now)]
            talk = await self._readers.talk(address)
            if talk is not None and talk.quiet:
                told = lawful
            missed.update(one.application.id for one in waiting if one not in told)
            if not told:
                continue
            message = self._wording.about(
                [one.application for one in told],
                person.name,  # only E-Sobes knows who else is reached at this phone
                (talk.language if talk else None) or person.language,
                surface(address),
                now,
            )
            name = news_id(person.iin, tidings.waiting[0].event, phone, address)
            letter = unasked(name, address, message, now, now + OF_USE)
            about = Subject(person, told[0].case, told[0].application.service, told[0].specialist)
            letters.append(letter)
            entries.append(about.told(letter, told[0].nature, phone))
        return _Told(news.left(tidings, missed), letters, entries)

    async def _duties(
        self, tidings: Tidings, phones: Sequence[str], pockets: Mapping[str, Pocket]
    ) -> list[tuple[str, AnyDuty]]:
        """Of the person, each with a phone that knows of it; looked for only where news may repeat their letters."""
        if not any(map(repeats.may_repeat, tidings.waiting)):
            return []
        person = mark(tidings.person.iin)
        noted = [(phone, one) for phone in phones for one in pockets[phone].duties if one.person == person]
        stored = await self._store.duties([one for _, one in noted])
        found = ((phone, duties.read(one)) for (phone, _), one in zip(noted, stored, strict=True))
        return [(phone, duty) for phone, duty in found if duty is not None and phone in duty.phones]


def _repeats(one: Waiting, known: Sequence[tuple[str, AnyDuty]], phone: str, now: datetime) -> bool:
    return any(at == phone and repeats.repeats(one, duty, now) for at, duty in known)


def _said(told: Told) -> Waiting:
    assert told.application is not None  # noqa: S101 - the door has seen to it
    application = told.application
    if told.hearing is not None:  # whichever stage E-Sobes calls it
        application = structs.replace(application, stage=Stage.HEARING_SCHEDULED, hearing=told.hearing)
    return Waiting(told.at, told.id, application, told.type in STATUTORY, told.specialist, told.case)
