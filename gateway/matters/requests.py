"""The use case for a person who asks for a service: the office gets to know of it through E-Sobes, once, and the
person of what it answered.

    {s07}:requests:5f0c…    in the person's shard: what they have asked for and E-Sobes has not answered yet
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct, structs

from dialogs.applications.wishes import Reader, Wording
from dialogs.errands import ServiceRequest
from dialogs.language import Language
from dialogs.messages import Message, Surface
from dialogs.people import mark
from dialogs.talk import Here
from gateway.channels import Inbound, Letter, surface
from gateway.clock import Clock
from gateway.esobes import reading
from gateway.esobes.reading import UnreadableError
from gateway.esobes.telling import Post, Refused, Taken
from gateway.matters.names import short
from gateway.matters.store import MatterStore, home_of
from gateway.matters.writing import Writing
from gateway.store import Commit

NOTE = "Просьба гражданина по собственной инициативе: проверить право на услугу. Подписанного заявления нет."
"""For the office, in its language."""
AT_ONCE = timedelta(minutes=10)
"""So long after asking somebody still waits for the answer, also at night."""
OF_USE = timedelta(7)


class Asker(Struct, frozen=True, array_like=True):
    """Where somebody asked from, and wants to read the answer."""

    address: str
    phone: str | None
    """Of a chat: the one that it was linked to."""
    language: Language
    name: str
    """Whose service it is, if the reader has to be told."""

    def __repr__(self) -> str:
        return "Asker()"


class Asked(Struct, frozen=True, array_like=True):
    service: str
    relay: str
    at: datetime
    askers: tuple[Asker, ...]
    refused: bool = False
    """Kept all the same: staff may send it once more."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Asked, ...]).decode


class Requests:
    def __init__(self, store: MatterStore, wording: Wording, clock: Clock, wake: Callable[[int], None]) -> None:
        """`wake` tells the letters' outbox in which shard something waits. The relays' is not told: it finds out by
        itself within a second, when the person has been answered that their wish was taken."""
        self._store = store
        self._wording = wording
        self._clock = clock
        self._wake = wake

    async def make(self, asked: ServiceRequest, inbound: Inbound, here: Here, language: Language) -> None:
        """Passed on for certain once this returns; a second time for the same message changes nothing."""
        home, person = home_of(asked.iin), mark(asked.iin)
        asker = Asker(inbound.address, here.phone, language, asked.name)
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            stored = await self._store.record(home, record_of(person))
            known = read(stored)
            found = next((one for one in known if one.service == asked.service and not one.refused), None)
            relays = []
            if found is None:  # else somebody asks for the same just now, from another phone
                relay = f"request:{asked.service}:{person}:{short(inbound.id)}"
                found = Asked(asked.service, relay, here.now, ())
                relays = [_relay(found, asked, asker, home)]
            others = tuple(one for one in known if one.service != asked.service)
            after = (*others, structs.replace(found, askers=tuple(dict.fromkeys((*found.askers, asker)))))
            writing = Writing(cause=f"request:{inbound.id}", relays=relays)
            outcome = await self._commit(home, person, stored, after, writing)

    async def requested(self, iin: str) -> frozenset[str]:
        """Services that the person has asked for through us, of which E-Sobes has not taken note yet."""
        stored = await self._store.record(home_of(iin), record_of(mark(iin)))
        return frozenset(one.service for one in read(stored) if not one.refused)

    async def answered(self, post: Post, relay: str, answer: Taken | Refused) -> None:
        """E-Sobes' final answer, told to whoever asked. The same once more tells nothing."""
        taken = isinstance(answer, Taken)
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            stored = await self._store.record(post.home, record_of(post.person))
            known = read(stored)
            found = next((one for one in known if one.relay == relay), None)
            if found is None or (found.refused and not taken):
                return
            others = tuple(one for one in known if one is not found)
            after = others if taken else (*others, structs.replace(found, refused=True))
            writing = Writing(letters=await self._letters(found, post, answer))
            outcome = await self._commit(post.home, post.person, stored, after, writing)
        self._wake(post.home)

    async def _commit(
        self, home: int, person: str, before: bytes | None, after: tuple[Asked, ...], writing: Writing
    ) -> Commit:
        return await self._store.commit(home, record_of(person), before, _encode(after) if after else b"", writing)

    async def _letters(self, asked: Asked, post: Post, answer: Taken | Refused) -> list[Letter]:
        now = self._clock.now()
        pockets = await self._store.known_at({asker.phone for asker in asked.askers if asker.phone})
        letters = []
        for number, asker in enumerate(asked.askers):
            where = surface(asker.address)
            if where is Surface.CHAT and asker.phone and pockets[asker.phone].chat != asker.address:
                continue  # the chat belongs to this phone no more
            message = self._message(asked.service, post, answer, Reader(asker.language, where, asker.name))
            letters.append(
                Letter(
                    f"{asked.relay}:{'taken' if isinstance(answer, Taken) else 'refused'}:{number}",
                    asker.address,
                    message.text,
                    now.timestamp(),
                    message.buttons,
                    until=(now + OF_USE).timestamp(),
                    unasked=now - asked.at > AT_ONCE,
                    screen=f"request:{asked.relay}",
                )
            )
        return letters

    def _message(self, service: str, post: Post, answer: Taken | Refused, reader: Reader) -> Message:
        if isinstance(answer, Refused):
            return self._wording.refused(service, reader)
        try:
            application = reading.application(answer.application, msgspec.json.decode(post.body, type=_Body).iin)
        except UnreadableError:
            return self._wording.received(service, reader)
        return self._wording.registered(application, reader, self._clock.now())


class _Body(Struct, frozen=True):
    """Of a relay, to the letter of the contract."""

    iin: str
    service: str
    at: datetime
    channel: str
    phone: str | None
    note: str


def _relay(kept: Asked, asked: ServiceRequest, asker: Asker, home: int) -> Letter:
    channel = "sms" if surface(asker.address) is Surface.SMS else "telegram"
    body = _Body(asked.iin, asked.service, kept.at, channel, asker.phone or asked.phone, NOTE)
    person = mark(asked.iin)
    post = Post(home, "", ("requests",), msgspec.Raw(_encode(body)), person=person)
    address = f"esobes:request:{person}:{asked.service}"
    return Letter(kept.relay, address, _encode(post).decode(), kept.at.timestamp())


def record_of(person: str) -> str:
    return f"requests:{person}"


def read(stored: bytes | None) -> tuple[Asked, ...]:
    return _decode(stored) if stored else ()
