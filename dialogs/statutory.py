"""Which letters the law itself asks for, read from `statutory.toml`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source

HERE = Path(__file__).parent


class StatutoryError(Exception):
    """The file is wrong. The message names file and field."""


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """Of letters: what they are called, each where it is written."""

    offers: tuple[str, ...] = ()
    """As a telling about an offer is called."""
    duties: tuple[str, ...] = ()
    """As one about a duty."""
    news: tuple[str, ...] = ()
    """The event that E-Sobes tells of an application."""


KINDS = Names.__struct_fields__


class Asked(Names, frozen=True, forbid_unknown_fields=True, kw_only=True):
    what: str
    """What the acts want somebody to be told."""
    sources: Annotated[list[Source], Meta(min_length=1)]


class _Law(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `statutory.toml`."""

    asked: tuple[Asked, ...]
    others: Names


class Statutory(Struct, frozen=True):
    """Those that the law asks for."""

    offers: frozenset[str]
    duties: frozenset[str]
    news: frozenset[str]


def load(file: Path = HERE / "statutory.toml") -> Statutory:
    law, _ = read(file)
    found = {kind: frozenset(name for one in law.asked for name in getattr(one, kind)) for kind in KINDS}
    return Statutory(**found)


def read(file: Path = HERE / "statutory.toml") -> tuple[_Law, Mapping[str, Act]]:
    """With the acts that its sources name."""
    law, acts = law_files.read(file, _Law, StatutoryError), law_files.acts(StatutoryError)
    if problem := next(_problems(law, acts), None):
        raise StatutoryError(f"{file.name}: {problem}")
    return law, acts


def _problems(law: _Law, acts: Mapping[str, Act]) -> Iterator[str]:
    for one in law.asked:
        for problem in law_files.doubts(one.sources, acts):
            yield f"{one.what}: {problem}"
    for kind in KINDS:
        names = Counter(name for part in (*law.asked, law.others) for name in getattr(part, kind))
        for name, times in names.items():
            if times > 1:
                yield f"{kind}: «{name}» stands in it more than once"
