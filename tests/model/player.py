"""Plays one sequence to its end, on the real parts and on the reference."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast

import msgspec
from msgspec import structs

from dialogs import session as sessions
from dialogs.duties.duty import AnyDuty, Invitation
from dialogs.matters.matter import Matter
from dialogs.messages import Pressed
from dialogs.topics import specialist
from gateway.channels import Inbound
from gateway.esobes.events import Told
from gateway.journal.journal import Entry, journal_key
from gateway.matters import store as matter_store
from gateway.matters.store import home_of
from gateway.matters.writing import Note
from gateway.store import SHARDS
from gateway.store import shard as shard_of
from tests.gateway.duty_events import DO
from tests.model import compare, speech, steps
from tests.model.cast import Cast, Due
from tests.model.compare import Sleep
from tests.model.doubles import Ministry, Operator, Way
from tests.model.duties import Duties, Said
from tests.model.duties import Name as DutyName
from tests.model.reference import Heard, Name, Reference, midnight
from tests.model.steps import Step
from tests.model.world import Ground, Hands, World

TICK = timedelta(seconds=1)
REPORTS = ("none", "delivered", "failed")
AFTERWARDS = timedelta(days=9)
"""After the last window: then nothing may be waiting any more."""


class Player:
    def __init__(self, ground: Ground, cast: Cast) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._ground = ground
        self._cast = cast
        self._clock = Hands(cast.begins)
        self._operator = Operator(self._clock.now)
        self.ministry = Ministry(self._clock.now, cast.last_word, cast.passed_on)
        self._world = World(ground, self._clock, self._operator, self.ministry, sms_too=cast.sms_too)
        self._reference = Reference(cast, self._fate)
        self._duties = Duties(cast, self._fate_of_duty, self._reference.strangers)
        self._reference.persons_at = self._duties.persons_at
        self._reference.strange, self._reference.invited = self._duties.strange, self._duties.invited
        self._finals = 0
        """So many of E-Sobes' answers the reference has heard of."""
        self._lines: list[tuple[datetime, str, str]] = []
        """Answers that stand in the journal: when, at which phone, about whom."""
        self._sleeps: list[Sleep] = []
        self._talked: set[str] = set()
        """Addresses from which the talk has heard something."""

    async def play(self, sequence: list[Step]) -> None:
        logs = _Errors()
        logging.getLogger("gateway").addHandler(logs)
        try:
            self._world.begin()
            for phone, chat in self._cast.chats.items():
                await self._world.program.answers.link(chat, phone, self._clock.now())
            for number, step in enumerate(sequence):
                self._world.program.redis.dies(step.death)
                await self._step(number, step)
                self._world.program.redis.dies(None)
            await self._finish()
        finally:
            await self._world.end()
            logging.getLogger("gateway").removeHandler(logs)
        self.wrong += logs.lines
        self.counts["crashes"] += self._world.deaths
        self.counts["offers"] += len(self._reference.offers)
        self.counts["duties"] += len(self._duties.known)
        self.counts["postponed"] += sum(self.ministry.postponed.values())

    async def _step(self, number: int, step: Step) -> None:
        if step.do == "move":
            await self._world.move(steps.moment(self._clock.at, step.how, self._closes(step)), self._woken)
        elif step.do == "down":
            await self._sleep(step)
        else:
            await self._world.move(self._clock.at + TICK, self._woken)
            await self._happens(number, step)
        await self._world.settle(rings=False)
        self._hear_ministry()
        self._reference.helped = await self._helped()

    async def _helped(self) -> set[str]:
        """Where somebody writes to a specialist. What that means for offers is the reference's to say."""
        found = set()
        for address in self._cast.addresses:
            stored = await self._ground.redis.get(f"{shard_of(address)}:session:{address}")
            if stored and sessions.read(cast(bytes, stored)).state == specialist.STATE:
                found.add(address)
        self.counts["with a specialist"] += len(found)
        return found

    async def _sleep(self, step: Step) -> None:
        """The program does not run."""
        await self._world.end()
        since, self._clock.at = self._clock.at, steps.moment(self._clock.at, step.how)
        self._reference.slept(since, self._clock.at)
        self._duties.slept(self._clock.at)
        self._sleeps.append((since, self._clock.at))
        self._world.begin()
        self._world.program.redis.dies(step.death)
        self._passed(self._clock.at)
        await self._world.settle()
        self.counts["downtimes"] += 1

    async def _happens(self, number: int, step: Step) -> None:
        match step.do:
            case "opened" | "withdrawn" | "decided" | "changed":
                await self._told(step)
            case "ministry":
                self._ministry(step)
            case "held":
                self.ministry.holds.setdefault(step.offer, step.how)
            case "phone":
                self._operator.serve(step.address, Way(step.how, REPORTS[step.variant]))
            case "together":
                await self._together(number, step)
            case "told":
                await self._told_of(step)
            case "deed" | "deeds":
                await self._deed(number, step)
            case "again":
                await self._world.program.backlog.again(f"{self._cast.due(step.due).id}:postponement")
                self._world.program.relays.wake(home_of(self._cast.due(step.due).person.iin))
            case _:
                await self._written(number, step)

    async def _acknowledged(
        self, cause: str, work: Callable[[], Awaitable[object]], note: Callable[[], None]
    ) -> None:
        """Brought again until it is; `note` once, for when it was dealt with."""
        noted = False
        while not await self._world.program.alive(work()):
            await self._world.again()
            if not noted and await self._world.was_seen(cause):
                note()
                noted = True
            await self._after_death()
        if not noted:
            note()

    async def _after_death(self) -> None:
        self._hear_ministry()
        await self._world.settle()
        self._hear_ministry()
        self.counts["brought again"] += 1

    # What E-Sobes tells

    async def _told(self, step: Step) -> None:
        told = steps.event(step, self._cast.offer(step.offer), self._clock.at)
        cause = told.cause
        before = await self._world.was_seen(cause)
        await self._acknowledged(
            cause, lambda: self._world.program.desk.told(told), lambda: None if before else self._tell(step, told)
        )
        self.counts["events"] += 1
        if step.do == "opened" and not before:
            matter = await self._matter(step.offer)
            self._reference.opened(self._clock.at, step.offer, (matter.yes, matter.no))

    def _tell(self, step: Step, told: Told) -> None:
        if step.do == "withdrawn":
            self._reference.withdraw(self._clock.at, step.offer)
        elif step.do in ("decided", "changed"):
            self._reference.said(self._clock.at, step.offer, told.id, step.how, statutory=step.do == "decided")

    async def _told_of(self, step: Step) -> None:
        """Of a duty."""
        event = steps.event_of(step, self._cast.due(step.due))
        told = steps.told_of(step, event, self._clock.at)
        before = await self._world.was_seen(told.cause)

        def note() -> None:
            if not before:
                self._duties.told(self._clock.at, event)
            elif step.how != "closed":
                for phone in event.phones:
                    self._duties.note(phone, event.about.name)

        await self._acknowledged(told.cause, lambda: self._world.program.desk.told(told), note)
        self.counts["events"] += 1

    async def _deed(self, number: int, step: Step) -> None:
        """Somebody says whether they come; perhaps two in the same moment."""
        due = self._cast.due(step.due)
        known = self._duties.known.get(due.name)
        last = (known and known.last) or due.days[0]
        wishes = [Said(due, step.how, last + timedelta(steps.OFFSETS[step.variant]), step.address)]
        if step.do == "deeds":
            wishes.append(Said(due, step.how, last + timedelta(2), step.other))
        inbounds = [
            Inbound(f"m:{due.person.iin}:{number}:{place}", one.address, Pressed(_words(one)))
            for place, one in enumerate(wishes)
        ]
        noted: set[int] = set()

        async def bring() -> None:
            brought = inbounds * (2 if step.twice else 1)
            await asyncio.gather(*map(self._world.program.receiver.receive, brought))

        def note(place: int) -> None:
            said = wishes[place]
            done = self._duties.did(self._clock.at, said, f"{inbounds[place].id}:0")
            if done:
                self._lines.append((self._clock.at, self._cast.phone(said.address), due.person.iin))
            self._talked.add(said.address)
            noted.add(place)
            self.counts["answers"] += 1
            self.counts["answers that decide"] += done

        while not await self._world.program.alive(bring()):
            await self._world.again()
            for place, inbound in enumerate(inbounds):
                if place not in noted and await self._world.was_seen(f"{inbound.id}:arrive"):
                    note(place)
            await self._after_death()
        left = [place for place in range(len(wishes)) if place not in noted]
        first = await self._first(due, wishes) if len(left) > 1 else left
        for place in (*first, *(place for place in left if place not in first)):
            note(place)

    async def _first(self, due: Due, wishes: list[Said]) -> list[int]:
        """Of two who wished in the same moment, whose wish it became."""
        stored = await self._stored(due)
        wanted = stored.wanted if isinstance(stored, Invitation) else None
        return [
            place
            for place, one in enumerate(wishes)
            if wanted is not None and (wanted.address, wanted.until) == (one.address, one.until)
        ]

    async def _stored(self, due: Due) -> AnyDuty | None:
        stored = await self._ground.redis.get(f"{{s{home_of(due.person.iin):02}}}:{due.name}")
        assert stored is None or isinstance(stored, bytes)
        return matter_store.read_duty(stored)

    def _closes(self, step: Step) -> datetime | None:
        """The first moment after the last day."""
        known = self._duties.known.get(step.due)
        if known is not None and known.last is not None:
            return midnight(known.last + timedelta(1))
        offer = self._reference.offers.get(step.offer)
        return offer.closes if offer else None

    async def _matter(self, offer: str) -> Matter:
        home = home_of(self._cast.offer(offer).person.iin)
        stored = await self._ground.redis.get(f"{{s{home:02}}}:matter:{offer}")
        assert isinstance(stored, bytes)
        matter = matter_store.read(stored)
        assert matter is not None
        return matter

    def _ministry(self, step: Step) -> None:
        self.ministry.release()
        match step.how:
            case "down":
                self.ministry.down = True
            case "up":
                self.ministry.down = False
            case "slow":
                self.ministry.slow = step.offer
            case trouble:
                self.ministry.down = False
                self.ministry.troubles = [trouble] * step.variant
        self.counts["troubles of E-Sobes"] += step.how != "up"

    # What people write

    async def _written(self, number: int, step: Step) -> None:
        content, hear = self._said(step, self._reference)
        inbound = Inbound(f"m:{self._cast.offers[0].id}:{number}", step.address, content)
        times = 2 if step.twice else 1

        async def bring() -> None:
            await asyncio.gather(*(self._world.program.receiver.receive(inbound) for _ in range(times)))

        await self._acknowledged(inbound.id, bring, lambda: self._heard(hear(), step))

    async def _together(self, number: int, step: Step) -> None:
        """Two answers in the same moment: whichever was first, things are as if the other had come after it."""
        pair = [
            structs.replace(step, do="code"),
            structs.replace(step, do="code", address=step.other, how=step.and_how),
        ]
        inbounds = [
            Inbound(f"m:{self._cast.offers[0].id}:{number}:{place}", one.address, self._said(one, self._reference)[0])
            for place, one in enumerate(pair)
        ]
        first = list(pair)

        async def bring() -> None:
            await asyncio.gather(*map(self._world.program.receiver.receive, inbounds))

        noted: list[Step] = []
        while not await self._world.program.alive(bring()):
            await self._world.again()
            seen = [one for one, came in zip(pair, inbounds, strict=True) if await self._world.was_seen(came.id)]
            await self._note(step.offer, first, noted, seen)
            await self._after_death()
        await self._note(step.offer, first, noted, pair)
        self.counts["at once"] += 1

    async def _note(self, offer: str, pair: list[Step], noted: list[Step], seen: list[Step]) -> None:
        """The reference hears what it has not heard yet; of two orders, in that which really was."""
        new = [one for one in pair if one in seen and one not in noted]
        if len(new) == 2 and offer in self._reference.offers:
            given = (await self._matter(offer)).given
            for order in (new, new[::-1]):
                tried = self._reference.copy()
                for one in order:
                    self._said(one, tried)[1]()
                last = tried.offers[offer].last
                theirs = given and (str(given.answer), given.channel, given.phone)
                if (last and (last.answer, last.channel, last.phone)) == theirs:
                    new = order
                    break
        for one in new:
            self._heard(self._said(one, self._reference)[1](), one)
        noted += new

    def _said(self, step: Step, reference: Reference) -> speech.Said:
        return speech.said(step, self._clock.at, reference, self._cast, self._talked)

    def _heard(self, heard: Heard, step: Step) -> None:
        self.counts["answers"] += 1
        self.counts["answers that decide"] += heard.decided
        if heard.about is None:
            self._talked.add(step.address)
        else:
            phone = self._cast.phone(step.address)
            self._lines += [(self._clock.at, phone, iin) for iin in heard.about]

    # Time, and what E-Sobes answers

    def _woken(self, now: datetime) -> None:
        """Whoever runs misses no moment."""
        self._hear_ministry()
        due = self._duties.due()
        if due is not None and due + TICK < now:
            self.wrong.append(f"nobody woke for what was due at {due}, until {now}")
        self._passed(now)

    def _passed(self, now: datetime) -> None:
        self._hear_ministry()
        self._reference.pass_time(now)
        self._duties.pass_time(now)

    def _hear_ministry(self) -> None:
        for final in self.ministry.finals[self._finals :]:
            id, *_ = final.key.partition(":postponement")
            if id != final.key:
                self._duties.esobes_said(final.at, id, final.status, final.sign_by)
                continue
            offer, _, number = final.key.rpartition(":")
            if number != "note":
                self._reference.esobes_said(final.at, offer, int(number), final.status, final.held)
        self._finals = len(self.ministry.finals)

    def _fate_of_duty(self, name: DutyName) -> str:
        return self._operator.fates.get(compare.duty_letter_id(self._cast, name), "")

    def _fate(self, name: Name) -> str:
        return self._operator.fates.get(compare.letter_id(self._cast, name), "")

    async def _finish(self) -> None:
        """Everybody can be reached again, and time passes."""
        self.ministry.release()
        self.ministry.down, self.ministry.troubles = False, []
        for address in self._cast.addresses:
            self._operator.ways[address] = Way()
        last = max((offer.closes for offer in self._reference.offers.values()), default=self._clock.at)
        await self._world.move(max(last, self._clock.at) + AFTERWARDS, self._woken)
        while (due := self._duties.due()) is not None:
            await self._world.move(max(due, self._clock.at) + TICK, self._woken)
        await self._world.move(self._clock.at + AFTERWARDS, self._woken)
        self._hear_ministry()
        lines = await self._journal()
        self.wrong += [f"left over: {what}" for what in await self._world.left_over()]
        self.wrong += compare.posts(self._reference, self.ministry)
        self.wrong += compare.letters(self._cast, self._reference, self._operator, self._world.deaths)
        self.wrong += compare.journal(lines, self._lines, self._operator.shown)
        self.wrong += compare.wishes(self._duties, self.ministry)
        self.wrong += compare.duty_letters(self._cast, self._duties, self._operator, self._sleeps)
        self.wrong += compare.replies(self._duties, self._operator)
        for one in self._cast.duties:
            known = self._duties.known.get(one.name)
            self.wrong += compare.standing(one, known, await self._stored(one))
        self.wrong += compare.notes(self._duties, await self._notes())
        self.counts["journal lines"] += len(lines)
        self.counts["letters"] += len(self._operator.shown)
        self.counts["relays"] += len(self.ministry.told)
        for offer in self._reference.offers.values():
            self.counts[f"outcome {offer.posts[-1].answer if offer.posts else 'withdrawn'}"] += 1

    async def _notes(self) -> list[Note]:
        found = []
        for shard in range(SHARDS):
            stored = await self._ground.redis.xrange(f"{{s{shard:02}}}:office") or []
            found += [msgspec.json.decode((fields or {})[b"note"], type=Note) for _, fields in stored]
        return found

    async def _journal(self) -> list[Entry]:
        lines = []
        for shard in range(SHARDS):
            stored = await self._ground.redis.xrange(journal_key(shard)) or []
            lines += [msgspec.json.decode((fields or {})[b"entry"], type=Entry) for _, fields in stored]
        return lines


def _words(said: Said) -> str:
    return f"{DO}{said.act} {said.about.id}{f' {said.until}' * (said.act == 'postpone')}"


class _Errors(logging.Handler):
    """What the program itself calls a mistake."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"log: {record.getMessage()}")
