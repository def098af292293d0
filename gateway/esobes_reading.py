"""What E-Sobes answers when it is asked, read into our own values. What does not fit its contract is no answer."""

from datetime import date, datetime
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from dialogs.applications.application import Application, Passed, Stage
from dialogs.inquiries import Organisation
from dialogs.messages import Language
from dialogs.people import Citizen


class _Person(Struct, frozen=True):
    iin: str
    name: str
    birth_date: date
    language: Language
    relation: Literal["self", "ward"] = "self"
    phones: tuple[str, ...] = ()


class _Passed(Struct, frozen=True):
    stage: Stage
    at: datetime


class _Named(Struct, frozen=True):
    name: str


class _Application(Struct, frozen=True):
    id: str
    service: str
    iin: str
    channel: str
    submitted_at: datetime
    registered_on: date
    stage: Stage
    due_on: date | None = None
    queue_number: str | int | None = None
    organisation: str | _Named | None = None
    refusal_reason: str | None = None
    history: tuple[_Passed, ...] = ()


class _Persons(Struct, frozen=True):
    persons: tuple[_Person, ...]


class _OnePerson(Struct, frozen=True):
    person: _Person


class _Applications(Struct, frozen=True):
    applications: tuple[_Application, ...]


class _Organisations(Struct, frozen=True):
    organisations: tuple[Organisation, ...]


T = TypeVar("T")


class UnreadableError(Exception):
    """What came is not what the contract says."""


def persons(body: bytes) -> tuple[Citizen, ...]:
    return tuple(map(_citizen, _read(body, _Persons).persons))


def person(body: bytes) -> Citizen:
    return _citizen(_read(body, _OnePerson).person)


def applications(body: bytes) -> tuple[Application, ...]:
    """Newest first."""
    found = map(_application, _read(body, _Applications).applications)
    return tuple(sorted(found, key=lambda one: one.submitted_at, reverse=True))


def organisations(body: bytes) -> tuple[Organisation, ...]:
    return _read(body, _Organisations).organisations


def _read(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None


def _citizen(one: _Person) -> Citizen:
    return Citizen(
        iin=one.iin,
        name=one.name,
        birth_date=one.birth_date,
        language=one.language,
        ward=one.relation == "ward",
        phones=one.phones,
    )


def _application(one: _Application) -> Application:
    return Application(
        id=one.id,
        service=one.service,
        iin=one.iin,
        channel=one.channel,
        submitted_at=one.submitted_at,
        registered_on=one.registered_on,
        stage=one.stage,
        due_on=one.due_on,
        queue_number=None if one.queue_number is None else str(one.queue_number),
        organisation=one.organisation.name if isinstance(one.organisation, _Named) else one.organisation,
        refusal_reason=one.refusal_reason,
        history=tuple(Passed(passed.stage, passed.at) for passed in one.history),
    )
