"""The words of a broadcast: placeholders in braces, `{Аты}`, stand for columns of the list of recipients."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from dialogs.language import Language
from dialogs.sms_length import fitted, measure

MOST_PARTS = 3
"""An SMS of more is not sent."""
LONGEST = 1000
"""Letters of a text as it is written: what is longer fits into no three parts."""
_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,100})\}")
_BRACE = re.compile(r"[{}]")


class Texts(Struct, frozen=True, array_like=True):
    kk: str = ""
    ru: str = ""

    def of(self, language: Language) -> str:
        return self.kk if language is Language.KK else self.ru


class TextFault(Struct, frozen=True):
    """Why a text cannot be sent so. `what`: the end of the id of its words."""

    language: Language
    what: str
    value: str = ""


def placeholders(text: str) -> tuple[str, ...]:
    """Their names as they are written, each once."""
    return tuple(dict.fromkeys(name.strip() for name in _PLACEHOLDER.findall(text)))


def faults(texts: Texts, columns: Iterable[str]) -> list[TextFault]:
    """`columns`: of the list; without a list no placeholder can be filled in."""
    known = {_same(column) for column in columns}
    found = []
    for language in Language:
        text = texts.of(language)
        if not text.strip():
            found.append(TextFault(language, "empty"))
            continue
        if len(text) > LONGEST:
            found.append(TextFault(language, "too_long", str(LONGEST)))
        found += [TextFault(language, "no_column", name) for name in placeholders(text) if _same(name) not in known]
        if _BRACE.search(_PLACEHOLDER.sub("", text)):
            found.append(TextFault(language, "brace"))
    return found


class Pattern:
    """A text whose placeholders were found once, to be filled in for many."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        places = {_same(column): place for place, column in reversed(list(enumerate(columns)))}
        pieces = _PLACEHOLDER.split(text.strip())
        self._words = pieces[::2]
        self._places = [places.get(_same(name)) for name in pieces[1::2]]

    def filled(self, values: Sequence[str]) -> str:
        """A value that the list has not is left out."""
        text = [self._words[0]]
        for words, place in zip(self._words[1:], self._places, strict=True):
            value = values[place] if place is not None and place < len(values) else ""
            text += (" ".join(value.split()), words)
        return "".join(text)


def as_sms(text: str) -> tuple[str, int]:
    """As it leaves, and in how many parts."""
    text = fitted(text)
    return text, measure(text).parts


def patterns(texts: Texts, columns: Sequence[str]) -> Mapping[Language, Pattern]:
    return {language: Pattern(texts.of(language), columns) for language in Language}


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()
