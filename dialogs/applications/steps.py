"""What follows from a stage and who has to act, read from `steps.toml`."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from dialogs.applications.application import Stage
from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source
from dialogs.months import after
from dialogs.workdays import CalendarError, Workdays

HERE = Path(__file__).parent


class StepsError(Exception):
    """The file is wrong. The message names file and field."""


class Step(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    stages: Annotated[list[Stage], Meta(min_length=1)]
    services: list[str] = []
    says: str
    days: Annotated[int, Meta(ge=1)] | None = None
    months: Annotated[int, Meta(ge=1)] | None = None
    late: str = ""
    """What is said once that day has passed."""
    signed: bool = False
    """The person has to choose and to sign."""
    values: dict[str, int] = {}
    """Numbers of the law that the words mention."""
    sources: list[Source] = []

    def until(self, since: date, workdays: Workdays) -> date | None:
        """The last day to act."""
        if self.months:
            return after(since, self.months)
        try:
            return workdays.add(since, self.days) if self.days else None
        except CalendarError:
            return None


class Steps:
    def __init__(self, steps: list[Step]) -> None:
        self._steps = {
            (stage, slug): step for step in steps for stage in step.stages for slug in step.services or [""]
        }

    def after(self, stage: Stage, service: str) -> Step | None:
        """None: nothing follows."""
        return self._steps.get((stage, service)) or self._steps.get((stage, ""))


@lru_cache(maxsize=1)
def steps() -> Steps:
    return load()


def load(file: Path = HERE / "steps.toml") -> Steps:
    read, acts = law_files.read(file, dict[str, list[Step]], StepsError)["step"], law_files.acts(StepsError)
    slugs = law_files.slugs()
    if problem := next(_problems(read, acts, slugs), None):
        raise StepsError(f"{file.name}: {problem}")
    return Steps(read)


def _problems(read: list[Step], acts: Mapping[str, Act], slugs: set[str]) -> Iterator[str]:
    told: set[tuple[Stage, str]] = set()
    for step in read:
        if bool(step.services) != bool(step.sources):
            yield f"{step.says}.sources: go with services, and only with them"
        for slug in step.services:
            if slug not in slugs:
                yield f"{step.says}: no service is called «{slug}»"
        for one in ((stage, slug) for stage in step.stages for slug in step.services or [""]):
            if one in told:
                yield f"{step.says}: two steps for {one[0]} of «{one[1]}»"
            told.add(one)
        if bool(step.days or step.months) != bool(step.late):
            yield f"{step.says}.late: goes with days or months, and only with them"
        for problem in law_files.doubts(step.sources, acts):
            yield f"{step.says}.sources: {problem}"
