from collections.abc import AsyncIterator

import pytest

from dialogs.dialogue import Dialogue
from gateway.connection import Client
from tests.gateway.affairs import Affairs, Hands, put_together


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    """On Monday morning."""
    async with put_together(redis, dialogue, Hands()) as affairs:
        yield affairs
