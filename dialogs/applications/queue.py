"""What somebody in a queue should know: what keeps their place, who goes first, what follows; from `queue.toml`."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from dialogs.applications import lines
from dialogs.applications.application import Application
from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source
from dialogs.messages import Say, say
from dialogs.months import after
from dialogs.talk import Guide

HERE = Path(__file__).parent


class QueueError(Exception):
    """The file is wrong. The message names file and field."""


class Rule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    services: Annotated[list[str], Meta(min_length=1)]
    says: str
    """Id of the words; where `months` are named, they mention the last day of these."""
    months: Annotated[int, Meta(ge=1)] | None = None
    late: str = ""
    """What is said once they have passed."""
    values: dict[str, int] = {}
    """Numbers of the law that the words mention."""
    sources: Annotated[list[Source], Meta(min_length=1)]

    def told(self, since: date, today: date) -> Say:
        if self.months is None:
            return say(self.says, **self.values)
        day = after(since, self.months)
        return say(self.late, **self.values) if today > day else say(self.says, day=day, **self.values)


Rules = dict[str, tuple[Rule, ...]]
"""Of each service, in the order in which they are told."""


def page(application: Application, guide: Guide, now: datetime, *, whom: str = "") -> tuple[Say, ...]:
    """All that is known of the queue, and what is not."""
    number = lines.queue_number(application) or (Say("queue.no_number"),)
    since, today = application.since.astimezone(now.tzinfo).date(), now.date()
    told = tuple(rule.told(since, today) for rule in rules().get(application.service, ()))
    return (lines.head(application, guide, now, whom), *number, *(told or (Say("queue.unknown"),)))


@lru_cache(maxsize=1)
def rules() -> Rules:
    return load()


def load(file: Path = HERE / "queue.toml") -> Rules:
    read, acts = law_files.read(file, dict[str, list[Rule]], QueueError)["rule"], law_files.acts(QueueError)
    slugs = law_files.slugs()
    if problem := next(_problems(read, acts, slugs), None):
        raise QueueError(f"{file.name}: {problem}")
    named = dict.fromkeys(slug for rule in read for slug in rule.services)
    return {slug: tuple(rule for rule in read if slug in rule.services) for slug in named}


def _problems(read: list[Rule], acts: Mapping[str, Act], slugs: set[str]) -> Iterator[str]:
    told: set[tuple[str, str]] = set()
    for rule in read:
        if bool(rule.months) != bool(rule.late):
            yield f"{rule.says}.late: goes with months, and only with them"
        for slug in rule.services:
            if slug not in slugs:
                yield f"{rule.says}: no service is called «{slug}»"
            if (slug, rule.says) in told:
                yield f"{rule.says}: stands there twice for «{slug}»"
            told.add((slug, rule.says))
        for problem in law_files.doubts(rule.sources, acts):
            yield f"{rule.says}.sources: {problem}"
