"""Personal data that hides itself: what is printed or logged by mistake shows only its end."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

import phonenumbers
from msgspec import Struct
from phonenumbers import NumberParseException, PhoneNumberFormat

from dialogs.language import Language

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


class Iin(Struct, frozen=True):
    """A person's own number. It begins with a date of birth, but the papers may rightly say another one: so it is
    compared with nothing that is known about the person."""

    digits: str

    def __str__(self) -> str:
        return f"••••••••{self.digits[-4:]}"

    __repr__ = __str__


class IinFault(StrEnum):
    """Which part of it cannot be right."""

    LETTERS = "letters"
    LENGTH = "length"
    BIRTH_DATE = "birth_date"
    CENTURY = "century"
    CHECK = "check"


class Bin(Struct, frozen=True):
    """The number of an organisation."""

    digits: str

    def __str__(self) -> str:
        return f"••••••••{self.digits[-4:]}"

    __repr__ = __str__


class BinFault(StrEnum):
    """Which part of it cannot be right."""

    LETTERS = "letters"
    LENGTH = "length"
    REGISTERED = "registered"
    KIND = "kind"
    CHECK = "check"


_LENGTH = 12
_OLDEST = 125
"""Years: nobody has been known to be older for certain."""
_CENTURIES = {"0": (1900, 2000), "1": (1800,), "2": (1800,), "3": (1900,), "4": (1900,), "5": (2000,), "6": (2000,)}
"""The seventh digit. An even one is a woman's, an odd one a man's; 0 is given to foreigners, who live here by permit
and may ask for services too: their century is not told, so either may be meant."""
_KINDS = "456"
"""The fifth digit of a BIN: of the country, from abroad, a joint undertaking of persons."""
_FIRST = tuple(range(1, 12))
_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_BETWEEN = re.compile(r"[\s.\u2010-\u2015\u2212-]+")
"""How people part long numbers: spaces, dots, dashes."""


def read_iin(text: str, today: date) -> Iin | IinFault:
    digits = _digits(text)
    if digits is None:
        return IinFault.LETTERS
    if len(digits) != _LENGTH:
        return IinFault.LENGTH
    return _birth_fault(digits, today) or (Iin(digits) if _check(digits) == digits[-1] else IinFault.CHECK)


def read_bin(text: str) -> Bin | BinFault:
    digits = _digits(text)
    if digits is None:
        return BinFault.LETTERS
    if len(digits) != _LENGTH:
        return BinFault.LENGTH
    if not 1 <= int(digits[2:4]) <= 12:
        return BinFault.REGISTERED
    if digits[4] not in _KINDS:
        return BinFault.KIND
    return Bin(digits) if _check(digits) == digits[-1] else BinFault.CHECK


def _digits(text: str) -> str | None:
    """Without what parts them; None if anything else stands among them. Digits of any script are digits."""
    if not (text.isascii() and text.isdigit()):
        text = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
        if any(not letter.isdecimal() for letter in text):
            return None
    return text if text.isascii() else "".join(str(unicodedata.decimal(letter)) for letter in text)


def _birth_fault(digits: str, today: date) -> IinFault | None:
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if next(_dates((2000,), 0, month, day), None) is None:  # a leap year: no such day in any other either
        return IinFault.BIRTH_DATE
    if digits[6] not in _CENTURIES:
        return IinFault.CENTURY
    born = list(_dates(_CENTURIES[digits[6]], year, month, day))
    if any(today.year - _OLDEST <= one.year and one <= today for one in born):
        return None
    return IinFault.CENTURY if born and all(one.year != today.year for one in born) else IinFault.BIRTH_DATE


def _dates(centuries: tuple[int, ...], year: int, month: int, day: int) -> Iterator[date]:
    for century in centuries:
        try:
            yield date(century + year, month, day)
        except ValueError:
            continue


def _check(digits: str) -> str | None:
    """What the last of the twelve has to be; no number is given out for which it cannot be told."""
    for weights in (_FIRST, _SECOND):
        rest = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11
        if rest < 10:
            return str(rest)
    return None


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

    @property
    def sms_phone(self) -> str | None:
        return next(iter(self.sms_phones), None)

    @property
    def sms_phones(self) -> tuple[str, ...]:
        """Those that an SMS can reach."""
        phones = map(read_phone, self.phones)
        return tuple(phone.e164 for phone in phones if phone is not None and phone.of_kazakhstan)

    def __repr__(self) -> str:
        return f"••••••••{self.iin[-4:]}"


def initials(name: str) -> str:
    """For whoever may not read the name."""
    return " ".join(f"{part[0]}." for part in name.split())


def mark(iin: str) -> str:
    """Tells apart the few persons behind one phone."""
    return blake2b(iin.encode(), digest_size=6).hexdigest()
