"""Broadcasts under the sandbox's clock: once it has been moved, everything then due has left."""

import asyncio
from datetime import timedelta

from msgspec import Struct

from dialogs.broadcasts.states import State
from dialogs.dialogue import Dialogue
from gateway.broadcasts.broadcast import Audience, Broadcast
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.store import BroadcastStore
from gateway.channels import Letter, Outcome, Retry, Sent
from gateway.connection import Client
from gateway.store import SHARDS, shard_number
from tests.gateway.affairs import MONDAY, NIGHT, Hands, put_together
from tests.gateway.broadcasts.sending import Carrier, people


class Slow(Struct):
    """It takes its time, as real ones do."""

    carrier: Carrier

    async def send(self, letter: Letter) -> Outcome:
        await asyncio.sleep(0.2)
        return await self.carrier.send(letter)


async def test_what_could_not_leave_in_the_evening_has_left_in_the_morning(redis: Client, dialogue: Dialogue) -> None:
    evening, everybody = MONDAY.replace(hour=20, minute=50), people(20)
    async with put_together(redis, dialogue, Hands(evening), quiet=NIGHT) as affairs:
        store, rolls, carrier = BroadcastStore(affairs.batched), Rolls(affairs.batched), Carrier()
        for number in range(SHARDS):
            there = [one for one in everybody if shard_number(f"sms:{one.phone}") == number]
            await rolls.add("b1.1", number, 0, there)
        audience = Audience(
            roll="b1.1", name="", read=20, recipients=20, faulty=0, duplicates=0, by="aigul", at=evening
        )
        made = Broadcast(id="b1", title="", author="aigul", made=evening, state=State.SCHEDULED, audience=audience)
        carrier.answer = lambda _: Retry("at rest", after=1800.0)
        affairs.channels["sms"] = Slow(carrier)
        await store.add(made)
        await affairs.sandbox.go(evening + timedelta(minutes=1))
        assert len(carrier.letters) == 20
        carrier.answer = lambda _: Sent()
        await affairs.sandbox.go(MONDAY + timedelta(days=1))
        assert len(carrier.letters) == 40
        assert (await store.load("b1")).state is State.DONE
