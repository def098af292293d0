"""Whom the assistant knows: everybody of whom E-Sobes has told it, by what it knows of them.

Where somebody lives is nowhere told; a region is that of the place to which somebody is invited, or by which an order
was answered.
"""

from collections.abc import AsyncIterator, Iterator

import msgspec
from msgspec import MsgspecError, Struct

from dialogs.applications.application import Stage
from dialogs.applications.news import Tidings
from dialogs.duties.duty import KINDS, AnyDuty, Choice
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.matters.matter import Matter, Person
from dialogs.matters.pocket import Pocket
from dialogs.matters.voice import given_name
from dialogs.organisations import region_key
from gateway.broadcasts import simulated
from gateway.broadcasts.broadcast import Filter
from gateway.broadcasts.intake.rows import Row, Summary
from gateway.connection import Batched, Client
from gateway.matters.shelves import STATES
from gateway.matters.store import MatterStore
from gateway.ways import chat_of

COLUMNS = ("Аты", "Имя")
"""The given name, as either text may call it."""
APPLICATION = "application"
YES, NO = "yes", "no"
_PATTERNS = ("matter:*", *(f"{kind}:*" for kind in KINDS.values()), "news:*")
_AT_ONCE = 500


STAGES: tuple[str, ...] = (
    *(f"{kind}:{state}" for kind, states in STATES.items() for state in states),
    *(f"{APPLICATION}:{stage}" for stage in Stage),
)


class _Affair(Struct, frozen=True):
    """Of a person, whatever kind it is."""

    person: Person
    phones: tuple[str, ...]
    service: str
    stage: str
    region: str = ""


_matter = msgspec.json.Decoder(Matter).decode
_duty = msgspec.json.Decoder(AnyDuty).decode
_tidings = msgspec.json.Decoder(Tidings).decode


class Known:
    def __init__(self, redis: Client, batched: Batched) -> None:
        self._redis = redis
        self._batched = batched
        self._store = MatterStore(batched)

    async def find(self, wanted: Filter) -> tuple[Summary, list[Row]]:
        """A row for each phone. Somebody with several gets it at one, rather where a chat is linked; at none whose
        owner has said that they are a stranger there."""
        found: dict[str, Row] = {}
        reached: set[str] = set()
        async for some in self._affairs():
            fitting = [one for one in some if _fits(one, wanted) and one.person.iin not in reached]
            pockets = await self._store.known_at(phone for one in fitting for phone in one.phones)
            for one in fitting:
                there = {phone: pockets[phone] for phone in one.phones}
                phones = [
                    phone
                    for phone in pocket.reach(there, one.person.iin, there)
                    if wanted.telegram in ("", _linked(there[phone]))
                ]
                if not phones or one.person.iin in reached:
                    continue
                reached.add(one.person.iin)
                phone = next((phone for phone in phones if _linked(there[phone]) == YES), phones[0])
                found.setdefault(phone, _row(len(found) + 1, phone, one.person))
        return summed_up(list(found.values()))

    async def regions(self) -> tuple[str, ...]:
        """Each as it was written first."""
        found: dict[object, str] = {}
        async for some in self._affairs():
            for one in some:
                if one.region:
                    found.setdefault(region_key(one.region), one.region)
        return tuple(sorted(found.values()))

    async def _affairs(self) -> AsyncIterator[list[_Affair]]:
        for pattern in _PATTERNS:
            names: list[bytes] = []
            async for name in self._names(f"{{s??}}:{pattern}"):
                names.append(name)
                if len(names) == _AT_ONCE:
                    yield await self._read(names)
                    names = []
            yield await self._read(names)

    async def _names(self, pattern: str) -> AsyncIterator[bytes]:
        async for name in self._redis.scan_iter(match=pattern, count=_AT_ONCE):
            yield name

    async def _read(self, names: list[bytes]) -> list[_Affair]:
        asked = [(name.decode().split(":")[1], self._batched("GET", name)) for name in names]
        found: list[_Affair] = []
        for kind, stored in [(kind, await answer) for kind, answer in asked]:
            if stored is not None:
                found += _read(kind, stored)
        return found


def _linked(known: Pocket) -> str:
    return NO if chat_of(known) is None else YES


def _read(kind: str, stored: bytes) -> Iterator[_Affair]:
    try:
        if kind == "matter":
            yield _of_matter(_matter(stored))
        elif kind == "news":
            yield from _of_tidings(_tidings(stored))
        else:
            yield _of_duty(_duty(stored))
    except MsgspecError:
        return  # whoever looks after it says so


def _of_matter(one: Matter) -> _Affair:
    return _Affair(one.person, one.phones, one.service, f"{one.kind}:{one.state}")


def _of_duty(one: AnyDuty) -> _Affair:
    place = None if isinstance(one, Choice) else one.place
    region = place.region if place is not None else ""
    return _Affair(one.person, one.phones, one.service, f"{KINDS[type(one)]}:{one.state}", region)


def _of_tidings(one: Tidings) -> Iterator[_Affair]:
    stages = {name: (told.service, told.stage) for name, told in one.told.items()}
    stages |= {waiting.application.id: (waiting.application.service, waiting.stage) for waiting in one.waiting}
    for service, stage in stages.values():
        yield _Affair(one.person, one.phones, service, f"{APPLICATION}:{stage}")


def _fits(one: _Affair, wanted: Filter) -> bool:
    return (
        wanted.service in ("", one.service)
        and wanted.stage in ("", one.stage)
        and wanted.language in ("", one.person.language)
        and (not wanted.region or (bool(one.region) and region_key(one.region) == region_key(wanted.region)))
    )


def played() -> tuple[Summary, list[Row]]:
    """Whom a test finds: nobody, at numbers of every kind."""
    name = "Айгүл"
    found = enumerate(simulated.EVERY_KIND, 1)
    return summed_up([Row(number, phone, "", None, (name,) * len(COLUMNS)) for number, phone in found])


def summed_up(rows: list[Row]) -> tuple[Summary, list[Row]]:
    """As if they had stood in a table."""
    headings = ("phone", *COLUMNS)
    return Summary(columns=COLUMNS, headings=headings, phone="phone", rows=len(rows), good=len(rows)), rows


def _row(number: int, phone: str, person: Person) -> Row:
    name = given_name(person.name)
    return Row(number, phone, "", Language(person.language), (name,) * len(COLUMNS))
