"""For every test that asks: the real dialogue, built once; a real Redis server, started once and emptied before each
test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dialogs import dialogue
from dialogs.dialogue import Dialogue
from gateway.connection import Batched, Client, connect
from gateway.embedded import Embedded
from gateway.papers import Papers
from gateway.store import Store

# The same examples in every run, and however slow the machine: who breaks nothing sees nothing red.
settings.register_profile(
    "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

LOCALES = Path(__file__).parents[1] / "locales"
SLOW = ("carriers", "faults", "model", "browser")
"""Folders whose tests begin first, so that nobody waits for one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in SLOW)


@pytest.fixture(scope="session", name="dialogue")
def _dialogue() -> Dialogue:
    """With the real words, catalogue, search and calendar."""
    return dialogue.load(LOCALES, inbox=True)


@pytest.fixture
def papers(dialogue: Dialogue) -> Papers:
    return Papers(dialogue.guide.words)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Embedded(tmp_path_factory.mktemp("redis"))
    yield asyncio.run(server.start())
    asyncio.run(server.stop())


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Client]:
    client = connect(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def batched(redis: Client) -> Batched:
    return Batched(redis)


@pytest.fixture
async def store(batched: Batched) -> Store:
    return Store(batched)
