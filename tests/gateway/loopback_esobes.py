"""The built-in E-Sobes on a loopback server of its own, for whoever tests against it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from dialogs import workdays
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.esobes_sandbox import district
from gateway.esobes_sandbox.district import District
from gateway.esobes_sandbox.facade import Facade
from gateway.esobes_sandbox.ministry import Ministry
from gateway.esobes_sandbox.shelf import Shelf
from tests.gateway.serving import served

TOKEN = "a-token-of-both"


class Played(Struct, frozen=True):
    url: str
    ministry: Ministry


def ministry(redis: Batched, clock: Clock, people: District | None = None) -> Ministry:
    return Ministry(Shelf(redis), people or district.load(), workdays.load(), clock)


@asynccontextmanager
async def playing(redis: Batched, clock: Clock, people: District | None = None) -> AsyncIterator[Played]:
    esobes = ministry(redis, clock, people)
    async with served(Facade(esobes, TOKEN).site()) as url:
        yield Played(url, esobes)
