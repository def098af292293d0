"""Every row is looked at: may somebody be written to by it, and if not, what is to be put right."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from gateway.broadcasts.intake import languages, limits, phones
from gateway.broadcasts.intake.headings import Layout
from gateway.broadcasts.intake.refusal import reason
from gateway.broadcasts.intake.rows import Fault, Reason, Row
from gateway.broadcasts.intake.table import Found
from gateway.broadcasts.intake.text_table import plain

_JOIN = "\x1f"
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1e\x7f\ufffd\r]|(?:^|\x1f)[=#']")
"""In a joined row: a letter that no text has, or a cell that deserves a closer look."""
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ERRORS = {
    *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
    *("#Н/Д", "#ССЫЛКА!", "#ЗНАЧ!", "#ДЕЛ/0!", "#ИМЯ?", "#ПУСТО!", "#ЧИСЛО!", "#ПЕРЕНОС!", "#ВЫЧИСЛ!"),
}
"""What stands in a cell whose formula has failed, in English and in Russian."""
_NARROW = re.compile("#{3,}")
"""What a date looks like in a column that is too narrow for it."""


class Judge:
    def __init__(self, layout: Layout, today: date) -> None:
        self._layout = layout
        self._width = len(layout.headings)
        self._today = today

    def row(self, found: Found) -> Row | list[Fault] | None:
        """None: there is nothing in it."""
        number, cells, wrong = found
        cells = [cell.strip() for cell in cells]
        joined = _JOIN.join(cells)
        if _ODD.search(joined) or joined.count(_JOIN) >= len(cells):
            cells = [plain(cell.replace("\r\n", "\n").replace("\r", "\n")) for cell in cells]
            wrong = wrong or self._wide(cells)
            odd = [Fault(number, self._heading(place), why, ()) for place, why in _odd(cells)]
        else:
            wrong = wrong or self._wide(cells)
            odd = []
        if not joined.strip(_JOIN) and not odd:
            return None
        if wrong is not None:
            return [Fault(number, "", wrong, tuple(cells))]
        cells += [""] * (self._width - len(cells))
        if len(joined) > limits.CELL:
            odd += [
                Fault(number, self._heading(place), reason("cell_long", letters=limits.CELL), ())
                for place, cell in enumerate(cells)
                if len(cell) > limits.CELL
            ]
        return self._person(number, cells, odd)

    def _person(self, number: int, cells: list[str], odd: list[Fault]) -> Row | list[Fault]:
        layout, phone, iin, language = self._layout, "", "", None
        wrong: list[tuple[int | None, Reason]] = []
        if layout.phone is not None and cells[layout.phone]:
            read = phones.read(cells[layout.phone])
            if isinstance(read, Reason):
                wrong.append((layout.phone, read))
            else:
                phone = read
        if layout.iin is not None and cells[layout.iin]:
            read = phones.read_own_number(cells[layout.iin], self._today)
            if isinstance(read, Reason):
                wrong.append((layout.iin, read))
            else:
                iin = read
        if layout.language is not None and cells[layout.language]:
            language = languages.read(cells[layout.language])
            if language is None:
                wrong.append((layout.language, reason("language")))
        if not (phone or iin or wrong):
            wrong.append(self._nobody())
        if not wrong and not odd:
            return Row(number, phone, iin, language, tuple([cells[place] for place in layout.own]))
        told = {fault.column for fault in odd}
        columns = [("" if place is None else self._heading(place), why) for place, why in wrong]
        told_once = [Fault(number, column, why, ()) for column, why in columns if column not in told]
        kept = tuple(cells)
        return [Fault(number, one.column, one.reason, kept) for one in (*told_once, *odd)]

    def _nobody(self) -> tuple[int | None, Reason]:
        layout = self._layout
        if layout.iin is None:
            return layout.phone, reason("phone_missing")
        if layout.phone is None:
            return layout.iin, reason("iin_missing")
        return None, reason("nobody")

    def _wide(self, cells: Sequence[str]) -> Reason | None:
        if len(cells) <= self._width or not any(cells[self._width :]):
            return None
        return reason("cells_many", cells=len(cells), columns=self._width)

    def _heading(self, place: int) -> str:
        return self._layout.headings[place] if place < self._width else ""


def _odd(cells: Sequence[str]) -> Iterator[tuple[int, Reason]]:
    for place, cell in enumerate(cells):
        if _UNREADABLE.search(cell):
            yield place, reason("letters_unseen")
        elif "\ufffd" in cell:
            yield place, reason("letters_spoiled")
        elif cell.startswith("="):
            yield place, reason("formula")
        elif cell.upper() in _ERRORS:
            yield place, reason("cell_error", found=cell)
        elif _NARROW.fullmatch(cell):
            yield place, reason("cell_narrow")
