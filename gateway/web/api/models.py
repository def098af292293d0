"""What programs send and are told about broadcasts."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import LONGEST
from dialogs.language import Language
from gateway.broadcasts.broadcast import Filter, Mode
from gateway.broadcasts.broadcasts import TITLE
from gateway.broadcasts.intake import headings, limits
from gateway.broadcasts.known import NO, STAGES, YES
from gateway.web import problems
from gateway.web.fields import Line, Long, Moment, Remark, Strict

MOST_INLINE = 10_000
"""Recipients that come with the broadcast itself."""
_COLUMN = r"^\w+([ _.-]\w+)*$"

_KK = "Сәлем, {Аты}! Құжаттарыңызды 4-кабинеттен алыңыз. Сұрақ: 1414"
_RU = "Здравствуйте, {Аты}! Заберите документы в кабинете 4. Вопросы: 1414"
EXAMPLE: dict[str, Any] = {
    "title": "Papers are ready",
    "texts": {"kk": _KK, "ru": _RU},
    "otherwise": "kk",
    "recipients": [
        {"phone": "+77990000001", "language": "kk", "values": {"Аты": "Айгүл"}},
        {"phone": "+77990000002", "values": {"Аты": "Павел"}},
    ],
}


def _own_column(name: str) -> str:
    if headings.known([name]):
        raise ValueError("a name that a list of recipients has for itself, like phone or language")
    return name


def _stage(name: str) -> str:
    if name not in STAGES:
        raise ValueError("no such stage")
    return name


Title = Annotated[Line, Field(max_length=TITLE)]
TextOf = Annotated[Long, Field(max_length=LONGEST)]
Column = Annotated[str, Field(max_length=limits.HEADING, pattern=_COLUMN), AfterValidator(_own_column)]
Cell = Annotated[Remark, Field(max_length=limits.CELL)]
Who = Annotated[Line, Field(max_length=40)]
Values = Annotated[
    dict[Column, Cell], Field(max_length=limits.COLUMNS - 3, json_schema_extra={"additionalProperties": False})
]


class NewTexts(Strict):
    kk: TextOf
    ru: TextOf


class NewRecipient(Strict):
    """By phone, by IIN, or both; then the phone counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [one], "properties": {one: {"type": "string"}}} for one in ("phone", "iin")]
        }
    )

    phone: Who | None = None
    """However people write it. What is no mobile phone of Kazakhstan is told under /faults."""
    iin: Who | None = None
    language: Annotated[Language, Field(strict=False)] | None = None
    values: Annotated[Values, Field(default_factory=dict)]
    """What stands in the texts in the place of {its name}."""

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.phone is None and self.iin is None:
            raise ValueError("phone or iin is needed")
        return self


class NewBroadcast(Strict):
    title: Title
    """For staff."""
    texts: NewTexts
    otherwise: Annotated[Language, Field(strict=False)] = Language.KK
    """For whoever's language is not known."""
    starts: Moment | None = None
    """When it begins, once it was started; without it, as soon as it may."""
    recipients: (
        Annotated[tuple[NewRecipient, ...], Field(min_length=1, max_length=MOST_INLINE, strict=False)] | None
    ) = None
    """Row 2 is the first of them, as in a table whose first row are the headings. More can be sent as a file."""


class Rewriting(Strict):
    """What is not named stays as it is."""

    title: Title | None = None
    texts: NewTexts | None = None
    otherwise: Annotated[Language, Field(strict=False)] | None = None


class Wanted(Strict):
    """Everybody of whom all of this is so; what is not named may be whatever it is."""

    service: Line | None = None
    """By the name that it has in the interface of E-Sobes."""
    stage: Annotated[str, Field(json_schema_extra={"enum": [*STAGES]}), AfterValidator(_stage)] | None = None
    """The kind of an affair, and where it stands."""
    region: Line | None = None
    """Of the place to which somebody is invited: where people live is not known."""
    language: Annotated[Language, Field(strict=False)] | None = None
    telegram: bool | None = None
    """Whether a chat is linked to the phone."""

    def filter(self) -> Filter:
        linked = "" if self.telegram is None else YES if self.telegram else NO
        return Filter(self.service or "", self.stage or "", self.region or "", self.language or "", linked)


class Start(Strict):
    starts: Moment | None = None
    """Instead of what was said when it was made."""


class Step(StrEnum):
    TAKE_BACK = "take-back"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    AGAIN = "again"


class Reason(BaseModel):
    code: str
    kk: str
    ru: str


class ListState(StrEnum):
    EMPTY = "empty"
    READING = "reading"
    READY = "ready"


class Recipients(BaseModel):
    """The list of recipients."""

    state: ListState
    rows: int = 0
    """Read until now."""
    recipients: int = 0
    faulty: int = 0
    duplicates: int = 0
    columns: list[str] = []
    name: str = ""
    refused: Reason | None = None
    """Why the last list could not be read at all."""


class TextsOut(BaseModel):
    kk: str
    ru: str


class BroadcastOut(BaseModel):
    id: str
    title: str
    mode: Mode
    """By the kind of key: a live one reaches people, `team` the phones of staff, `test` nobody."""
    state: State
    """`waiting`: for a second person, who approves it in the console."""
    texts: TextsOut
    otherwise: Language
    made: datetime
    starts: datetime | None
    began: datetime | None
    ended: datetime | None
    round: int
    """How often it was sent again to those whom it had failed."""
    list: Recipients


class Page(BaseModel):
    broadcasts: list[BroadcastOut]
    next: str | None
    """For `before`; null: there are no more."""


class Status(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    REJECTED = "rejected"
    OPTED_OUT = "opted_out"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    CANCELLED = "cancelled"


class CountsOut(BaseModel):
    recipients: int
    by_status: dict[Status, int]
    """All of them together are the recipients."""
    by_sms: int
    by_chat: int
    parts: int
    """Of SMS that have left."""
    saved_parts: int
    """Of SMS that need not leave because a chat has taken the text."""


class PartsOut(BaseModel):
    """Of an SMS in one language."""

    usual: int
    most: int


class EstimateOut(BaseModel):
    recipients: int
    parts: int
    """Of SMS to all of them, if nobody had a chat."""
    tenge: float
    """For these."""
    exact: bool
    """False: they are so many that only some were looked at."""
    too_long: int
    """Of those looked at, for whom it is longer than three parts; with any, it does not start."""
    by_language: dict[Language, PartsOut]


class By(StrEnum):
    SMS = "sms"
    CHAT = "chat"


class Outcome(BaseModel):
    row: int
    """Of the list, as a spreadsheet shows it: the headings are row 1."""
    phone_ends: str
    """Its last four digits."""
    status: Status
    by: By | None
    parts: int
    at: datetime | None
    """When that was known."""


class Outcomes(BaseModel):
    outcomes: list[Outcome]
    next: str | None
    """For `after`; null: there are no more."""


class FaultOut(BaseModel):
    row: int
    column: str
    """Empty: the whole row is meant."""
    reason: Reason


class Faults(BaseModel):
    faults: list[FaultOut]
    next: str | None


def schemas(services: Collection[str]) -> dict[str, Any]:
    """Of what is read without the framework. `services`: that people can be looked for by."""
    found: dict[str, Any] = {}
    for model in (NewBroadcast, Rewriting, Wanted, Start):
        described = TypeAdapter(model).json_schema(ref_template=problems.REF)
        found |= described.pop("$defs", {})
        found[model.__name__] = described
    found["Wanted"]["properties"]["service"] |= {"anyOf": [{"enum": [*services]}, {"type": "null"}]}
    return found
