"""The table of the conversation: no dead end, no silence, nothing changed behind one's back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import session as sessions
from dialogs.conversation import MACHINE, PER_MINUTE, ROWS, VIEWS, step
from dialogs.dialogue import Dialogue
from dialogs.messages import Contact, Content, Event, Language, Pressed, Surface, Text, Unreadable
from dialogs.render import SMS_UNITS
from dialogs.session import Agreement, Session
from dialogs.sms_length import units
from dialogs.talk import Here

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))

ARGUMENTS: dict[str, list[tuple[str, ...]]] = {
    "lang": [(), ("kk",), ("ru",), ("en",)],
    "grp": [("aids",), ("nowhere",), ()],
    "svc": [("4",), ("20",), ("999",), ()],
    "o": [("4", "channel", "office"), ("4", "channel", "moon"), ("999", "channel", "office"), ()],
    "tick": [("4", "identity"), ("4", "nothing"), ("999", "identity"), ()],
    "say": [("кресло-арба керек",), ("күтім",), ("абракадабра",)],
    "contact": [("+77011234567", "own"), ("+77011234567", "foreign"), ("+15551234567", "own")],
    "unreadable": [("photo",), ("edited",)],
    "no_such_number": [("9",)],
    "first_contact": [("say", "коляска"), ("menu",)],
}


def events() -> Iterator[Event]:
    for name in dict.fromkeys([row.event for row in ROWS]):
        for args in ARGUMENTS.get(name, [()]):
            yield Event(name, args)


def someone(state: str, *, agreed: bool = True, service: str = "technical_aids_tiflo") -> Session:
    session = sessions.new("ref")
    session.language = Language.KK
    session.state = state
    session.service = service
    session.agreed = Agreement(1, NOW) if agreed else None
    return session


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("state", VIEWS)
def test_every_state_answers_every_event_and_changes_nothing_it_was_given(
    dialogue: Dialogue, state: str, surface: Surface
) -> None:
    for event in events():
        for session in (someone(state), someone(state, agreed=False), someone(state, service="")):
            before = sessions.write(session)
            turn = step(session, event, Here(NOW, surface), dialogue.guide)
            assert sessions.write(session) == before, event
            assert turn.reply is not None, event
            assert turn.reply.say, event
            assert turn.session is None or turn.session.state in VIEWS, event


def test_every_state_can_be_reached(dialogue: Dialogue) -> None:
    reached = {("language", "")}
    waiting = [someone("language", service="")]
    while waiting:
        session = waiting.pop()
        for event in events():
            for one in (session, msgspec.structs.replace(session, agreed=None)):
                after = step(one, event, Here(NOW, Surface.CHAT), dialogue.guide).session
                if after is not None and (after.state, after.service) not in reached:
                    reached.add((after.state, after.service))
                    waiting.append(after)
    assert {state for state, _ in reached} == set(VIEWS)


@pytest.mark.parametrize("state", VIEWS)
@pytest.mark.parametrize(("event", "leads_to"), [("menu", "menu"), ("help", "help"), ("operator", "operator")])
def test_menu_help_and_operator_work_everywhere(dialogue: Dialogue, state: str, event: str, leads_to: str) -> None:
    turn = step(someone(state), Event(event), Here(NOW, Surface.SMS), dialogue.guide)
    assert turn.session is not None
    assert turn.session.state == leads_to


@pytest.mark.parametrize("state", VIEWS)
def test_back_ends_in_the_menu_from_everywhere(dialogue: Dialogue, state: str) -> None:
    session = someone(state)
    session.answers = {"channel": "office"}
    for _ in range(8):
        turn = step(session, Event("back"), Here(NOW, Surface.CHAT), dialogue.guide)
        assert turn.session is not None
        session = turn.session
    assert session.state == "menu"


@pytest.mark.parametrize("state", [state for state in VIEWS if state != "language"])
def test_another_language_changes_nothing_but_the_language(dialogue: Dialogue, state: str) -> None:
    before = someone(state)
    after = step(before, Event("lang", ("ru",)), Here(NOW, Surface.SMS), dialogue.guide).session
    assert after is not None
    assert (after.language, after.state, after.service) == (Language.RU, state, before.service)


@pytest.mark.parametrize(
    ("said", "leads_to"),
    [
        ("позовите человека", "operator"),
        ("мне нужен оператор", "operator"),
        ("хочу пожаловаться", "operator"),
        ("адаммен сөйлескім келеді", "operator"),
        ("қай жерге шағымданамын", "operator"),
        ("мне нужна помощь", "documents.groups"),
        ("маған көмек керек", "documents.groups"),
        ("нужен человек для ухода за мамой", "search.results"),
        ("ымдау тілі маманы", "documents.question"),
        ("пожалуйста", "menu"),
    ],
)
def test_whoever_asks_for_a_person_or_just_for_help_gets_there(dialogue: Dialogue, said: str, leads_to: str) -> None:
    after = step(someone("menu"), Event("say", (said,)), Here(NOW, Surface.CHAT), dialogue.guide).session
    assert after is not None
    assert after.state == leads_to


@pytest.mark.parametrize("state", [state for state in VIEWS if state.startswith("documents.")])
def test_a_talk_about_a_service_that_is_no_more_goes_on_with_the_choice_of_another(
    dialogue: Dialogue, state: str
) -> None:
    turn = step(someone(state, service="abolished"), Event("again"), Here(NOW, Surface.SMS), dialogue.guide)
    assert turn.reply is not None
    assert any(choice.id.startswith(("grp:", "svc:", "agree:")) for choice in turn.reply.choices)


def test_only_the_confirmed_wish_to_be_forgotten_forgets(dialogue: Dialogue) -> None:
    for state in VIEWS:
        turn = step(someone(state), Event("forget_yes"), Here(NOW, Surface.CHAT), dialogue.guide)
        assert (turn.session is None) == (state == "settings.forget"), state


def test_a_flood_is_answered_once_and_then_met_with_silence(dialogue: Dialogue) -> None:
    session = someone("menu")
    replies = []
    for _ in range(PER_MINUTE + 5):
        turn = step(session, Event("menu"), Here(NOW, Surface.SMS), dialogue.guide)
        assert turn.session is not None
        session = turn.session
        replies.append(turn.reply)
    assert [reply is not None for reply in replies] == [True] * (PER_MINUTE + 1) + [False] * 4
    asked_to_wait = replies[PER_MINUTE]
    assert asked_to_wait is not None
    assert asked_to_wait.say[0].id == "pace.slow"
    later = step(session, Event("menu"), Here(NOW + timedelta(minutes=1), Surface.SMS), dialogue.guide)
    assert later.reply is not None
    assert later.reply.say[0].id == "menu.ask"


def test_rows_name_only_states_that_exist() -> None:
    named = {row.at for row in ROWS} | {row.to for row in ROWS if row.to}
    assert named - {"*"} <= set(VIEWS)
    assert set(MACHINE.states) == set(VIEWS)


anything: st.SearchStrategy[Content] = st.one_of(
    st.builds(Text, st.text(max_size=80)),
    st.builds(Text, st.sampled_from(["0", "1", "5", "9", "мәзір", "назад", "РУС", "ҚАЗ", "тоқтат", "баста", "ұмыт"])),
    st.builds(Text, st.sampled_from(["2", "3", "4", "далее", "кресло", "протез", "ок"])),
    st.builds(
        Pressed,
        st.one_of(
            st.text(max_size=30),
            st.sampled_from([":".join((event.name, *event.args)) for event in events()]),
        ),
        st.just(7),
    ),
    st.builds(Contact, st.text(max_size=15), st.booleans()),
    st.builds(Unreadable, st.sampled_from(["photo", "voice", "edited"])),
)


@settings(max_examples=150, deadline=None)
@given(contents=st.lists(anything, min_size=1, max_size=15), surface=st.sampled_from(list(Surface)))
def test_whatever_is_sent_gets_an_answer_that_fits(
    dialogue: Dialogue, contents: list[Content], surface: Surface
) -> None:
    session = sessions.new("ref")
    for number, content in enumerate(contents):
        answer = dialogue.answer(session, content, Here(NOW + timedelta(seconds=10 * number), surface))
        assert answer.messages
        for message in answer.messages:
            assert message.text.strip()
            if surface is Surface.SMS or message.to_phone:
                assert units(message.text) <= SMS_UNITS
            assert len(message.text) <= 4096
            assert all(len(button.id.encode()) <= 64 for button in message.buttons)
        session = sessions.read(sessions.write(answer.session)) if answer.session else sessions.new("ref")


def test_whose_language_is_not_known_is_asked_to_slow_down_in_both(dialogue: Dialogue) -> None:
    session = sessions.new("ref")
    texts = []
    for _ in range(PER_MINUTE + 1):
        answer = dialogue.answer(session, Text("сәлем"), Here(NOW, Surface.SMS))
        assert answer.session is not None
        session = answer.session
        texts.append(answer.messages[0].text)
    assert "Бір минуттан кейін" in texts[-1]
    assert "через минуту" in texts[-1]
