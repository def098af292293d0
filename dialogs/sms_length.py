"""How a text leaves as an SMS, how long it is then, and how many an operator counts and charges."""

import re
import unicodedata

from msgspec import Struct

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("^{}\\[~]|€\f")
"""Each takes the room of two."""
_ALL_GSM = _GSM | _GSM_ESCAPED
_WIDE = "\uffff"
"""Letters beyond it, faces and flags for the most part, are two UTF-16 units."""
_ALONE, _TOGETHER = 70, 67
"""UTF-16 units in a part."""
_NO_LETTERS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no phone shows, and halves of a pair that stand alone."""
_PLAIN = str.maketrans(
    dict.fromkeys("«»“”„‟", '"')
    | dict.fromkeys("‘’‚‛‹›`´", "'")
    | dict.fromkeys("‐‑‒–—―−•·", "-")
    | dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f", " ")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff")
    | {"…": "...", "№": "No"}
)
"""Signs of a typesetter, of which one alone would make more than twice as many SMS out of a Latin text."""
_NEARLY_GSM = _ALL_GSM.union(map(chr, _PLAIN))
"""A text with any other letter in it stays what it is: there is no need to write it plainly and see."""
_TIE, _FLAGS = "\u200d", ("\U0001f1e6", "\U0001f1ff")
_CLINGING = re.compile("[\u200d\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Tints, ties and frames: they make one picture with the letter before them."""


class Length(Struct, frozen=True):
    parts: int
    characters: int


def fitted(text: str) -> str:
    """As it leaves: a letter and its mark are one, and what would needlessly make it more SMS is written plainly.

    Nothing else is changed, unless a face would be torn by the end of a part, for gateways cut by the unit and not by
    the letter: then a space before it takes it to the next part."""
    text = _NO_LETTERS.sub("", unicodedata.normalize("NFC", text)).replace("\t", " ")
    if is_latin(text):
        return text
    if _NEARLY_GSM.issuperset(text):
        plain = text.translate(_PLAIN)
        if is_latin(plain) and _measured(plain).parts <= _measured(text).parts:
            return plain
    return _untorn(text) if len(text) < units(text) > _ALONE else text


def is_latin(text: str) -> bool:
    """Can all of it be written in the alphabet of GSM?"""
    return _ALL_GSM.issuperset(text)


def measure(text: str) -> Length:
    """Latin letters of the GSM alphabet go 160 to a part; one letter from outside, and all go 70 to a part. Each part
    of a longer text gives up some room for its place among the others."""
    return _measured(fitted(text))


def _measured(text: str) -> Length:
    letters = set(text)
    if letters <= _ALL_GSM:
        return _length(text, letters & _GSM_ESCAPED, 160, 153)
    return _length(text, {letter for letter in letters if letter > _WIDE}, _ALONE, _TOGETHER)


def _untorn(text: str) -> str:
    letters: list[str] = []
    place = begins = 0
    for letter in text:
        if not _clings(letter, letters, begins):
            begins = len(letters)
        if letter > _WIDE and place % _TOGETHER == _TOGETHER - 1:
            letters.insert(begins, " ")
            begins, place = begins + 1, place + 1
        letters.append(letter)
        place += 1 + (letter > _WIDE)
    return "".join(letters)


def _clings(letter: str, before: list[str], begins: int) -> bool:
    """Does it make one picture with what begins there? Flags are pairs."""
    picture = before[begins:]
    if not picture:
        return False
    flags = all(_FLAGS[0] <= one <= _FLAGS[1] for one in (*picture, letter))
    return _CLINGING.match(letter) is not None or picture[-1] == _TIE or (flags and len(picture) == 1)


def _length(text: str, doubled: set[str], alone: int, together: int) -> Length:
    """`doubled`: letters that take the room of two. None is ever torn in two: it goes to the next part as a whole."""
    if not doubled:
        return Length(1 if len(text) <= alone else -(-len(text) // together), len(text))
    sizes = [1 + (letter in doubled) for letter in text]
    characters = sum(sizes)
    if characters <= alone:
        return Length(1, characters)
    parts, room = 1, together
    for size in sizes:
        if size > room:
            parts, room = parts + 1, together
        room -= size
    return Length(parts, characters)


def units(text: str) -> int:
    """UTF-16 units: what SMS with other than Latin letters are counted in, and Telegram's messages always."""
    return len(text.encode("utf-16-le")) // 2
