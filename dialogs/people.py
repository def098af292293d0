"""Personal data that hides itself: what is printed or logged by mistake shows only its end."""

import re
from datetime import date
from functools import lru_cache
from hashlib import blake2b

import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumberFormat

from dialogs.messages import Language

_HOME = "KZ"
_PLAIN = re.compile(r"\+77[0-9]{9}")


class Phone:
    """A number that somebody can be reached at: no short code, no name of a company."""

    __slots__ = ("e164",)

    def __init__(self, e164: str) -> None:
        self.e164 = e164

    @property
    def of_kazakhstan(self) -> bool:
        return _PLAIN.fullmatch(self.e164) is not None

    def __str__(self) -> str:
        return f"••••••••{self.e164[-4:]}"

    __repr__ = __str__


@lru_cache(maxsize=16_384)
def read_phone(text: str) -> Phone | None:
    """`+7 701 …`, `8 701 …`, `7701…`, `701 …`; a number from abroad with its plus."""
    if _PLAIN.fullmatch(text):
        return Phone(text)  # as gateways write it; parsing takes as long as a whole turn
    if any(letter.isalpha() for letter in text):
        return None  # a name; some would be read as a number by the letters on old keys
    try:
        number = phonenumbers.parse(text, _HOME)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164))


class Citizen(Struct, frozen=True, kw_only=True):
    """Somebody whom E-Sobes knows."""

    iin: str
    name: str
    """Surname first, as in the papers."""
    birth_date: date
    language: Language
    ward: bool
    """Somebody else acts for them: a parent, a guardian."""
    phones: tuple[str, ...]

    @property
    def key(self) -> str:
        """Their short name in buttons and sessions."""
        return mark(self.iin)

    def __repr__(self) -> str:
        return f"••••••••{self.iin[-4:]}"


def mark(iin: str) -> str:
    """Tells apart the few persons behind one phone."""
    return blake2b(iin.encode(), digest_size=6).hexdigest()
