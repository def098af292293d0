"""The table of the conversation: no dead end, no silence, nothing changed behind one's back."""

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import session as sessions
from dialogs.conversation import MACHINE, PER_MINUTE, ROWS, VIEWS
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Contact, Content, Event, Handed, Kept, Pressed, Surface, Text, Unreadable
from dialogs.render import SMS_UNITS
from dialogs.session import NO_LOOP, Agreement, Guard, Proven, Session
from dialogs.sms_length import units
from dialogs.topics.privacy import VERSION
from tests.dialogs.callers import CALLERS, NOW, Caller, stepped, written
from tests.dialogs.registry import CODE, PAVEL

BY_SMS, IN_CHAT = CALLERS[0], CALLERS[4]
OWN, FOREIGN = Contact("+77011234567", own=True), Contact("+77017654321", own=False)

ARGUMENTS: dict[str, list[tuple[str, ...]]] = {
    "lang": [(), ("kk",), ("ru",), ("en",)],
    "grp": [("aids",), ("nowhere",), ()],
    "svc": [("4",), ("20",), ("999",), ()],
    "o": [("4", "channel", "office"), ("4", "channel", "moon"), ("999", "channel", "office"), ()],
    "tick": [("4", "identity"), ("4", "nothing"), ("999", "identity"), ()],
    "agree": [(str(VERSION),), ()],
    "say": [
        *(("кресло-арба керек",), ("күтім",), ("абракадабра",), (PAVEL.iin,), (CODE,), ("111111",)),
        *(("келе алмаймын",), ("10.12",), ("ауырып қалдым",)),
    ],
    "contact": [("+77011234567", "own"), ("+77011234567", "foreign"), ("+15551234567", "own")],
    "unreadable": [("photo",), ("edited",)],
    "no_such_number": [("9",)],
    "first_contact": [("say", "коляска"), ("menu",)],
    "kept": [("status",), ("moon",)],
    "write": [("Сіз қашан жұмыс істейсіз?",), ("да",), ("2",)],
    "handed": [("taken",), ("returned",), ("closed",), ("moon",)],
}
"""Of the events whose arguments are not only brought by a choice that a view offers."""

UNKNOWN_ARGUMENTS: list[tuple[str, ...]] = [(), ("999",), ("x", "y")]


def events() -> Iterator[Event]:
    for name in dict.fromkeys([row.event for row in ROWS]):
        for args in ARGUMENTS.get(name, UNKNOWN_ARGUMENTS):
            yield Event(name, args)


def as_sent(event: Event) -> Content:
    match event:
        case Event("say", (text,)):
            return Text(text)
        case Event("contact", (phone, whose)):
            return Contact(phone, own=whose == "own")
        case Event("unreadable", (kind,)):
            return Unreadable(kind)
        case Event("kept", (promise,)):
            return Kept(promise)
        case Event("handed", (what,)):
            return Handed(what)
    return Pressed(":".join((event.name, *event.args)), 7)


def someone(state: str, *, agreed: bool = True, service: str = "technical_aids_tiflo") -> Session:
    session = sessions.new("ref")
    session.language = Language.KK
    session.state = state
    session.service = service
    session.agreed = Agreement(VERSION, NOW) if agreed else None
    return session


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
@pytest.mark.parametrize("state", VIEWS)
def test_every_state_answers_every_event_and_changes_nothing_it_was_given(
    dialogue: Dialogue, state: str, caller: Caller
) -> None:
    unusual = [someone(state, agreed=False), someone(state, service="")] if caller in (BY_SMS, IN_CHAT) else []
    for session in (someone(state), *unusual):
        before = sessions.write(session)
        for event in events():
            turn = stepped(dialogue, session, event, caller)
            assert sessions.write(session) == before, event
            if event.name in ("kept", "handed") and turn.reply is None:
                continue  # nobody is written to in order to say nothing
            assert turn.reply is not None, event
            assert turn.reply.say, event
            assert turn.session.state in VIEWS, event


SENT: list[Content] = [
    *map(Text, ("мәзір", "назад", "справка", "қайтала", "далее", "абракадабра", "0", "1", "99", PAVEL.iin, CODE)),
    Unreadable("photo"),
    Pressed("svc:4", 7),
    Pressed("no:such:button", 7),
    OWN,
    FOREIGN,
]
LATER = (timedelta(minutes=1), timedelta(days=3))


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
@pytest.mark.parametrize("state", VIEWS)
def test_every_state_answers_whatever_is_sent_there_now_and_days_later(
    dialogue: Dialogue, state: str, caller: Caller
) -> None:
    shown = written(dialogue, someone(state), Text("/again"), caller)
    for later in LATER:
        for content in SENT:
            answer = written(dialogue, shown.session, content, caller, NOW + later)
            assert answer.messages, content
            assert all(message.text.strip() for message in answer.messages), content
            if caller.surface is Surface.SMS:
                assert all(units(message.text) <= SMS_UNITS for message in answer.messages), content


def test_every_state_can_be_reached(dialogue: Dialogue) -> None:
    """By what is sent unasked, and by every choice that a view offers; two services stand for all."""
    sent = [as_sent(event) for event in events()]
    missing = set(VIEWS)
    for side_by_side in zip_longest(*(walked(dialogue, caller, sent) for caller in CALLERS)):
        missing -= {session.state for session in side_by_side if session is not None}
        if not missing:
            return
    assert missing == set()


def walked(dialogue: Dialogue, caller: Caller, sent: list[Content]) -> Iterator[Session]:
    """Wherever somebody can come to: from every different session, as far as the ways on from it are concerned, by
    everything that can be sent there. What was never sent in a state goes first, above all where something is new."""
    begin = sessions.new("ref")
    yield begin
    steps, again = deque((begin, content) for content in sent), deque[tuple[Session, Content]]()
    known, seen, tried = {_place(begin)}, {begin.state}, {(begin.state, content) for content in sent}
    while steps or again:
        session, content = (steps or again).popleft()
        after = written(dialogue, session, content, caller).session
        yield after
        if _place(after) in known:
            continue
        known.add(_place(after))
        after.pace = after.lately = (0, 0)
        after.loop = NO_LOOP
        offered = [Pressed(choice, 7) for choice in after.offered if not choice.startswith("svc:")]
        first = [content for content in [*offered, *sent] if (after.state, content) not in tried]
        again.extend((after, content) for content in [*offered, *sent] if (after.state, content) in tried)
        tried |= {(after.state, content) for content in first}
        fresh = [(after, content) for content in first]
        if seen >= {after.state, *after.offered}:
            steps.extend(fresh)
        else:
            steps.extendleft(reversed(fresh))
        seen |= {after.state, *after.offered}


def _place(session: Session) -> tuple[object, ...]:
    if session.state.startswith(("arrival", "deadlines")):  # only what they are about leads anywhere else
        return session.state, session.arrival.invitation if session.arrival else session.deadline
    return session.state, session.service, session.aim, session.agreed is None, session.challenge is None


@pytest.mark.parametrize("state", VIEWS)
@pytest.mark.parametrize(("event", "leads_to"), [("menu", "menu"), ("help", "help"), ("operator", "operator")])
def test_menu_help_and_operator_work_everywhere(dialogue: Dialogue, state: str, event: str, leads_to: str) -> None:
    for caller in CALLERS:
        turn = stepped(dialogue, someone(state), Event(event), caller)
        assert turn.session.state == leads_to


@pytest.mark.parametrize("asked", [["help"], ["operator"], ["help", "operator", "help"], ["help", "again", "lang"]])
@pytest.mark.parametrize("state", [state for state in VIEWS if state not in ("language", "help", "operator")])
def test_back_from_help_leads_to_where_the_person_was(dialogue: Dialogue, state: str, asked: list[str]) -> None:
    session = someone(state)
    for name in asked:
        session = stepped(dialogue, session, Event(name, ("kk",) if name == "lang" else ()), BY_SMS).session
    after = stepped(dialogue, session, Event("back"), BY_SMS).session
    assert (after.state, after.behind) == (state, "")


def test_whoever_left_help_for_something_else_is_not_led_back(dialogue: Dialogue) -> None:
    session = someone("documents.question")
    for name in ("help", "menu", "help", "back"):
        session = stepped(dialogue, session, Event(name), BY_SMS).session
    assert session.state == "menu"


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
@pytest.mark.parametrize("state", VIEWS)
def test_back_ends_in_the_menu_from_everywhere(dialogue: Dialogue, state: str, caller: Caller) -> None:
    session = someone(state)
    session.answers = {"channel": "office"}
    for _ in range(8):
        turn = stepped(dialogue, session, Event("back"), caller)
        session = turn.session
    assert session.state == "menu"


@pytest.mark.parametrize("state", [state for state in VIEWS if state != "language"])
def test_another_language_changes_nothing_but_the_language(dialogue: Dialogue, state: str) -> None:
    for caller in CALLERS:
        before = someone(state)
        after = stepped(dialogue, before, Event("lang", ("ru",)), caller).session
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
    after = stepped(dialogue, someone("menu"), Event("say", (said,)), IN_CHAT).session
    assert after.state == leads_to


@pytest.mark.parametrize("state", [state for state in VIEWS if state.startswith("documents.")])
def test_a_talk_about_a_service_that_is_no_more_goes_on_with_the_choice_of_another(
    dialogue: Dialogue, state: str
) -> None:
    turn = stepped(dialogue, someone(state, service="abolished"), Event("again"), BY_SMS)
    assert turn.reply is not None
    assert any(choice.id.startswith(("grp:", "svc:", "agree:")) for choice in turn.reply.choices)


def test_only_the_confirmed_wish_to_be_forgotten_forgets(dialogue: Dialogue) -> None:
    for state in VIEWS:
        turn = stepped(dialogue, someone(state), Event("forget_yes"), IN_CHAT)
        assert turn.forgotten == (state == "settings.forget"), state
        assert turn.forgotten == (turn.session.language is None), state


def test_of_whoever_was_forgotten_only_what_protects_others_is_left(dialogue: Dialogue) -> None:
    session = someone("settings.forget")
    session.guard, session.lists_sent = Guard(day=7, begun=2, strikes=1, locked=9.0), (7, 2)
    session.proven, session.whom, session.closed = [Proven(PAVEL.iin, 9.0)], PAVEL.key, "link"
    left = stepped(dialogue, session, Event("forget_yes"), IN_CHAT).session
    minute = int(NOW.timestamp()) // 60
    assert left == Session(sessions.VERSION, guard=session.guard, lists_sent=(7, 2), pace=(minute, 1))


def test_a_flood_is_answered_once_and_then_met_with_silence(dialogue: Dialogue) -> None:
    session = someone("menu")
    replies = []
    for _ in range(PER_MINUTE + 5):
        turn = stepped(dialogue, session, Event("menu"), BY_SMS)
        session = turn.session
        replies.append(turn.reply)
    assert [reply is not None for reply in replies] == [True] * (PER_MINUTE + 1) + [False] * 4
    asked_to_wait = replies[PER_MINUTE]
    assert asked_to_wait is not None
    assert asked_to_wait.say[0].id == "pace.slow"
    later = stepped(dialogue, session, Event("menu"), BY_SMS, NOW + timedelta(minutes=1))
    assert later.reply is not None
    assert later.reply.say[0].id == "menu.ask"


def test_a_promise_is_kept_to_whoever_was_too_fast_when_it_was_given(dialogue: Dialogue) -> None:
    session = someone("menu")
    session.promised = NOW.timestamp()
    session.pace = (int(NOW.timestamp()) // 60, PER_MINUTE + 5)
    turn = stepped(dialogue, session, Event("kept", ("status",)), BY_SMS, NOW + timedelta(hours=2))
    assert turn.reply is not None
    assert not turn.session.promised


def test_rows_name_only_states_that_exist() -> None:
    named = {row.at for row in ROWS} | {row.to for row in ROWS if isinstance(row.to, str)}
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
@given(contents=st.lists(anything, min_size=1, max_size=15), caller=st.sampled_from(CALLERS))
def test_whatever_is_sent_gets_an_answer_that_fits(
    dialogue: Dialogue, contents: list[Content], caller: Caller
) -> None:
    session = sessions.new("ref")
    for number, content in enumerate(contents):
        answer = written(dialogue, session, content, caller, NOW + timedelta(seconds=10 * number))
        assert answer.messages
        for message in answer.messages:
            assert message.text.strip()
            if caller.surface is Surface.SMS or message.to_phone:
                assert units(message.text) <= SMS_UNITS
            assert len(message.text) <= 4096
            assert all(len(button.id.encode()) <= 64 for button in message.buttons)
        session = sessions.read(sessions.write(answer.session))


def test_whose_language_is_not_known_is_asked_to_slow_down_in_both(dialogue: Dialogue) -> None:
    session = sessions.new("ref")
    texts = []
    for number in range(PER_MINUTE + 1):
        answer = written(dialogue, session, Text("сәлем" if number % 2 else "статус"), BY_SMS)
        session = answer.session
        texts.append(answer.messages[0].text)
    assert "Бір минуттан кейін" in texts[-1]
    assert "через минуту" in texts[-1]


@pytest.mark.parametrize(
    ("said", "leads_to"), [("статус", "status"), ("оператор", "operator"), ("кресло-арба", "documents.question")]
)
def test_what_somebody_came_with_is_answered_once_the_language_is_known(
    dialogue: Dialogue, said: str, leads_to: str
) -> None:
    first = written(dialogue, sessions.new("ref"), Text(said), BY_SMS).session
    assert first.state == "language"
    assert written(dialogue, first, Text("2"), BY_SMS).session.state == leads_to
