"""The first row of a table: which column is what, however it is called."""

import re
from collections.abc import Sequence

from msgspec import Struct

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake.phones import looks_like_phone
from gateway.broadcasts.intake.refusal import RefusedError

_PHONE = {
    *("телефон", "телефон нөмірі", "ұялы", "ұялы телефон", "ұялы телефон нөмірі", "тел нөмірі"),
    *("номер телефона", "номер тел", "тел", "тел номер", "моб", "мобильный", "мобильный телефон"),
    *("мобильный номер", "моб телефон", "моб тел", "сотовый", "сотовый телефон", "телефон получателя"),
    *("phone", "phone number", "mobile", "mobile phone", "mobile number", "telephone", "msisdn", "cell"),
}
_PERHAPS_PHONE = {"нөмір", "номер", "number"}
"""Unless another column is: then these may be anything."""
_IIN = {
    *("жсн", "жеке сәйкестендіру нөмірі", "иин", "индивидуальный идентификационный номер", "иин получателя"),
    *("iin", "individual identification number"),
}
_LANGUAGE = {
    *("тіл", "тілі", "хабар тілі", "хабарлама тілі", "язык", "язык сообщения", "язык обращения"),
    *("language", "lang", "locale"),
}
WRONG = {"kk": "Нені түзету керек", "ru": "Что исправить"}
"""Under this a report says what is wrong: when the file comes back, nobody wants to read it again."""
_BETWEEN = re.compile(r"[\s._:№#*/()-]+")
_SHOWN = 8
"""Headings named in a refusal: enough to see that another table was meant."""


class Layout(Struct, frozen=True):
    headings: tuple[str, ...]
    phone: int | None
    """Places in a row."""
    iin: int | None
    language: int | None
    own: tuple[int, ...]

    def called(self, place: int | None) -> str:
        return "" if place is None else self.headings[place]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.headings[place] for place in self.own)


def plain(heading: str) -> str:
    return _BETWEEN.sub(" ", heading.casefold().replace("ё", "е")).strip()


_OURS = {plain(heading) for heading in WRONG.values()}


def is_ours(heading: str) -> bool:
    """The last column of a report."""
    return plain(heading) in _OURS


def known(cells: Sequence[str]) -> int:
    """How many of them could be headings of ours."""
    return sum(plain(cell) in _PHONE | _PERHAPS_PHONE | _IIN | _LANGUAGE for cell in cells)


def read(cells: Sequence[str]) -> Layout:
    """Spreadsheets leave empty cells at the end of a row; those have no say."""
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    _refuse_odd(headings)
    names = [plain(heading) for heading in headings]
    phone, iin, language = (_place(headings, names, meant) for meant in (_PHONE, _IIN, _LANGUAGE))
    if phone is None:
        phone = _place(headings, names, _PERHAPS_PHONE)
    if phone is None and iin is None:
        if any(map(looks_like_phone, headings)):
            raise RefusedError("no_headings")
        raise RefusedError("headings", found=", ".join(headings[:_SHOWN]))
    taken = {phone, iin, language}
    own = [place for place, name in enumerate(names) if place not in taken and name not in _OURS]
    for place in own:
        if names.index(names[place]) != place:
            raise RefusedError("heading_twice", heading=headings[place])
    return Layout(tuple(headings), phone, iin, language, tuple(own))


def _place(headings: list[str], names: list[str], meant: set[str]) -> int | None:
    places = [place for place, name in enumerate(names) if name in meant]
    if len(places) > 1:
        raise RefusedError("column_twice", one=headings[places[0]], other=headings[places[1]])
    return places[0] if places else None


def _refuse_odd(headings: list[str]) -> None:
    if len(headings) > limits.COLUMNS:
        raise RefusedError("too_many_columns", columns=len(headings), most=limits.COLUMNS)
    for place, heading in enumerate(headings):
        if not heading:
            raise RefusedError("heading_blank", column=letters(place))
        if len(heading) > limits.HEADING:
            raise RefusedError("heading_long", column=letters(place), most=limits.HEADING)
        if "\ufffd" in heading or any(letter < " " for letter in heading):
            raise RefusedError("not_a_table")


def letters(place: int) -> str:
    """As a spreadsheet calls the column: A, …, Z, AA, …"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
