"""The cells that say whom to write to: as people write phones and IINs, and as spreadsheets spoil them."""

import re
from datetime import date
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from dialogs.people import Iin, read_iin, read_phone
from gateway.broadcasts.intake.refusal import reason
from gateway.broadcasts.intake.rows import Reason

_CODE = 7
SIMULATED = "+7799"
"""So numbers begin that no operator has: for trying things out. Whoever sends decides whether they may be sent to."""
_MOBILE = re.compile(r"(?:\+?7|8)?(7[0-9]{2})([0-9]{7})")
_AROUND = dict.fromkeys(
    map(
        ord,
        " \t\n()-.\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u200b\u200e\u200f\u202a\u202c\u2060\ufeff",
    )
)
"""What stands around and between digits, seen or not: phones are copied from pages and address books."""
_MANY = re.compile(r"[,;/|\n\\]|\s(?:и|или|және|немесе)\s")
_WHOLE = re.compile(r"([0-9]+)[.,]0+")
_POWER = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eEеЕ]\+?([0-9]{1,2})")
"""How Excel shows a number for which its column is too narrow, and saves it as CSV."""
_DIGITS = range(9, 12)
"""An IIN of somebody born after 1999 begins with zeros, and a number has none: up to three are lost."""


def looks_like_phone(text: str) -> bool:
    return not isinstance(read(text), Reason)


def read(text: str) -> str | Reason:
    """+77…, if that is a mobile phone in Kazakhstan."""
    found = _MOBILE.fullmatch(text) or _MOBILE.fullmatch(text.translate(_AROUND))
    if found and _is_mobile(found[1]):
        return f"+{_CODE}{found[1]}{found[2]}"
    number = _number(text)
    if number is None:
        return reason("phone_rounded")
    return read(number) if number != text else _odd(text)


def _odd(text: str) -> str | Reason:
    if sum(_digits(part) >= 10 for part in _MANY.split(text)) > 1:
        return reason("phone_several")
    if any(map(str.isalpha, text)):
        return reason("phone_letters")
    phone = read_phone(text)
    if phone is None or (text.startswith("8") and _digits(text) == 10):  # elsewhere that would be a number
        digits = _digits(text)
        return reason("phone_wrong") if digits == 11 else reason("phone_digits", digits=digits)
    if not phone.of_kazakhstan:
        return reason("phone_foreign")
    kind = _type(phone.e164)
    if kind == PhoneNumberType.MOBILE:
        return phone.e164
    return reason("phone_landline" if kind == PhoneNumberType.FIXED_LINE else "phone_wrong")


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


@cache
def _is_mobile(prefix: str) -> bool:
    """Whose number it is shows in three digits."""
    begin = f"+{_CODE}{prefix}"
    return begin == SIMULATED or _type(f"{begin}0000000") == PhoneNumberType.MOBILE


def _type(e164: str) -> int:
    return phonenumbers.number_type(PhoneNumber(country_code=_CODE, national_number=int(e164[2:])))


def read_own_number(text: str, today: date) -> str | Reason:
    """The IIN, twelve digits."""
    number = _number(text)
    if number is None:
        return reason("iin_rounded")
    if len(number) in _DIGITS and number.isdecimal() and number[0] != "0":
        number = number.zfill(12)
    found = read_iin(number, today)
    if isinstance(found, Iin):
        return found.digits
    return reason(f"iin_{found}", digits=_digits(text)) if found == "length" else reason(f"iin_{found}")


def _number(text: str) -> str | None:
    """A spreadsheet makes numbers of digits: 77771234567.0, 7.7771234567E+10. None: digits are lost."""
    if whole := _WHOLE.fullmatch(text):
        return whole[1]
    power = _POWER.fullmatch(text)
    if power is None:
        return text
    digits = power[1] + (power[2] or "")
    return digits if len(digits) == int(power[3]) + 1 else None
