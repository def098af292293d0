"""Everything that has to do with offers, put together as the program does it: a real Redis, the real words, the
simulator's phones, an E-Sobes on the loopback, and a clock that stands still until somebody moves it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, structs

from dialogs import statutory
from dialogs.applications.application import Application, Hearing, Stage
from dialogs.applications.letters import Letters as NewsWording
from dialogs.applications.wishes import Wording as WishWording
from dialogs.dialogue import Dialogue
from dialogs.duties.letters import Letters as DutyWording
from dialogs.language import Language
from dialogs.matters import pocket, rules
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.matter import Kind, Matter, Person
from dialogs.matters.pocket import Pocket
from dialogs.matters.rules import Rules
from dialogs.matters.window import Quiet
from dialogs.messages import Pressed, Text
from dialogs.workdays import Workdays
from gateway import errands as errand
from gateway.broadcasts.casting import Castings
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.sender import Sender
from gateway.broadcasts.store import BroadcastStore
from gateway.channels import Channel, Inbound
from gateway.clock import ALMATY, Clock, SandboxClock
from gateway.connection import Batched, Client
from gateway.errands import Codes
from gateway.esobes.events import OfferTold, Told
from gateway.esobes.register import Registers
from gateway.esobes.relays import STREAM, Backlog, Relays
from gateway.esobes.telling import Esobes
from gateway.inbox.errands import Calls, FromTalk, ToTalk
from gateway.inbox.inbox import Inbox
from gateway.inquiries import Inquiries
from gateway.journal.journal import Direction, Entry, journal_key
from gateway.letters import Letters
from gateway.matters import store as matter_store
from gateway.matters.answers import Answers
from gateway.matters.desk import Desk
from gateway.matters.duties import Duties
from gateway.matters.matters import Matters
from gateway.matters.news import News
from gateway.matters.requests import Requests
from gateway.matters.store import MatterStore, home_of
from gateway.matters.wakeups import Wakeups
from gateway.old_iins import OldIins
from gateway.outbox.outbox import Outbox
from gateway.outbox.streams import Place, place_of
from gateway.papers import Papers
from gateway.phones import Phones
from gateway.promises import WriteBacks
from gateway.proofs import Proofs
from gateway.readers import Readers
from gateway.receive import Receiver
from gateway.routes.trails import STREAMS
from gateway.store import SHARDS, Store
from gateway.ways import Ways
from gateway.web.sandbox import Sandbox
from tests.gateway.ministry import TOKEN, Ministry

MONDAY = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
"""Whoever is asked on it can answer until Thursday, 26 November."""
FRIDAY = datetime(2026, 11, 27, tzinfo=ALMATY)
"""Then that window is over."""

AIGUL = Person("680412400123", "Нұрғалиева Айгүл Серікқызы", date(1968, 4, 12), Language.KK)
PAVEL = Person("550301300456", "Орлов Павел Ильич", date(1955, 3, 1), Language.RU)
PHONE, OTHER = "+77011234567", "+77017654321"


class Hands(SandboxClock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def move(self, to: datetime | None) -> None:
        assert to is not None
        if to < self.at:
            raise ValueError("forward only")
        self.at = to


class Affairs(Struct, frozen=True):
    redis: Client
    batched: Batched
    clock: SandboxClock
    """`Hands`, unless a test brings another."""
    ministry: Ministry
    phones: Phones
    channels: dict[str, Channel]
    """The phones, until a test puts another provider in their place."""
    store: MatterStore
    letters: Letters
    matters: Matters
    duties: Duties
    news: News
    desk: Desk
    answers: Answers
    requests: Requests
    receiver: Receiver
    elsewhere: Receiver
    """Of another process."""
    wakeups: Wakeups
    outbox: Outbox
    relays: Outbox
    errands: Outbox
    backlog: Backlog
    inbox: Inbox
    sandbox: Sandbox
    _names: "itertools.count[int]" = msgspec.field(default_factory=itertools.count)

    async def told(self, told: Told) -> bool:
        """E-Sobes tells, and what follows has left."""
        new = await self.desk.told(told)
        await self.settle()
        return new

    async def sms(self, text: str, phone: str = PHONE, name: str = "") -> None:
        """Somebody writes, and is answered. `name`: of the message, where it comes twice."""
        await self._says(f"sms:{phone}", Text(text), name)

    async def press(self, choice: str, chat: str) -> None:
        await self._says(chat, Pressed(choice), "")

    async def write(self, text: str, chat: str) -> None:
        await self._says(chat, Text(text), "")

    async def _says(self, address: str, content: Text | Pressed, name: str) -> None:
        await self.receiver.receive(Inbound(name or f"test:{next(self._names)}", address, content))
        await self.settle()

    async def settle(self) -> None:
        """Everything that was due has left, and what follows from E-Sobes' answers."""
        await self.errands.drained()
        await self.relays.drained()
        await self.outbox.drained()

    async def until(self, moment: datetime) -> None:
        """Time goes by, and everything happens at its moment."""
        await self.sandbox.move(moment)

    async def matter(self, offer: str = "O-1", person: Person = AIGUL) -> Matter:
        found = await self.find(offer, person)
        assert found is not None
        return found

    async def find(self, offer: str, person: Person = AIGUL) -> Matter | None:
        return matter_store.read(await self.store.matter(home_of(person.iin), offer))

    async def pocket(self, address: str = f"sms:{PHONE}") -> Pocket:
        return pocket.read((await self.store.pockets([address]))[address])

    async def link(self, chat: str, phone: str = PHONE) -> None:
        """A chat belongs to this phone."""
        await self.answers.link(chat, phone, self.clock.now())

    async def screen(self, phone: str = PHONE) -> list[str]:
        """What a phone was sent."""
        address = phone if ":" in phone else f"sms:{phone}"
        return [entry.text for entry in await self.phones.history(address) if entry.direction.value == "out"]

    async def journal(self) -> list[Entry]:
        """All lines in the order in which they were written."""
        lines: list[tuple[Place, Entry]] = []
        for shard in range(SHARDS):
            for name, fields in await self.batched("XRANGE", journal_key(shard), "-", "+"):
                lines.append((place_of(name), msgspec.json.decode(fields[b"entry"], type=Entry)))
        return [entry for _, entry in sorted(lines, key=lambda line: line[0])]

    async def sent(self, phone: str = PHONE) -> list[str]:
        """Which letters stand in the journal as sent to this phone: `question`, `reminder`…"""
        return [one.nature for one in await self.journal() if (one.direction, one.phone) == (Direction.OUT, phone)]

    async def heard(self, phone: str = PHONE) -> list[str]:
        """What this phone's messages were taken for."""
        return [one.nature for one in await self.journal() if (one.direction, one.phone) == (Direction.IN, phone)]

    def answered(self) -> list[tuple[str, str]]:
        """What E-Sobes has taken: each relay's name, and the answer or the note."""
        bodies = [(told.key, msgspec.json.decode(told.body)) for told in self.ministry.taken]
        return [(key, body.get("answer") or body["note"]) for key, body in bodies]


NIGHT = (time(21), time(9))
TEN = time(10)
_statutory = cache(statutory.load)


@cache
def law(
    workdays: Workdays, *, chat_answers: bool = True, quiet: Quiet | None = NIGHT, reminder_at: time | None = TEN
) -> Rules:
    return rules.load(
        workdays,
        hold=timedelta(minutes=15),
        reminder_at=reminder_at,
        quiet=quiet,
        chat_answers=chat_answers,
    )


@asynccontextmanager
async def put_together(
    redis: Client,
    dialogue: Dialogue,
    clock: SandboxClock,
    *,
    chat_answers: bool = True,
    quiet: Quiet | None = NIGHT,
    reminder_at: time | None = TEN,
    sms_too: bool = True,
) -> AsyncIterator[Affairs]:
    """With both outboxes at work; the clock rings where a test says so."""
    batched = Batched(redis)
    phones = Phones(batched, redis, clock)
    channels: dict[str, Channel] = {"sms": phones, "chat": phones}
    outbox = Outbox(batched, channels, clock, "test", quiet=quiet)
    relays = Outbox(batched, channels, clock, "test", stream=STREAM, forever=True, at_once=8)
    store, letters = MatterStore(batched), Letters(batched)
    legal = law(dialogue.guide.workdays, chat_answers=chat_answers, quiet=quiet, reminder_at=reminder_at)
    ways = Ways(_statutory(), quiet, sms_too=sms_too)
    matters = Matters(
        store=store,
        letters=letters,
        wording=Wording(dialogue.guide.words, legal),
        rules=legal,
        ways=ways,
        clock=clock,
        wake=outbox.wake,
        wake_relays=relays.wake,
    )
    news = News(
        store=store,
        sessions=Store(batched),
        wording=NewsWording(dialogue.guide),
        rules=legal,
        ways=ways,
        clock=clock,
        wake=outbox.wake,
    )
    terms = structs.replace(dialogue.guide.duties, reminder_at=reminder_at, quiet=quiet)
    duties = Duties(
        store=store,
        readers=Readers(Store(batched)),
        wording=DutyWording(dialogue.guide.words, terms),
        rules=terms,
        ways=ways,
        clock=clock,
        wake=outbox.wake,
        wake_relays=relays.wake,
    )
    requests = Requests(store, WishWording(dialogue.guide), clock, outbox.wake)
    desk = Desk(matters, duties, news, requests=requests, old_iins=OldIins(Store(batched), clock))
    answers, wakeups = Answers(store, matters), Wakeups(store, clock, desk.woken, outbox.wake)
    backlog = Backlog(batched, clock)
    errands = Outbox(batched, channels, clock, "test", stream=errand.STREAM, forever=True, at_once=8)
    async with AsyncExitStack() as stack:
        ministry = await stack.enter_async_context(Ministry())
        esobes = await stack.enter_async_context(aclosing(Esobes(ministry.url, TOKEN)))
        registers = await stack.enter_async_context(aclosing(Registers(esobes, batched, clock)))
        channels["esobes"] = Relays(esobes, backlog, desk.settled)
        proofs, talks, words = Proofs(batched), Store(batched), dialogue.guide.words
        inquiries = Inquiries(esobes, requests=requests, proofs=proofs, news=news, registers=registers)
        receiver, elsewhere = (
            Receiver(
                talks,
                dialogue,
                answers,
                inquiries=inquiries,
                requests=requests,
                arrivals=duties,
                clock=clock,
                wake=outbox.wake,
                wake_errands=errands.wake,
            )
            for _ in range(2)
        )
        channels["code"] = Codes(esobes, proofs, phones=store, words=words, clock=clock, wake=outbox.wake)
        channels["back"] = WriteBacks(esobes, talks, words, clock, quiet, receive=receiver.receive, wake=outbox.wake)
        inbox = Inbox(batched, words, clock, wake=outbox.wake, wake_errands=errands.wake, calls=True)
        channels["desk"], channels["handed"] = FromTalk(inbox), ToTalk(inbox, receiver.receive)
        channels["call"] = Calls(batched, inbox, words, clock, chat="-100", wake=outbox.wake)
        channels["tg"] = phones
        rolls = Rolls(batched)
        casting = Castings(batched, channels, clock)
        broadcasts = Outbox(batched, casting, clock, "test", stream=STREAMS[True], quiet=quiet)
        sender = Sender(
            batched, BroadcastStore(batched), rolls, channels, clock=clock, quiet=quiet, wake=broadcasts.wake
        )
        for box in (relays, errands, outbox, broadcasts):
            stack.push_async_callback(_ended, box, asyncio.create_task(box.run()))
        yield Affairs(
            redis=redis,
            batched=batched,
            clock=clock,
            ministry=ministry,
            phones=phones,
            channels=channels,
            store=store,
            letters=letters,
            matters=matters,
            duties=duties,
            news=news,
            desk=desk,
            answers=answers,
            requests=requests,
            receiver=receiver,
            elsewhere=elsewhere,
            wakeups=wakeups,
            outbox=outbox,
            relays=relays,
            errands=errands,
            backlog=backlog,
            inbox=inbox,
            sandbox=Sandbox(
                receiver,
                clock,
                phones,
                Papers(dialogue.guide.words),
                outbox=outbox,
                broadcasts=broadcasts,
                sender=sender,
                relays=relays,
                errands=errands,
                wakeups=wakeups,
            ),
        )


def offers(redis: Batched, dialogue: Dialogue, clock: Clock) -> Answers:
    """What a receiver asks first, where nothing else of the offers is needed."""
    store, legal = MatterStore(redis), law(dialogue.guide.workdays)
    ways = Ways(_statutory(), NIGHT)
    matters = Matters(
        store=store,
        letters=Letters(redis),
        wording=Wording(dialogue.guide.words, legal),
        rules=legal,
        ways=ways,
        clock=clock,
        wake=lambda _: None,
        wake_relays=lambda _: None,
    )
    return Answers(store, matters)


async def _ended(outbox: Outbox, run: asyncio.Task[None]) -> None:
    outbox.stop()
    await run


def opened(
    offer: str = "O-1",
    *,
    event: str = "",
    person: Person = AIGUL,
    phones: Sequence[str] = (PHONE,),
    kind: Kind = Kind.PROACTIVE,
    service: str = "technical_aids_hygiene",
    device: str | None = None,
) -> Told:
    """`event`: its id, if the same offer is told of more than once."""
    offered = OfferTold(offer, service, kind, device)
    return _event("offer.opened", event or f"opened-{offer}", person, phones, offer=offered)


def withdrawn(
    offer: str = "O-1", *, event: str = "", person: Person = AIGUL, phones: Sequence[str] = (PHONE,)
) -> Told:
    return _event("offer.withdrawn", event or f"withdrawn-{offer}", person, phones, offer=OfferTold(offer))


def application(stage: str = "approved", name: str = "A-1", *, person: Person = AIGUL, **more: Any) -> Application:
    return Application(
        id=name,
        service=more.pop("service", "technical_aids_hygiene"),
        iin=person.iin,
        channel="sms",
        submitted_at=MONDAY,
        registered_on=MONDAY.date(),
        stage=Stage(stage),
        **more,
    )


def decided(stage: str = "approved", name: str = "A-1", **more: Any) -> Told:
    return _about("decision.made", stage, name, **more)


def changed(stage: str = "under_review", name: str = "A-1", **more: Any) -> Told:
    return _about("application.changed", stage, name, **more)


def scheduled(hearing: Hearing, name: str = "A-1", **more: Any) -> Told:
    return structs.replace(_about("hearing.scheduled", "hearing_scheduled", name, **more), hearing=hearing)


def _about(
    kind: str,
    stage: str,
    name: str,
    *,
    event: str = "",
    person: Person = AIGUL,
    phones: Sequence[str] = (PHONE,),
    **more: Any,
) -> Told:
    """`more`: what else is said of the application."""
    about = application(stage, name, person=person, **more)
    return _event(kind, event or f"{kind}-{name}-{stage}", person, phones, application=about)


def _event(
    kind: str,
    name: str,
    person: Person,
    phones: Sequence[str],
    *,
    offer: OfferTold | None = None,
    application: Application | None = None,
) -> Told:
    body = msgspec.json.encode({"id": name, "type": kind})
    return Told(name, kind, MONDAY, person, tuple(phones), body, "Оспанов Ерлан", "2026/118", offer, application)
