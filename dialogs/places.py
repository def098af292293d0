"""Where an organisation is, as the register writes it, and where people say they are: in either language, in any
spelling, «Алматы облысы» and «Алматинская область» alike.
"""

import re
from collections.abc import Collection, Iterable
from enum import IntEnum, StrEnum
from functools import lru_cache

from msgspec import Struct
from rapidfuzz.distance import OSA

from dialogs.spelling import by_ear, stems, tokens


class Kind(StrEnum):
    REGION = "region"
    DISTRICT = "district"
    TOWN = "town"
    VILLAGE = "village"
    STREET = "street"


class Alike(IntEnum):
    """How surely two words are one."""

    NO = 0
    SLIP = 1
    SOUND = 2
    SAME = 3


class Place(Struct, frozen=True):
    """«Панфилов ауданы» is a district, and its name is one word."""

    kind: Kind | None
    words: tuple[str, ...]


def _kinds(**words: str) -> dict[str, Kind]:
    return {token: Kind(kind) for kind, listed in words.items() for token in tokens(listed)}


_KINDS = _kinds(
    region="облысы облыс облысында облысынан область области областной обл",
    district="ауданы аудан ауданында ауданынан район районе района р-н ауд",
    town="қаласы қала қаласында қаласынан қ город города городе г",
    village="ауылы ауыл ауылында а село селе села с аул ауле посёлок поселок посёлке кент кенті п округі округ",
    street="көшесі көше сі улица ул даңғылы даңғ проспект пр шағынаудан мкр микрорайон переулок дом үй",
)
"""«к-сі» is two words; the second says enough."""

_ALIASES = {
    one: tokens(other)[0]
    for other, names in {
        "шығыс": "восточно восточный восток",
        "батыс": "западно западный запад",
        "солтүстік": "северо северный север",
        "қазақстан": "казахстан казахстанская",
        "ақтөбе": "актюбинск актюбинская актюбе",
        "қонаев": "капшагай қапшағай",
        "орал": "уральск",
        "өскемен": "каменогорск",
        "петропавл": "петропавловск",
        "семей": "семипалатинск",
        "жаркент": "джаркент панфиловск",
        "жамбыл": "джамбул джамбульская",
    }.items()
    for one in tokens(names)
}
"""Names that differ by more than their spelling."""
_SHORT = {
    tokens(short)[0]: tuple(tokens(whole))
    for short, whole in {
        "ШҚО": "шығыс қазақстан",
        "ВКО": "шығыс қазақстан",
        "БҚО": "батыс қазақстан",
        "ЗКО": "батыс қазақстан",
        "СҚО": "солтүстік қазақстан",
    }.items()
}
"""СҚО and СКО are one word here."""

ANYWHERE = frozenset({*Kind, None} - {Kind.STREET})
_LOCAL = frozenset({Kind.DISTRICT, Kind.TOWN, Kind.VILLAGE, None})
MEANT: dict[Kind | None, tuple[frozenset[Kind | None], ...]] = {
    None: (ANYWHERE,),
    Kind.REGION: (frozenset({Kind.REGION, None}),),
    **{kind: (frozenset({kind, None}), _LOCAL) for kind in (Kind.DISTRICT, Kind.TOWN, Kind.VILLAGE)},
    Kind.STREET: (ANYWHERE,),
}
"""What somebody asks for → which places that may be: a village may be called a town, a region is no town."""

_ADJECTIVE = re.compile(r"(in)?sk(aia|oi|oe|om|ogo|omu|uiu|i)$")
"""«Алматинская», «Панфиловского»."""
_LONG_ENOUGH = 5
"""Letters of a word in which a slip is forgiven."""
_SHORTEST = 3
_HOUSE = re.compile(r"\d")


@lru_cache(maxsize=16_384)
def read(text: str) -> tuple[Place, ...]:
    """«Жаркент қ., Абай көшесі, 1» is a town and a street."""
    return tuple(place for part in text.split(",") if (place := _part(part)).words or place.kind)


def _part(text: str) -> Place:
    said = tokens(text)
    kinds = [_KINDS[token] for token in said if token in _KINDS]
    words = tuple(token for token in said if token not in _KINDS and len(token) > 1)
    if _HOUSE.search(text) and not kinds:
        return Place(Kind.STREET, words)
    return Place(Kind.STREET if Kind.STREET in kinds else kinds[0] if kinds else None, words)


def asked(text: str) -> Place:
    """Where somebody says they are. Two kinds of places in one question are none."""
    said = tokens(text)
    kinds = {_KINDS[token] for token in said if token in _KINDS}
    words = [word for token in said if token not in _KINDS for word in _SHORT.get(token, (token,))]
    return Place(kinds.pop() if len(kinds) == 1 else None, tuple(word for word in words if len(word) >= _SHORTEST))


def name(text: str) -> str:
    """The town or village of an address, as it is written there."""
    parts = [(part.strip(), _part(part).kind) for part in text.split(",")]
    for wanted in ((Kind.TOWN, Kind.VILLAGE), (None,)):
        for part, kind in parts:
            if part and kind in wanted:
                return " ".join(word for word in part.split() if not _KINDS.keys() & tokens(word)) or part
    return ""


def best(said: Collection[str], words: Iterable[str]) -> dict[str, dict[str, Alike]]:
    """Of what was said, each word → the words that it may be, and how surely: only the likeliest of them."""
    different = set(words)
    found = {}
    for one in said:
        near = {word: how for word in different if (how := alike(one, word))}
        if near:
            found[one] = {word: how for word, how in near.items() if how == max(near.values())}
    return found


def alike(said: str, word: str) -> Alike:
    one, other = root(said), root(word)
    if said == word or one == other:
        return Alike.SAME
    if by_ear(one[0]) != by_ear(other[0]):
        return Alike.NO
    if not set(stems(said)).isdisjoint(stems(word)):
        return Alike.SOUND
    if len(one) > _SHORTEST and by_ear(one) == by_ear(other):
        return Alike.SOUND
    shorter = min(len(one), len(other))
    if shorter < _LONG_ENOUGH or one[0] != other[0]:
        return Alike.NO
    slips = 1 if shorter < 2 * _LONG_ENOUGH else 2
    return Alike.SLIP if OSA.distance(one, other, score_cutoff=slips) <= slips else Alike.NO


@lru_cache(maxsize=16_384)
def root(word: str) -> str:
    """What «Алматы», «Алматинская» and «в Алматинской» have in common."""
    word = _ALIASES.get(word, word)
    bare = _ADJECTIVE.sub("", word)
    bare = _ALIASES.get(bare, bare) if len(bare) >= _SHORTEST else word
    while len(bare) > _SHORTEST and bare[-1] in "aeiou":
        bare = bare[:-1]
    return bare
