"""A table of what may happen where, and the `transitions` machine made of it.

One machine serves everybody: it keeps nothing of the one that travels along it, which is made for one step and thrown
away. What travels has a `state`; rows read and change it by their `when` and `do`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, cast

from msgspec import Struct
from transitions import EventData, Machine, State

ANYWHERE = "*"

T = TypeVar("T")


class Row(Struct, Generic[T], frozen=True):
    """event + where it holds → where it leads, if `when`, doing `do`. No `to`: the state stays. A function names the
    state; if there is none of that name, the row does not hold."""

    event: str
    at: str
    to: str | Callable[[T], str] | None = None
    when: Callable[[T], bool] | None = None
    do: Callable[[T], None] | None = None


def machine(states: Iterable[str], rows: Sequence[Row[T]], initial: str, otherwise: Callable[[T], None]) -> Machine:
    """`otherwise` takes what no row takes, so that every state answers every event."""
    states = tuple(states)
    table = [
        {
            "trigger": row.event,
            "source": row.at,
            "dest": dest,
            "conditions": [_called(condition) for condition in (row.when, named) if condition],
            "before": [_called(row.do)] if row.do else [],
        }
        for row in rows
        for dest, named in _targets(row, states)
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


def _targets(row: Row[T], states: Sequence[str]) -> Iterator[tuple[str | None, Callable[[T], bool] | None]]:
    """Where a row leads, and if."""
    if not callable(row.to):
        yield row.to, None
        return
    for state in states:
        yield state, _names(row.to, state)


def _names(to: Callable[[T], str], state: str) -> Callable[[T], bool]:
    def names(travelling: T) -> bool:
        return to(travelling) == state

    return names


def _called(function: Callable[[T], object]) -> Callable[[EventData], object]:
    """`transitions` hands its own event to conditions and actions; ours are about what travels."""

    def call(data: EventData) -> object:
        return function(cast(T, data.model))

    call.__name__ = function.__name__
    return call
