"""What an offer leaves in Redis besides itself: opened as E-Sobes does it, and taken away part by part."""

import asyncio

from msgspec import Struct
from redis.asyncio import Redis

from bench import matters, pending
from bench.memory import empty_out, used
from bench.pending import MONDAY, Hand, Pending
from dialogs.dialogue import Dialogue
from gateway.connection import Batched
from gateway.esobes.events import OfferTold, Told
from gateway.journal.journal import journal_key
from gateway.letters import Letters, Status
from gateway.matters.names import notice_id
from gateway.store import SHARDS, outbox_key

OFFERS = 20_000
AT_ONCE = 1_000
PROVIDER = "7b1f9c52-4f0e-4c59-9f6b-6c1f0e6f5d0a"
"""A provider's own name for a letter."""


class Leavings(Struct, frozen=True):
    """Bytes of Redis' `used_memory`, each for one offer with one phone."""

    pending: float
    """Matter, pocket, wake-up and seen event, as the program itself writes them."""
    letter: float
    """Until a provider has taken it."""
    line: float
    proof: float
    """What became of the letter."""


async def measure(redis: Redis, spoken: Dialogue) -> Leavings:
    await empty_out(redis)
    batched, clock, law = Batched(redis), Hand(MONDAY), matters.law(spoken)
    affairs, made_up = matters.build(batched, spoken, law, clock, lambda _: None), Pending(law)
    await affairs.told(_told(made_up, OFFERS))  # the scripts are known now, and all streams but a few are there
    empty = await used(redis)
    for first in range(0, OFFERS, AT_ONCE):
        told = [_told(made_up, number) for number in range(first, first + AT_ONCE)]
        await asyncio.gather(*map(affairs.told, told))
    found = [await used(redis)]
    for key in (outbox_key, journal_key):
        for shard in range(SHARDS):
            await redis.xtrim(key(shard), maxlen=0, approximate=False)
        found.append(await used(redis))
    letters = Letters(batched)
    for first in range(0, OFFERS, AT_ONCE):
        asked = [made_up.matter(number) for number in range(first, first + AT_ONCE)]
        names = [notice_id(one, "question", one.phones[0], f"sms:{one.phones[0]}") for one in asked]
        marks = (letters.mark(name, Status.DELIVERED, carriage=PROVIDER, proof=True) for name in names)
        await asyncio.gather(*marks)
    proven = await used(redis)
    whole, unsent, unwritten = found
    return Leavings(
        pending=(unwritten - empty) / OFFERS,
        letter=(whole - unsent) / OFFERS,
        line=(unsent - unwritten) / OFFERS,
        proof=(proven - unwritten) / OFFERS,
    )


def _told(made_up: Pending, number: int) -> Told:
    one = made_up.matter(number)
    return Told(
        id=pending.event(number),
        type="offer.opened",
        at=MONDAY,
        person=one.person,
        phones=one.phones,
        body=b"",
        specialist=one.specialist,
        case=one.case,
        offer=OfferTold(one.id, one.service, one.kind, one.device),
    )
