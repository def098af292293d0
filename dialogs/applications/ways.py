"""How each service can be asked for, read from `ways.toml`: what a talk can do for the person, and what only they
themselves can, with a signature."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from dialogs.catalogue import law_files
from dialogs.catalogue.catalogue import Catalogue
from dialogs.catalogue.schema import Source
from dialogs.words import Words

FILE = Path(__file__).parent / "ways.toml"


class WaysError(Exception):
    """The ways are wrong. The message names service and field."""


class Manner(StrEnum):
    OFFICE = "office"
    """The law lets the department begin by itself: a wish is passed on to it. Applying stays open."""
    SIGN = "sign"
    """Only a signed application counts: on paper, or with an electronic signature."""
    COME = "come"
    """One comes there, or is sent there by somebody who helps."""
    NONE = "none"
    """There is nothing to ask for."""


Sources = Annotated[list[Source], Meta(min_length=1)]


class Way(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    manner: Manner
    places: list[str] = []
    """Ids in offices.toml: where one applies oneself. Their words are `way.{place}`."""
    then: str = ""
    """Where something more has to be signed once it is granted. Its words are `way.then.{place}`."""
    sources: Sources

    def said(self) -> Iterator[tuple[str, str]]:
        """Places, and the ids of their words."""
        yield from ((place, f"way.{place}") for place in self.places)
        if self.then:
            yield self.then, f"way.then.{self.then}"


Ways = Mapping[str, Way]
"""By service."""


def load(catalogue: Catalogue, words: Words, file: Path = FILE) -> Ways:
    ways = law_files.read(file, dict[str, Way], WaysError)
    if problem := next(_problems(ways, catalogue, words), None):
        raise WaysError(f"{file.name}: {problem}")
    return ways


def _problems(ways: Ways, catalogue: Catalogue, words: Words) -> Iterator[str]:
    offices = {office.id for office in catalogue.offices}
    for slug in sorted(catalogue.services.keys() - ways.keys()):
        yield f"{slug}: no way to ask for it"
    for slug, way in ways.items():
        if slug not in catalogue.services:
            yield f"{slug}: no service is called so"
        if (way.manner is Manner.NONE) == bool(way.places):
            yield f"{slug}.places: needed, unless there is nothing to ask for"
        for place, text in way.said():
            if place not in offices:
                yield f"{slug}.places: «{place}» is not in offices.toml"
            if not words.has(text):
                yield f"{slug}.places: «{text}» has no words in both languages"
        for problem in law_files.doubts(way.sources, catalogue.acts):
            yield f"{slug}.sources: {problem}"
