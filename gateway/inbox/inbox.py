"""What the specialists do with what people have written to them."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from dialogs.errands import ToSpecialist
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.messages import Say, Surface
from dialogs.sms_length import measure
from dialogs.words import Words
from gateway.channels import Letter, channel_of, surface
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.inbox import case as cases
from gateway.inbox import spoken
from gateway.inbox.case import Case, Kind, Line, RefusedError, State, Step
from gateway.inbox.desk import Desk, Done, Queued
from gateway.letters import Letters, News
from gateway.store import shard, shard_number

PARTS = 3
"""Of an SMS, at most."""
LONGEST = 3000
"""Characters in a chat."""
SHOWN = 300
"""Lines of a case on its page."""
TELLS = "handed"
"""How an errand that is about the person's talk is addressed: `handed:sms:+7701…`."""
CALLS = "call"

Decide = Callable[[Case, float], Step]
SignedIn = Callable[[str], Awaitable[bool]]
"""Whether the specialist of that login is there."""


class Read(Struct, frozen=True):
    """A case as its page shows it."""

    case: Case
    lines: Sequence[Line]
    news: dict[str, News]
    """What became of the answers, by the name of the letter."""
    ways: tuple[str, ...]
    """Addresses to which an answer may go: first where the person writes, then the linked one."""
    phone: str | None
    """The person's, if it is known."""
    orphaned: bool
    """Whoever has taken it is not signed in any more."""


class Inbox:
    def __init__(
        self,
        redis: Batched,
        words: Words,
        clock: Clock,
        *,
        wake: Callable[[int], None],
        wake_errands: Callable[[int], None],
        calls: bool = False,
    ) -> None:
        """`wake`, `wake_errands`: tell the outboxes in which shard something is waiting. `calls`: the specialists
        are told in a chat of their own that somebody waits."""
        self.desk = Desk(redis)
        self._redis = redis
        self._letters = Letters(redis)
        self._words = words
        self._clock = clock
        self._wake = wake
        self._wake_errands = wake_errands
        self._calls = calls

    async def heard(self, errand: ToSpecialist, address: str, mark: str, at: float) -> None:
        """What the person has done; the same a second time changes nothing."""
        fresh = self.desk.fresh(address)
        done = Done.CONFLICT
        while done is Done.CONFLICT:
            before, case = await self.desk.load(address)
            step = cases.heard(case, errand, address, at, fresh)
            if step is None:
                return
            done = await self._write(address, before, mark, step, case.id if case else fresh)

    async def take(self, name: str, who: str, mark: str, signed_in: SignedIn) -> Kind:
        """Which of the two it was: a case that somebody waits in, or one taken over."""
        case = await self._named(name)
        orphaned = case.state is State.TAKEN and not await signed_in(case.taker)
        step = await self._act(name, mark, lambda case, at: cases.take(case, who, at, orphaned=orphaned), case.taker)
        return step.lines[0].kind

    async def answer(self, name: str, who: str, mark: str, text: str, to: str = "") -> None:
        """`to`: the channel, if not the one that the person wrote by."""
        case = await self._named(name)
        ways = await self.ways(case.address)
        way = next((way for way in ways if channel_of(way) == to), ways[0])
        said = "\n".join(line.rstrip() for line in text.strip().splitlines())
        worded = self.worded(said, Language(case.language), way)
        if not said:
            raise RefusedError("staff.inbox.refused.empty")
        if not fits(worded, way):
            raise RefusedError("staff.inbox.refused.long")
        now = self._clock.now()
        until = (now + spoken.USEFUL).timestamp()
        letter = Letter(f"inbox:{mark}", way, worded, now.timestamp(), until=until, proof=True)
        await spoken.note(self._redis, way)
        await self._act(name, mark, lambda case, at: cases.answer(case, who, at, said, letter))

    async def note(self, name: str, who: str, mark: str, text: str) -> None:
        said = text.strip()[:LONGEST]
        if not said:
            raise RefusedError("staff.inbox.refused.empty")
        await self._act(name, mark, lambda case, at: cases.note(case, who, at, said))

    async def hand_back(self, name: str, who: str, mark: str) -> None:
        await self._act(name, mark, lambda case, at: cases.hand_back(case, who, at))

    async def close(self, name: str, who: str, mark: str) -> None:
        await self._act(name, mark, lambda case, at: cases.close(case, who, at))

    async def queue(self, state: State, most: int) -> Queued:
        return await self.desk.queue(state, most)

    async def waiting(self) -> int:
        return await self.desk.waiting()

    async def read(self, name: str, signed_in: SignedIn) -> Read | None:
        address = await self.desk.named(name)
        _, case = await self.desk.load(address) if address else (None, None)
        if case is None:
            return None
        lines = await self.desk.lines(case.address, SHOWN)
        names = [line.letter for line in lines if line.letter]
        known = dict(zip(names, await self._letters.news(names), strict=True))
        ways = await self.ways(case.address)
        phones = (way.partition(":")[2] for way in ways if channel_of(way) == "sms")
        orphaned = case.state is State.TAKEN and not await signed_in(case.taker)
        news = {name: one for name, one in known.items() if one is not None}
        return Read(case, lines, news, ways, next(phones, None), orphaned)

    async def ways(self, address: str) -> tuple[str, ...]:
        known = pocket.read(await self._redis("GET", f"{shard(address)}:pocket:{address}"))
        other = known.chat if channel_of(address) == "sms" else f"sms:{known.phone}" if known.phone else None
        return (address, other) if other else (address,)

    def worded(self, text: str, language: Language, address: str) -> str:
        """The person sees that it is no machine that writes."""
        return self._words.say(Say("specialist.says", (("text", text),)), language, surface(address))

    async def _named(self, name: str) -> Case:
        address = await self.desk.named(name)
        _, case = await self.desk.load(address) if address else (None, None)
        if case is None:
            raise RefusedError("staff.inbox.refused.gone")
        return case

    async def _act(self, name: str, mark: str, decide: Decide, taker: str | None = None) -> Step:
        """`taker`: the case is still with them, or something else has to be decided first."""
        address = (await self._named(name)).address
        while True:
            before, case = await self.desk.load(address)
            if case is None:
                raise RefusedError("staff.inbox.refused.gone")
            if await self.desk.did(address, mark):
                return Step(case, (Line(Kind.TAKEN, 0.0),))
            if taker is not None and case.taker != taker:
                raise RefusedError("staff.inbox.refused.taken")
            step = decide(case, self._clock.now().timestamp())
            if await self._write(address, before, mark, step, name) is not Done.CONFLICT:
                return step

    async def _write(self, address: str, before: bytes | None, mark: str, step: Step, name: str) -> Done:
        at = self._clock.now().timestamp()
        errands = []
        if step.tells:
            errands.append(Letter(f"{TELLS}:{mark}", f"{TELLS}:{address}", step.tells, at))
        if step.came and self._calls:
            errands.append(Letter(f"{CALLS}:{mark}", f"{CALLS}:specialists", "", at))
        done = await self.desk.write(address, before, mark, step, name=name, errands=errands)
        if done is Done.NOW and step.letters:
            self._wake(shard_number(address))
        if done is Done.NOW and errands:
            self._wake_errands(shard_number(address))
        return done


def fits(text: str, address: str) -> bool:
    if surface(address) is Surface.CHAT:
        return len(text) <= LONGEST
    return measure(text).parts <= PARTS
