"""The same asked three times in a row: somebody who helps is offered, and not again at each time that follows."""

import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Content, Pressed, Text
from dialogs.session import Agreement, Session, new, read, write
from dialogs.topics import privacy
from tests.dialogs.callers import CALLERS, NOW, Caller, written

SMS, CHAT = CALLERS[0], CALLERS[5]
BOTH = pytest.mark.parametrize("caller", [SMS, CHAT], ids=["sms", "chat"])


def someone() -> Session:
    session = new("ref")
    session.language, session.state, session.agreed = Language.RU, "menu", Agreement(privacy.VERSION, NOW)
    return session


def offers(dialogue: Dialogue, caller: Caller, *contents: Content) -> list[bool]:
    """After which of these somebody is offered."""
    session, offered = someone(), []
    for content in contents:
        answer = written(dialogue, session, content, caller)
        offered.append("1414" in answer.messages[0].text.split("\n")[0])
        if offered[-1] and caller is CHAT:  # by SMS, where there is room for it
            assert "operator" in answer.session.offered
        session = read(write(answer.session))
    return offered


@BOTH
@pytest.mark.parametrize("text", ["услуги", "коляска", "статус", "/privacy", "настройки"])
def test_at_the_third_time_and_at_the_sixth(dialogue: Dialogue, text: str, caller: Caller) -> None:
    assert offers(dialogue, caller, *[Text(text)] * 6) == [False, False, True, False, False, True]


@BOTH
def test_the_way_there_and_back_does_not_count(dialogue: Dialogue, caller: Caller) -> None:
    status, menu = Text("статус"), Text("меню")
    assert offers(dialogue, caller, status, menu, status, Text("назад"), menu, status)[-1]
    assert not any(offers(dialogue, caller, *[menu, Text("назад"), Text("повтори")] * 3))


@BOTH
def test_another_question_in_between_begins_anew(dialogue: Dialogue, caller: Caller) -> None:
    status, services = Text("статус"), Text("услуги")
    assert not any(offers(dialogue, caller, status, status, services, status, services, status))


def test_ticking_papers_off_is_no_question(dialogue: Dialogue) -> None:
    before = [Pressed("svc:4", 7), Pressed("o:4:channel:state_corp", 7), Pressed("o:4:applicant:self", 7)]
    assert not any(offers(dialogue, CHAT, *before, *[Pressed("tick:4:identity", 7)] * 4))


def test_what_was_not_understood_has_its_own_words(dialogue: Dialogue) -> None:
    session = someone()
    for _ in range(3):
        session = written(dialogue, session, Text("абракадабра"), SMS).session
    assert session.repeats == (0, 0)
