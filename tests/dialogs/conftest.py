"""The real dialogue, with the real words, catalogue, search and calendar."""

from pathlib import Path

import pytest

from dialogs import dialogue
from dialogs.dialogue import Dialogue

LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture(scope="session", name="dialogue")
def _dialogue() -> Dialogue:
    return dialogue.load(LOCALES)
