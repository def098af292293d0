"""What the tests of the outer edge share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialogs import dialogue
from dialogs.dialogue import Dialogue
from tests.bot.bot_api import BotApi, serving

LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture(name="api")
async def _api() -> AsyncIterator[BotApi]:
    async with serving() as api:
        yield api


@pytest.fixture(scope="session", name="spoken")
def _spoken() -> Dialogue:
    return dialogue.load(LOCALES)
