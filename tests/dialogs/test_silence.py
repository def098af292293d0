"""A question left for half an hour: closed at the next words, one step away, and nothing taken for what it is not."""

from datetime import timedelta

import pytest

from dialogs.conversation import ASKS, VIEWS
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Contact, Content, Pressed, Text, Unreadable
from dialogs.session import Agreement, Session, new, read, write
from dialogs.silence import MINUTES
from dialogs.topics import privacy
from tests.dialogs.callers import CALLERS, NOW, Caller, written

SILENCE = timedelta(minutes=MINUTES)
FAMILY, CHAT = CALLERS[1], CALLERS[5]


def standing(dialogue: Dialogue, state: str, caller: Caller) -> Session:
    """Somebody who was asked just now."""
    session = new("ref")
    session.language, session.state, session.service = Language.RU, state, "special_transport_wheelchair"
    session.agreed, session.aim = Agreement(privacy.VERSION, NOW), "status"
    return shown(dialogue, session, "/again", caller)


def shown(dialogue: Dialogue, session: Session, text: str, caller: Caller, after: timedelta = timedelta()) -> Session:
    return read(write(written(dialogue, session, Text(text), caller, NOW + after).session))


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
@pytest.mark.parametrize("state", sorted(ASKS))
def test_a_bare_number_closes_the_question_and_chooses_nothing(
    dialogue: Dialogue, state: str, caller: Caller
) -> None:
    before = standing(dialogue, state, caller)
    for number in ("1", "2", "7"):
        if before.offered[int(number) - 1 :][:1] == ["again"]:
            continue  # it is shown once more
        after = shown(dialogue, before, number, caller, SILENCE)
        assert (after.state, after.closed) == ("menu", state), number
        assert after.offered[0] == "resume"
        assert (after.answers, after.agreed, after.language) == (before.answers, before.agreed, before.language)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
@pytest.mark.parametrize("state", sorted(ASKS))
def test_one_step_leads_back_to_it(dialogue: Dialogue, state: str, caller: Caller) -> None:
    before = standing(dialogue, state, caller)
    closed = shown(dialogue, before, "1", caller, SILENCE)
    again = written(dialogue, closed, Pressed("resume", 7), caller, NOW + SILENCE).session
    assert (again.state, again.closed, again.offered) == (state, "", before.offered)


@pytest.mark.parametrize("state", sorted(ASKS))
def test_a_moment_earlier_nothing_is_closed(dialogue: Dialogue, state: str) -> None:
    after = shown(dialogue, standing(dialogue, state, FAMILY), "абракадабра", FAMILY, SILENCE - timedelta(minutes=1))
    assert (after.state, after.closed) == (state, "")


@pytest.mark.parametrize("content", [Pressed("again", 7), Contact("+77017654321", own=False), Unreadable("photo")])
@pytest.mark.parametrize("state", sorted(ASKS))
def test_a_button_a_contact_and_a_picture_close_nothing(dialogue: Dialogue, state: str, content: Content) -> None:
    before = standing(dialogue, state, CHAT)
    assert written(dialogue, before, content, CHAT, NOW + 20 * SILENCE).session.closed == ""


@pytest.mark.parametrize("state", sorted(VIEWS.keys() - ASKS - {"language"}))
def test_where_nothing_is_half_asked_nothing_is_closed(dialogue: Dialogue, state: str) -> None:
    after = shown(dialogue, standing(dialogue, state, CHAT), "/again", CHAT, SILENCE)
    assert (after.state, after.closed) == (state, "")


@pytest.mark.parametrize("text", ["повтори", "далее"])
def test_whoever_asks_to_go_on_is_shown_the_question(dialogue: Dialogue, text: str) -> None:
    before = standing(dialogue, "documents.question", FAMILY)
    assert shown(dialogue, before, text, FAMILY, SILENCE).state == "documents.question"


def test_words_are_taken_for_what_they_are(dialogue: Dialogue) -> None:
    before = standing(dialogue, "documents.question", FAMILY)
    for text, state in (
        ("помощь", "help"),
        ("оператор", "operator"),
        ("назад", "menu"),
        ("мне нужна помощь", "documents.groups"),
    ):
        after = shown(dialogue, before, text, FAMILY, SILENCE)
        assert (after.state, after.closed) == (state, "documents.question"), text


def test_what_is_begun_instead_leaves_nothing_to_return_to(dialogue: Dialogue) -> None:
    closed = shown(dialogue, standing(dialogue, "documents.question", FAMILY), "1", FAMILY, SILENCE)
    other = shown(dialogue, closed, "протез керек", FAMILY, SILENCE)
    assert (other.service, other.closed) == ("prosthetic_orthopaedic_aid", "")
    assert "resume" not in shown(dialogue, other, "0", FAMILY, SILENCE).offered


def test_a_choice_of_the_closed_question_is_an_old_one(dialogue: Dialogue) -> None:
    said = written(dialogue, standing(dialogue, "menu", CHAT), Pressed("resume", 7), CHAT)
    assert said.session.state == "menu"
    assert "устарела" in said.messages[0].text


def test_for_whom_it_was_is_asked_anew(dialogue: Dialogue) -> None:
    session = standing(dialogue, "status", FAMILY)
    session.whom = "somebody"
    assert shown(dialogue, session, "/again", FAMILY, SILENCE - timedelta(minutes=1)).whom == "somebody"
    assert shown(dialogue, session, "/again", FAMILY, SILENCE).whom == ""


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", sorted(ASKS))
def test_by_sms_the_way_back_stands_in_the_first_portion(dialogue: Dialogue, state: str, language: Language) -> None:
    before = standing(dialogue, state, FAMILY)
    before.language = language
    assert "more" not in shown(dialogue, before, "1", FAMILY, SILENCE).offered
