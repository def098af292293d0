from collections.abc import AsyncIterator

import pytest

from dialogs.dialogue import Dialogue
from gateway.connection import Client
from tests.gateway.affairs import Affairs, Hands, put_together


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Affairs]:
    """On Monday morning. Whatever E-Sobes is asked for an answer, it has the time it needs."""
    monkeypatch.setattr("gateway.receive.PATIENCE", 60.0)
    monkeypatch.setattr("gateway.promises.PATIENCE", 60.0)
    async with put_together(redis, dialogue, Hands()) as affairs:
        yield affairs
