"""Whom an organisation helps is known by whatever name E-Sobes gives it."""

from dialogs import recipients
from dialogs.dialogue import Dialogue
from dialogs.recipients import CATEGORIES


def test_every_known_category_has_its_own_names_and_words(dialogue: Dialogue) -> None:
    for one, texts in CATEGORIES.items():
        assert {recipients.category(text) for text in (one, *texts.split("|"))} == {one}
        assert dialogue.guide.words.has(f"organisations.category.{one}")


def test_what_is_not_known_stays_as_it_came() -> None:
    assert recipients.category("  Соғыс   ардагерлері ") == "Соғыс ардагерлері"
    assert recipients.category(" ") == ""
