"""Golden conversations. `make transcripts` writes them anew; a person reads the difference."""

import os
from pathlib import Path

import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Surface
from tests.dialogs.talks import about, replay

FOLDER = Path(__file__).parents[1] / "transcripts"
SERVICES = sorted(path.stem for path in Path("dialogs/catalogue/services").glob("*.toml"))
REWRITE = bool(os.environ.get("REWRITE"))


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("slug", SERVICES)
def test_every_service_is_explained_as_written(
    dialogue: Dialogue, slug: str, language: Language, surface: Surface
) -> None:
    file = FOLDER / "services" / f"{slug}.{language}.{surface}.txt"
    now = about(dialogue, dialogue.guide.catalogue.services[slug], language, surface)
    if REWRITE:
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")


@pytest.mark.parametrize("file", sorted((FOLDER / "talks").glob("*.txt")), ids=lambda file: file.stem)
def test_the_talk_goes_as_written(dialogue: Dialogue, file: Path) -> None:
    written = file.read_text("utf-8")
    now = replay(dialogue, written)
    if REWRITE:
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")
