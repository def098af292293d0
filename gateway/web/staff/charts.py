"""Small drawings of numbers: columns, lines and bars, as what a template writes down as SVG.

Each is drawn twice, for a wide screen and for a phone, so that its letters are as large as those around it. Nothing
is told by colour alone: each series has its pattern, and its name stands in the legend.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

from msgspec import Struct

WIDE, NARROW = 720, 340
"""Units, which are pixels where there is room for them."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 14, 26
_HEIGHT = 220
_BAR, _BETWEEN, _WORDS = 18, 12, 18
_LETTER = 7.2
"""Units that a letter takes, about."""
_MOST_LABELS = {WIDE: 8, NARROW: 4}
_DOT = 5.0
PATTERNS = 6


class Box(Struct, frozen=True):
    x: float
    y: float
    width: float
    height: float
    pattern: int
    """From 1 to `PATTERNS`."""
    title: str


class Dot(Struct, frozen=True):
    x: float
    y: float
    title: str


class Word(Struct, frozen=True):
    x: float
    y: float
    text: str
    anchor: str = "start"


class Drawing(Struct, frozen=True):
    width: int
    height: float
    boxes: tuple[Box, ...] = ()
    dots: tuple[Dot, ...] = ()
    paths: tuple[str, ...] = ()
    """Points of lines."""
    rules: tuple[float, ...] = ()
    """Heights at which a thin line goes across…"""
    left: float = 0.0
    """…from here on."""
    words: tuple[Word, ...] = ()


def columns(
    labels: Sequence[str], names: Sequence[str], numbers: Sequence[Sequence[float]], width: int, *, unit: str = ""
) -> Drawing:
    """One column for each label, in it the numbers one upon another."""
    frame = _Frame(len(labels), max((sum(row) for row in numbers), default=0), width, unit)
    boxes = []
    for place, row in enumerate(numbers):
        base = 0.0
        for series, number in enumerate(row):
            if not number:
                continue
            top, bottom = frame.y(base + number), frame.y(base)
            title = f"{labels[place]}: {names[series]} – {plain(number)}{unit}"
            left = frame.x(place) + frame.step * 0.12
            boxes.append(Box(_r(left), top, _r(frame.step * 0.76), _r(bottom - top), _pattern(series), title))
            base += number
    return Drawing(
        width, _HEIGHT, tuple(boxes), rules=frame.rules, left=_LEFT, words=(*frame.ticks, *frame.labels(labels))
    )


def line(labels: Sequence[str], numbers: Sequence[float | None], width: int, *, most: float, unit: str) -> Drawing:
    """Where there is no number the line is interrupted."""
    frame = _Frame(len(labels), most, width, unit)
    dots, paths, points = [], [], list[str]()
    for place, number in enumerate(numbers):
        if number is None:
            paths.append(" ".join(points))
            points = []
            continue
        x, y = _r(frame.x(place) + frame.step / 2), frame.y(number)
        points.append(f"{x},{y}")
        dots.append(Dot(x, y, f"{labels[place]}: {plain(number)}{unit}"))
    paths.append(" ".join(points))
    return Drawing(
        width,
        _HEIGHT,
        dots=tuple(dots) if frame.step > _DOT else (),
        paths=tuple(path for path in paths if " " in path),
        rules=frame.rules,
        left=_LEFT,
        words=(*frame.ticks, *frame.labels(labels)),
    )


def bars(
    labels: Sequence[str], names: Sequence[str], numbers: Sequence[Sequence[float]], width: int, *, unit: str = ""
) -> Drawing:
    """One bar for each label, which stands above it; at its end the sum."""
    most = max((sum(row) for row in numbers), default=0) or 1
    room = width - 2 - _LETTER * max((len(plain(sum(row)) + unit) for row in numbers), default=1) - 8
    boxes, words, y = [], [], 0.0
    for label, row in zip(labels, numbers, strict=True):
        words.append(Word(0, y + _WORDS - 5, _cut(label, width)))
        x = 0.0
        for series, number in enumerate(row):
            if number:
                long = max(1.5, number / most * room)
                title = f"{label}: {names[series]} – {plain(number)}{unit}"
                boxes.append(Box(_r(x), y + _WORDS, _r(long), _BAR, _pattern(series), title))
                x += long
        words.append(Word(_r(x + 6), y + _WORDS + _BAR - 5, f"{plain(sum(row))}{unit}"))
        y += _WORDS + _BAR + _BETWEEN
    return Drawing(width, max(y, 1.0), tuple(boxes), words=tuple(words))


class _Frame:
    """Where numbers stand above their labels."""

    def __init__(self, count: int, most: float, width: int, unit: str) -> None:
        self._width = width
        self.step = (width - _LEFT - _RIGHT) / max(count, 1)
        grid = _grid(most)
        self._most = grid[-1]
        self.rules = tuple(self.y(one) for one in grid)
        self.ticks = tuple(Word(_LEFT - 6, self.y(one) + 4, f"{plain(one)}{unit}", "end") for one in grid)

    def x(self, place: int) -> float:
        return _LEFT + self.step * place

    def y(self, number: float) -> float:
        return _r(_HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * number / self._most)

    def labels(self, labels: Sequence[str]) -> list[Word]:
        every = max(1, ceil(len(labels) / _MOST_LABELS[self._width]))
        found = []
        for place in range(0, len(labels), every):
            x, half = self.x(place) + self.step / 2, len(labels[place]) * _LETTER / 2
            x = min(max(x, half), self._width - half)
            found.append(Word(_r(x), _HEIGHT - 7, labels[place], "middle"))
        return found


def _grid(most: float) -> list[float]:
    """Round numbers from 0 on, the last one not below `most`."""
    if most <= 4:
        return [float(one) for one in range(max(1, ceil(most)) + 1)]
    power = 10 ** floor(log10(most / 4))
    step = next(one * power for one in (1, 2, 5, 10) if one * power * 4 >= most)
    return [float(step * place) for place in range(ceil(most / step) + 1)]


def plain(number: float) -> str:
    """With a thin space between thousands, and no more digits than it has."""
    text = f"{number:,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", "\u202f").replace(".", ",")


def _cut(label: str, width: int) -> str:
    most = int(width / _LETTER)
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _pattern(series: int) -> int:
    return series % PATTERNS + 1


def _r(number: float) -> float:
    return round(number, 1)
