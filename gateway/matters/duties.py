"""The use case for invitations, choices of a provider and orders: what E-Sobes tells of them and answers, what a
person decides, and the clock. Load, step, commit."""

from asyncio import gather
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from dialogs.duties import asking, recount, steps
from dialogs.duties.asking import Act, Arrive, Arrived, Verdict
from dialogs.duties.course import Happening
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Postponement, name
from dialogs.duties.letters import Letters
from dialogs.duties.rules import Rules
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.matters.matter import Answer, Given
from dialogs.matters.pocket import Noted, Pocket
from dialogs.people import mark
from dialogs.talk import Here
from gateway.channels import Inbound
from gateway.clock import Clock
from gateway.esobes.events import ChoiceTold, Told
from gateway.esobes.telling import Post, Refused, Taken
from gateway.journal.subject import channel, of_duty
from gateway.matters.consequences import addresses
from gateway.matters.duty_consequences import DutyConsequences, Scene
from gateway.matters.duty_happenings import of_answer, of_event, unheard
from gateway.matters.store import MatterStore, home_of, read_duty
from gateway.matters.writing import Note, Writing
from gateway.readers import Readers
from gateway.store import Commit
from gateway.ways import Ways

TYPES = frozenset(
    {
        "provider_choice.opened",
        "provider_choice.closed",
        "order.answered",
        "invitation.opened",
        "invitation.changed",
        "invitation.closed",
    }
)
"""Of events."""


class Duties:
    def __init__(
        self,
        *,
        store: MatterStore,
        readers: Readers,
        wording: Letters,
        rules: Rules,
        ways: Ways,
        clock: Clock,
        wake: Callable[[int], None],
        wake_relays: Callable[[int], None],
    ) -> None:
        """`wake`, `wake_relays`: tell the outboxes in which shard something waits to leave."""
        self._store = store
        self._readers = readers
        self._consequences = DutyConsequences(wording, rules, ways)
        self._rules = rules
        self._clock = clock
        self._wake = wake
        self._wake_relays = wake_relays

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        happening = of_event(told)
        home, outcome = home_of(told.person.iin), Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now = self._clock.now()
            fresh = unheard(told, now)
            stored = await self._store.record(home, name(fresh))
            duty = read_duty(stored) or fresh
            former, duty.phones, duty.person = duty.phones, told.phones, told.person
            duty.specialist, duty.case = told.specialist or duty.specialist, told.case or duty.case
            if isinstance(told.duty, ChoiceTold) and isinstance(duty, Choice):  # its end may have come first
                duty.service = told.duty.service or duty.service
            if happening.name != "closed":  # before any letter leaves, every phone knows what it is about
                await self._note(duty, home)
            outcome, _ = await self._step(
                home, stored, duty, happening, now, cause=told.cause, event=told.body, former=former
            )
        return outcome is Commit.DONE

    async def woken(self, home: int, wakeup: str) -> None:
        """The clock has come to a moment that the duty waits for."""
        record, outcome = wakeup.removeprefix("."), Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now = self._clock.now()
            stored = await self._store.record(home, record)
            duty = read_duty(stored)
            if duty is None or duty.wake is None or duty.wake > now:
                return
            outcome, _ = await self._step(home, stored, duty, None, now)

    async def recount(self, home: int, record: str) -> bool:
        """Its last day and its reminders by another calendar; False: the last day stays. Where the calendar would
        make it earlier, what somebody was told stays, and the office hears of it once."""
        moved, outcome = False, Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now, stored = self._clock.now(), await self._store.record(home, record)
            duty = read_duty(stored)
            after = None if duty is None else recount.recounted(duty, now, self._rules)
            if duty is None or after is None:
                break
            outcome, stepped = await self._step(home, stored, after, None, now)
            moved = recount.told_day(stepped) != recount.told_day(duty)
        await self._note_shortened(home, record)
        return moved

    async def _note_shortened(self, home: int, record: str) -> None:
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            now, stored = self._clock.now(), await self._store.record(home, record)
            duty = read_duty(stored)
            day = None if duty is None else recount.shortened(duty, now, self._rules)
            if duty is None or day is None:
                return
            person, told = duty.person, recount.told_day(duty)
            note = Note(
                now, "shortened", record, mark(person.iin), person.name, duty.specialist, duty.case, day, told
            )
            writing = Writing(cause=f"calendar:{record}:{day}", notes=(note,))
            outcome = await self._store.commit_duty(home, stored, duty, writing)

    async def settled(self, post: Post, relay: str, answer: Taken | Refused) -> None:
        """What E-Sobes has finally answered to the wish to postpone. As often as it is told, it counts once."""
        happening = of_answer(answer)
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            stored = await self._store.record(post.home, post.matter.removeprefix("."))
            duty = read_duty(stored)
            if duty is None:
                return
            outcome, _ = await self._step(
                post.home, stored, duty, happening, self._clock.now(), cause=f"{relay}:answer:{post.again}"
            )

    async def do(self, deed: Arrive, inbound: Inbound, here: Here) -> Arrived | None:
        """A person says whether they come. None: no such invitation is known at their phone."""
        known = next((one for one in here.duties if isinstance(one, Invitation) and one.id == deed.invitation), None)
        if known is None:
            return None
        home, cause = home_of(known.person.iin), f"{inbound.id}:arrive"
        while True:
            stored, done = await gather(self._store.record(home, name(known)), self._store.seen(home, cause))
            duty = read_duty(stored)
            if not isinstance(duty, Invitation):
                return None
            if done:
                return Arrived(_done(deed, duty), duty)
            verdict = asking.verdict(duty, deed.act, here.now.date(), self._rules, deed.until)
            happening = _decided(deed, verdict, inbound, here)
            if happening is None:
                return Arrived(verdict, duty)
            given = Given(Answer.SILENCE, here.now, channel(inbound.address), here.phone)
            nature = f"answer.{'disputed' if verdict is Verdict.DISPUTED else deed.act}"
            outcome, after = await self._step(
                home, stored, duty, happening, here.now, cause=cause, heard=(given, nature)
            )
            if outcome is Commit.DONE and isinstance(after, Invitation):
                return Arrived(verdict, after)

    async def _step(
        self,
        home: int,
        stored: bytes | None,
        duty: AnyDuty,
        happening: Happening | None,
        now: datetime,
        *,
        cause: str = "",
        event: bytes | None = None,
        heard: tuple[Given, str] | None = None,
        former: Sequence[str] = (),
    ) -> tuple[Commit, AnyDuty]:
        """With the duty as it is then, if it was committed. `former`: the phones before this event."""
        pockets = await self._store.known_at(dict.fromkeys((*duty.phones, *former)))
        duty.phones = pocket.reach(duty.phones, duty.person.iin, pockets)
        step = steps.step(duty, happening, now, self._rules)
        languages = await self._languages(duty.phones, pockets) if step.tellings else {}
        gone = tuple(phone for phone in former if phone not in duty.phones)
        scene = Scene(home=home, pockets=pockets, languages=languages, now=now, cause=cause, gone=gone)
        writing = self._consequences.of(duty, step, scene)
        if event is not None:
            writing = structs.replace(writing, events=(event,))
        if heard is not None:
            writing = structs.replace(writing, entries=(of_duty(duty).answered(*heard), *writing.entries))
        outcome = await self._store.commit_duty(home, stored, step.duty, writing)
        self._wake(home)
        self._wake_relays(home)
        return outcome, step.duty

    async def _languages(self, phones: Iterable[str], pockets: Mapping[str, Pocket]) -> dict[str, Language]:
        known = [address for _, address in addresses({phone: pockets[phone] for phone in phones})]
        talks = await gather(*(self._readers.talk(address) for address in known))
        return {
            address: talk.language
            for address, talk in zip(known, talks, strict=True)
            if talk is not None and talk.language is not None
        }

    async def _note(self, duty: AnyDuty, home: int) -> None:
        """Every phone of the person knows of it, and forgets those that are over."""
        noted = Noted(name(duty), home, mark(duty.person.iin))
        for phone in duty.phones:
            address, outcome = f"sms:{phone}", Commit.CONFLICT
            while outcome is Commit.CONFLICT:
                stored = (await self._store.pockets([address]))[address]
                held = pocket.read(stored)
                if noted in held.duties:
                    break
                over = await self._over(held.duties)
                after = pocket.with_duty(held, noted, over)
                outcome = await self._store.commit_pocket(address, stored, after, Writing())

    async def _over(self, noted: Sequence[Noted]) -> set[str]:
        found, now = await self._store.duties(noted), self._clock.now()
        return {one.name for one, stored in zip(noted, found, strict=True) if _is_over(read_duty(stored), now)}


def _is_over(duty: AnyDuty | None, now: datetime) -> bool:
    """Also if nothing has come of it for long, and nothing is due: E-Sobes does not say when an aid was handed over.
    Whatever it tells of it later is noted anew."""
    if duty is None:
        return False
    return duty.state == "over" or (duty.wake is None and now - duty.sent > timedelta(pocket.KEPT))


def _done(deed: Arrive, duty: Invitation) -> Verdict:
    """What was said when it was."""
    disputed = deed.act is Act.POSTPONE and deed.until is not None and deed.until == duty.disputed
    return Verdict.DISPUTED if disputed else Verdict.FINE


def _decided(deed: Arrive, verdict: Verdict, inbound: Inbound, here: Here) -> Happening | None:
    """None: nothing can be done."""
    if verdict is Verdict.DISPUTED:
        return Happening(name="dispute", day=deed.until)
    if verdict is not Verdict.FINE:
        return None
    if deed.act is not Act.POSTPONE:
        return Happening(name=deed.act)
    assert deed.until is not None and deed.reason is not None  # noqa: S101, PT018 - a talk asks for both first
    wanted = Postponement(deed.until, deed.reason, here.now, channel(inbound.address), here.phone, inbound.address)
    return Happening(name="postpone", wanted=wanted)
