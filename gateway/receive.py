"""The use case for a person's message: load, answer, commit. After that it may be acknowledged, not before."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Protocol
from weakref import WeakValueDictionary

import msgspec
from msgspec import structs

from dialogs import session as sessions
from dialogs.cleaning import cleaned
from dialogs.dialogue import Answer, Grasp
from dialogs.duties.asking import Arrive, Arrived
from dialogs.duties.duty import AnyDuty
from dialogs.errands import ServiceRequest
from dialogs.inquiries import Inquiry
from dialogs.language import Language
from dialogs.matters import pocket as pockets
from dialogs.messages import Content, Interrupted, Surface, Text
from dialogs.session import Session
from dialogs.talk import Here
from dialogs.topics import proof
from gateway.channels import Inbound, Letter, surface
from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.errands import errand_letter
from gateway.failures import told
from gateway.matters.answers import Grasping, Heard
from gateway.store import AuditLine, Commit, Line, Store, Unmet, shard_number

log = logging.getLogger(__name__)

PATIENCE = 2.2
"""Seconds in which everything that one answer needs to know has to be found out: nobody waits longer than three."""
ROUNDS = 200
"""So many things are found out for one answer at most: of a guardian's wards, each may have to be asked about."""


UNHEARD = frozenset({"too_fast", "looping"})
"""Turns in which somebody gets no answer; see `conversation.PER_MINUTE` and `loops`."""
REMAINS_FOR = timedelta(days=2)
"""Whoever asked to be forgotten is, but for what they tried today: that no lock-out outlasts."""


class Dialogue(Protocol):
    def answer(self, session: Session, content: Content, here: Here) -> Answer: ...

    def grasp(self, session: Session, content: Content, here: Here) -> Grasp: ...

    def sorry(self, session: Session, surface: Surface) -> Answer: ...


class Offers(Protocol):
    async def hear(self, inbound: Inbound, stored: bytes, grasp: Grasping, now: datetime) -> Heard: ...

    async def link(self, chat: str, phone: str | None, now: datetime, ref: str = "") -> None: ...

    async def unblock(self, chat: str) -> None:
        """It takes letters again."""


class Inquiries(Protocol):
    async def ask(self, inquiry: Inquiry[Any], until: float) -> object:
        """The answer, or AWAY. `until`: on the loop's clock, when it is too late to find it out."""


class Requests(Protocol):
    async def make(self, asked: ServiceRequest, inbound: Inbound, here: Here, language: Language) -> None:
        """Passed on for certain once this returns; a second time for the same message changes nothing."""


class Arrivals(Protocol):
    async def do(self, deed: Arrive, inbound: Inbound, here: Here) -> Arrived | None:
        """Done for certain once this returns; a second time for the same message changes nothing."""


class Receiver:
    def __init__(
        self,
        store: Store,
        dialogue: Dialogue,
        offers: Offers,
        *,
        inquiries: Inquiries,
        requests: Requests,
        arrivals: Arrivals,
        clock: Clock,
        wake: Callable[[int], None],
        wake_errands: Callable[[int], None],
    ) -> None:
        """`wake`, `wake_errands`: tell the outboxes in which shard something is waiting."""
        self._store = store
        self._dialogue = dialogue
        self._offers = offers
        self._inquiries = inquiries
        self._requests = requests
        self._arrivals = arrivals
        self._clock = clock
        self._wake = wake
        self._wake_errands = wake_errands
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """Whoever writes much at once waits for themselves; otherwise all but one turn would be in vain."""

    async def receive(self, inbound: Inbound) -> None:
        """Raises only while Redis is away; then the message has to come again."""
        if isinstance(inbound.content, Text):
            inbound = structs.replace(inbound, content=Text(cleaned(inbound.content.text)))
        turn = self._turns.setdefault(inbound.address, asyncio.Lock())
        async with turn:
            await self._receive(inbound)

    async def _receive(self, inbound: Inbound) -> None:
        where = surface(inbound.address)
        first = Here(self._clock.now(), where, _own_phone(inbound.address))
        until = asyncio.get_running_loop().time() + PATIENCE
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:  # somebody else answered the same person meanwhile: answer anew
            before, pocket = await self._store.recall(inbound.address)
            session, here = _session(before), first
            if pocket is not None:
                if where is Surface.CHAT and pockets.read(pocket).blocked:
                    await self._offers.unblock(inbound.address)
                heard = await self._heard(inbound, pocket, session, here)
                if heard.done:
                    if not (heard.repeated or heard.asks):
                        await self._ask_again(inbound, here, heard, until)
                    return
                here = _knowing(here, heard)
                if session.language is None and heard.language is not None:
                    session = structs.replace(session, language=heard.language, state="menu")
            ref = session.ref
            answer = await self._answer(session, inbound, here, until)
            if answer.link is not None:  # before the talk says so; a second time changes nothing
                await self._offers.link(inbound.address, answer.link or None, here.now, ref)
            if answer.request is not None:  # likewise
                language = session.language or Language.KK
                await self._requests.make(answer.request, inbound, here, language)
            if answer.note in UNHEARD and not answer.messages and sessions.write(answer.session) == before:
                return  # nothing happened: a repeat may be taken anew, and a flood leaves no trace
            outcome = await self._commit(inbound, before, answer, ref, here)
        self._wake(shard_number(inbound.address))
        if answer.errands:
            self._wake_errands(shard_number(inbound.address))

    async def _ask_again(self, inbound: Inbound, here: Here, heard: Heard, until: float) -> None:
        """An answer to an offer may have come in the middle of a question of the talk: that is asked again, so that
        it stands last. Nobody waits for it, so it is left out if it cannot be put together."""
        inbound = structs.replace(inbound, id=f"{inbound.id}:again", content=Interrupted())
        here = _knowing(here, heard)
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            before = await self._store.load(inbound.address)
            session = _session(before)
            try:
                answer = await self._known(session, inbound, here, until)
            except RedisAwayError:
                raise
            except Exception as error:
                log.error("an interrupted question could not be asked again: %s", told(error))
                return
            if not answer.messages:
                return
            outcome = await self._commit(inbound, before, answer, session.ref, here)
        self._wake(shard_number(inbound.address))

    async def _commit(self, inbound: Inbound, before: bytes | None, answer: Answer, ref: str, here: Here) -> Commit:
        letters = _letters(inbound, answer, here.now)
        at = int(here.now.timestamp())
        return await self._store.commit(
            inbound.id,
            inbound.address,
            before=before,
            after=sessions.write(answer.session),
            lasts=REMAINS_FOR if answer.forgotten else None,
            letters=letters,
            line=Line(at, ref, here.surface, answer.note, tuple(letter.id for letter in letters)),
            errands=[errand_letter(one, inbound, ref, here.now) for one in answer.errands],
            audit=[AuditLine(at, ref, here.surface, one.what, one.about) for one in answer.audits],
            wakes=proof.old_at(answer.session),
            unmet=_unmet(answer, at, here.surface),
        )

    async def _heard(self, inbound: Inbound, pocket: bytes, session: Session, here: Here) -> Heard:
        """Was it about an offer?"""
        try:

            def grasp(duties: tuple[AnyDuty, ...]) -> Grasp:
                return self._dialogue.grasp(session, inbound.content, structs.replace(here, duties=duties))

            return await self._offers.hear(inbound, pocket, grasp, here.now)
        except RedisAwayError:
            raise
        except Exception as error:
            # The talk decides nothing about an offer: at worst the person is asked again.
            log.error("hearing an answer failed: %s", told(error))
            return Heard(False, phone=here.phone)

    async def _answer(self, session: Session, inbound: Inbound, here: Here, until: float) -> Answer:
        try:
            return await self._known(session, inbound, here, until)
        except RedisAwayError:
            raise
        except Exception as error:
            # Repeating it would fail again and hold up everybody behind it.
            log.error("the dialogue failed: %s", told(error))
            return self._dialogue.sorry(session, here.surface)

    async def _known(self, session: Session, inbound: Inbound, here: Here, until: float) -> Answer:
        """Anew with each thing that was found out or done, until nothing is left to find out."""
        known: dict[Inquiry[Any], object] = {}
        for _ in range(ROUNDS):
            answer = self._dialogue.answer(session, inbound.content, structs.replace(here, told=known))
            if answer.inquiry is None:
                return answer
            if isinstance(answer.inquiry, Arrive):
                known[answer.inquiry] = await self._arrivals.do(answer.inquiry, inbound, here)
            else:
                known[answer.inquiry] = await self._inquiries.ask(answer.inquiry, until)
        raise RecursionError("a turn that asks without end")


def _knowing(here: Here, heard: Heard) -> Here:
    return structs.replace(
        here, phone=heard.phone, strangers=heard.strangers, offers=heard.offers, duties=heard.duties
    )


def _unmet(answer: Answer, at: int, surface: Surface) -> Unmet | None:
    if not answer.unmet:
        return None
    return Unmet(at, surface, answer.session.language or "", answer.session.state, answer.unmet)


def _own_phone(address: str) -> str | None:
    kind, _, phone = address.partition(":")
    return phone if kind == "sms" else None


def _session(stored: bytes | None) -> Session:
    if stored is not None:
        try:
            known = sessions.read(stored)
            return known if known.ref else structs.replace(known, ref=token_urlsafe(9))
        except (msgspec.MsgspecError, KeyError) as error:
            log.error("a stored session cannot be read (%s); the talk begins anew", type(error).__name__)
    return sessions.new(token_urlsafe(9))


def _letters(inbound: Inbound, answer: Answer, now: datetime) -> list[Letter]:
    return [
        Letter(
            f"{inbound.id}:{number}",
            f"sms:{message.to_phone}" if message.to_phone else inbound.address,
            message.text,
            now.timestamp(),
            message.buttons,
            message.replaces,
            message.ask_contact,
            erases=inbound.message if answer.erases and not number else None,
            paper=message.paper,
        )
        for number, message in enumerate(answer.messages)
    ]
