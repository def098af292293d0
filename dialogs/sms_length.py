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
    if _ALL_GSM.issuperset(text):
        return _length([1 + (letter in _GSM_ESCAPED) for letter in text], 160, 153)
    return _length([1 + (letter > _WIDE) for letter in text], 70, 67)


def _length(sizes: list[int], alone: int, together: int) -> Length:
    """A letter that takes the room of two is never torn in two: it goes to the next part as a whole."""
    characters = sum(sizes)
    if characters <= alone:
        return Length(1, characters)
    if characters == len(sizes):
        return Length(-(-characters // together), characters)
    parts, room = 1, together
    for size in sizes:
        if size > room:
            parts, room = parts + 1, together
        room -= size
    return Length(parts, characters)


def units(text: str) -> int:
    """UTF-16 units: what SMS with other than Latin letters are counted in, and Telegram's messages always."""
    return len(text.encode("utf-16-le")) // 2
