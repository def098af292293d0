"""What a text says of a size: «96», «белім 96 см», «18 кг», «талия 96, бедра 110, повышенная»."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum, StrEnum, auto
from functools import lru_cache

from msgspec import Struct

from dialogs import spelling


class Measure(StrEnum):
    WAIST = "waist"
    WEIGHT = "weight"


class Absorbency(StrEnum):
    ORDINARY = "ordinary"
    RAISED = "raised"


class Number(Struct, frozen=True):
    value: Decimal
    may_be: frozenset[Measure]
    """What it can measure: by the words around it, and because nobody's waist is 5 cm."""
    marked: bool
    """A unit, or the name of what is measured, goes with it."""


class Heard(Struct, frozen=True):
    numbers: tuple[Number, ...]
    absorbency: Absorbency | None
    doubtful: bool
    """A question, a «not», both absorbencies, or several numbers of which nobody can say which is what."""


class _Mark(Enum):
    WAIST = auto()
    WEIGHT = auto()
    OTHER = auto()
    CM = auto()
    KG = auto()
    OTHER_UNIT = auto()
    ORDINARY = auto()
    RAISED = auto()
    NOT = auto()


_PATTERNS = {
    mark: re.compile(pattern)
    for mark, pattern in {
        _Mark.WAIST: "bel((i|im)?nin|i|im|in|din|di|de)?|beldeu.*|tali(i|ia|iia|e|ei|iei|u|iu)|talia|talija|poias",
        _Mark.WEIGHT: "ves(it|om|u)?|salma[kg].*",
        _Mark.OTHER: "rost(a|om)?|boi(i|im)?|bedr.*|beder|jambas.*|razmer.*|vozrast.*|jas(i|im)?",
        _Mark.CM: "cm|sm|santi.*",
        _Mark.KG: "kg|kilo.*",
        _Mark.OTHER_UNIT: "m|mm|metr.*|g|gr|gram.*|let|god.*|mesiac.*|ai|aili[kg]|jas.*|wt|wtuk.*|dana|razmer",
        _Mark.ORDINARY: "(obi[cw]n|obiknoven|prost)(aia|a|i|ii|ie|uiu|u|oi|oe|ei)|normaln(aia|i|ie|uiu|oi|oe)"
        "|karapaim(i|dai)?|kadimgi(si|dei)?|kalipti",
        _Mark.RAISED: "(poviwen|usilen|siln)(aia|a|i|ii|ie|uiu|u|oi|oe|ei)|jo[gk]ar(i|gi|isi|irak)|kuwti(si|rek)?",
        _Mark.NOT: "ne|net|emes|jok",
    }.items()
}
"""In the coarse spelling."""
_LABELS: dict[_Mark, frozenset[Measure]] = {
    _Mark.WAIST: frozenset({Measure.WAIST}),
    _Mark.WEIGHT: frozenset({Measure.WEIGHT}),
    _Mark.OTHER: frozenset(),
}
_UNITS: dict[_Mark, frozenset[Measure]] = {
    _Mark.CM: frozenset({Measure.WAIST}),
    _Mark.KG: frozenset({Measure.WEIGHT}),
    _Mark.OTHER_UNIT: frozenset(),
}
_ABSORBENCY = {_Mark.ORDINARY: Absorbency.ORDINARY, _Mark.RAISED: Absorbency.RAISED}
_POSSIBLE = {Measure.WAIST: (30, 200), Measure.WEIGHT: (1, 150)}
"""Centimetres of an adult, kilograms of a child: anything else is a slip."""
_RATHER_HEIGHT = 60
"""A number above it that nothing goes with is hardly the weight of a child."""
_TOKEN = re.compile(r"(?P<number>\d+(?:[.,]\d{1,2}(?!\d))?)|[^\W\d_]+")

_Token = Decimal | frozenset[_Mark]


def hear(text: str) -> Heard:
    text = unicodedata.normalize("NFKC", text)
    tokens: list[_Token] = [
        Decimal(token[0].replace(",", ".")) if token["number"] else _marks(token[0])
        for token in _TOKEN.finditer(text)
    ]
    numbers, sure = _numbers(tokens)
    said = {mark for token in tokens if isinstance(token, frozenset) for mark in token}
    absorbencies = [absorbency for mark, absorbency in _ABSORBENCY.items() if mark in said]
    return Heard(
        numbers=numbers,
        absorbency=absorbencies[0] if len(absorbencies) == 1 else None,
        doubtful=not sure or _Mark.NOT in said or len(absorbencies) > 1 or "?" in text or "؟" in text,
    )


def _numbers(tokens: Sequence[_Token]) -> tuple[tuple[Number, ...], bool]:
    """Each number with its label and unit. Of several, one without a label is nobody's: «96 талия, 110 бедра» and
    «талия 96, бедра 110» must not be mixed up."""
    places = [(place, token) for place, token in enumerate(tokens) if isinstance(token, Decimal)]
    numbers, sure, behind = [], True, -1
    for place, value in places:
        label = _first(tokens[behind + 1 : place][::-1], _LABELS)
        unit = _first(tokens[place + 1 : place + 2], _UNITS)
        if label is None and len(places) > 1:
            sure = sure and unit is not None and Measure.WAIST not in unit
        elif label is None:
            label = _first(tokens[place + 1 :], _LABELS)
        numbers.append(_number(value, [limit for limit in (label, unit) if limit is not None]))
        behind = place
    return tuple(numbers), sure


def _number(value: Decimal, limits: Sequence[frozenset[Measure]]) -> Number:
    may_be = frozenset(measure for measure, (least, most) in _POSSIBLE.items() if least <= value <= most)
    if not limits and value > _RATHER_HEIGHT:
        may_be -= {Measure.WEIGHT}
    return Number(value, may_be.intersection(*limits), marked=bool(limits))


def _first(tokens: Sequence[_Token], meanings: dict[_Mark, frozenset[Measure]]) -> frozenset[Measure] | None:
    for token in tokens:
        if isinstance(token, frozenset) and (mark := next((mark for mark in meanings if mark in token), None)):
            return meanings[mark]
    return None


@lru_cache(maxsize=1024)
def _marks(word: str) -> frozenset[_Mark]:
    return frozenset(
        mark for token in spelling.tokens(word) for mark, pattern in _PATTERNS.items() if pattern.fullmatch(token)
    )
