"""Nothing personal is asked, taken or kept before the stored agreement, whichever way a person comes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dialogs import session as sessions
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Contact, Content, Pressed, Surface, Text
from dialogs.session import Agreement, Session
from dialogs.talk import Here
from dialogs.topics.privacy import VERSION

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))
AT_STATE_CORP = Pressed("o:6:channel:state_corp", 3)

WAYS: dict[str, list[Content]] = {
    "an old button of a personal answer": [AT_STATE_CORP, Pressed("o:6:applicant:self", 3)],
    "an old button, nothing before it": [Pressed("o:6:applicant:self", 3)],
    "an old button of a later question": [Pressed("o:6:circumstance:participant", 3)],
    "a deep link": [Pressed("svc:6"), AT_STATE_CORP],
    "the search": [Text("кресло-арба керек"), Text("1")],
    "the menu": [Text("0"), Pressed("grp:aids", 1), Pressed("svc:6", 1), AT_STATE_CORP],
    "after declining": [AT_STATE_CORP, Pressed("decline", 3), Pressed("redo", 3), AT_STATE_CORP],
    "after declining, an old answer": [AT_STATE_CORP, Pressed("decline", 3), Pressed("o:6:applicant:proxy", 3)],
    "after declining, another service": [AT_STATE_CORP, Pressed("decline", 3), Pressed("o:4:channel:office", 3)],
    "after declining, by SMS": [AT_STATE_CORP, Pressed("decline", 3), Pressed("sms", 3)],
    "a phone number": [AT_STATE_CORP, Pressed("sms", 3), Contact("+77011234567", own=True)],
    "a yes in words": [AT_STATE_CORP, Text("иә"), Text("да"), Text("ок"), Text("мен келісемін деп ойлаймын")],
    "a number where none is shown": [AT_STATE_CORP, Text("1")],
    "the button of another notice": [AT_STATE_CORP, Pressed("agree:0", 3), Pressed("agree", 3)],
    "a step back": [AT_STATE_CORP, Text("артқа"), AT_STATE_CORP],
    "more about it": [AT_STATE_CORP, Pressed("details", 3)],
    "a tick": [AT_STATE_CORP, Pressed("tick:6:identity", 3)],
}


def someone(agreed: Agreement | None = None) -> Session:
    session = sessions.new("ref")
    session.language, session.state, session.agreed = Language.KK, "menu", agreed
    return session


def after(dialogue: Dialogue, session: Session, contents: list[Content]) -> tuple[Session, list[str]]:
    """What is remembered in the end, and what the person was offered on the way."""
    offered: list[str] = []
    for content in contents:
        answer = dialogue.answer(session, content, Here(NOW, Surface.CHAT))
        offered += [button.id for message in answer.messages for button in message.buttons]
        assert not any(message.to_phone or message.ask_contact for message in answer.messages)
        assert answer.session is not None
        session = sessions.read(sessions.write(answer.session))
    return session, offered


@pytest.mark.parametrize("agreed", [None, Agreement(VERSION - 1, NOW)], ids=["nothing", "an older notice"])
@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_to_a_personal_question(dialogue: Dialogue, way: str, agreed: Agreement | None) -> None:
    session, offered = after(dialogue, someone(agreed), WAYS[way])
    asked = {choice.split(":")[2] for choice in offered if choice.startswith("o:")}
    assert asked <= {"channel"}
    assert set(session.answers) <= {"channel"}
    assert session.agreed is None or session.agreed.version != VERSION


def test_the_agreement_is_kept_with_its_version_and_time(dialogue: Dialogue) -> None:
    session, _ = after(dialogue, someone(), [AT_STATE_CORP, Pressed(f"agree:{VERSION}", 3)])
    assert session.agreed == Agreement(VERSION, NOW)
    session, _ = after(dialogue, session, [Pressed("o:6:applicant:self", 3)])
    assert session.answers == {"channel": "state_corp", "applicant": "self"}


def test_declining_takes_an_earlier_agreement_and_its_answers_back(dialogue: Dialogue) -> None:
    session, _ = after(dialogue, someone(Agreement(VERSION, NOW)), [AT_STATE_CORP, Pressed("o:6:applicant:self", 3)])
    session, _ = after(dialogue, session, [Pressed("decline", 3)])
    assert session.agreed is None
    assert session.answers == {"channel": "state_corp"}


def test_whoever_was_forgotten_is_asked_again(dialogue: Dialogue) -> None:
    session = someone(Agreement(VERSION, NOW))
    for content in (Text("/forget"), Pressed("forget_yes", 3)):
        answer = dialogue.answer(session, content, Here(NOW, Surface.CHAT))
        session = answer.session
    assert session.agreed is None
    session, offered = after(dialogue, session, [Pressed("o:6:applicant:self", 3), Text("ҚАЗ"), AT_STATE_CORP])
    assert session.agreed is None
    assert [choice for choice in offered if choice.startswith("o:")] == []


def test_a_stored_talk_of_the_first_version_has_agreed_to_nothing_it_did_not_agree_to(dialogue: Dialogue) -> None:
    stored = b'{"state":"docs.ask","lang":"kk","slug":"technical_aids_tiflo","answers":{"channel":"office"}}'
    answer = dialogue.answer(sessions.read(stored), Text("1"), Here(NOW + timedelta(days=3), Surface.SMS))
    assert answer.session is not None
    assert answer.session.agreed is None
    assert "Келісесіз бе?" in answer.messages[0].text


def test_no_number_is_kept_before_the_language_is_known(dialogue: Dialogue) -> None:
    said = Text("кресло-арба керек, ЖСН 900101300123, +7 (701) 765-43-21")
    answer = dialogue.answer(sessions.new("ref"), said, Here(NOW, Surface.SMS))
    assert answer.session is not None
    assert not any(digit in answer.session.pending for digit in "0123456789")
    assert "Кресло-арба" in dialogue.answer(answer.session, Text("1"), Here(NOW, Surface.SMS)).messages[0].text
