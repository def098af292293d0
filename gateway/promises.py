"""The promise to write back: as soon as E-Sobes answers again, the person is told what they asked about.

how old the promise is        what happens
while E-Sobes is away         it is asked again after a quarter of that time, but at least once a minute
over 15 minutes, by night     the person sleeps, and so does the promise
three days                    one last word, and nothing is promised any more
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
from msgspec import structs

from dialogs import session as sessions
from dialogs.language import Language
from dialogs.matters import pocket, window
from dialogs.matters.window import Quiet
from dialogs.messages import Kept, Say, Surface
from dialogs.session import Session
from dialogs.words import Words
from gateway.channels import Inbound, Letter, Outcome, Retry, Sent, surface
from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.errands import asker
from gateway.esobes import reading
from gateway.esobes.looking import AwayError
from gateway.esobes.reading import UnreadableError
from gateway.esobes.telling import Esobes
from gateway.store import Commit, Line, Store, shard_number

PATIENCE = 2.0
"""Seconds for a look at E-Sobes. The talk has little more: if it takes longer, nothing can be told yet."""
SHORTLY = 15 * 60.0
"""Seconds in which the answer still belongs to the question: then it comes at any hour."""
GIVEN_UP = timedelta(days=3).total_seconds()
_OFTEN, _SELDOM, _SLOWING = 2.0, 60.0, 4
"""Seconds between two tries: a quarter of the time that the promise is old, within these bounds."""
_NOBODY = "+77000000000"
"""Asked about where no phone is known: any answer shows that E-Sobes is back."""


class WriteBacks:
    """The channel for `back:` addresses."""

    def __init__(
        self,
        esobes: Esobes,
        store: Store,
        words: Words,
        clock: Clock,
        quiet: Quiet | None,
        *,
        receive: Callable[[Inbound], Awaitable[None]],
        wake: Callable[[int], None],
    ) -> None:
        """`receive` takes what comes in as if somebody had written; `wake` tells the letters' outbox."""
        self._esobes = esobes
        self._store = store
        self._words = words
        self._clock = clock
        self._quiet = quiet
        self._receive = receive
        self._wake = wake

    async def send(self, letter: Letter) -> Outcome:
        try:
            before, known = await self._store.recall(asker(letter))
            session = _promised(before)
            if session is None:
                return Sent()  # it was told meanwhile, or the person is forgotten
            return await self._keep(letter, session, known)
        except RedisAwayError:
            return Retry("what was promised could not be stored")

    async def _keep(self, letter: Letter, session: Session, known: bytes | None) -> Outcome:
        address, now = asker(letter), self._clock.now()
        age = now.timestamp() - session.promised
        leaves = window.leaves(now, self._quiet)
        if leaves > now and age > SHORTLY:
            return Retry("it is night", (leaves - now).total_seconds())
        pause = min(_SELDOM, max(_OFTEN, age / _SLOWING))
        if (early := letter.created + pause - now.timestamp()) > 0:
            return Retry("E-Sobes was away a moment ago", early)
        phone = address.removeprefix("sms:") if surface(address) is Surface.SMS else pocket.read(known).phone
        try:
            await self._look(phone, [proven.iin for proven in session.proven])
        except (AwayError, UnreadableError) as error:
            if age < GIVEN_UP:
                return Retry(f"E-Sobes: {error}", pause)
            await self._give_up(letter, address)
            return Sent()
        await self._receive(Inbound(f"kept:{letter.id}", address, Kept("status")))
        if age >= GIVEN_UP:  # what this person asks about cannot be told, though E-Sobes is there
            await self._give_up(letter, address)
        return Sent()

    async def _look(self, phone: str | None, proven: list[str]) -> None:
        """What the talk is going to ask. Raises AwayError, and UnreadableError if nothing that came can be read."""
        until = asyncio.get_running_loop().time() + PATIENCE
        found = await self._esobes.look(("persons",), {"phone": phone or _NOBODY}, until)
        persons = dict.fromkeys([*(one.iin for one in reading.persons(found or b"")), *proven])
        unreadable = []
        for iin in persons:
            try:
                reading.applications(await self._applications(iin, until), iin)
            except UnreadableError as error:
                unreadable.append(error)
        if persons and len(unreadable) == len(persons):
            raise unreadable[0]

    async def _applications(self, iin: str, until: float) -> bytes:
        found = await self._esobes.look(("persons", iin, "applications"), {}, until)
        return b'{"applications":[]}' if found is None else found

    async def _give_up(self, letter: Letter, address: str) -> None:
        """One last word, and nothing is promised any more."""
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            before = await self._store.load(address)
            session = _promised(before)
            if session is None:
                return
            where, now = surface(address), self._clock.now().timestamp()
            text = self._words.say(Say("errands.silent"), session.language or Language.KK, where)
            last = Letter(f"{letter.id}:silent", address, text, now, unasked=True)
            outcome = await self._store.commit(
                last.id,
                address,
                before=before,
                after=sessions.write(structs.replace(session, promised=0.0)),
                letters=(last,),
                line=Line(int(now), session.ref, where, "silent", (last.id,)),
            )
        self._wake(shard_number(address))


def _promised(stored: bytes | None) -> Session | None:
    """The talk of somebody who waits still; one that cannot be read begins anew, without the promise."""
    try:
        session = None if stored is None else sessions.read(stored)
    except (msgspec.MsgspecError, KeyError):
        return None
    return session if session is not None and session.promised else None
