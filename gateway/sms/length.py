"""How many SMS a text takes, as operators count and charge it."""

from msgspec import Struct

from dialogs.sms_length import units

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("^{}\\[~]|€")
"""Each takes the room of two."""


class Length(Struct, frozen=True):
    parts: int
    characters: int


def measure(text: str) -> Length:
    """Latin letters of the GSM alphabet go 160 to a part; one letter from outside, and all go 70 to a part. Each part
    of a longer text gives up some room for its place among the others."""
    if _GSM.union(_GSM_ESCAPED).issuperset(text):
        return _length(len(text) + sum(letter in _GSM_ESCAPED for letter in text), 160, 153)
    return _length(units(text), 70, 67)


def _length(characters: int, alone: int, together: int) -> Length:
    return Length(1 if characters <= alone else -(-characters // together), characters)
