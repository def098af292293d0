"""A table of what may happen where, and the `transitions` machine made of it.

One machine serves everybody: it keeps nothing of the one that travels along it, which is made for one step and thrown
away. What travels has a `state`; rows read and change it by their `when` and `do`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar, cast

from msgspec import Struct
from transitions import EventData, Machine, State

ANYWHERE = "*"

T = TypeVar("T")


class Row(Struct, Generic[T], frozen=True):
    """event + where it holds → where it leads, if `when`, doing `do`. No `to`: the state stays."""

    event: str
    at: str
    to: str | None = None
    when: Callable[[T], bool] | None = None
    do: Callable[[T], None] | None = None


def machine(states: Iterable[str], rows: Sequence[Row[T]], initial: str, otherwise: Callable[[T], None]) -> Machine:
    """`otherwise` takes what no row takes, so that every state answers every event."""
    table = [
        {
            "trigger": row.event,
            "source": row.at,
            "dest": row.to,
            "conditions": [_called(row.when)] if row.when else [],
            "before": [_called(row.do)] if row.do else [],
        }
        for row in rows
    ]
    table += [
        {"trigger": event, "source": ANYWHERE, "dest": None, "before": [_called(otherwise)]}
        for event in dict.fromkeys(row.event for row in rows)
    ]
    return Machine(
        model=None,
        states=[State(name) for name in states],
        transitions=table,
        initial=initial,
        auto_transitions=False,
        send_event=True,
    )


def _called(function: Callable[[T], object]) -> Callable[[EventData], object]:
    """`transitions` hands its own event to conditions and actions; ours are about what travels."""

    def call(data: EventData) -> object:
        return function(cast(T, data.model))

    call.__name__ = function.__name__
    return call
