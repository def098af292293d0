"""The shapes that E-Sobes' events are made of: whom they are about, and what is said of applications and places."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import AfterValidator, Discriminator, Field, RootModel, Tag, ValidationInfo

from dialogs.applications.application import Stage
from gateway.web.fields import Blank, Day, Foreign, Id, Iin, Line, Long, Moment, Phone, Whole


class Known(Struct, frozen=True):
    """What an event is compared with."""

    today: date
    """As far as any clock has come: another's may be a little ahead of ours."""
    services: Collection[str]
    replaceable: Collection[str]
    """Services whose devices are replaced: only there does the law take silence for consent."""


def _known(service: str, info: ValidationInfo[Known]) -> str:
    if service not in info.context.services:
        raise ValueError("no service of the catalogue has this name")
    return service


def _has_come(day: date, info: ValidationInfo[Known]) -> date:
    if day > info.context.today:
        raise ValueError("a day that has not come yet")
    return day


def _kind(given: object) -> str:
    return "full" if isinstance(given, dict) else "name"


class Service(RootModel[Annotated[str, AfterValidator(_known)]]):
    """Its name in our catalogue."""


Past = Annotated[Day, AfterValidator(_has_come)]
StageOf = Annotated[Stage, Field(strict=False)]
Setting = Literal["inpatient", "semi_inpatient", "home", "temporary"]


class Person(Foreign):
    iin: Iin
    name: Line
    birth_date: Past
    language: Literal["kk", "ru"]
    phones: Annotated[list[Phone], Field(max_length=20)]
    """Those of the mobile citizens database; there may be none."""


class Organisation(Foreign):
    name: Line
    bin: Annotated[str, Field(pattern="^[0-9]{12}$")] | None = None
    address: Blank | None = None
    region: Blank | None = None
    setting: Setting | None = None
    categories: list[Line] | None = None
    capacity: Whole | None = None
    phone: Blank | None = None
    email: Blank | None = None
    license_issued: Day | None = None
    license_until: Day | None = None


Named = Annotated[
    Annotated[Line, Tag("name")] | Annotated[Organisation, Tag("full")],
    Discriminator(_kind),
]
"""An organisation's name, or all that is known of it."""


class Passed(Foreign):
    """A stage that an application has come to."""

    stage: StageOf
    at: Moment


class Application(Foreign):
    id: Id
    service: Service
    iin: Iin
    channel: Line
    submitted_at: Moment
    registered_on: Day
    stage: StageOf
    due_on: Day | None = None
    queue_number: Line | Whole | None = None
    organisation: Named | None = None
    refusal_reason: Long | None = None
    history: list[Passed]
