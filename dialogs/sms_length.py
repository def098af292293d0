"""How long a text is as an SMS, and how many an operator counts and charges."""

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


class Length(Struct, frozen=True):
    parts: int
    characters: int


def measure(text: str) -> Length:
    """Latin letters of the GSM alphabet go 160 to a part; one letter from outside, and all go 70 to a part. Each part
    of a longer text gives up some room for its place among the others."""
    letters = set(text)
    if letters <= _ALL_GSM:
        return _length(text, letters & _GSM_ESCAPED, 160, 153)
    return _length(text, {letter for letter in letters if letter > _WIDE}, 70, 67)


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
