"""Pictures of figures in words, and as drawings with their numbers."""

from collections.abc import Callable, Iterator
from datetime import date

from msgspec import Struct

from dialogs.words import Words
from gateway.figures.views import FEW, STEPS, Kind, Number, Picture, Row
from gateway.web.staff import charts
from gateway.web.staff.charts import NARROW, WIDE, Drawing, plain

Say = Callable[..., str]
"""The words of an id, with its values."""
DAY = "%d.%m"
NOTHING = "–"
LEAST = 10
"""Of a hundred: smaller shares are not drawn as if they were mountains."""


class Shown(Struct, frozen=True):
    name: str
    title: str
    about: str
    told: str
    """What is to be seen there, for whoever does not see it."""
    drawings: tuple[Drawing, ...]
    legend: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_empty: bool
    is_wide: bool


class FigureWords:
    def __init__(self, words: Words, say: Say) -> None:
        self._words = words
        self._say = say

    def shown(self, picture: Picture) -> Shown:
        names = tuple(self.column(picture, name) for name in picture.shown)
        is_wide = picture.kind is not Kind.BARS
        return Shown(
            picture.name,
            self.say(picture.name),
            self.say(f"{picture.name}.about"),
            self._told(picture),
            () if picture.is_empty else tuple(self._drawings(picture, names)),
            names if len(names) > 1 else (),
            self.head(picture),
            tuple(self._row(picture, number) for number in range(len(picture.rows))),
            picture.is_empty,
            is_wide,
        )

    def say(self, name: str, **values: str) -> str:
        return self._say(f"staff.figures.{name}", **values)

    def head(self, picture: Picture) -> tuple[str, ...]:
        first = "what" if picture.kind is Kind.BARS else "week" if picture.weekly else "day"
        return (self.say(f"head.{first}"), *(self.column(picture, name) for name in picture.columns))

    def column(self, picture: Picture, name: str) -> str:
        own = f"staff.figures.{picture.name}.{name}"
        return self._say(own if self._words.has(own) else f"staff.figures.column.{name}")

    def key(self, picture: Picture, key: date | str) -> str:
        if isinstance(key, date):
            return f"{key:{DAY}}"
        for known in (f"staff.figures.{picture.name}.{key}", f"staff.figures.key.{key}", f"{key}.name"):
            if self._words.has(known):
                return self._say(known)
        return key

    def _row(self, picture: Picture, number: int) -> tuple[str, ...]:
        row = picture.rows[number]
        shares = len(picture.shown) if picture.share else 0
        cells = (cell(one, share=place < shares) for place, one in enumerate(row.numbers))
        return (self.key(picture, row.key), *cells)

    def _drawings(self, picture: Picture, names: tuple[str, ...]) -> Iterator[Drawing]:
        rows = picture.rows if picture.kind is not Kind.BARS else _worth_drawing(picture)
        labels = [self.key(picture, row.key) for row in rows]
        numbers = [[number or 0 for number in row.numbers[: len(names)]] for row in rows]
        if picture.kind is Kind.BARS:
            yield charts.bars(labels, names, numbers, NARROW)
            return
        for width in (WIDE, NARROW):
            if picture.kind is Kind.LINE:
                shares = [row.numbers[0] for row in rows]
                most = max(LEAST, *(share or 0 for share in shares))
                yield charts.line(labels, shares, width, most=most, unit="%")
            else:
                yield charts.columns(labels, names, numbers, width)

    def _told(self, picture: Picture) -> str:
        """The sum and the most, or of shares the least and the most."""
        drawn = len(picture.shown)
        sums = [(sum(number or 0 for number in row.numbers[:drawn]), row) for row in picture.rows]
        if picture.is_empty:
            return self.say("told.nothing")
        if picture.share:
            known = [(row.numbers[0], row) for row in picture.rows if row.numbers[0] is not None]
            if not known:
                return self.say("told.nothing")
            most, row = max(known, key=lambda pair: pair[0] or 0)
            return self.say("told.share", most=cell(most, share=True), key=self.key(picture, row.key))
        number, row = max(sums, key=lambda pair: pair[0])
        return self.say("told.sum", total=plain(picture.total), most=plain(number), key=self.key(picture, row.key))


def _worth_drawing(picture: Picture) -> tuple[Row, ...]:
    """What takes time has all its steps, also those in which nothing happened."""
    if picture.name in STEPS:
        return picture.rows
    return tuple(row for row in picture.rows if any(row.numbers[: len(picture.shown)]))[:FEW]


def cell(number: Number, *, share: bool = False) -> str:
    if number is None:
        return NOTHING
    return f"{plain(number)} %" if share else plain(number)
