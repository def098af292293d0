"""The tables of the conversation and of offers, printed as diagrams: what the docs show is what runs."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from dialogs import conversation as talk
from dialogs.matters import offer as offers
from dialogs.matters import replacement as replacements
from dialogs.table import ANYWHERE, Row

T = TypeVar("T")


def conversation() -> str:
    return _drawn(talk.VIEWS, talk.ROWS, "language")


def offer() -> str:
    return _drawn(offers.STATES, offers.ROWS, "asked")


def replacement() -> str:
    return _drawn(replacements.STATES, replacements.ROWS, "asked")


def _drawn(states: Iterable[str], rows: Sequence[Row[T]], initial: str) -> str:
    """Mermaid. What holds in every state is drawn once, from «anywhere»."""
    arrows = _arrows(rows)
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {_id(initial)}"]
    functions = dict.fromkeys(row.to.__name__ for row in rows if callable(row.to))
    lines += [f'    state "{state}" as {_id(state)}' for state in (*states, *functions)]
    if any(source == ANYWHERE for source, _ in arrows):
        lines.append('    state "anywhere" as anywhere')
    lines += [
        f"    {_id(source)} --> {_id(target)}: {', '.join(events)}" for (source, target), events in arrows.items()
    ]
    return "\n".join(lines) + "\n"


def _arrows(rows: Iterable[Row[T]]) -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        event = f"{row.event} [{row.when.__name__}]" if row.when else row.event
        target = row.to.__name__ if callable(row.to) else row.to
        arrows.setdefault((row.at, target or row.at), []).append(event)
    return arrows


def _id(state: str) -> str:
    return "anywhere" if state == ANYWHERE else state.replace(".", "_")
