"""The journal as a table for other programs."""

import csv
from collections.abc import AsyncIterator
from decimal import Decimal
from io import TextIOWrapper
from typing import IO

from gateway.journal.form import Form, Line, Value

FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""With the blanks that a spreadsheet drops, to see what is behind them."""


async def write(file: IO[bytes], form: Form, lines: AsyncIterator[Line]) -> None:
    """Such that Excel in Kazakhstan opens it by itself: it expects «;» between cells, because the comma is in its
    numbers, and knows UTF-8 by the mark at the beginning. Days are written 2026-11-30, for all programs alike."""
    text = TextIOWrapper(file, "utf-8-sig", newline="")
    table = csv.writer(text, delimiter=";")
    table.writerow(form.headings())
    async for line in lines:
        table.writerow([_written(cell) for cell in form.row(line)])
    text.detach()  # or it would close the file


def _written(cell: Value) -> Value:
    if isinstance(cell, Decimal):
        return str(cell).replace(".", ",")
    return harmless(cell) if isinstance(cell, str) else cell


def harmless(text: str) -> str:
    """What a spreadsheet would take for a formula begins with an apostrophe: that makes it text."""
    return f"'{text}" if text.startswith(FORMULAS) else text
