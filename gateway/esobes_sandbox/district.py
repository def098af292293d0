"""The people and places that the built-in E-Sobes knows: a small district, made up, read from `district.toml`."""

import tomllib
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, structs

from dialogs.language import Language
from dialogs.matters.matter import Kind, Person

HERE = Path(__file__).parent


class DistrictError(Exception):
    """The district is wrong. The message names the field."""


class Resident(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    """By which the page and the story name somebody: an IIN is shown nowhere."""
    iin: str
    name: str
    birth_date: date
    language: Language
    phones: tuple[str, ...] = ()
    guardian: str | None = None
    """Whose phones are asked instead: the id of a parent or another representative."""
    specialist: str | None = None
    case: str | None = None

    def __str__(self) -> str:
        return str(Person(self.iin, self.name, self.birth_date, self.language))

    __repr__ = __str__


class Organisation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    bin: str
    name: str
    address: str
    region: str
    setting: Literal["inpatient", "semi_inpatient", "home", "temporary"]
    categories: tuple[str, ...]
    capacity: int
    phone: str
    email: str
    license_issued: date
    license_until: date


class Past(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An application that was there before the assistant."""

    id: str
    person: str
    service: str
    channel: str
    history: tuple[tuple[str, int], ...]
    """Stages, oldest first, and how many days ago each was reached."""
    queue_number: str | None = None
    organisation: str | None = None
    """Its BIN."""
    refusal_reason: str | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that happened in the district before anybody opened the page."""

    days_ago: int
    time: time
    person: str
    do: Literal["offer.opened", "offer.withdrawn", "decision.made", "sms"]
    """`sms`: the person writes; everything else is what E-Sobes tells."""
    service: str = ""
    kind: Kind = Kind.PROACTIVE
    device: str | None = None
    outcome: Literal["approved", "refused", "queued"] = "approved"
    text: str = ""
    """`{yes}` and `{no}` stand for the codes of the person's latest offer."""


class District(Struct, frozen=True, forbid_unknown_fields=True):
    people: tuple[Resident, ...]
    organisations: tuple[Organisation, ...] = ()
    applications: tuple[Past, ...] = ()
    story: tuple[Step, ...] = ()
    """Oldest first."""

    def resident(self, name: str) -> Resident | None:
        return next((one for one in self.people if one.id == name), None)

    def with_iin(self, iin: str) -> Resident | None:
        return next((one for one in self.people if one.iin == iin), None)

    def phones(self, resident: Resident) -> tuple[str, ...]:
        guardian = self.resident(resident.guardian) if resident.guardian else None
        return guardian.phones if guardian else resident.phones

    def at(self, phone: str) -> list[Resident]:
        """Whoever can be reached there, those whose own phone it is first."""
        found = [one for one in self.people if phone in self.phones(one)]
        return sorted(found, key=lambda one: one.guardian is not None)

    def organisation(self, number: str) -> Organisation | None:
        return next((one for one in self.organisations if one.bin == number), None)


def load(file: Path = HERE / "district.toml") -> District:
    try:
        district = msgspec.convert(tomllib.loads(file.read_text("utf-8")), District)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DistrictError(f"{file.name}: {error}") from None
    known = {one.id for one in district.people}
    for name in _named(district):
        if name not in known:
            raise DistrictError(f"{file.name}: nobody is called «{name}»")
    story = sorted(district.story, key=lambda step: (-step.days_ago, step.time))
    return structs.replace(district, story=tuple(story))


def _named(district: District) -> Iterable[str]:
    yield from (one.guardian for one in district.people if one.guardian)
    yield from (one.person for one in district.applications)
    yield from (one.person for one in district.story)
