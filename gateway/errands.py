"""What a turn has left to be done: it waits in a stream like a letter, and is tried until it is done.

    {s07}:errands    stream, entries as in the outbox; the address says what for and for whom: `code:sms:+7701…`

kind     errand        when it is done
code     SendCode      the code is on its way to a phone of the person with that IIN, or there is none, or it is late
back     WriteBack     E-Sobes answers again, and what the person asked about was told; see `promises`
desk     the others    the specialists have it; see `inbox.errands`
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct, structs

from dialogs.errands import Errand, SendCode, WriteBack
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.messages import Kept, Say, Surface
from dialogs.people import Citizen, mark
from dialogs.words import Words
from gateway.channels import Inbound, Letter, Outcome, Rejected, Retry, Sent, surface
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, RedisAwayError
from gateway.esobes import reading
from gateway.esobes.looking import AwayError
from gateway.esobes.reading import UnreadableError
from gateway.esobes.telling import Esobes
from gateway.matters.names import short
from gateway.matters.store import MatterStore
from gateway.proofs import Proofs
from gateway.store import SHARDS, AuditLine, shard_number, tag

STREAM = "errands"
PATIENCE = 15.0
"""Seconds for one look at E-Sobes: nobody holds the line for it."""
SOON = 3.0
"""Seconds until the next try where somebody waits for a code."""
USELESS = 600.0
"""Seconds after which no code is of use to anybody: what cannot be read stands in nobody's way any longer."""
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
_KINDS: dict[type[Errand], str] = {SendCode: "code", WriteBack: "back"}


def errand_letter(errand: Errand, inbound: Inbound, ref: str, now: datetime) -> Letter:
    kind = _KINDS.get(type(errand), "desk")
    # What is promised again when it was to be kept does not get an ever longer name.
    name = short(inbound.id) if isinstance(inbound.content, Kept) else inbound.id
    text = _encode(Order(errand, ref)).decode()
    return Letter(f"{kind}:{name}", f"{kind}:{inbound.address}", text, now.timestamp())


class Codes:
    """The channel for `code:` addresses. Whoever asked for the code was answered long before."""

    def __init__(
        self,
        esobes: Esobes,
        proofs: Proofs,
        *,
        phones: MatterStore,
        words: Words,
        clock: Clock,
        wake: Callable[[int], None],
    ) -> None:
        """`phones`: what their owners have said of them; `wake` tells the letters' outbox in which shard something
        waits."""
        self._esobes = esobes
        self._proofs = proofs
        self._phones = phones
        self._words = words
        self._clock = clock
        self._wake = wake

    async def send(self, letter: Letter) -> Outcome:
        now = self._clock.now()
        try:
            order = _order(letter.text)
        except msgspec.MsgspecError as error:  # as another version of the program wrote it
            why = f"no errand: {type(error).__name__}"
            return Rejected(why) if now.timestamp() - letter.created > USELESS else Retry(why, SOON)
        errand = order.errand
        if not isinstance(errand, SendCode) or now.timestamp() >= errand.until:
            return Sent()
        try:
            person = await self._person(errand.iin)
            await self._settle(errand, person, order.ref, surface(asker(letter)))
        except _AWAY as error:
            return Retry(f"E-Sobes: {error}", SOON)
        except RedisAwayError:
            return Retry("the code could not be stored", SOON)
        return Sent()

    async def _person(self, iin: str) -> Citizen | None:
        until = asyncio.get_running_loop().time() + PATIENCE
        found = await self._esobes.look(("persons", iin), {}, until)
        return None if found is None else await self._at_own_phones(reading.person(found, iin))

    async def _at_own_phones(self, person: Citizen) -> Citizen:
        """A phone whose owner has said that it is not this person's has changed hands."""
        pockets = await self._phones.known_at(person.phones)
        return structs.replace(person, phones=pocket.reach(person.phones, person.iin, pockets))

    async def _settle(self, errand: SendCode, person: Citizen | None, ref: str, where: Surface) -> None:
        now = self._clock.now()
        phone = None if person is None else person.sms_phone
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
        since = [at for head in found[SHARDS:] for _, fields in head if (at := _since(fields)) is not None]
        oldest = max(0.0, self._clock.now().timestamp() - min(since)) if since else 0.0
        return Figures(sum(found[:SHARDS]), oldest)


def _since(fields: dict[bytes, bytes]) -> float | None:
    try:
        return _letter(fields[b"letter"]).created
    except (msgspec.MsgspecError, KeyError):
        return None  # the outbox tells the log, and strikes it off


def order_of(letter: Letter) -> Order:
    """Raises MsgspecError."""
    return _order(letter.text)


def asker(letter: Letter) -> str:
    """Where the errand comes from."""
    return letter.address.partition(":")[2]
