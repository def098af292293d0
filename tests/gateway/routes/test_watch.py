"""What is looked up of SMS that should have been delivered; with the real Redis."""

import asyncio
from datetime import datetime, timedelta

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.letters import Letters, Status
from gateway.routes.health import Health
from gateway.routes.watch import Watch
from tests.gateway.affairs import Hands

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ALMATY)


async def test_a_route_by_which_nothing_is_delivered_any_more_gives_way(batched: Batched) -> None:
    clock, letters, health = Hands(NOON), Letters(batched), {"kannel": Health(0.5), "smsc": Health(0.5)}
    watch = Watch(letters, health, clock, within=300)

    async def send(numbers: range, status: Status) -> None:
        for number in numbers:
            watch.took("kannel", f"{number}", clock.now().timestamp())
            await letters.mark(f"{number}", status)
            await clock.move(clock.now() + timedelta(seconds=1))

    await send(range(20), Status.DELIVERED)
    await watch.look()
    assert health["kannel"].state == "well"
    await send(range(20, 60), Status.BUFFERED)
    await watch.look()
    assert health["kannel"].state == "well", "their time has not come yet"
    await clock.move(clock.now() + timedelta(seconds=300))
    await watch.look()
    assert health["kannel"].state == "limping"
    assert health["smsc"].state == "well"


async def test_of_many_letters_a_sample_is_looked_up(batched: Batched) -> None:
    clock, health = Hands(NOON), {"kannel": Health(0.5)}
    watch = Watch(Letters(batched), health, clock, within=300)
    for number in range(1000):
        watch.took("kannel", f"{number}", NOON.timestamp() + number / 1000)
    assert len(watch._sample["kannel"]) == 5


async def test_a_clock_that_is_set_back_does_not_blind_it(batched: Batched) -> None:
    watch = Watch(Letters(batched), {"kannel": Health(0.5)}, Hands(NOON), within=300)
    watch.took("kannel", "a", NOON.timestamp() + 86400)
    watch.took("kannel", "b", NOON.timestamp())
    assert list(watch._sample["kannel"]) == [(NOON.timestamp(), "b")]


async def test_nor_does_one_that_is_set_back_in_the_middle_of_a_look(batched: Batched) -> None:
    clock = Hands(NOON)
    watch = Watch(Letters(batched), {"kannel": Health(0.5)}, clock, within=300)
    for number in range(3):
        watch.took("kannel", f"{number}", NOON.timestamp() + number)
    await clock.move(NOON + timedelta(seconds=400))
    look = asyncio.create_task(watch.look())
    await asyncio.sleep(0)
    watch.took("kannel", "before", NOON.timestamp() - 3600)
    await look
