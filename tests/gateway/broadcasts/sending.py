"""Broadcasts before a channel that does what a test tells it to: all parts between are real, and so is Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from msgspec import Struct, field, structs

from dialogs import session as sessions
from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.matters.pocket import Pocket
from dialogs.matters.window import Quiet
from gateway.broadcasts.broadcast import Audience, Broadcast
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.broadcasts.casting import Castings
from gateway.broadcasts.fates import Fate
from gateway.broadcasts.known import Known
from gateway.broadcasts.lists import Lists
from gateway.broadcasts.rolls import CHUNK, Counts, Recipient, Rolls
from gateway.broadcasts.sender import Sender
from gateway.broadcasts.store import BroadcastStore, roll_of
from gateway.channels import Channel, Letter, Outcome, Sent
from gateway.clock import SandboxClock
from gateway.connection import Batched, Client
from gateway.inquiries import Inquiries
from gateway.letters import Letters
from gateway.matters.store import pocket_key
from gateway.outbox.outbox import BROADCASTS_AHEAD, Outbox
from gateway.store import SHARDS, shard, shard_number

NOON = datetime.fromisoformat("2026-11-26T12:00:00+05:00")
PATIENCE = 180.0
APPROVE_ABOVE = 3


class Carrier:
    """Takes whatever it is given; `answer` may say otherwise, and `taken` hears of each."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answer: Callable[[Letter], Outcome] = lambda _: Sent()

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return self.answer(letter)

    @property
    def phones(self) -> list[str]:
        return [letter.address.partition(":")[2] for letter in self.letters]


class Desk(Struct):
    redis: Batched
    clock: SandboxClock
    store: BroadcastStore
    rolls: Rolls
    sender: Sender
    outbox: Outbox
    carrier: Carrier
    channels: dict[str, Channel]
    letters: Letters
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def broadcast(self, recipients: Sequence[Recipient], **values: object) -> Broadcast:
        """Ready to go."""
        now, name = self.clock.now(), f"b{len(self.tasks)}{id(recipients):x}"
        roll = roll_of(name)
        for number in range(SHARDS):
            there = sorted(
                (one for one in recipients if shard_number(f"sms:{one.phone}") == number), key=lambda one: one.phone
            )
            for chunk, first in enumerate(range(0, len(there), CHUNK)):
                await self.rolls.add(roll, number, chunk, there[first : first + CHUNK])
        made = Broadcast(
            id=name,
            title="Жаңалық",
            author="aigul",
            made=now,
            state=State.SCHEDULED,
            texts=Texts("Сәлем, {Аты}", "Привет, {Аты}"),
            audience=Audience(
                roll=roll,
                name="list.csv",
                columns=("Аты",),
                read=len(recipients),
                recipients=len(recipients),
                faulty=0,
                duplicates=0,
                by="aigul",
                at=now,
            ),
        )
        made = structs.replace(made, **values)
        assert await self.store.add(made)
        return made

    async def step(self, broadcast: Broadcast, state: State, **values: object) -> None:
        await self.store.change(broadcast.id, lambda known: structs.replace(known, state=state, **values))

    async def until(self, broadcast: Broadcast, reached: Callable[[Broadcast, Counts], bool]) -> Counts:
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.sender.ring()
                await self.outbox.drained()
                known = await self.store.load(broadcast.id)
                counts = await self.counts(known)
                if reached(known, counts):
                    return counts

    async def through(self, broadcast: Broadcast) -> dict[Fate, int]:
        """Until nothing more happens with it."""
        return {**(await self.until(broadcast, lambda known, _: known.settled)).by_fate}

    async def counts(self, broadcast: Broadcast) -> Counts:
        assert broadcast.audience is not None
        return await self.rolls.counts(broadcast.audience.roll)

    async def talk(self, address: str, *, quiet: bool = False, language: Language | None = None) -> None:
        session = structs.replace(sessions.new("ref"), quiet=quiet, language=language, state="menu")
        await self.redis("SET", f"{shard(address)}:session:{address}", sessions.write(session))

    async def link(self, phone: str, chat: str | None) -> None:
        await self.redis("SET", pocket_key(f"sms:{phone}"), pocket.write(Pocket(chat=chat)))


class Hand(Struct, frozen=True):
    """What staff do by."""

    broadcasts: Broadcasts
    lists: Lists
    known: Known


@asynccontextmanager
async def hand(whole: Desk, redis: Client, folder: Path, *, price: int = 1250) -> AsyncIterator[Hand]:
    known = Known(redis, whole.redis)
    inquiries = cast("Inquiries", None)  # nobody is named by an IIN here
    lists = Lists(whole.redis, whole.store, whole.rolls, inquiries, known, clock=whole.clock, folder=folder)
    broadcasts = Broadcasts(
        whole.redis,
        whole.store,
        whole.rolls,
        lists,
        whole.sender,
        clock=whole.clock,
        approve_above=APPROVE_ABOVE,
        price=price,
        wake=lambda _: None,
    )
    async with aclosing(lists):
        yield Hand(broadcasts, lists, known)


def people(number: int) -> list[Recipient]:
    return [Recipient(place + 2, f"+7701{place:07}", None, (f"Адам {place}",)) for place in range(number)]


@asynccontextmanager
async def desk(
    redis: Batched, *, quiet: Quiet | None = None, run: bool = False, reader: str = "test"
) -> AsyncIterator[Desk]:
    """`run`: the sender's own loop runs as well; `reader`: the name of the process."""
    clock = SandboxClock(redis)
    await clock.set_back(NOON)
    carrier = Carrier()
    channels: dict[str, Channel] = {"sms": carrier, "tg": carrier}
    store, rolls = BroadcastStore(redis), Rolls(redis)
    outbox = Outbox(
        redis,
        Castings(redis, channels, clock),
        clock,
        reader,
        stream="broadcasts",
        ahead=BROADCASTS_AHEAD,
        quiet=quiet,
    )
    sender = Sender(redis, store, rolls, channels, clock=clock, quiet=quiet, wake=outbox.wake)
    tasks = [asyncio.create_task(outbox.run())]
    if run:
        tasks.append(asyncio.create_task(sender.run()))
    try:
        yield Desk(redis, clock, store, rolls, sender, outbox, carrier, channels, Letters(redis), tasks)
    finally:
        sender.stop()
        outbox.stop()
        await asyncio.wait(tasks)
