"""The diagrams in the docs are the tables that run."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dialogs import diagram
from dialogs.conversation import VIEWS
from dialogs.duties import choice, invitation, order
from dialogs.matters import offer, replacement

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "```mermaid\n", "```\n"
Drawn = Callable[[], str]


@pytest.mark.parametrize(
    ("name", "drawn"),
    [("conversation.md", [diagram.conversation]), ("matters.md", [diagram.offer, diagram.replacement])],
)
def test_the_printed_diagrams_are_up_to_date(name: str, drawn: list[Drawn]) -> None:
    file = DOCS / name
    now, *rest = file.read_text("utf-8").split(BEGIN)
    for draw, text in zip(drawn, rest, strict=True):
        _, _, after = text.partition(END)
        now += f"{BEGIN}{draw()}{END}{after}"
    if os.environ.get("REWRITE"):
        file.write_text(now, "utf-8")
    assert file.read_text("utf-8") == now


@pytest.mark.parametrize(
    ("draw", "states"),
    [
        (diagram.conversation, VIEWS),
        (diagram.offer, offer.STATES),
        (diagram.replacement, replacement.STATES),
    ],
)
def test_every_state_is_drawn(draw: Drawn, states: Iterable[str]) -> None:
    assert all(f'"{state}"' in draw() for state in states)


def test_every_state_of_an_offer_is_explained() -> None:
    text = (DOCS / "matters.md").read_text("utf-8")
    assert all(f"| `{state}` |" in text for state in (*offer.STATES, *replacement.STATES))


def test_every_state_of_a_duty_is_explained() -> None:
    text = (DOCS / "duties.md").read_text("utf-8")
    parts = text.partition("Of an invitation:")[2].split("\n\nOf a")[:3]
    for part, table in zip(parts, (invitation, choice, order), strict=True):
        assert [state for state in table.STATES if f"| `{state}` |" not in part] == []
