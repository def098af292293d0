"""The figures of a text that says a day: «20.12», «20-сына», «+5», and what is no day at all."""

import re
from collections.abc import Iterator

from dialogs import spelling
from dialogs.day_words import Item, items

_SEPARATOR = r"\s?[./,\-‐-―−]\s?"
_FIGURES = re.compile(rf"(?:\+\s?)?\d+(?:(?:{_SEPARATOR}|:|\s)\d+)*")
_PIECE = re.compile(r"(?:\+\s?)?\d+(?:[./,:\-‐-―−]\d+)*")
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}}){_SEPARATOR}(?P<month>\d\d?){_SEPARATOR}(?P<day>\d\d?)")
_DAY_FIRST = (
    re.compile(rf"(?P<day>\d\d?){_SEPARATOR}(?P<month>\d\d?)(?:{_SEPARATOR}(?P<year>\d{{4}}|\d\d))?"),
    re.compile(rf"(?P<day>\d\d?){_SEPARATOR}(?P<month>\d\d?)\s(?P<year>\d{{4}})"),
    re.compile(r"(?P<day>\d\d?)\s(?P<month>\d\d?)(?:\s(?P<year>\d{4}|\d\d))?"),
    re.compile(r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>20\d\d)"),
)
_TIME = re.compile(r"\d\d?:\d\d|\d\d?[.\-]00")
_LATER = re.compile(r"\+\s?(\d\d?)")
_NUMBER = re.compile(r"\d\d?")
_YEAR = re.compile(r"(19|20)\d\d")
_MEANT_AS_A_DAY = 39
"""«20.13» and «32.12» are days that do not exist; «45-67» is no day."""
_CENTURY = 2000

_ENDING = re.compile(r"\s?[\-‐-―−'’]?\s?([^\W\d_]+)")
_GLUED = re.compile(r"[\-‐-―−'’]?[^\W\d_]")
_OF_MONTH = re.compile(r"s?i(n(a|e|da|de|an|en))?|[gk][ae]|n[ae]n?|[dt][ae]n?|o?go|o?mu")
_OF_MONTH_APART = frozenset(spelling.tokens("го сы сына сіне сында сінде"))
_ORDINAL = re.compile(r"s?inwi|n?wi|o?e|aia|ia|oi")
_SHORT_I = "й"
"""In the coarse spelling like «ы», but «1-й» may be said of a button."""


def read(plain: str) -> list[Item]:
    """Figures and words of a normalised text, in their order."""
    found: list[Item] = []
    rest = 0
    for figures in _FIGURES.finditer(plain):
        if figures.start() < rest:
            continue
        found += items(spelling.tokens(plain[rest : figures.start()]))
        found += _items(figures[0])
        rest = figures.end()
        if found[-1].kind in "ND" and (ending := _ENDING.match(plain, rest)):
            kind = _with_ending(ending[1], glued=_GLUED.match(plain, rest) is not None)
            if kind:
                found[-1] = found[-1] if found[-1].kind == "D" else Item(kind, found[-1].values)
                rest = ending.end()
    return [*found, *items(spelling.tokens(plain[rest:]))]


def _with_ending(ending: str, *, glued: bool) -> str:
    """Whether it makes a day of the month of a number, as in «20-сына», or an ordinal only, as in «20-шы»."""
    folded = "".join(spelling.tokens(ending))
    if not glued:
        return "O" if folded in _OF_MONTH_APART else ""
    if ending == _SHORT_I or _ORDINAL.fullmatch(folded):
        return "r"
    return "O" if _OF_MONTH.fullmatch(folded) else ""


def _items(figures: str) -> Iterator[Item]:
    if (whole := _item(figures)).kind != "X":
        yield whole
    else:
        yield from (_item(piece) for piece in _PIECE.findall(figures))


def _item(piece: str) -> Item:
    if _TIME.fullmatch(piece):
        return Item("T")
    if later := _LATER.fullmatch(piece):
        return Item("P", (int(later[1]),))
    if _NUMBER.fullmatch(piece):
        return Item("N", (int(piece),))
    if _YEAR.fullmatch(piece):
        return Item("Y", (int(piece),))
    for pattern in (_YEAR_FIRST, *_DAY_FIRST):
        if dated := pattern.fullmatch(piece):
            return _dated(dated)
    return Item("X")


def _dated(found: re.Match[str]) -> Item:
    day, month = int(found["day"]), int(found["month"])
    if max(day, month) > _MEANT_AS_A_DAY:
        return Item("X")
    year = found["year"]
    return Item("D", (day, month, int(year) + (_CENTURY if len(year) == 2 else 0)) if year else (day, month))
