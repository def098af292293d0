"""The real catalogue with the real words."""

from pathlib import Path

import pytest

from dialogs import words
from dialogs.catalogue import loader
from dialogs.catalogue.catalogue import Catalogue

LOCALES = Path(__file__).parents[3] / "locales"


@pytest.fixture(scope="session", name="catalogue")
def _catalogue() -> Catalogue:
    return loader.load(words.load(LOCALES))
