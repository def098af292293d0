"""The words of a text that says a day, in Kazakh, in Russian or in Latin letters: what each of them is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from rapidfuzz.distance import OSA

from dialogs import spelling


class Item(Struct, frozen=True):
    kind: str
    """One letter, so that a whole text is a word of its own, which a pattern fits or not:

    D day and month in figures    Y a year in figures    N a number in figures    O the n-th of a month
    n a number in words    r an ordinal    P «+5»    T a time of day    X other figures
    M a month by its name    s by its beginning    W a weekday    t today, or soon after
    d, w, m days, weeks, months    v during a week
    > «in …»    < «… later»    A «after …»    b «by …»    c «on day number …»    y the word «year»
    l the last    e the last, or the end    z the end    ! what turns the meaning    . anything else
    """
    values: tuple[int, ...] = ()


def _folded(*words: str) -> Iterator[str]:
    for word in words:
        yield spelling.tokens(word)[0]


def _with(bases: Iterable[str], endings: str) -> Iterator[str]:
    for base in bases:
        yield from _folded(base, *(base + ending for ending in endings.split()))


_ENDINGS = (
    "да де та те ға ге қа ке ның нің дың дің тың тің дан ден тан тен нан нен дағы дегі тағы тегі ны ні ды ді ты ті "
    "а я е у ю ем ём ом и"
)
"""Of names of months and weekdays. People mix the languages as well: «декабрьде»."""
_MONTHS = {
    1: "январ қаңтар",
    2: "феврал ақпан",
    3: "март наурыз",
    4: "апрел сәуір",
    5: "май мамыр",
    6: "июн маусым",
    7: "июл шілде",
    8: "август тамыз",
    9: "сентябр қыркүйек",
    10: "октябр қазан",
    11: "ноябр қараша",
    12: "декабр желтоқсан",
}
_MONTHS_CUT = {
    1: "янв қаң",
    2: "фев февр ақп",
    3: "мар нау наур",
    4: "апр сәу",
    5: "мам",
    6: "мау",
    7: "шіл",
    8: "авг там",
    9: "сен сент қыр",
    10: "окт қаз",
    11: "ноя нояб қар",
    12: "дек жел желт",
}
_WEEKDAYS = {
    1: "понедельник дүйсенбі",
    2: "вторник сейсенбі",
    3: "сред среда сәрсенбі",
    4: "четверг бейсенбі",
    5: "пятниц пятница жұма",
    6: "суббот суббота сенбі",
    7: "воскресень воскресение жексенбі",
}
_WEEKDAYS_CUT = {1: "пн пнд дс", 2: "вт сс", 3: "ср", 4: "чт чтв бс", 5: "пт птн жм", 6: "сб", 7: "вс вск жс"}
MONTHS = {form: month for month, names in _MONTHS.items() for form in _with(names.split(), _ENDINGS)}
MONTHS_CUT = {form: month for month, names in _MONTHS_CUT.items() for form in _folded(*names.split())}
WEEKDAYS = {form: day for day, names in _WEEKDAYS.items() for form in _with(names.split(), _ENDINGS)}
WEEKDAYS |= {form: day for day, names in _WEEKDAYS_CUT.items() for form in _folded(*names.split())}

_KAZAKH = "бір екі үш төрт бес алты жеті сегіз тоғыз он жиырма отыз"
_RUSSIAN = (
    "один|одна|одну два|две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать"
)
_RUSSIAN_ORDINAL = (
    "перв втор треть четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат "
    "шестнадцат семнадцат восемнадцат девятнадцат двадцат тридцат"
)
_NOMINATIVE = "ое е ый ой ий ая я ую ю ом"
_GENITIVE = "ого его ому ему"
TEN = 10
_TENS = {"kk": (TEN, 20, 30), "ru": (20, 30)}
_POSSESSIVE = "ы і сы сі ына іне сына сіне ында інде сында сінде ынан інен сынан сінен"
_ORDINAL = "ншы нші ыншы інші сыншы"


def _numbers() -> dict[str, tuple[Item, str]]:
    """With the language, since a number may be made of two words of the same one."""
    found: dict[str, tuple[Item, str]] = {}

    def add(kind: str, value: int, language: str, words: Iterable[str]) -> None:
        found.update(dict.fromkeys(_folded(*words), (Item(kind, (value,)), language)))

    for value, word in zip((*range(1, 11), 20, 30), _KAZAKH.split(), strict=True):
        add("r", value, "kk", (word + ending for ending in _ORDINAL.split()))
        add("O", value, "kk", (word + ending for ending in _POSSESSIVE.split()))
        add("n", value, "kk", [word])
    for value, words in zip((*range(1, 21), 30), _RUSSIAN.split(), strict=True):
        add("n", value, "ru", words.split("|"))
    for value, stem in zip((*range(1, 21), 30), _RUSSIAN_ORDINAL.split(), strict=True):
        add("r", value, "ru", (stem + ending for ending in _NOMINATIVE.split()))
        add("O", value, "ru", (stem + ending for ending in _GENITIVE.split()))
    return found


NUMBERS = _numbers()

_PATTERNS = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "!": "ne|net|ni|nelz.*|emes|jok|krome|nazad|burin|ranwe|ranee|erterek|ili|nemese|alde|birnewe|jarim|par[aiu]"
        "|jarti|cetvert|neskolko|posledn(?!(?:i|ego|emu|em)$).*|poltor.*|pol|mejdu|arasinda"
        "|.{2,}[mbp][ae]i(min|mn|m|di|miz|sin|siz|t)?|.{2,}[mbp][ae]d(im|i|ik)",
        ">": "[cw][ei]re[zs]|spustia",
        "<": "kein|son",
        "A": "posle",
        "b": "na|ewe|iewe|tagi",
        "c": "cisl(o|a|u|e|om)|kuni(n|ne|nde)?",
        "d": "den|dn(ia|ei|iam|i)?|sut(ki|ok)|kun(ge|e|nen|en|dik|di)?",
        "w": "n[ei]del(i|iu|ia|ei|ek|ku|ki)?|ned|apta(dan|ga|lik|nin)?",
        "v": "n[ei]del(e|iah)|aptada",
        "m": "mesiac(a|ev|ik)?|mes|ai(dan|ga|din|da)?|ainin|ainda",
        "y": "god(a|u|e|om)?|jil(gi|i|in|din|ga|da)?|jildin|g|j",
        "l": "posledn(i|ego|emu|em)",
        "z": "kon(ec|ca|ce|cu|com)",
        "e": "soni(n|na|nda|nan|nin)?|songi",
    }.items()
}
"""In the coarse spelling. What turns the meaning comes first."""
_DAYS_FROM_NOW = {
    0: re.compile("se[gv]odn.*|bugin(gi|ge|i|e)?"),
    1: re.compile("zavtra.*|erten(gi|ge|i|e|nen)?"),
    2: re.compile("posl[ei]zavtra.*|b[ui]rs[iu]g[iu]n.*"),
}
_SHORTEST_TYPED_WRONG = 5
_LONG = 7


@lru_cache(maxsize=4096)
def item(token: str) -> Item:
    """What one word is, in the coarse spelling of `spelling.tokens`."""
    if token in MONTHS:
        return Item("M", (MONTHS[token],))
    if token in MONTHS_CUT:
        return Item("s", (MONTHS_CUT[token],))
    if token in WEEKDAYS:
        return Item("W", (WEEKDAYS[token],))
    for days, pattern in _DAYS_FROM_NOW.items():
        if pattern.fullmatch(token):
            return Item("t", (days,))
    for kind, pattern in _PATTERNS.items():
        if pattern.fullmatch(token):
            return Item(kind)
    if len(token) >= _SHORTEST_TYPED_WRONG:
        for kind, names in (("M", MONTHS), ("W", WEEKDAYS)):
            if (value := _nearest(token, names)) is not None:
                return Item(kind, (value,))
    return Item(".")


def _nearest(token: str, names: dict[str, int]) -> int | None:
    """The one that was typed wrong; None if several are as near, as «сейсенбі» and «бейсенбі» would be."""
    heard = spelling.by_ear(token)
    most = 2 if len(token) >= _LONG else 1
    found: dict[int, set[int]] = {}
    for name, value in names.items():
        if len(name) >= _SHORTEST_TYPED_WRONG:
            distance = OSA.distance(heard, spelling.by_ear(name), score_cutoff=most)
            found.setdefault(distance, set()).add(value)
    nearest = found[min(found)] if found and min(found) <= most else set()
    return min(nearest) if len(nearest) == 1 else None


_OF_THE_CALENDAR = re.compile("kalendarn.*|kuntizbelik")
"""Days are so anyway."""
_ON = spelling.tokens("он")[0]
"""Ten in Kazakh, «he» in Russian."""
_NOT_ALONE = frozenset(_folded("оны", "бірі"))
"""Alone they mean «him» and «one of them»."""


def items(tokens: Sequence[str]) -> list[Item]:
    """Neighbouring words; «двадцать пятое», «отыз бірінші» are one number."""
    found: list[Item] = []
    tens = 0, ""
    tokens = [token for token in tokens if not _OF_THE_CALENDAR.fullmatch(token)]
    for place, token in enumerate(tokens):
        number, language = NUMBERS.get(token, (None, ""))
        goes_on = number is not None and tens[0] > 0 and tens[1] == language and number.values[0] < TEN
        if (
            number is None
            or (token in _NOT_ALONE and not goes_on)
            or (token == _ON and not _goes_with_ten(tokens[place + 1 :]))
        ):
            found.append(item(token))
            tens = 0, ""
            continue
        (value,) = number.values
        if goes_on:
            found[-1] = Item(number.kind, (tens[0] + value,))
        else:
            found.append(number)
        tens = (value, language) if number.kind == "n" and value in _TENS[language] else (0, "")
    return found


def _goes_with_ten(following: Sequence[str]) -> bool:
    if not following:
        return False
    number = NUMBERS.get(following[0])
    return number[1] == "kk" if number else item(following[0]).kind in "dwmMc"
