"""Many sequences, one after the other, on one Redis; a sequence that goes wrong is made as short as it can be."""

import asyncio
import logging
import random
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import httpx
import uvloop
from msgspec import Struct, structs
from redis.asyncio import Redis

from dialogs import dialogue
from dialogs.applications.letters import Letters as NewsWording
from dialogs.matters.letters import Letters as Wording
from gateway.connection import connect
from gateway.embedded import Embedded
from gateway.outbox import outbox
from tests.conftest import LOCALES
from tests.gateway.affairs import law
from tests.model import cast as casts
from tests.model import steps
from tests.model.cast import Cast
from tests.model.mortal import Wire
from tests.model.player import Player
from tests.model.steps import Step
from tests.model.world import Ground, esobes_by

PATIENCE = 60.0
"""Seconds for a sequence: it takes a tenth of one."""
TRIES = 400
"""To make a sequence shorter."""


class Found(Struct):
    """What many sequences came to."""

    counts: Counter[str]
    wrong: list[str]


def play(seeds: Iterable[int]) -> Found:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_play(seeds))


async def _play(seeds: Iterable[int]) -> Found:
    found = Found(Counter(), [])
    with _nobody_else():
        async with _stage() as stage:
            for seed in seeds:
                chance = random.Random(seed)
                drawn = casts.draw(chance, seed % 10_000)
                sequence = steps.draw(chance, drawn)
                player = await stage.play(seed, drawn, sequence)
                found.counts += player.counts
                found.counts["sequences"] += 1
                if player.wrong:
                    found.counts["wrong"] += 1
                    found.wrong.append(await _shortest(stage, seed, drawn, sequence))
    return found


@contextmanager
def _nobody_else() -> Iterator[None]:
    """No letter waits for others to leave with, and only errors are told; afterwards all is as it was."""
    told = logging.getLogger("gateway")
    level, gather = told.level, outbox._GATHER
    told.setLevel(logging.ERROR)
    outbox._GATHER = 0.0
    try:
        yield
    finally:
        told.setLevel(level)
        outbox._GATHER = gather


class _Stage:
    def __init__(self, redis: Redis) -> None:
        self.ground: Ground
        self._redis = redis
        self._player: Player

    async def answer(self, request: httpx.Request) -> httpx.Response:
        return await self._player.ministry.answer(request)

    async def play(self, seed: int, cast: Cast, sequence: list[Step]) -> Player:
        random.seed(seed)  # the pauses between tries
        await self._redis.flushall()
        self._player = player = Player(self.ground, cast)
        try:
            async with asyncio.timeout(PATIENCE):
                await player.play(sequence)
        except Exception as error:
            player.wrong.append("".join(traceback.format_exception(error)))
        return player


@asynccontextmanager
async def _stage() -> AsyncIterator[_Stage]:
    spoken = dialogue.load(LOCALES, inbox=True)
    rules = law(spoken.guide.workdays)
    with TemporaryDirectory() as folder:
        async with Embedded(Path(folder)) as url, aclosing(cast(Redis, connect(url))) as redis:
            await redis.config_set("appendonly", "no")  # the server itself never dies here
            stage = _Stage(redis)
            wire = Wire(*await asyncio.open_unix_connection(url.removeprefix("unix://")))
            async with aclosing(esobes_by(stage.answer)) as esobes:
                offers, news = Wording(spoken.guide.words, rules), NewsWording(spoken.guide)
                stage.ground = Ground(redis, wire, spoken, rules, offers, news, esobes)
                yield stage
            wire.close()


async def _shortest(stage: _Stage, seed: int, cast: Cast, sequence: list[Step]) -> str:
    tries = 0
    again = True
    while again:
        again = False
        for shorter in _shorter(sequence):
            tries += 1
            if tries > TRIES:
                break
            if (await stage.play(seed, cast, shorter)).wrong:
                sequence, again = shorter, True
                break
    player = await stage.play(seed, cast, sequence)
    lines = [f"{number:4} {step}" for number, step in enumerate(sequence)]
    wrong = [f"  ! {line}" for line in player.wrong or ["but played again it went right"]]
    return "\n".join([f"seed {seed}", str(cast), *lines, *wrong])


def _shorter(sequence: list[Step]) -> Iterator[list[Step]]:
    for place, step in enumerate(sequence):
        yield sequence[:place] + sequence[place + 1 :]
        if step.death is not None:
            yield [*sequence[:place], structs.replace(step, death=None), *sequence[place + 1 :]]
