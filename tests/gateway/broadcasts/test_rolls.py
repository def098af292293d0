"""Whom a broadcast goes to, as it rests in Redis."""

from gateway.broadcasts.fates import Fate
from gateway.broadcasts.rolls import CHUNK, Rolls
from gateway.connection import Batched
from tests.gateway.broadcasts.sending import people


async def test_a_chunk_that_is_written_twice_stands_there_once(batched: Batched) -> None:
    """A cluster's client asks again by itself where a node did not answer."""
    rolls, everybody = Rolls(batched), people(CHUNK + 3)
    for chunk in (0, 0, 1, 1):
        await rolls.add("b1.1", 7, chunk, everybody[chunk * CHUNK : (chunk + 1) * CHUNK])
    assert await rolls.size("b1.1", 7) == len(everybody)
    assert (await rolls.counts("b1.1")).by_fate == {Fate.WAITS: len(everybody)}
    assert [one async for _, one, _ in rolls.everybody("b1.1")] == everybody
