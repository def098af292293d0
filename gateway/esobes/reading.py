"""What E-Sobes answers when it is asked, read into our own values.

What nobody can do without has to be as the contract says; what is only told along may be missing. Of a list, an entry
that cannot be read is left out where nothing untrue follows from it, and only the log counts it:

list             without an entry                       because
persons          yes, unless nobody would be left       nothing can be asked about a person without an IIN
applications     another person's; one that came to     whoever asks would take theirs for lost
                 its end, unless none would be left
organisations    yes, unless none would be left         the register is read by people

What it answers to a postponement has been taken, however it is written: nothing of it is needed for that.
"""

import logging
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct
from msgspec.json import Decoder

from dialogs.applications.application import Application, Passed, Stage
from dialogs.inquiries import Organisation
from dialogs.language import Language
from dialogs.people import Citizen, read_phone
from gateway.clock import ALMATY

log = logging.getLogger(__name__)

_NULL = Raw(b"null")
_YEARS = range(2000, 2100)
"""Nothing that is told now happened or is due outside them."""
BOM = b"\xef\xbb\xbf"
"""Some systems cannot write without this mark, which nobody needs."""

_LONGEST_LINK = 200
_GOVERNMENT = re.compile(
    r"https://([a-z0-9-]+\.)*egov\.kz([/?#][\w.~:/?#\[\]@!$&'()*+,;=%-]*)?", re.ASCII | re.IGNORECASE
)
"""Nothing else is shown to people as a place to sign at, nor anything that only looks like it."""

_DONE = (Stage.ADMITTED, Stage.NO_SHOW, Stage.COMPLETED, Stage.WITHDRAWN)
"""Nobody waits for anything, and nothing can be done about it."""

_Iin = Annotated[str, Meta(pattern="^[0-9]{12}$")]
_Name = Annotated[str, Meta(pattern=r"\S", max_length=200)]


class _Person(Struct, frozen=True):
    iin: _Iin
    name: _Name
    birth_date: date
    language: Raw = _NULL
    relation: Raw = _NULL
    phones: Raw = _NULL


class _Whose(Struct, frozen=True):
    iin: _Iin


class _Staged(Struct, frozen=True):
    stage: Stage


class _Application(Struct, frozen=True):
    id: _Name
    service: _Name
    submitted_at: datetime
    registered_on: date
    stage: Stage
    channel: Raw = _NULL
    due_on: Raw = _NULL
    queue_number: Raw = _NULL
    organisation: Raw = _NULL
    refusal_reason: Raw = _NULL
    history: Raw = _NULL


class _Passed(Struct, frozen=True):
    stage: Stage
    at: datetime


class _Named(Struct, frozen=True):
    name: str


class _Organisation(Struct, frozen=True):
    name: _Name
    bin: Raw = _NULL
    address: Raw = _NULL
    region: Raw = _NULL
    setting: Raw = _NULL
    categories: Raw = _NULL
    capacity: Raw = _NULL
    phone: Raw = _NULL
    email: Raw = _NULL
    license_issued: Raw = _NULL
    license_until: Raw = _NULL


class _Persons(Struct, frozen=True):
    persons: tuple[Raw, ...]


class _OnePerson(Struct, frozen=True):
    person: Raw


class _Applications(Struct, frozen=True):
    applications: tuple[Raw, ...]


class _Organisations(Struct, frozen=True):
    organisations: tuple[Raw, ...]


class _Postponement(Struct, frozen=True):
    arrive_by: Raw = _NULL
    sign_by: Raw = _NULL
    sign_url: Raw = _NULL


class Signing(Struct, frozen=True):
    """How a postponement that E-Sobes has taken comes to count."""

    arrive_by: date | None = None
    """None: E-Sobes does not say; it has taken the day that it was asked for."""
    sign_by: date | None = None
    url: str = ""
    """On a site of the government; empty: none that people may be sent to."""


T = TypeVar("T")

_said: Decoder[str | int | _Named] = Decoder(str | int | _Named | None)
_line: Decoder[str] = Decoder(str | None)
_number: Decoder[int] = Decoder(Annotated[int, Meta(ge=0, le=100_000)] | None)
_day: Decoder[date] = Decoder(date | None)
_list: Decoder[tuple[Raw, ...]] = Decoder(tuple[Raw, ...] | None)
_passed: Decoder[_Passed] = Decoder(_Passed | None)


class UnreadableError(Exception):
    """What came is not what the contract says. The message says where, and names nobody."""


def persons(body: bytes) -> tuple[Citizen, ...]:
    """Each once."""
    found: dict[str, Citizen] = {}
    for one in _those_that_can_be_read("persons", _read(body, _Persons).persons, _citizen):
        found.setdefault(one.iin, one)
    return tuple(found.values())


def person(body: bytes, iin: str) -> Citizen:
    """The one who was asked for, or nobody."""
    found = _citizen(_read(body, _OnePerson).person)
    if found.iin != iin:
        raise UnreadableError("another person")
    return found


def applications(body: bytes, iin: str) -> tuple[Application, ...]:
    """Newest first. Those of somebody else, who was not asked for, are nobody's business."""
    entries = _read(body, _Applications).applications
    own = [entry for entry in entries if _read(entry, _Whose).iin == iin]
    if len(own) < len(entries):
        log.warning("E-Sobes answered with applications of another person: %d", len(entries) - len(own))
    known = _those_that_can_be_read("applications", own, lambda entry: _application(entry, iin), _is_done)
    found = {one.id: one for one in sorted(known, key=lambda one: one.since)}
    return tuple(sorted(found.values(), key=lambda one: one.submitted_at, reverse=True))


def application(body: bytes, iin: str) -> Application:
    """One by itself, of this person."""
    entry = Raw(body)
    if _read(entry, _Whose).iin != iin:
        raise UnreadableError("another person")
    return _application(entry, iin)


def organisations(body: bytes, setting: str) -> tuple[Organisation, ...]:
    """Those of this setting."""
    entries = _read(body, _Organisations).organisations
    found = _those_that_can_be_read("organisations", entries, lambda entry: _organisation(entry, setting))
    return tuple(one for one in found if one.setting == setting)


def postponement(body: bytes) -> Signing:
    """Whatever it says, it has been taken: what cannot be read is as if it had not been said."""
    try:
        told = _read(body, _Postponement)
    except UnreadableError as error:
        log.warning("E-Sobes took a postponement, and its answer cannot be read: %s", error)
        return Signing()
    url = _soft(told.sign_url, _line) or ""
    safe = len(url) <= _LONGEST_LINK and _GOVERNMENT.fullmatch(url)
    return Signing(_date(told.arrive_by), _date(told.sign_by), url if safe else "")


def _those_that_can_be_read(
    what: str,
    entries: Sequence[Raw],
    read: Callable[[Raw], T],
    is_dispensable: Callable[[Raw], bool] = lambda _: True,
) -> list[T]:
    found, why = [], UnreadableError()
    for entry in entries:
        try:
            found.append(read(entry))
        except UnreadableError as error:
            if not is_dispensable(entry):
                raise
            why = error
    if entries and not found:
        raise why
    if len(found) < len(entries):
        log.warning("left out of the %s that E-Sobes told: %d, %s", what, len(entries) - len(found), why)
    return found


def _is_done(entry: Raw) -> bool:
    return _read(entry, _Staged).stage in _DONE


def _read(body: bytes | Raw, shape: type[T]) -> T:
    try:
        if isinstance(body, bytes):
            body = body.removeprefix(BOM)
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableError(f"{shape.__name__.strip('_')}: {type(error).__name__}") from None


def _soft(raw: Raw, decoder: Decoder[T]) -> T | None:
    """None as well where it is not what it should be."""
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _items(raw: Raw) -> tuple[Raw, ...]:
    return _soft(raw, _list) or ()


def _citizen(entry: Raw) -> Citizen:
    one = _read(entry, _Person)
    language = _text(one.language)
    phones = (read_phone(_text(phone)) for phone in _items(one.phones))
    return Citizen(
        iin=one.iin,
        name=_clean(one.name),
        birth_date=one.birth_date,
        language=Language(language) if language in tuple(Language) else Language.KK,
        ward=_text(one.relation) not in ("", "self"),
        phones=tuple(dict.fromkeys(phone.e164 for phone in phones if phone is not None)),
    )


def _application(entry: Raw, iin: str) -> Application:
    one = _read(entry, _Application)
    history = (_soft(passed, _passed) for passed in _items(one.history))
    return Application(
        id=one.id,
        service=one.service,
        iin=iin,
        channel=_text(one.channel),
        submitted_at=_moment(one.submitted_at),
        registered_on=_of_our_time(one.registered_on),
        stage=one.stage,
        due_on=_date(one.due_on),
        queue_number=_text(one.queue_number) or None,
        organisation=_text(one.organisation) or None,
        refusal_reason=_text(one.refusal_reason) or None,
        history=tuple(
            Passed(passed.stage, _moment(passed.at))
            for passed in history
            if passed is not None and passed.at.year in _YEARS
        ),
    )


def _organisation(entry: Raw, setting: str) -> Organisation:
    """`setting`: where it does not say itself."""
    one = _read(entry, _Organisation)
    return Organisation(
        bin=_text(one.bin),
        name=_clean(one.name),
        address=_text(one.address),
        region=_text(one.region),
        setting=_text(one.setting) or setting,
        categories=tuple(filter(None, map(_text, _items(one.categories)))),
        capacity=_soft(one.capacity, _number),
        phone=_text(one.phone),
        email=_text(one.email),
        license_issued=_date(one.license_issued),
        license_until=_date(one.license_until),
    )


def _text(raw: Raw) -> str:
    """Empty: none. A number is its digits; an organisation is its name."""
    said = _soft(raw, _said)
    return "" if said is None else _clean(said.name if isinstance(said, _Named) else str(said))


def _clean(text: str) -> str:
    """One line, without signs that nobody sees."""
    words = " ".join(text.split())
    return words if words.isprintable() else "".join(filter(str.isprintable, words))


def _date(raw: Raw) -> date | None:
    day = _soft(raw, _day)
    return day if day is not None and day.year in _YEARS else None


def _of_our_time(day: date) -> date:
    if day.year not in _YEARS:
        raise UnreadableError(f"the year {day.year}")
    return day


def _moment(at: datetime) -> datetime:
    """On our clocks. Where nothing says whose clock it was, it was ours as well."""
    _of_our_time(at)
    return at.replace(tzinfo=ALMATY) if at.tzinfo is None else at.astimezone(ALMATY)
