"""From a text that may answer an offer to what is said in it: numbers, and what each word does to an answer.

Words are compared in the coarse spelling of `spelling`: «келісемін», «келисемын» and «kelisemin» are one word.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct
from rapidfuzz.distance import OSA

from dialogs.matters.answer_words import WORDS, Sense
from dialogs.spelling import tokens
from dialogs.understand import LONGEST, normalised

_LEFT_OUT = str.maketrans(
    {"№": " "} | dict.fromkeys(["\ufe0e", "\ufe0f", "\u20e3", *(chr(c) for c in range(0x1F3FB, 0x1F400))])
)
"""«№» would be normalised to «no»; the others only colour an emoji, or box a digit."""
_LEADING_R = re.compile(r"\b[rр](?=[ .:‐–—-]*\d)")
"""As other services demand it. After a number «р» is money."""
_SET_APART = re.compile(r"(?<!\d)\d(?:[ .‐–—-]{1,3}\d)+(?!\d)")
_ITEM = re.compile(r"(?P<number>\d+)|(?P<word>[^\W\d_]+(?:['’ʹ][^\W\d_]+)*)|(?P<sign>[^ ])")
_BREAKS = frozenset(".,;:!…()«»\"“”„'’#*_/‐–—-")
_MARKS = frozenset("?؟❓❔‽")
_FACES = frozenset("🙂😊☺😀😃😄🙏❤💐🌹🌷🌸")
_SIGNS = frozenset("+👍👌✅✔☑🤝🆗💯👎❌🚫⛔✖")
_LOOKALIKES = re.compile(r"(?=.*\d)[\doоlіiзz]{3}")
"""«4o2»: meant as a code, but nobody guesses which."""
_BREAK = "."
"""Between two words that are no phrase: «не, согласна»."""

_AS_TYPED = frozenset({"я", "йа", "ya", "но"})
"""Short words that the coarse spelling would take for others: «я» for «иә», «но» for the Latin «no»."""
_AGREE = "kelis"
_TWO_S = re.compile(r"[сcs]{2}")
"""«Келіссем» is «if I agreed»; the coarse spelling hears no double letters."""
_CONDITIONAL = re.compile(r".{3,}(?:са|се|sa|se)")
_SLIPS = {
    Sense.YES: ("soglasna", "soglasen", "soglasni", "soglawaius"),
    Sense.REFUSAL: ("otkazivaius",),
    Sense.DISAGREES: ("nesoglasna", "nesoglasen"),
}
"""Long words that stay themselves with one slip, if it is not in their ending: «согласия» is not «согласна». The
Kazakh verbs do not: with one letter more they say the opposite."""
_LONG = 7
_ENDING = 3


class Said(Struct, frozen=True):
    senses: tuple[Sense, ...]
    numbers: tuple[str, ...]
    odd: bool
    """There are signs whose meaning nobody knows, or the text is longer than is read."""


def read(text: str) -> Said:
    odd = len(text) > LONGEST or any(unicodedata.category(c) == "No" for c in text[:LONGEST])
    plain = _LEADING_R.sub("", normalised(text[:LONGEST].translate(_LEFT_OUT)))
    plain = _SET_APART.sub(_joined, plain)
    items: list[str] = []
    numbers: list[str] = []
    if _LOOKALIKES.fullmatch(plain) and not plain.isdigit():
        return Said((Sense.VAGUE,), (), odd=True)
    for found in _ITEM.finditer(plain):
        item = found[0]
        if found.lastgroup == "number":
            numbers.append(item)
            items.append(_BREAK)
        elif found.lastgroup == "word" or item in _SIGNS:
            items.append(item)
        elif item in _MARKS:
            items.append("?")
        elif item in _BREAKS or item in _FACES:
            items.append(_BREAK)
        else:
            odd = True
            items.append(_BREAK)
    return Said(tuple(_senses(items)), tuple(numbers), odd)


def _joined(apart: re.Match[str]) -> str:
    digits = [c for c in apart[0] if c.isdigit()]
    return "".join(digits) if len(digits) == 3 else apart[0]


def _coarse(word: str) -> str:
    if word in _AS_TYPED:
        return word
    coarse = "".join(tokens(word)) or word
    return coarse + "?" if coarse.startswith(_AGREE) and _TWO_S.search(word) else coarse


_PHRASES: dict[tuple[str, ...], Sense] = {
    tuple(_coarse(word) for word in phrase.split()): sense
    for sense, phrases in WORDS.items()
    for phrase in phrases.split(",")
}
_LONGEST_PHRASE = max(len(phrase) for phrase in _PHRASES)


def _senses(items: Sequence[str]) -> Iterator[Sense]:
    """`items`: words, signs and breaks in their order. The longest phrase is heard first."""
    coarse = [item if item == _BREAK else _coarse(item) for item in items]
    at = 0
    while at < len(coarse):
        for length in range(min(_LONGEST_PHRASE, len(coarse) - at), 0, -1):
            sense = _PHRASES.get(tuple(coarse[at : at + length]))
            if sense is not None:
                yield sense
                at += length
                break
        else:
            if items[at] != _BREAK:
                yield _unlisted(items[at], coarse[at])
            at += 1


def _unlisted(word: str, coarse: str) -> Sense:
    if coarse.startswith(_AGREE):  # with an ending that is in no list
        return Sense.VAGUE
    if _CONDITIONAL.fullmatch(word):
        return Sense.IF
    if len(coarse) < _LONG:
        return Sense.OTHER
    near = [
        (sense, known, slips)
        for sense, words in _SLIPS.items()
        for known in words
        if (slips := OSA.distance(coarse, known, score_cutoff=2)) <= 2
    ]
    sure = {sense for sense, known, slips in near if slips == 1 and known[-_ENDING:] == coarse[-_ENDING:]}
    if len(sure) == 1 and all(sense in sure for sense, _, _ in near):
        return sure.pop()
    return Sense.VAGUE if near else Sense.OTHER
