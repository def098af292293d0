"""What the law says about arriving, postponing and choosing, read from `rules.toml`, and what the operator has set
beside it."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source
from dialogs.duties.duty import Setting
from dialogs.months import after
from dialogs.workdays import CalendarError, Workdays

HERE = Path(__file__).parent

Number = Annotated[int, Meta(ge=1)]
Sources = Annotated[list[Source], Meta(min_length=1)]


class RulesError(Exception):
    """The rules are wrong. The message names file and field."""


class Months(Struct, frozen=True, forbid_unknown_fields=True):
    months: Number
    reminder: Number
    services: list[str]
    sources: Sources


class Days(Struct, frozen=True, forbid_unknown_fields=True):
    services: dict[str, Number]
    sources: Sources


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """For how long an arrival can be postponed."""

    days: Number
    """What all acts allow."""
    sources: Sources
    disputed: Number | None = None
    """What one act allows, and another does not."""
    says: dict[str, Number] = {}
    """Where they disagree: act → the days that it allows."""


class Bed(Struct, frozen=True, forbid_unknown_fields=True):
    services: list[str]
    days: Number
    months: Number
    sources: Sources


class Corner(Struct, frozen=True, forbid_unknown_fields=True):
    """Where those have internet who have none at home."""

    services: list[str]
    sources: Sources


class Law(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `rules.toml`."""

    months: Months
    days: Days
    postponing: dict[Setting, Limit]
    """Where an arrival can be postponed at all."""
    bed: Bed
    arriving: Days
    answering: Days
    corners: dict[Literal["both", "department"], Corner]


class Rules(Struct, frozen=True):
    law: Law
    workdays: Workdays
    reminder_at: time | None
    """When reminders leave; None: there are none."""
    quiet: tuple[time, time] | None
    """From when until when nothing unasked-for is sent."""
    workdays_before: int = 3
    """So many working days before the last day to arrive the person is reminded, 0: not then…"""
    days_before: int = 1
    """…and once more so many days before."""

    def last_to_choose(self, service: str, opened_on: date) -> date | None:
        """None where no act names a day."""
        if service in self.law.months.services:
            return after(opened_on, self.law.months.months)
        days = self.law.days.services.get(service)
        try:
            return self.workdays.add(opened_on, days) if days else None
        except CalendarError:
            return None

    def last_to_cancel(self, service: str, arrive_on: date | None) -> date | None:
        """The last day to give up what was ordered; None where the law knows none."""
        if arrive_on is None or service not in self.law.bed.services:
            return None
        return self.before(arrive_on, self.law.bed.days)

    def before(self, day: date, days: int) -> date | None:
        """So many working days before; None outside the calendar."""
        try:
            return self.workdays.before(day, days)
        except CalendarError:
            return None


def load(
    workdays: Workdays,
    *,
    reminder_at: time | None,
    quiet: tuple[time, time] | None,
    workdays_before: int = 3,
    days_before: int = 1,
    file: Path = HERE / "rules.toml",
) -> Rules:
    law, _ = read(file)
    return Rules(law, workdays, reminder_at, quiet, workdays_before, days_before)


def read(file: Path = HERE / "rules.toml") -> tuple[Law, Mapping[str, Act]]:
    """With the acts that its sources name."""
    law, acts, slugs = law_files.read(file, Law, RulesError), law_files.acts(RulesError), law_files.slugs()
    if problem := next(_problems(law, acts, slugs), None):
        raise RulesError(f"{file.name}: {problem}")
    return law, acts


def _problems(law: Law, acts: Mapping[str, Act], slugs: set[str]) -> Iterator[str]:
    limits = {f"postponing.{setting}": limit.sources for setting, limit in law.postponing.items()}
    corners = {f"corners.{where}": corner for where, corner in law.corners.items()}
    parts: dict[str, Months | Days | Bed | Corner] = {
        "months": law.months,
        "days": law.days,
        "bed": law.bed,
        "arriving": law.arriving,
        "answering": law.answering,
        **corners,
    }
    for name, sources in ({name: part.sources for name, part in parts.items()} | limits).items():
        for problem in law_files.doubts(sources, acts):
            yield f"{name}.sources: {problem}"
    for name, part in parts.items():
        for slug in part.services:
            if slug not in slugs:
                yield f"{name}: no service is called «{slug}»"
    for setting, limit in law.postponing.items():
        if limit.disputed is not None and limit.disputed <= limit.days:
            yield f"postponing.{setting}.disputed: more than what all acts allow"
        if limit.disputed is not None and (
            set(limit.says) != {source.act for source in limit.sources}
            or set(limit.says.values()) != {limit.days, limit.disputed}
        ):
            yield f"postponing.{setting}.says: each of its acts, and the days that it allows"
    if law.months.reminder >= law.months.months:
        yield "months.reminder: before the last of the months"
