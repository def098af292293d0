"""Each letter that somebody gets unasked is one that the law asks for, or is not; and every one that is rests on acts
in force."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from dialogs import statutory
from dialogs.duties import steps
from dialogs.matters import sizes
from dialogs.matters.size_words import Measure
from dialogs.statutory import KINDS, StatutoryError
from gateway.matters import news

FILE = statutory.HERE / "statutory.toml"
OFFERS = statutory.HERE / "matters"


def told_of_offers() -> Iterator[str]:
    """What the tables of offers tell without being asked."""
    for name in ("affair", "offer", "replacement"):
        for node in ast.walk(ast.parse((OFFERS / f"{name}.py").read_text("utf-8"))):
            match node:
                case ast.Call(ast.Attribute(attr="tell"), [ast.Constant(str(letter)), *_], keywords):
                    if "asked" not in {one.arg for one in keywords}:
                        yield letter
                case ast.Call(ast.Attribute(attr="close"), [_, ast.Constant(str(letter))]):
                    yield letter
    for measure in Measure:  # and what is asked after a consent that E-Sobes took late
        for number, absorbency in product(("", "96"), ("", "raised")):
            letter = sizes.question(f"{measure}:{number}:{absorbency}")
            if letter != "size.taken":
                yield letter


@pytest.mark.parametrize(
    ("kind", "exist"),
    [("offers", set(told_of_offers())), ("duties", steps.LETTERS), ("news", news.TYPES)],
)
def test_each_letter_that_exists_is_in_exactly_one_of_the_groups(kind: str, exist: set[str]) -> None:
    law, _ = statutory.read()
    asked = [name for one in law.asked for name in getattr(one, kind)]
    others = list(getattr(law.others, kind))
    assert sorted(asked + others) == sorted(exist)
    assert getattr(statutory.load(), kind) == set(asked)


def test_who_is_asked_again_is_asked_as_the_law_wants_it() -> None:
    law = statutory.load()
    assert law.offers >= {"question", "reminder"}
    assert KINDS == ("offers", "duties", "news")


@pytest.mark.parametrize(
    ("part", "instead", "problem"),
    [
        ('act = "283", at = "¶17"', 'act = "1", at = "¶17"', "«1» is not in acts.toml"),
        ('at = "¶17"', 'at = " "', "the paragraph is missing"),
        ('offers = ["withdrawn"]', 'offers = ["withdrawn", "question"]', "offers: «question» stands in it more than"),
        ("[others]", "[others", "statutory.toml: "),
        ('what = "that the choice is blocked, and why"', "", "statutory.toml: "),
    ],
)
def test_what_is_wrong_with_the_file_is_told(part: str, instead: str, problem: str, tmp_path: Path) -> None:
    text = FILE.read_text("utf-8")
    assert part in text
    file = tmp_path / FILE.name
    file.write_text(text.replace(part, instead), "utf-8")
    with pytest.raises(StatutoryError, match=FILE.stem) as raised:
        statutory.load(file)
    assert problem in str(raised.value)
