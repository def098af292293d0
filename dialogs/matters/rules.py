"""What the law says about asking a person, read from `rules.toml`, and what the operator has set beside it."""

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source
from dialogs.workdays import Workdays

HERE = Path(__file__).parent


class RulesError(Exception):
    """The rules are wrong. The message names file and field."""


class Diapers(Struct, frozen=True):
    """The steps of size: the largest of each, smallest step first; above the last there is one more."""

    service: str
    waist: tuple[int, ...]
    """Adults, in centimetres."""
    weight: tuple[int, ...]
    """Children, in kilograms."""


class Rules(Struct, frozen=True):
    workdays: Workdays
    window: int
    """Working days to answer in, after the day of sending."""
    decision: int
    """Working days from the consent to the decision, where the law names them."""
    decided: frozenset[str]
    """Services for which it does."""
    proactive: frozenset[str]
    """Services offered without an application: silence cancels."""
    replaceable: frozenset[str]
    """Services whose devices are replaced: silence means consent."""
    diapers: Diapers
    hold: timedelta
    """How long a refusal stays with us, so that it can be taken back."""
    reminder_at: time | None
    """When those who have not answered are reminded on the last day."""
    quiet: tuple[time, time] | None
    """From when until when nothing unasked-for is sent."""
    chat_answers: bool
    """Whether a consent may be given in a linked chat, too."""


Days = Annotated[int, Meta(ge=1)]
Slugs = Annotated[list[str], Meta(min_length=1)]
Sources = Annotated[list[Source], Meta(min_length=1)]
Steps = Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]


class _Window(Struct, forbid_unknown_fields=True):
    days: Days
    sources: Sources


class _Procedure(Struct, forbid_unknown_fields=True):
    services: Slugs
    sources: Sources


class _Decision(_Procedure, forbid_unknown_fields=True):
    days: Days


class _Diapers(Struct, forbid_unknown_fields=True):
    service: str
    waist_cm: Steps
    weight_kg: Steps
    sources: Sources


class _Law(Struct, forbid_unknown_fields=True):
    """The content of `rules.toml`."""

    window: _Window
    decision: _Decision
    proactive: _Procedure
    replacement: _Procedure
    diapers: _Diapers


def load(
    workdays: Workdays,
    *,
    hold: timedelta,
    reminder_at: time | None,
    quiet: tuple[time, time] | None,
    chat_answers: bool,
    file: Path = HERE / "rules.toml",
) -> Rules:
    law, acts, slugs = law_files.read(file, _Law, RulesError), law_files.acts(RulesError), law_files.slugs()
    if problem := next(_problems(law, acts, slugs), None):
        raise RulesError(f"{file.name}: {problem}")
    return Rules(
        workdays=workdays,
        window=law.window.days,
        decision=law.decision.days,
        decided=frozenset(law.decision.services),
        proactive=frozenset(law.proactive.services),
        replaceable=frozenset(law.replacement.services),
        diapers=Diapers(law.diapers.service, law.diapers.waist_cm, law.diapers.weight_kg),
        hold=hold,
        reminder_at=reminder_at,
        quiet=quiet,
        chat_answers=chat_answers,
    )


def decision_by(service: str, day: date, rules: Rules) -> date | None:
    """The last day for the decision after a consent on `day`; None where the law promises none."""
    return rules.workdays.add(day, rules.decision) if service in rules.decided else None


def _problems(law: _Law, acts: Mapping[str, Act], slugs: set[str]) -> Iterator[str]:
    for name, services, sources in (
        ("window", [], law.window.sources),
        ("decision", law.decision.services, law.decision.sources),
        ("proactive", law.proactive.services, law.proactive.sources),
        ("replacement", law.replacement.services, law.replacement.sources),
        ("diapers", [law.diapers.service], law.diapers.sources),
    ):
        for slug in services:
            if slug not in slugs:
                yield f"{name}: no service is called «{slug}»"
        for problem in law_files.doubts(sources, acts):
            yield f"{name}.sources: {problem}"
    for name, steps in (("waist_cm", law.diapers.waist_cm), ("weight_kg", law.diapers.weight_kg)):
        if list(steps) != sorted(set(steps)):
            yield f"diapers.{name}: each step is above the one before it"
