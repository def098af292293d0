"""The SMS journal that the law asks for (order 287, annex 7): a line for every SMS sent and every answer."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class Direction(StrEnum):
    OUT = "out"
    """From us to the person."""
    IN = "in"
    """The person's answer."""


class Entry(Struct, frozen=True, array_like=True):
    """One line, written once and never changed. What became of a letter is looked up when the journal is read."""

    at: datetime
    direction: Direction
    channel: str
    """`sms` or `telegram`."""
    iin: str
    name: str
    birth_date: date
    case: str | None
    service: str
    nature: str
    """Which letter it was, or what the answer was taken for."""
    code: str | None
    """The code that the person sent."""
    phone: str
    specialist: str | None
    letter: str = ""
    """Of what was sent: the letter's id."""
    parts: int = 0

    def __repr__(self) -> str:
        return f"Entry({self.direction} {self.nature})"
