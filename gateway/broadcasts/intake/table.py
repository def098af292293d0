"""What the two kinds of tables have in common."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from gateway.broadcasts.intake.headings import Layout
from gateway.broadcasts.intake.rows import Reason, Summary


class Found(NamedTuple):
    number: int
    """As a spreadsheet shows it."""
    cells: Sequence[str]
    wrong: Reason | None = None
    """With the row as a whole."""


class Table(Protocol):
    def prepare(self) -> Iterator[None]:
        """What has to be known of the whole file before its first row: a step now and then."""

    def read_headings(self) -> Layout: ...

    def rows(self) -> Iterator[Found]:
        """Below the headings; empty ones may be among them."""

    def describe(self) -> Summary:
        """What is known of the file itself, once its headings are read."""

    @property
    def place(self) -> int:
        """Bytes that are behind us, …"""

    @property
    def size(self) -> int:
        """…of so many."""
