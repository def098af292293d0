"""The diagram in the docs is the table that runs."""

import os
from pathlib import Path

from dialogs import diagram
from dialogs.conversation import VIEWS

FILE = Path(__file__).parents[2] / "docs" / "conversation.md"
BEGIN, END = "```mermaid\n", "```\n"


def test_the_printed_diagram_is_up_to_date() -> None:
    before, _, rest = FILE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    now = f"{before}{BEGIN}{diagram.conversation()}{END}{after}"
    if os.environ.get("REWRITE"):
        FILE.write_text(now, "utf-8")
    assert FILE.read_text("utf-8") == now


def test_every_state_is_drawn() -> None:
    assert all(f'"{state}"' in diagram.conversation() for state in VIEWS)
