"""What a field of somebody else's JSON may hold: read strictly, nothing guessed, and never repeated in a refusal."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dialogs.people import read_phone

YEARS = range(1900, 2200)
"""Of every day and time: outside of them somebody's program has filled in a nothing."""

# Control characters of both sets, and the two line ends that are none of them.
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL_IN_TEXT = _CONTROL.replace(r"\x00-\x1f", r"\x00-\x08\x0b\x0c\x0e-\x1f")
"""A reason may have several lines."""
_ANY_CONTROL = re.compile(f"[{_CONTROL}]")
_ANY_CONTROL_IN_TEXT = re.compile(f"[{_CONTROL_IN_TEXT}]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def _line(written: str) -> str:
    if _ANY_CONTROL.search(written):
        raise ValueError("control characters do not belong here")
    return written


def _text(written: str) -> str:
    if _ANY_CONTROL_IN_TEXT.search(written):
        raise ValueError("control characters do not belong here")
    return written


def _filled(written: str) -> str:
    if not written.strip():
        raise ValueError("blank")
    return written


def _id(written: str) -> str:
    if written != written.strip() or written.startswith("."):  # it becomes part of an address
        raise ValueError("an id neither begins with a dot nor stands between spaces")
    return written


def _phone(written: str) -> str:
    phone = read_phone(written)
    if phone is None or phone.e164 != written:
        raise ValueError("a phone number is written like +77011234567")
    return written


def _day(written: object) -> object:
    try:
        return date.fromisoformat(_shaped(written, _DAY))
    except ValueError:
        raise ValueError("a day is written like 2026-11-25") from None


def _moment(written: object) -> object:
    try:
        return datetime.fromisoformat(_shaped(written, _MOMENT))
    except ValueError:
        raise ValueError("a time is written like 2026-11-25T18:00:00+05:00") from None


def _shaped(written: object, shape: re.Pattern[str]) -> str:
    if not isinstance(written, str) or not shape.fullmatch(written):
        raise ValueError
    return written


def _in_our_time(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"the year is none from {YEARS[0]} to {YEARS[-1]}")
    return day


def whole(given: object) -> object:
    """JSON knows one kind of number: 12.0 is a whole one."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


def _pattern(written: str) -> dict[str, str]:
    """For the description only: two searches are faster than one expression with a middle."""
    return {"pattern": f"^{written}$"}


_LINE = f"[^{_CONTROL}]*"
_FILLED = rf"{_LINE}[^{_CONTROL}\s]{_LINE}"
_ANY_TEXT = f"[^{_CONTROL_IN_TEXT}]*"
_TEXT = rf"{_ANY_TEXT}[^{_CONTROL_IN_TEXT}\s]{_ANY_TEXT}"
_ID = rf"[^{_CONTROL}\s.]([^{_CONTROL}]*[^{_CONTROL}\s])?"

Phone = Annotated[
    str,
    Field(examples=["+77011234567"], json_schema_extra={"format": "phone", "pattern": r"^\+[1-9][0-9]{6,14}$"}),
    AfterValidator(_phone),
]
Iin = Annotated[str, Field(pattern="^[0-9]{12}$")]
Id = Annotated[
    str,
    Field(min_length=1, max_length=128, json_schema_extra=_pattern(_ID)),
    AfterValidator(_line),
    AfterValidator(_id),
]
Line = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra=_pattern(_FILLED)),
    AfterValidator(_line),
    AfterValidator(_filled),
]
Long = Annotated[
    str,
    Field(min_length=1, max_length=2000, json_schema_extra=_pattern(_TEXT)),
    AfterValidator(_text),
    AfterValidator(_filled),
]
Blank = Annotated[str, Field(max_length=200, json_schema_extra=_pattern(_LINE)), AfterValidator(_line)]
"""A line that may also be empty."""
Remark = Annotated[str, Field(max_length=2000, json_schema_extra=_pattern(_ANY_TEXT)), AfterValidator(_text)]
"""Several lines, or none."""
Whole = Annotated[int, Field(ge=0, le=1_000_000_000), BeforeValidator(whole)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_our_time)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_our_time)]


class Strict(BaseModel):
    """What only we and our tests send: a field that nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Foreign(BaseModel):
    """What another system sends, which may come to say more than we read."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
