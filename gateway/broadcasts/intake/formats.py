"""Numbers of a workbook as its reader sees them: a date is a number there, and only its format says so."""

import re
from datetime import datetime, timedelta
from enum import IntEnum

from msgspec import Struct

from gateway.broadcasts.intake.package import Attributes, Package

_NAMED = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    **dict.fromkeys([*range(14, 18), *range(27, 32), *range(34, 37), *range(50, 59)], "dd.mm.yyyy"),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 45, 46, 47], "hh:mm"),
    22: "dd.mm.yyyy hh:mm",
}
"""Formats that no workbook writes out, by their numbers; those of dates differ from country to country."""
_QUOTED = re.compile(r'AM/PM|A/P|"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""Words, signs, colours, countries and halves of a day."""
_DATE, _TIME = re.compile("[yd]|(?<![hs:m])m+(?![m:s])", re.IGNORECASE), re.compile("[hs]", re.IGNORECASE)
_PLACES = re.compile(r"\.(0+)")
_FIRST, _FIRST_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST = 2_958_466
"""The day after 31 December 9999."""
_FEBRUARY = 60
"""Excel takes 1900 for a leap year: days before March 1900 are counted one less."""
_PRECISE = 15
"""Digits that a number in a workbook has."""
_MOST = 65_536
"""Styles, as Excel has them."""


class Kind(IntEnum):
    NUMBER = 0
    DATE = 1
    TIME = 2
    MOMENT = 3
    PERCENT = 4


class Format(Struct, frozen=True):
    kind: Kind = Kind.NUMBER
    places: int | None = None
    """Behind the comma; None: as many as there are."""


PLAIN = Format()


def understand(code: str) -> Format:
    code = _QUOTED.sub("", code.partition(";")[0])
    is_date, is_time = _DATE.search(code) is not None, _TIME.search(code) is not None
    if is_date or is_time:
        return Format(Kind.MOMENT if is_date and is_time else Kind.DATE if is_date else Kind.TIME)
    places = _PLACES.search(code)
    count = len(places[1]) if places else 0 if "0" in code and "." not in code else None
    if "%" in code:
        return Format(Kind.PERCENT, count)
    return Format(Kind.NUMBER, count if places else None)


def read(package: Package, part: str) -> list[Format]:
    """By the number of a cell's style."""
    codes: dict[int, str] = dict(_NAMED)
    styles: list[Format] = []
    within = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal within
        if name == "numFmt" and len(codes) < _MOST:
            codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            within = name == "cellXfs"
        elif name == "xf" and within and len(styles) < _MOST:
            styles.append(understand(codes.get(int(attributes.get("numFmtId", 0)), "")))

    if part:
        package.parse(part, start)
    return styles


def shown(text: str, format: Format, *, since_1904: bool) -> str:
    """A number, as the file has it. Thousands are not parted: a phone is a number, too."""
    try:
        number = float(text)
        whole = int(number)
    except (ValueError, OverflowError):
        return text
    if format.kind is Kind.PERCENT:
        return f"{_number(number * 100, format.places)}%"
    if format.kind is Kind.NUMBER or not 0 <= number < _LAST:
        return str(whole) if whole == number else _number(number, format.places)
    moment = _moment(number, since_1904=since_1904)
    if format.kind is Kind.TIME:
        return f"{moment:%H:%M}"
    return f"{moment:%d.%m.%Y %H:%M}" if format.kind is Kind.MOMENT else f"{moment:%d.%m.%Y}"


def written(text: str) -> str:
    """A date as a few programs write it: 2026-11-30T00:00:00."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%d.%m.%Y %H:%M}" if moment.hour or moment.minute else f"{moment:%d.%m.%Y}"


def _number(number: float, places: int | None) -> str:
    if places is not None:
        return f"{number:.{min(places, _PRECISE)}f}".replace(".", ",")
    return f"{number:.{_PRECISE}g}".replace(".", ",")


def _moment(number: float, *, since_1904: bool) -> datetime:
    first = _FIRST_1904 if since_1904 else _FIRST if number >= _FEBRUARY else _FIRST + timedelta(1)
    moment = first + timedelta(number)
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
