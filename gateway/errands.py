"""What a turn has left to be done: it waits in a stream like a letter, and is tried until it is done.

    {s07}:errands    stream, entries as in the outbox; the address says what for and for whom: `code:sms:+7701…`

kind     errand        when it is done
code     SendCode      the code is on its way to a phone of the person with that IIN, or there is none, or it is late
back     WriteBack     E-Sobes answers again, and what the person asked about was told; or three days were not enough
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct, structs

from dialogs import session as sessions
from dialogs.errands import Errand, SendCode
from dialogs.matters import pocket, window
from dialogs.matters.window import Quiet
from dialogs.messages import Kept, Language, Say, Surface
from dialogs.people import Citizen, mark, read_phone
from dialogs.session import Session
from dialogs.words import Words
from gateway import esobes_reading as reading
from gateway.channels import Inbound, Letter, Outcome, Retry, Sent, surface
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, RedisAwayError
from gateway.esobes import Esobes
from gateway.esobes_looking import AwayError
from gateway.esobes_reading import UnreadableError
from gateway.proofs import Proofs
from gateway.store import SHARDS, AuditLine, Commit, Line, Store, shard_number, tag

STREAM = "errands"
PATIENCE = 2.0
"""Seconds for one look at E-Sobes: if it takes longer, it is not well enough to be talked about."""
SOON = 3.0
"""Seconds until the next try where somebody waits for a code."""
SHORTLY = 15 * 60.0
"""Seconds in which the answer still belongs to the question: then it comes at any hour."""
GIVEN_UP = timedelta(days=3).total_seconds()
_OFTEN, _SELDOM, _SLOWING = 2.0, 60.0, 4
"""Seconds between two tries: a quarter of the time that the promise is old, within these bounds."""
_NOBODY = "+77000000000"
"""Asked about where no phone is known: any answer shows that E-Sobes is back."""

_AWAY = (AwayError, UnreadableError)
_encode = msgspec.json.Encoder().encode


class Order(Struct, frozen=True):
    """As it stands in the stream."""

    errand: Errand
    ref: str
    """Whose talk it comes from, by its random name: for the audit."""


class Figures(Struct, frozen=True):
    waiting: int
    oldest: float
    """Seconds that the first of them has waited."""


_order = msgspec.json.Decoder(Order).decode
_letter = msgspec.json.Decoder(Letter).decode


def errand_letter(errand: Errand, inbound: Inbound, ref: str, now: datetime) -> Letter:
    kind = "code" if isinstance(errand, SendCode) else "back"
    text = _encode(Order(errand, ref)).decode()
    return Letter(f"{kind}:{inbound.id}", f"{kind}:{inbound.address}", text, now.timestamp())


class Codes:
    """The channel for `code:` addresses. Whoever asked for the code was answered long before."""

    def __init__(
        self, esobes: Esobes, proofs: Proofs, words: Words, clock: Clock, wake: Callable[[int], None]
    ) -> None:
        """`wake` tells the letters' outbox in which shard something waits."""
        self._esobes = esobes
        self._proofs = proofs
        self._words = words
        self._clock = clock
        self._wake = wake

    async def send(self, letter: Letter) -> Outcome:
        try:
            order = _order(letter.text)
        except msgspec.MsgspecError as error:
            return Retry(f"no errand: {type(error).__name__}")
        errand, now = order.errand, self._clock.now()
        if not isinstance(errand, SendCode) or now.timestamp() >= errand.until:
            return Sent()
        try:
            person = await self._person(errand.iin)
            await self._settle(errand, person, order.ref, surface(_asker(letter)))
        except _AWAY as error:
            return Retry(f"E-Sobes: {error}", SOON)
        except RedisAwayError:
            return Retry("the code could not be stored", SOON)
        return Sent()

    async def _person(self, iin: str) -> Citizen | None:
        until = asyncio.get_running_loop().time() + PATIENCE
        found = await self._esobes.look(("persons", iin), {}, until)
        return None if found is None else reading.person(found, iin)

    async def _settle(self, errand: SendCode, person: Citizen | None, ref: str, where: Surface) -> None:
        now = self._clock.now()
        phone = None if person is None else _own_phone(person)
        letter = None
        if person is not None and phone is not None:
            text = self._said(errand, person.language)
            name = f"code:{errand.challenge}"
            letter = Letter(name, f"sms:{phone}", text, now.timestamp(), until=errand.until)
        line = AuditLine(int(now.timestamp()), ref, where, "code_not_sent", mark(errand.iin))
        lasts = errand.until - now.timestamp()
        if await self._proofs.settle(
            errand.iin, errand.challenge, lasts=lasts, day=now.date(), letter=letter, line=line
        ):
            self._wake(shard_number(errand.iin))

    def _said(self, errand: SendCode, language: Language) -> str:
        until = datetime.fromtimestamp(errand.until, ALMATY).time()
        said = Say("errands.code", (("code", errand.code), ("until", until)))
        return self._words.say(said, language, Surface.SMS)


class WriteBacks:
    """The channel for `back:` addresses: as soon as E-Sobes answers, the person is told what they asked about."""

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
        address, now = _asker(letter), self._clock.now()
        age = now.timestamp() - letter.created
        try:
            before, known = await self._store.recall(address)
            session = _promised(before)
            if session is None:
                return Sent()  # it was told meanwhile, or the person is forgotten
            if age >= GIVEN_UP:
                await self._give_up(letter, address)
                return Sent()
            leaves = window.leaves(now, self._quiet)
            if leaves > now and age > SHORTLY:
                return Retry("it is night", (leaves - now).total_seconds())
            phone = address.removeprefix("sms:") if surface(address) is Surface.SMS else pocket.read(known).phone
            await self._look(phone, [proven.iin for proven in session.proven])
            await self._receive(Inbound(f"kept:{letter.id}", address, Kept("status")))
        except _AWAY as error:
            return Retry(f"E-Sobes: {error}", min(_SELDOM, max(_OFTEN, age / _SLOWING)))
        except RedisAwayError:
            return Retry("what was promised could not be stored")
        return Sent()

    async def _look(self, phone: str | None, proven: list[str]) -> None:
        """Everything that the talk is going to ask. Raises AwayError, UnreadableError."""
        until = asyncio.get_running_loop().time() + PATIENCE
        found = await self._esobes.look(("persons",), {"phone": phone or _NOBODY}, until)
        for iin in dict.fromkeys([*(one.iin for one in reading.persons(found or b"")), *proven]):
            applications = await self._esobes.look(("persons", iin, "applications"), {}, until)
            if applications is not None:
                reading.applications(applications, iin)

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


class Errands:
    """Read over all shards: what is still to be done."""

    def __init__(self, redis: Batched, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock

    async def figures(self) -> Figures:
        streams = [f"{tag(shard)}:{STREAM}" for shard in range(SHARDS)]
        counts = [self._redis("XLEN", stream) for stream in streams]
        heads = [self._redis("XRANGE", stream, "-", "+", "COUNT", 1) for stream in streams]
        found = await asyncio.gather(*counts, *heads)
        since = [_letter(fields[b"letter"]).created for head in found[SHARDS:] for _, fields in head]
        oldest = max(0.0, self._clock.now().timestamp() - min(since)) if since else 0.0
        return Figures(sum(found[:SHARDS]), oldest)


def _asker(letter: Letter) -> str:
    return letter.address.partition(":")[2]


def _own_phone(person: Citizen) -> str | None:
    """The first that an SMS can reach."""
    phones = map(read_phone, person.phones)
    return next((phone.e164 for phone in phones if phone is not None and phone.of_kazakhstan), None)


def _promised(stored: bytes | None) -> Session | None:
    """The talk of somebody who waits still; one that cannot be read begins anew, without the promise."""
    try:
        session = None if stored is None else sessions.read(stored)
    except (msgspec.MsgspecError, KeyError):
        return None
    return session if session is not None and session.promised else None
