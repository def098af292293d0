"""The use case for a person's message: load, answer, commit. After that it may be acknowledged, not before."""

import logging
from collections.abc import Callable
from datetime import datetime
from secrets import token_urlsafe
from typing import Protocol

import msgspec
from msgspec import structs

from dialogs import session as sessions
from dialogs.dialogue import Answer, Grasp
from dialogs.messages import Content, Surface
from dialogs.session import Session
from gateway.answers import Heard
from gateway.channels import Inbound, Letter, surface
from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.failures import told
from gateway.store import Commit, Line, Store, shard_number

log = logging.getLogger(__name__)


class Dialogue(Protocol):
    def answer(self, session: Session, content: Content, now: datetime, surface: Surface) -> Answer: ...

    def grasp(self, session: Session, content: Content, now: datetime, surface: Surface) -> Grasp: ...

    def sorry(self, session: Session, surface: Surface) -> Answer: ...


class Offers(Protocol):
    async def hear(self, inbound: Inbound, stored: bytes, talk: Grasp, now: datetime) -> Heard: ...

    async def link(self, chat: str, phone: str | None) -> None: ...


class Receiver:
    def __init__(
        self, store: Store, dialogue: Dialogue, offers: Offers, clock: Clock, wake: Callable[[int], None]
    ) -> None:
        """`wake` tells the outbox in which shard letters are waiting."""
        self._store = store
        self._dialogue = dialogue
        self._offers = offers
        self._clock = clock
        self._wake = wake

    async def receive(self, inbound: Inbound) -> None:
        """Raises only while Redis is away; then the message has to come again."""
        where = surface(inbound.address)
        now = self._clock.now()
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:  # somebody else answered the same person meanwhile: answer anew
            before, pocket = await self._store.recall(inbound.address)
            session = _session(before)
            if pocket is not None:
                heard = await self._heard(inbound, pocket, session, now)
                if heard.done:
                    return
                if session.language is None and heard.language is not None:
                    session = structs.replace(session, language=heard.language, state="menu")
            ref = session.ref
            answer = self._answer(session, inbound.content, now, where)
            if answer.link is not None:  # before the talk says so; a second time changes nothing
                await self._offers.link(inbound.address, answer.link or None)
            after = None if answer.session is None else sessions.write(answer.session)
            letters = _letters(inbound, answer, now)
            line = Line(int(now.timestamp()), ref, where, answer.note, tuple(letter.id for letter in letters))
            outcome = await self._store.commit(
                inbound.id, inbound.address, before=before, after=after, letters=letters, line=line
            )
        self._wake(shard_number(inbound.address))

    async def _heard(self, inbound: Inbound, pocket: bytes, session: Session, now: datetime) -> Heard:
        """Was it about an offer?"""
        try:
            talk = self._dialogue.grasp(session, inbound.content, now, surface(inbound.address))
            return await self._offers.hear(inbound, pocket, talk, now)
        except RedisAwayError:
            raise
        except Exception as error:
            # The talk decides nothing about an offer: at worst the person is asked again.
            log.error("hearing an answer failed: %s", told(error))
            return Heard(False)

    def _answer(self, session: Session, content: Content, now: datetime, where: Surface) -> Answer:
        try:
            return self._dialogue.answer(session, content, now, where)
        except Exception as error:
            # Repeating it would fail again and hold up everybody behind it.
            log.error("the dialogue failed: %s", told(error))
            return self._dialogue.sorry(session, where)


def _session(stored: bytes | None) -> Session:
    if stored is not None:
        try:
            return sessions.read(stored)
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
        )
        for number, message in enumerate(answer.messages)
    ]
