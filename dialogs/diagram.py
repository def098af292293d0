"""The table of the conversation, printed as a diagram: what the docs show is what runs."""

from collections.abc import Iterable

from dialogs.conversation import ROWS, VIEWS
from dialogs.table import ANYWHERE
from dialogs.talk import Row


def conversation() -> str:
    """Mermaid. What holds in every state is drawn once, from «anywhere»."""
    lines = ["stateDiagram-v2", "    direction LR", "    [*] --> language"]
    lines += [f"    state «{state}» as {_id(state)}" for state in VIEWS]
    lines.append("    state «anywhere» as anywhere")
    for (source, target), events in _arrows(ROWS).items():
        lines.append(f"    {_id(source)} --> {_id(target)}: {', '.join(events)}")
    return "\n".join(lines).replace("«", '"').replace("»", '"') + "\n"


def _arrows(rows: Iterable[Row]) -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        event = f"{row.event} [{row.when.__name__}]" if row.when else row.event
        arrows.setdefault((row.at, row.to or row.at), []).append(event)
    return arrows


def _id(state: str) -> str:
    return "anywhere" if state == ANYWHERE else state.replace(".", "_")
