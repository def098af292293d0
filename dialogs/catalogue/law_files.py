"""What all files with rules of the law have in common: they are read strictly, and each rule names acts in force."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from dialogs.catalogue.schema import Act, Source

HERE = Path(__file__).parent
T = TypeVar("T")


def read(file: Path, kind: type[T], wrong: type[Exception]) -> T:
    """`wrong` is raised where the file is; its message names the file."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise wrong(f"{file.name}: {error}") from None


@cache
def acts(wrong: type[Exception]) -> Mapping[str, Act]:
    """All acts, by their ids."""
    return read(HERE / "acts.toml", dict[str, Act], wrong)


def slugs() -> set[str]:
    """Of all services."""
    return {service.stem for service in (HERE / "services").glob("*.toml")}


def doubts(sources: Iterable[Source], known: Mapping[str, Act], *, articles: bool = False) -> Iterator[str]:
    """What is wrong with them. `articles`: a printed article about an act will do."""
    for source in sources:
        act = known.get(source.act)
        if act is None:
            yield f"act «{source.act}» is not in acts.toml"
        elif act.repealed or (act.article and not articles):
            yield f"«{source.act}» is not an act in force"
        if not source.at.strip():
            yield "the paragraph is missing"
