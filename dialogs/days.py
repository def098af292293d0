"""Days as people say them, in the forms that sentences need.

A text says which form it needs: `{day}` with the weekday, `{day:till}` up to and with that day; without the weekday
`{day:by}`, which is `till`, and `{day:on}`, `{day:since}`, `{day:date}`.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from dialogs.language import Language

BABEL_LOCALE = {Language.KK: "kk", Language.RU: "ru_KZ"}

_BACK = frozenset("аоұы")
_VOICELESS = frozenset("кқпстхшщ")
_NASAL = frozenset("мнң")
_GENITIVE = ("понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья")


class LongAgo(date):
    """Nobody would know of which year it is."""


class Day(str):
    """Its words; other forms of them by `format`."""

    __slots__ = ("_day", "_language")

    _day: date
    _language: Language

    def __new__(cls, day: date, language: Language) -> "Day":
        made = super().__new__(cls, with_weekday(day, language))
        made._day, made._language = day, language
        return made

    def __format__(self, form: str) -> str:
        return _formed(self._day, form, self._language, isinstance(self._day, LongAgo)) if form else str(self)


@lru_cache(maxsize=4096)
def with_weekday(day: date, language: Language) -> str:
    """«26 қараша, бейсенбі», «четверг, 26 ноября»."""
    number, weekday = _number(day, language), _weekday(day, language)
    return f"{number}, {weekday}" if language is Language.KK else f"{weekday}, {number}"


@lru_cache(maxsize=4096)
def _formed(day: date, form: str, language: Language, with_year: bool) -> str:
    number = _number(day, language)
    if language is Language.RU:
        dated = f"{number} {day.year} года" if with_year else number
        return f"{_GENITIVE[day.weekday()]}, {dated}" if form == "till" else dated
    year = f"{day.year} жылғы " if with_year else ""
    if form == "till":
        return f"{year}{_up_to(number)}, {_up_to(_weekday(day, language))}"
    return year + _FORMS[form](number)


def _number(day: date, language: Language) -> str:
    return format_skeleton("MMMMd", day, locale=BABEL_LOCALE[language])


def _weekday(day: date, language: Language) -> str:
    return format_date(day, "EEEE", locale=BABEL_LOCALE[language])


def _up_to(word: str) -> str:
    """In the dative."""
    if _is_back(word):
        return f"{word}{'қ' if word[-1] in _VOICELESS else 'ғ'}а"
    return f"{word}{'к' if word[-1] in _VOICELESS else 'г'}е"


def _on(word: str) -> str:
    """In the locative."""
    return f"{word}{'т' if word[-1] in _VOICELESS else 'д'}{'а' if _is_back(word) else 'е'}"


def _from(word: str) -> str:
    """In the ablative."""
    consonant = "т" if word[-1] in _VOICELESS else "н" if word[-1] in _NASAL else "д"
    return f"{word}{consonant}{'ан' if _is_back(word) else 'ен'}"


def _is_back(word: str) -> bool:
    """By its last vowel."""
    last = next(letter for letter in reversed(word) if letter in "аоұыәөүіе")
    return last in _BACK


_FORMS: dict[str, Callable[[str], str]] = {"by": _up_to, "on": _on, "since": _from, "date": str}
