"""The two tables of offers: no dead end, no silence, nothing decided that nobody decided, and what silence means."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product

import pytest
from msgspec import structs

from dialogs.matters import offer, replacement, sizes, steps
from dialogs.matters.affair import Affair, Happening, Row, Sending
from dialogs.matters.matter import Answer, Given, Kind, Matter
from tests.dialogs.matters.lives import ASKED, CODES, DIAPERS, FINE, LAW, moment, read, write

TABLES: dict[Kind, tuple[tuple[str, ...], Sequence[Row]]] = {
    Kind.PROACTIVE: (offer.STATES, offer.ROWS),
    Kind.REPLACEMENT: (replacement.STATES, replacement.ROWS),
}
EVERY_STATE = [(kind, state) for kind, (states, _) in TABLES.items() for state in states]
OPENED = moment("Mon 16 Nov 10:00")
IN_TIME = moment("Mon 16 Nov 12:00")
TOO_LATE = moment("Sat 21 Nov 12:00")
SENDINGS = [FINE, Sending(left=True, arrived=False), Sending(left=False, arrived=False)]
UNDECIDED = frozenset({"asked", "refusing", "refused"})
"""Where an answer still changes something."""
PERSON = frozenset({"consent", "refusal"})


def events(kind: Kind) -> list[str]:
    return list(dict.fromkeys(row.event for row in TABLES[kind][1]))


def somewhere(kind: Kind, state: str, asked: steps.Asked = ASKED) -> Matter:
    matter = steps.opened(structs.replace(asked, kind=kind), CODES, OPENED, LAW).matter
    matter.state = state
    if state != "asked":
        matter.given = Given(Answer.REFUSAL, IN_TIME, "sms", ASKED.phones[0], "815", "815")
    if state == "consented" and asked is DIAPERS:
        matter.size = sizes.start(matter, OPENED.date())
    return matter


def affairs(kind: Kind, state: str) -> Iterator[Affair]:
    """Whatever may be the case when something happens in this state."""
    laws = (LAW, structs.replace(LAW, hold=timedelta()))
    for now, law, sending, asked in product((IN_TIME, TOO_LATE), laws, SENDINGS, (ASKED, DIAPERS)):
        affair = Affair(somewhere(kind, state, asked), now, law, sending)
        affair.given = Given(Answer.CONSENT, now, "sms", ASKED.phones[0], "472", "96 см")
        affair.held = Answer.REFUSAL
        yield affair


def after(kind: Kind, state: str, event: str) -> Iterator[Affair]:
    for affair in affairs(kind, state):
        steps.MACHINES[kind].events[event].trigger(affair)
        yield affair


@pytest.mark.parametrize("kind", Kind)
def test_rows_name_only_states_that_exist(kind: Kind) -> None:
    states, rows = TABLES[kind]
    assert {row.at for row in rows} | {row.to for row in rows if row.to} == set(states)
    assert set(steps.MACHINES[kind].states) == set(states)
    assert steps.MACHINES[kind].initial == "asked"


@pytest.mark.parametrize("kind", Kind)
def test_every_state_can_be_reached(kind: Kind) -> None:
    reached, waiting = {"asked"}, ["asked"]
    while waiting:
        state = waiting.pop()
        found = {affair.state for event in events(kind) for affair in after(kind, state, event)}
        waiting += found - reached
        reached |= found
    assert reached == set(TABLES[kind][0])


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_every_state_answers_every_event_and_every_person(kind: Kind, state: str) -> None:
    for event in events(kind):
        for affair in after(kind, state, event):
            assert affair.state in TABLES[kind][0]
            if event in PERSON:
                assert [telling.name for telling in affair.tellings if telling.asked], event
                assert affair.nature.startswith("answer."), event
            else:
                assert event == "sized" or not any(telling.asked for telling in affair.tellings), event


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_a_step_changes_nothing_that_it_was_given(kind: Kind, state: str) -> None:
    for event in events(kind):
        before = somewhere(kind, state)
        given = Given(Answer.REFUSAL, IN_TIME, text="815")
        steps.step(before, Happening(event, given), IN_TIME, LAW, FINE)
        assert before == somewhere(kind, state), event


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_nothing_is_decided_but_by_the_person_or_by_the_end_of_the_window(kind: Kind, state: str) -> None:
    for event in events(kind):
        for affair in after(kind, state, event):
            answers = [relay.given for relay in affair.relays if relay.note is None]
            if not answers:
                continue
            (given,) = answers
            assert state in UNDECIDED, event
            if event == "consent":
                assert given is affair.given
            elif event == "refusal":
                assert state == "asked"
                assert given is affair.given
            elif event == "hold_over":
                assert (state, given.answer) == ("refusing", Answer.REFUSAL)
            else:
                assert (state, event) == ("asked", "window_over")
                assert given.answer in (Answer.SILENCE, Answer.UNDELIVERABLE)
                assert given.at == affair.matter.closes


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_where_everything_is_decided_no_answer_leads_anywhere(kind: Kind, state: str) -> None:
    if state in UNDECIDED:
        return
    for event in PERSON:
        for affair in after(kind, state, event):
            assert affair.state == state
            assert not affair.relays


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_left_alone_every_state_comes_to_rest(kind: Kind, state: str) -> None:
    """Only where E-Sobes has the word does an offer wait for something other than the clock."""
    matter = somewhere(kind, state)
    if state == "turning":
        assert matter.state == state
        return
    for _ in range(6):
        if matter.wake is not None:
            matter = steps.step(read(write(matter)), None, matter.wake, LAW, FINE).matter
    assert matter.wake is None
    assert matter.state not in {"asked", "refusing"}


@pytest.mark.parametrize(
    ("kind", "sending", "state", "letter", "relay"),
    [
        (Kind.PROACTIVE, FINE, "cancelled", "cancelled", Answer.SILENCE),
        (Kind.REPLACEMENT, FINE, "queued", "queued", Answer.SILENCE),
        (Kind.PROACTIVE, SENDINGS[1], "unreached", "unreached_offer", Answer.UNDELIVERABLE),
        (Kind.REPLACEMENT, SENDINGS[1], "unreached", "unreached_replacement", Answer.UNDELIVERABLE),
    ],
)
def test_what_silence_means(kind: Kind, sending: Sending, state: str, letter: str, relay: Answer) -> None:
    matter = somewhere(kind, "asked")
    closed = steps.step(matter, None, matter.closes, LAW, sending)
    assert closed.matter.state == state
    assert [telling.name for telling in closed.tellings] == [letter]
    assert [one.given.answer for one in closed.relays] == [relay]


def test_neither_kind_knows_how_silence_ends_in_the_other() -> None:
    assert "queued" not in offer.STATES
    assert "cancelled" not in replacement.STATES
    told = {
        kind: {
            telling.name
            for state in states
            for event in events(kind)
            for affair in after(kind, state, event)
            for telling in affair.tellings
        }
        for kind, (states, _) in TABLES.items()
    }
    only_offers, only_replacements = told[Kind.PROACTIVE], told[Kind.REPLACEMENT]
    assert {name for name in only_offers - only_replacements if not name.startswith("size.")} == {
        "cancelled",
        "unreached_offer",
        "late_cancelled",
    }
    assert only_replacements - only_offers == {"queued", "unreached_replacement", "late_queued"}
