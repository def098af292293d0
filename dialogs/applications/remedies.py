"""What can be done about a refusal or a delay, read from `remedies.toml`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source

HERE = Path(__file__).parent


class RemediesError(Exception):
    """The file is wrong. The message names file and field."""


Days = Annotated[int, Meta(ge=1)]
Some = Annotated[list[str], Meta(min_length=1)]


class Receipt(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    services: Some
    sources: Annotated[list[Source], Meta(min_length=1)]


class Hearing(Receipt, frozen=True, forbid_unknown_fields=True, kw_only=True):
    objection: Days | None = None
    unsaid: bool = False


class Complaint(Receipt, frozen=True, forbid_unknown_fields=True, kw_only=True):
    to: Literal["head", "office"]
    days: Days
    higher: Days


class _Ground(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    words: Annotated[list[Some], Meta(min_length=1)]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    hearing: list[Hearing]
    complaint: list[Complaint]
    receipt: list[Receipt]
    again: list[Receipt]
    ground: list[_Ground]


class Remedies(Struct, frozen=True):
    hearings: dict[str, Hearing]
    complaints: dict[str, Complaint]
    receipts: frozenset[str]
    """Services that give a receipt for papers that they do not take."""
    again: frozenset[str]
    grounds: tuple[_Ground, ...]

    def ground(self, reason: str) -> str | None:
        """The ground of the law that an office means by its words; None if it may mean several: one of them alone
        would not be the reason."""
        said = " ".join(reason.split()).casefold()
        meant = [one.id for one in self.grounds if any(all(word in said for word in words) for words in one.words)]
        return meant[0] if len(meant) == 1 else None


@lru_cache(maxsize=1)
def remedies() -> Remedies:
    return load()


def load(file: Path = HERE / "remedies.toml") -> Remedies:
    read, acts = law_files.read(file, _File, RemediesError), law_files.acts(RemediesError)
    slugs = law_files.slugs()
    for name in ("hearing", "complaint", "receipt", "again"):
        if problem := next(_problems(getattr(read, name), acts, slugs, articles=name == "again"), None):
            raise RemediesError(f"{file.name}: {name}: {problem}")
    return Remedies(
        hearings={slug: one for one in read.hearing for slug in one.services},
        complaints={slug: one for one in read.complaint for slug in one.services},
        receipts=frozenset(slug for one in read.receipt for slug in one.services),
        again=frozenset(slug for one in read.again for slug in one.services),
        grounds=tuple(read.ground),
    )


def _problems(
    entries: Sequence[Receipt], acts: Mapping[str, Act], slugs: set[str], *, articles: bool
) -> Iterator[str]:
    told: set[str] = set()
    for entry in entries:
        for slug in entry.services:
            if slug not in slugs:
                yield f"no service is called «{slug}»"
            if slug in told:
                yield f"«{slug}» stands there twice"
            told.add(slug)
        yield from law_files.doubts(entry.sources, acts, articles=articles)
