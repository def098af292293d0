import pytest

from dialogs.broadcasts.states import ENDED, ROWS, State, after, may

EVENTS = tuple(dict.fromkeys(row.event for row in ROWS))

WAYS = {
    State.DRAFT: {"write": "draft", "ask": "waiting", "start": "scheduled", "cancel": "cancelled"},
    State.WAITING: {"approve": "scheduled", "send_back": "draft", "cancel": "cancelled"},
    State.SCHEDULED: {"hour_come": "running", "send_back": "draft", "cancel": "cancelled"},
    State.RUNNING: {"pause": "paused", "nobody_left": "done", "cancel": "cancelled"},
    State.PAUSED: {"resume": "running", "cancel": "cancelled"},
    State.DONE: {"again": "running"},
    State.CANCELLED: {},
}


@pytest.mark.parametrize("state", State)
def test_every_state_answers_everything_that_can_happen(state: State) -> None:
    found = {event: after(state, event) for event in EVENTS}
    assert {event: to.value for event, to in found.items() if to is not None} == WAYS[state]
    assert [may(state, event) for event in EVENTS] == [event in WAYS[state] for event in EVENTS]


def test_the_text_of_what_was_started_cannot_change() -> None:
    assert [state for state in State if may(state, "write")] == [State.DRAFT]


def test_every_state_can_be_reached_and_all_but_the_ended_can_be_cancelled() -> None:
    reached = {State.DRAFT}
    for _ in State:
        reached |= {to for state in reached for event in EVENTS if (to := after(state, event)) is not None}
    assert reached == set(State)
    assert {state for state in State if not may(state, "cancel")} == ENDED
