"""What the tests of the outer edge share."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.bot_api import BotApi, serving
from tests.bot.bot_api_chats import EACH, Flood


@pytest.fixture(name="api")
async def _api() -> AsyncIterator[BotApi]:
    async with serving(Flood(EACH)) as api:
        yield api
