"""The life of a broadcast, as a table: what staff and the clock may do with it, and where that leads."""

from enum import StrEnum

from dialogs import table
from dialogs.table import machine


class State(StrEnum):
    DRAFT = "draft"
    """It is being written; also while a list of recipients is being read."""
    WAITING = "waiting"
    """For a second person to approve it."""
    SCHEDULED = "scheduled"
    """For its hour."""
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    """Nobody is left to be sent to."""
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.CANCELLED})


class Step:
    """Travels along the table for one step."""

    __slots__ = ("held", "state")

    def __init__(self, state: State) -> None:
        self.state = state.value
        self.held = True
        """A row was found for what happened."""


Row = table.Row[Step]


def _refuse(step: Step) -> None:
    step.held = False


ROWS: tuple[Row, ...] = (
    Row("write", "draft"),
    Row("ask", "draft", "waiting"),
    Row("start", "draft", "scheduled"),
    Row("approve", "waiting", "scheduled"),
    Row("send_back", "waiting", "draft"),
    Row("send_back", "scheduled", "draft"),
    Row("hour_come", "scheduled", "running"),
    Row("pause", "running", "paused"),
    Row("resume", "paused", "running"),
    Row("nobody_left", "running", "done"),
    Row("again", "done", "running"),
    Row("cancel", "draft", "cancelled"),
    Row("cancel", "waiting", "cancelled"),
    Row("cancel", "scheduled", "cancelled"),
    Row("cancel", "running", "cancelled"),
    Row("cancel", "paused", "cancelled"),
)

MACHINE = machine([state.value for state in State], ROWS, "draft", otherwise=_refuse)


def after(state: State, event: str) -> State | None:
    """None: this cannot be done with it now."""
    step = Step(state)
    MACHINE.events[event].trigger(step)
    return State(step.state) if step.held else None


def may(state: State, event: str) -> bool:
    return after(state, event) is not None
