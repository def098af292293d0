"""A text as the person sees it: without what cannot be seen, and without what would show it in another order.

Letters, digits and signs stay as they came. What cannot be told for certain becomes «�», and decides nothing.
"""

import re
import unicodedata

LONGEST = 4096
"""Characters that are kept of a text. Far fewer are read; see `understand.LONGEST`."""
UNSURE = "\ufffd"

_UNSEEN = dict.fromkeys(
    (
        0x00AD,
        0x034F,
        0x061C,
        *range(0x115F, 0x1161),
        *range(0x17B4, 0x17B6),
        *range(0x180B, 0x1810),
        0x200B,
        0x200E,
        0x200F,
        *range(0x202A, 0x202D),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xE0000, 0xE1000),
    )
)
"""They take no room on a screen. Those that join the parts of an emoji, or colour one, stay."""
_TURNED = re.compile("[\u202d\u202e]")
_TURNS = re.compile("[\u061c\u200f\u202b\u2067\u2068]")
"""After them several numbers may be seen in the opposite order."""
_NUMBERS = re.compile(r"\d\D+\d")
_LINES = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")


def cleaned(text: str) -> str:
    text = text[:LONGEST]
    if text.isprintable():  # nearly always
        return text
    text = _TURNED.sub(UNSURE, text)
    if _TURNS.search(text) and _NUMBERS.search(text):
        text = _TURNS.sub(UNSURE, text)
    text = text.replace("\r\n", "\n").translate(_UNSEEN).translate(_LINES)
    return "".join(map(_kept, text))


def _kept(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t":
        return letter
    match unicodedata.category(letter):
        case "Cc":
            return " "
        case "Cs" | "Cn":
            return UNSURE
    return letter
