"""Phone numbers as gateways and people write them → E.164."""

import re

_NOT_DIGITS = re.compile(r"[\s().\-]+")
_E164 = re.compile(r"\+[1-9]\d{8,14}", re.ASCII)
_NATIONAL = re.compile(r"7\d{9}", re.ASCII)


def normal(number: str) -> str | None:
    """`87011234567`, `7701…`, `701…`, `+7 701 …` → `+77011234567`.

    None for what is no person's phone: short codes and names of companies, which nobody can answer.
    """
    bare = _NOT_DIGITS.sub("", number)
    plus = bare.startswith("+")
    digits = bare.removeprefix("+")
    if not plus:
        if _NATIONAL.fullmatch(digits):
            digits = f"7{digits}"
        elif len(digits) == 11 and digits[0] == "8":
            digits = f"7{digits[1:]}"
        elif len(digits) < 11:
            return None
    e164 = f"+{digits}"
    return e164 if _E164.fullmatch(e164) else None
