"""Personal data that hides itself: what is printed or logged by mistake shows only its end."""

import re

_MOBILE = re.compile(r"\+77\d{9}")
_NOT_DIGITS = re.compile(r"\D+")


class Phone:
    """A mobile number of Kazakhstan."""

    __slots__ = ("e164",)

    def __init__(self, e164: str) -> None:
        self.e164 = e164

    def __str__(self) -> str:
        return f"••••••••{self.e164[-4:]}"

    __repr__ = __str__


def read_phone(text: str) -> Phone | None:
    """`+7 701 …`, `8 701 …`, `701 …`; anything else is no mobile number of Kazakhstan."""
    digits = _NOT_DIGITS.sub("", text)
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    e164 = f"+7{digits}"
    return Phone(e164) if _MOBILE.fullmatch(e164) else None
