"""Words that were not understood: what is handed out of them, and what never is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dialogs import session as sessions
from dialogs.conversation import ASKS
from dialogs.dialogue import Answer, Dialogue
from dialogs.language import Language
from dialogs.messages import Surface, Text
from dialogs.session import Challenge, Session
from dialogs.talk import Here
from dialogs.unmet import LONGEST, masked

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WORDS = "сколько стоит зелёный жираф"


def said(dialogue: Dialogue, text: str, surface: Surface = Surface.CHAT, **changed: Any) -> Answer:
    before = Session(version=sessions.VERSION, ref="r", state="menu", language=Language.RU)
    before = structs.replace(before, **changed)
    return dialogue.answer(before, Text(text), Here(NOW, surface))


@pytest.mark.parametrize("surface", Surface)
def test_words_that_mean_nothing_are_handed_out(dialogue: Dialogue, surface: Surface) -> None:
    assert said(dialogue, f"  {WORDS.upper()}  ", surface).unmet == WORDS


@pytest.mark.parametrize("text", ["санаторий", "меню", "1", "оператор позовите", "42", "/nonsense", "спасибо"])
def test_what_is_understood_or_no_words_at_all_is_not(dialogue: Dialogue, text: str) -> None:
    assert said(dialogue, text).unmet == ""


def test_no_number_is_left_in_them(dialogue: Dialogue) -> None:
    told = said(dialogue, "жираф +7 701 123-45-67, квартира 12, ٤٥ полос").unmet
    assert told == "жираф +• ••• •••-••-••, квартира ••, •• полос"


@pytest.mark.parametrize("state", sorted(ASKS))
def test_nothing_of_an_answer_to_a_question_of_ours_is(dialogue: Dialogue, state: str) -> None:
    assert said(dialogue, WORDS, state=state).unmet == ""
    assert said(dialogue, WORDS, closed=state).unmet == "", "they may still be answering it"


def test_every_state_that_asks_for_an_iin_a_code_or_a_phone_is_such_a_question() -> None:
    assert {"who.iin", "who.code", "who.contact", "link", "documents.phone"} <= ASKS


def test_nothing_is_while_a_code_is_awaited(dialogue: Dialogue) -> None:
    challenge = Challenge("id", "680412400123", "digest", NOW.timestamp() + 60)
    assert said(dialogue, "код: один два три", challenge=challenge).unmet == ""


def test_what_was_said_before_the_language_was_known_is_handed_out_once_it_is(dialogue: Dialogue) -> None:
    first = said(dialogue, WORDS, state="language", language=None)
    assert first.unmet == ""
    chosen = dialogue.answer(first.session, Text("рус"), Here(NOW, Surface.CHAT))
    assert chosen.unmet == WORDS


@given(st.text(max_size=200))
def test_they_are_short_and_without_digits_of_any_script(text: str) -> None:
    told = masked(text)
    assert len(told) <= LONGEST
    assert not any(letter.isdigit() for letter in told)
