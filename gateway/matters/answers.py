"""The use case for a message from a phone that was told of offers: is it an answer to one of them?

It is asked before any talk: no question about language or privacy stands before an answer. What decides an offer is
committed where the matter lives, everything else at the phone; each message is committed once, in one place.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from dialogs.dialogue import Grasp
from dialogs.duties.duty import AnyDuty
from dialogs.language import Language
from dialogs.matters import answers, pocket, sizes
from dialogs.matters.affair import Happening
from dialogs.matters.answers import Asks, Decides, Died, NotMine, Open, Reason, Unclear
from dialogs.matters.letters import key
from dialogs.matters.matter import Answer, Given, Matter
from dialogs.matters.pocket import Pocket
from dialogs.messages import Pressed, Text, Unreadable
from dialogs.people import mark
from gateway.channels import Inbound, Letter, surface
from gateway.inbox import spoken
from gateway.journal.subject import channel, of_duty, subject
from gateway.links import Links
from gateway.matters import store as matter_store
from gateway.matters.at import At, reached
from gateway.matters.consequences import Asker, several_persons
from gateway.matters.matters import Matters
from gateway.matters.names import names_about, short
from gateway.matters.store import MatterStore, home_of
from gateway.matters.writing import Writing
from gateway.patience import Patience
from gateway.store import Commit, shard_number

PATIENCE = 3
"""With so many unclear answers in a day, the person is told where to find somebody to talk to."""
ENOUGH = 20
"""After so many in a day nothing is answered that changes nothing: a robot, most likely."""
FRESH = timedelta(days=7)
"""For so long after the last day a word without a code is taken for a late answer."""


Grasping = Callable[[tuple[AnyDuty, ...]], Grasp]
"""What the talk has to do with the message, where somebody has these duties."""


class Heard(Struct, frozen=True):
    done: bool
    """It was about an offer, and is answered."""
    repeated: bool = False
    """It was dealt with when it came before, there or in the talk."""
    language: Language | None = None
    """If it was not: the language in which the person behind this phone is written to."""
    phone: str | None = None
    """Whose messages these are: the phone itself, or the one that the chat is linked to."""
    strangers: tuple[str, ...] = ()
    """Persons who are not reached there; see `people.mark`."""
    asks: bool = False
    """Some offer still waits for an answer there: nothing else is asked now."""
    offers: tuple[Matter, ...] = ()
    """What E-Sobes has offered to the persons reached there…"""
    duties: tuple[AnyDuty, ...] = ()
    """…and what they have to do."""


class _Saying(Struct, frozen=True):
    """A letter that decides nothing."""

    name: str
    nature: str
    """What the message was taken for."""
    after: Pocket
    about: Sequence[Matter]
    reason: str = ""
    duties: Sequence[AnyDuty] = ()
    """What else it is about."""


class Answers:
    def __init__(self, store: MatterStore, matters: Matters) -> None:
        self._store = store
        self._matters = matters
        self._patience = Patience(ENOUGH)
        self._links = Links(store, matters.wording, matters.wake_phone)

    async def hear(self, inbound: Inbound, stored: bytes | None, grasp: Grasping, now: datetime) -> Heard:
        """`stored`: the pocket of the phone or chat that the message came from; `grasp`: what the talk has to do with
        it."""
        phone = pocket.read(stored).phone or inbound.address.removeprefix("sms:")
        address = f"sms:{phone}"
        if inbound.address != address:  # a chat, of which its phone knows more
            stored = await self._stored(address)
        while True:
            at = await self._at(inbound, grasp, now, phone, stored)
            if at is None:
                return Heard(True, repeated=True)
            outcome = await self._take(at) if at.matters or at.duties else None
            if outcome is None:
                languages = {one.person.language for one in (*at.own, *at.own_duties)}
                return Heard(
                    False,
                    language=languages.pop() if len(languages) == 1 else None,
                    phone=phone if at.linked else None,
                    strangers=at.pocket.strangers,
                    offers=tuple(at.own),
                    duties=at.own_duties,
                )
            if outcome is not Commit.CONFLICT:
                return Heard(
                    True,
                    repeated=outcome is Commit.REPEATED,
                    phone=phone if at.linked else None,
                    strangers=at.pocket.strangers,
                    asks=await self._still_asks(at),
                    offers=tuple(at.own),
                    duties=at.own_duties,
                )
            stored = await self._stored(address)  # something else happened to the offer or the phone: look again

    async def _still_asks(self, at: At) -> bool:
        found = map(matter_store.read, await self._store.matters(at.pocket.offers))
        after = structs.replace(at, matters=tuple(matter for matter in found if matter is not None))
        return after.asked or after.sized is not None

    async def link(self, chat: str, phone: str | None, now: datetime, ref: str = "") -> None:
        await self._links.link(chat, phone, now, ref)

    async def block(self, chat: str) -> None:
        await self._links.block(chat)

    async def unblock(self, chat: str) -> None:
        await self._links.unblock(chat)

    async def _stored(self, address: str) -> bytes | None:
        return (await self._store.pockets([address]))[address]

    async def _at(
        self, inbound: Inbound, grasp: Grasping, now: datetime, phone: str, stored: bytes | None
    ) -> At | None:
        """None: this message was dealt with before."""
        address = f"sms:{phone}"
        known = pocket.read(stored)
        linked = inbound.address in (address, known.chat)
        if not linked:
            known = Pocket()  # a chat that was never linked, or another one was linked to the phone meanwhile
        found = await self._store.known(known, inbound, address)
        if found.seen:
            return None
        matters = tuple(matter for matter in map(matter_store.read, found.offers) if matter is not None)
        told = tuple(duty for duty in map(matter_store.read_duty, found.duties) if duty is not None)
        own = grasp(reached(told, known, phone))
        return At(inbound, own, now, phone, stored, known, matters, told, linked)

    async def _take(self, at: At) -> Commit | None:
        """None: it is not about an offer."""
        match at.inbound.content:
            case Text(text):
                take = self._beside_a_specialist if at.talk.helped else self._text
                return await take(at, text)
            case Pressed(choice):
                return await self._pressed(at, choice)
            case Unreadable():
                return await self._unclear(at, "unreadable") if at.asked and not at.talk.fits else None
        return None

    async def _text(self, at: At, text: str) -> Commit | None:
        sized = at.sized
        if sized is not None and sizes.plain(text):
            return await self._happens(at, sized, "sized", at.given(Answer.CONSENT, None, text))
        asked = [one.id for one in at.waiting if one.state == "asked"]
        heard = answers.hear(text, _open(at), choices=at.talk.labels)
        if isinstance(heard, Decides):
            return await self._decided(at, heard, text)
        if isinstance(heard, NotMine):
            return await self._not_mine(at, heard.id)
        if isinstance(heard, Died) and at.own and not at.talk.fits:
            return await self._says(at, _Saying("died", "answer.died", at.pocket, at.waiting or at.own))
        if heard is None and sized is not None and not at.talk.fits and sizes.looks_like(text):
            return await self._happens(at, sized, "sized", at.given(Answer.CONSENT, None, text))
        if heard is None and not asked and not at.talk.fits:
            return await self._afterwards(at, text, sized)
        return await self._unsure(at, heard) if at.waiting else None

    async def _beside_a_specialist(self, at: At, text: str) -> Commit | None:
        """A «yes» to what a specialist has asked is no consent: only a code is."""
        heard = answers.hear(text, _open(at), choices=at.talk.labels)
        return await self._decided(at, heard, text) if isinstance(heard, Decides) and heard.code else None

    async def _decided(self, at: At, heard: Decides, text: str) -> Commit:
        matter = next(one for one in at.matters if one.id == heard.id)
        return await self._decides(at, matter, heard.consent, heard.code, text)

    async def _afterwards(self, at: At, text: str, sized: Matter | None) -> Commit | None:
        """Nothing asks any more. A word that would have been an answer decides nothing: the person is told how things
        stand, or, while a refusal can still be turned, by which code. While a size is wanted (`sized`),
        whatever means nothing else is asked again."""
        last = at.last
        if last is None or at.now - last.closes > FRESH or (at.invited and sized is None):
            return None
        heard = answers.hear(text, [Open(last.id, last.yes, last.no)], choices=at.talk.labels)
        if isinstance(heard, Asks | Unclear) and at.waiting and heard != Unclear(Reason.POLITE):
            return await self._unsure(at, heard)
        if not isinstance(heard, Decides):
            given = at.given(Answer.CONSENT, None, text)
            return await self._happens(at, sized, "sized", given) if sized is not None else None
        if last in at.waiting and heard.consent:
            return await self._unclear(at, Reason.UNSURE)
        if last.state == "asked" and not await self._matters.has_asked(last, at.phone):
            return None
        given = at.given(Answer.CONSENT if heard.consent else Answer.REFUSAL, None, text)
        return await self._happens(at, last, "consent" if heard.consent else "refusal", given)

    async def _unsure(self, at: At, heard: Asks | Unclear | Died | None) -> Commit | None:
        """Nothing is decided, and an offer waits."""
        if isinstance(heard, Asks):
            return await self._says(at, _Saying("explained", "answer.question", at.pocket, at.waiting))
        if heard == Unclear(Reason.UNSURE) and at.invited and at.talk.fits:
            return None
        if isinstance(heard, Unclear):
            return await self._unclear(at, heard.reason)
        if not at.asked or at.talk.fits:
            return None
        said = at.inbound.content
        asking = isinstance(said, Text) and "?" in said.text
        return await self._unclear(at, Reason.QUESTION if asking else Reason.UNSURE)

    async def _pressed(self, at: At, choice: str) -> Commit | None:
        name, _, rest = choice.partition(":")
        wanted, _, answer = rest.partition(":")
        matter = next((one for one in at.matters if key(one.id) == wanted), None)
        if name != "offer" or answer not in ("yes", "no") or matter is None:
            return None
        consent = answer == "yes"
        return await self._decides(at, matter, consent, matter.yes if consent else matter.no, None)

    async def _decides(self, at: At, matter: Matter, consent: bool, code: str | None, text: str | None) -> Commit:
        if matter not in at.own:
            return await self._says(at, _Saying("stranger", "answer.late", at.pocket, [matter]))
        if matter in at.waiting and channel(at.inbound.address) != "sms" and not self._matters.rules.chat_answers:
            return await self._unclear(at, "by_sms")
        if code is None and not await self._is_meant(at, matter):
            return await self._unclear(at, Reason.UNSURE)
        answer = Answer.CONSENT if consent else Answer.REFUSAL
        return await self._happens(at, matter, "consent" if consent else "refusal", at.given(answer, code, text))

    async def _is_meant(self, at: At, matter: Matter) -> bool:
        """«иә», «жоқ»: if they were invited last, they may be coming, or not; and if a specialist has asked something
        there, it may be the answer to that."""
        if at.invited or not await self._matters.has_asked(matter, at.phone):
            return False
        address = at.inbound.address
        return await self._store.record(shard_number(address), spoken.record(address)) is None

    async def _happens(self, at: At, matter: Matter, name: str, given: Given) -> Commit:
        inbound = at.inbound
        if not self._changes(at, matter, name, given) and self._patience.spent(inbound.address, inbound.id, at.now):
            return Commit.REPEATED
        return await self._matters.step(
            home_of(matter.person.iin),
            matter.id,
            lambda _: Happening(name, given),
            at.now,
            cause=inbound.id,
            asker=Asker(inbound, given, at.talk.language),
            seen=matter,
        )

    def _changes(self, at: At, matter: Matter, name: str, given: Given) -> bool:
        if name == "sized":
            return sizes.read(given.text or "", matter.size, self._matters.rules).size != matter.size
        return matter in at.waiting and (matter.state == "asked" or given.answer is Answer.CONSENT)

    async def _unclear(self, at: At, reason: str) -> Commit:
        if reason == Reason.UNSURE and at.invited:
            reason = Reason.ARRIVAL
        after = pocket.with_unclear(at.pocket, at.now.date())
        name = "again" if after.unclear[1] < PATIENCE else "office"
        return await self._says(at, _Saying(name, "answer.unclear", after, at.waiting, reason))

    async def _not_mine(self, at: At, offer: str | None) -> Commit:
        """No more letters about these persons come to this phone."""
        named = [one for one in at.matters if offer is None or one.id == offer]
        duties = at.duties if offer is None else ()
        persons = {mark(one.person.iin) for one in (*named, *duties)}
        for one in (*at.matters, *at.duties):  # first: once the message is dealt with, nobody comes back to it
            if mark(one.person.iin) in persons:
                await self._store.unsend(home_of(one.person.iin), short(at.phone), names_about(one))
        after = structs.replace(at.pocket, strangers=tuple(sorted(persons.union(at.pocket.strangers))))
        return await self._says(at, _Saying("not_mine", "answer.not_mine", after, named, duties=duties))

    async def _says(self, at: At, saying: _Saying) -> Commit:
        """Nothing is decided: what was said and answered is written down at the phone."""
        changes = saying.after.strangers != at.pocket.strangers
        if not changes and self._patience.spent(at.inbound.address, at.inbound.id, at.now):
            return Commit.REPEATED
        inbound, given = at.inbound, at.given(Answer.SILENCE, None, None)
        letters = [self._letter(at, saying)] if saying.after.unclear[1] <= ENOUGH else []
        entries = []
        subjects = [*map(subject, saying.about), *map(of_duty, saying.duties)]
        for one in {one.person.iin: one for one in reversed(subjects)}.values():
            entries.append(one.answered(given, saying.nature))
            entries += [one.told(letter, saying.name, at.phone) for letter in letters]
        writing = Writing(cause=inbound.id, letters=letters, entries=entries)
        outcome = await self._store.commit_pocket(f"sms:{at.phone}", at.stored, saying.after, writing)
        self._matters.wake_phone(at.phone)
        return outcome

    def _letter(self, at: At, saying: _Saying) -> Letter:
        address = at.inbound.address
        message = self._matters.wording.several(
            saying.name,
            saying.about,
            at.talk.language or (*saying.about, *saying.duties)[0].person.language,
            surface(address),
            now=at.now,
            named=several_persons(at.pocket),
            reason=saying.reason,
        )
        name = f"{at.inbound.id}:0"
        return Letter(name, address, message.text, at.now.timestamp(), message.buttons, proof=True)


def _open(at: At) -> list[Open]:
    asked = [one.id for one in at.waiting if one.state == "asked"]
    return [Open(one.id, one.yes, one.no, open=one.id in asked) for one in at.matters]
