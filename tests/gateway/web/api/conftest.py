from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialogs.dialogue import Dialogue
from gateway.connection import Batched, Client
from tests.gateway.web.api import programs
from tests.gateway.web.api.programs import Office


@pytest.fixture
async def office(redis: Client, batched: Batched, dialogue: Dialogue, tmp_path: Path) -> AsyncIterator[Office]:
    async with programs.office(redis, batched, dialogue, tmp_path) as found:
        yield found
