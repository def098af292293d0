"""What to take along, by ids of words that need no values: read from `bring.toml`. What matters most comes first."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dialogs.catalogue import law_files
from dialogs.catalogue.schema import Act, Source
from dialogs.duties.duty import Setting
from dialogs.matters.sizes import child

FILE = Path(__file__).parent / "bring.toml"
SANATORIUM = "sanatorium"
UNSAID = "unsaid"


class BringError(Exception):
    """The file is wrong. The message names file and field."""


class Escort(StrEnum):
    """Who travels with a child, and whether they are treated themselves."""

    NOBODY = "nobody"
    TREATED = "treated"
    UNTREATED = "untreated"


class Thing(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    says: str
    to: Annotated[list[Literal["inpatient", "semi_inpatient", "home", "temporary", "sanatorium"]], Meta(min_length=1)]
    age: Literal["", "adult", "child"] = ""
    escort: list[Literal["treated", "untreated", "unsaid"]] = []
    sources: Annotated[list[Source], Meta(min_length=1)]

    def goes(self, to: str, age: str, escort: str) -> bool:
        return to in self.to and self.age in ("", age) and (not self.escort or escort in self.escort)


def for_invitation(setting: Setting, birth_date: date, day: date) -> tuple[str, ...]:
    """To an organisation, on that day."""
    return _taken(str(setting), birth_date, day, UNSAID)


def for_sanatorium(escort: Escort | None, birth_date: date, day: date) -> tuple[str, ...]:
    """`escort`: of a child; None: nobody has said whether there is one."""
    return _taken(SANATORIUM, birth_date, day, str(escort or UNSAID))


def _taken(to: str, birth_date: date, day: date, escort: str) -> tuple[str, ...]:
    age = "child" if child(birth_date, day) else "adult"
    return tuple(thing.says for thing in things() if thing.goes(to, age, escort))


@lru_cache(maxsize=1)
def things() -> tuple[Thing, ...]:
    return load()


def load(file: Path = FILE) -> tuple[Thing, ...]:
    read = law_files.read(file, dict[str, list[Thing]], BringError)["thing"]
    if problem := next(_problems(read, law_files.acts(BringError)), None):
        raise BringError(f"{file.name}: {problem}")
    return tuple(read)


def _problems(read: list[Thing], acts: Mapping[str, Act]) -> Iterator[str]:
    told: set[tuple[str, str, str]] = set()
    for thing in read:
        if thing.escort and (thing.age != "child" or thing.to != [SANATORIUM]):
            yield f"{thing.says}.escort: only a child in a sanatorium has one"
        for to in thing.to:
            for age in [thing.age] if thing.age else ["adult", "child"]:
                if (thing.says, to, age) in told:
                    yield f"{thing.says}: stands there twice for «{to}»"
                told.add((thing.says, to, age))
        for problem in law_files.doubts(thing.sources, acts):
            yield f"{thing.says}.sources: {problem}"
