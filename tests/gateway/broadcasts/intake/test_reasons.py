"""Whatever can be wrong has its words, in both languages, and they say what to do."""

import re
from pathlib import Path

import pytest

from dialogs import words
from dialogs.language import Language
from dialogs.messages import Say, Surface
from dialogs.people import IinFault
from dialogs.words import Words
from tests.conftest import LOCALES

SOURCES = Path(__file__).parents[4] / "gateway" / "broadcasts" / "intake"
TOLD = re.compile(r'(?:reason|RefusedError)\((?:"(\w+)"(?: if [^"]+ else "(\w+)")?)')
PREFIX = "staff.intake."
OTHERS = {
    *(f"iin_{fault}" for fault in IinFault),
    *("xlsb", "ods", "archive", "not_a_table"),  # chosen by `Package.kind`
    "wrong",
}
ACTIONS = {
    Language.KK: re.compile(r"(?:ңыз|ңіз)\b"),
    Language.RU: re.compile(r"(?:йте|ите|ьте)(?:сь)?\b"),
}


@pytest.fixture(scope="module", name="texts")
def _texts() -> Words:
    return words.load(LOCALES)


def told() -> set[str]:
    found = (one for file in SOURCES.glob("*.py") for one in TOLD.findall(file.read_text()))
    return {name for names in found for name in names if name} | OTHERS


def test_every_reason_has_words_and_no_words_are_left_over(texts: Words) -> None:
    known = {text.removeprefix(PREFIX) for text in texts.ids() if text.startswith(PREFIX)}
    assert told() == known


@pytest.mark.parametrize("language", Language)
def test_every_reason_says_what_to_do(texts: Words, language: Language) -> None:
    silent = [name for name in told() - {"wrong"} if not ACTIONS[language].search(said(texts, name, language))]
    assert silent == []


def said(texts: Words, name: str, language: Language) -> str:
    values = texts.placeholders(f"{PREFIX}{name}")[language, Surface.CHAT]
    return texts.say(Say(f"{PREFIX}{name}", tuple((value, "7") for value in values)), language, Surface.CHAT)
