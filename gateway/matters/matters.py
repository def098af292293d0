"""The use case for what E-Sobes tells, for what it answers to us, and for the clock: load, step, commit."""

from asyncio import gather
from collections.abc import Callable
from datetime import datetime
from secrets import randbelow

from msgspec import structs

from dialogs.matters import codes, pocket, recount, steps
from dialogs.matters.affair import Happening, Sending
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.matter import Answer, Matter, Telling
from dialogs.matters.pocket import Known, Pocket
from dialogs.matters.rules import Rules
from dialogs.matters.steps import Asked, Step
from dialogs.people import mark
from gateway.clock import Clock
from gateway.esobes.events import Told
from gateway.figures import outcomes
from gateway.letters import Letters
from gateway.matters import questions
from gateway.matters import store as matter_store
from gateway.matters.consequences import Asker, Consequences, Scene
from gateway.matters.store import MatterStore
from gateway.matters.writing import Writing, of_event
from gateway.store import Commit, shard_number
from gateway.ways import Ways

NOBODY_ASKS = Sending(left=True, arrived=True)
"""No time has passed, so nothing depends on what became of the question."""


class NoRoomError(Exception):
    """So many offers wait on one phone that it has no codes for another: E-Sobes has to come again."""


class Matters:
    def __init__(
        self,
        *,
        store: MatterStore,
        letters: Letters,
        wording: Wording,
        rules: Rules,
        ways: Ways,
        clock: Clock,
        wake: Callable[[int], None],
        wake_relays: Callable[[int], None],
    ) -> None:
        """`wake`, `wake_relays`: tell the outboxes in which shard something waits to leave."""
        self.rules = rules
        self.wording = wording
        self._store = store
        self._ways = ways
        self._letters = letters
        self._clock = clock
        self._wake = wake
        self._wake_relays = wake_relays
        self._consequences = Consequences(wording, rules, ways)

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        home = matter_store.home_of(told.person.iin)
        outcome = await (self._opened if told.type == "offer.opened" else self._withdrawn)(told, home)
        self._wake_all(home)
        return outcome is Commit.DONE

    async def woken(self, home: int, offer: str) -> None:
        """The clock has come to a moment that the matter waits for."""
        await self._follow(home, offer, lambda _: None)

    async def recount(self, home: int, offer: str) -> bool:
        """Its last day by another calendar; False: it stays. A question that has not left yet is written anew."""
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now, stored = self._clock.now(), await self._store.matter(home, offer)
            matter = matter_store.read(stored)
            after = None if matter is None else recount.recounted(matter, now, self.rules)
            if after is None:
                return False
            writing = Writing()
            if not recount.is_told(after, now):
                pockets = await self._store.known_at(after.phones)
                after.phones = pocket.reach(after.phones, after.person.iin, pockets)
                scene = Scene(home=home, pockets=pockets, now=now, was=after.state)
                writing = self._consequences.of(Step(after, (Telling("question"),), (), ""), scene)
            outcome = await self._store.commit_matter(home, offer, stored, after, writing)
        return True

    async def settled(self, home: int, offer: str, relay: str, status: int, held: str | None) -> None:
        """What E-Sobes has finally answered to a relay. Only what it says of the last answer still counts."""

        def happening(matter: Matter) -> Happening | None:
            if matter.given is None or relay != f"{offer}:{matter.relays}":
                return None
            if status == 409 and held != matter.given.answer:
                return Happening("contradicted", held=_answer(held))
            return Happening("accepted") if status < 300 or status == 409 else None

        await self._follow(home, offer, happening)

    async def step(
        self,
        home: int,
        offer: str,
        decide: Callable[[Matter], Happening | None],
        now: datetime,
        *,
        cause: str = "",
        asker: Asker | None = None,
        seen: Matter | None = None,
    ) -> Commit:
        """One step of a matter. `seen`: as it was when somebody found what happens to it; an answer to that is none
        to what it has become. CONFLICT: whatever it was decided from has to be looked at again."""
        stored = await self._store.matter(home, offer)
        matter = matter_store.read(stored)
        if matter is None:
            return Commit.DONE
        if seen is not None and matter != seen:
            return Commit.CONFLICT
        happening = decide(matter)
        due = matter.wake is not None and matter.wake <= now
        if happening is None and not due:
            return Commit.DONE
        pockets = await self._store.known_at(matter.phones)
        matter.phones = pocket.reach(matter.phones, matter.person.iin, pockets)
        sending = await self._sending(matter) if due else NOBODY_ASKS
        step = steps.step(matter, happening, now, self.rules, sending)
        writing = self._consequences.of(
            step, Scene(home=home, pockets=pockets, now=now, cause=cause, asker=asker, was=matter.state)
        )
        writing = structs.replace(writing, tallies=[*outcomes.changed(matter, step.matter, now)])
        outcome = await self._store.commit_matter(home, offer, stored, step.matter, writing)
        self._wake_all(home)
        return outcome

    async def has_asked(self, matter: Matter, phone: str) -> bool:
        """A word without a code means an offer only where somebody has read the question."""
        return await questions.was_asked(matter, phone, self._letters)

    async def _sending(self, matter: Matter) -> Sending:
        return await questions.sending(matter, self._letters, by_chat=not self._ways.sms_too)

    def wake_phone(self, phone: str) -> None:
        self._wake(shard_number(f"sms:{phone}"))

    async def _follow(
        self, home: int, offer: str, decide: Callable[[Matter], Happening | None], cause: str = ""
    ) -> Commit:
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            outcome = await self.step(home, offer, decide, self._clock.now(), cause=cause)
        return outcome

    async def _opened(self, told: Told, home: int) -> Commit:
        assert told.offer is not None  # noqa: S101 - the door has seen to it
        stored, pockets = await gather(self._store.matter(home, told.offer.id), self._store.known_at(told.phones))
        if stored is not None:  # opened before, or withdrawn before it came
            return await self._store.commit_event(home, of_event(told))
        asked = _asked(told, pocket.reach(told.phones, told.person.iin, pockets))
        drawn, pockets = await self._reserve(asked, home)
        now = self._clock.now()
        step = steps.opened(asked, drawn, now, self.rules)
        writing = self._consequences.of(step, Scene(home=home, pockets=pockets, now=now, cause=told.cause))
        writing = structs.replace(writing, tallies=[*outcomes.opened(step.matter, now)])
        outcome = await self._store.commit_matter(home, asked.id, None, step.matter, writing)
        return await self._opened(told, home) if outcome is Commit.CONFLICT else outcome

    async def _reserve(self, asked: Asked, home: int) -> tuple[tuple[str, str], dict[str, Pocket]]:
        """The same codes on every phone of the person, also if this was begun before or is done twice at once. No
        letter has left before all phones have them. With the codes, what is known at each phone now."""
        addresses = [f"sms:{phone}" for phone in asked.phones]
        today = self._clock.now().date().toordinal()
        while True:
            stored = await self._store.pockets(addresses)
            held = {address: pocket.read(stored[address]) for address in addresses}
            offers = sorted((o for one in held.values() for o in one.offers if o.id != asked.id), key=lambda o: o.day)
            used = [code for offer in offers for code in (offer.yes, offer.no)]
            begun = {(o.yes, o.no) for one in held.values() for o in one.offers if o.id == asked.id}
            fitting = sorted(pair for pair in begun if not set(pair).intersection(used))
            try:
                drawn = fitting[0] if fitting else codes.draw(used, randbelow, await self._alive(offers, today))
            except codes.NoCodeError:
                raise NoRoomError("no consent codes are free on this phone; come again later") from None
            known = Known(asked.id, home, mark(asked.person.iin), *drawn, today)
            # What stands there already is not written again: two offers that cross on two phones would for ever be
            # in each other's way.
            for address in (address for address in addresses if known not in held[address].offers):
                held[address] = pocket.with_offer(held[address], known)
                outcome = await self._store.commit_pocket(address, stored[address], held[address], Writing())
                if outcome is not Commit.DONE:
                    break  # another offer came to this phone meanwhile
            else:
                return drawn, {phone: held[f"sms:{phone}"] for phone in asked.phones}

    async def _alive(self, offers: list[Known], today: int) -> list[str]:
        """Codes that somebody may send, or will get in a moment; looked at only where codes become scarce."""
        if len(offers) < len(codes.CODES) // 4:
            return []
        matters = map(matter_store.read, await self._store.matters(offers))
        return [
            code
            for offer, matter in zip(offers, matters, strict=True)
            if (offer.day == today if matter is None else matter.wake is not None)
            for code in (offer.yes, offer.no)
        ]

    async def _withdrawn(self, told: Told, home: int) -> Commit:
        assert told.offer is not None  # noqa: S101 - the door has seen to it
        offer = told.offer.id
        if await self._store.matter(home, offer) is None:
            unseen = steps.withdrawn_unseen(_asked(told, told.phones), self._clock.now())
            outcome = await self._store.commit_matter(home, offer, None, unseen, Writing(cause=told.cause))
            if outcome is not Commit.CONFLICT:
                return outcome
        return await self._follow(home, offer, lambda _: Happening("withdrawn"), told.cause)

    def _wake_all(self, home: int) -> None:
        self._wake(home)
        self._wake_relays(home)


def _answer(held: str | None) -> Answer | None:
    """What E-Sobes holds, if it is one of the answers of the contract."""
    return Answer(held) if held in list(Answer) else None


def _asked(told: Told, phones: tuple[str, ...]) -> Asked:
    assert told.offer is not None  # noqa: S101 - the door has seen to it
    offer = told.offer
    return Asked(offer.id, offer.kind, offer.service, offer.device, told.person, phones, told.specialist, told.case)
