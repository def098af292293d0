"""The register of organisations as somebody looks through it: for whom, where, by what name, and what the licence
says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from dialogs import places
from dialogs.inquiries import Organisation
from dialogs.places import Alike, Kind
from dialogs.recipients import category
from dialogs.spelling import tokens

SETTINGS = ("inpatient", "semi_inpatient", "home", "temporary")

_ALPHABET = {ord(c): 0x400 + n for n, c in enumerate("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя")}
_BIN = 12
_SHORT_NAME = 30
_QUOTES = (("«", "»"), ("“", "”"), ('"', '"'))


class Licence(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def licence(entry: Organisation, day: date) -> Licence:
    """Its last day is a valid one."""
    if entry.license_until is None or (entry.license_issued is not None and entry.license_issued > day):
        return Licence.UNKNOWN
    return Licence.VALID if day <= entry.license_until else Licence.EXPIRED


def mark(text: str) -> str:
    """A short name for a text that E-Sobes wrote, for buttons."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()


@lru_cache(maxsize=16_384)
def _folded(text: str) -> str:
    return " ".join(tokens(text))


def categories(entries: Iterable[Organisation]) -> tuple[str, ...]:
    """All that occur, those that most organisations help first."""
    counted = Counter(one for entry in entries for one in dict.fromkeys(map(category, entry.categories)) if one)
    return tuple(sorted(counted, key=lambda one: (-counted[one], one)))


def helping(entries: Iterable[Organisation], wanted: str) -> tuple[Organisation, ...]:
    return tuple(entry for entry in entries if wanted in map(category, entry.categories))


@lru_cache(maxsize=4096)
def region_key(region: str) -> frozenset[tuple[Kind | None, tuple[str, ...]]]:
    """One for «Жетісу облысы» and «область Жетісу»."""
    return frozenset((place.kind, tuple(map(places.root, place.words))) for place in places.read(region))


def regions(entries: Iterable[Organisation]) -> tuple[str, ...]:
    """All that occur, each as it is mostly written."""
    counted = Counter(entry.region.strip() for entry in entries if entry.region.strip())
    different: dict[object, str] = {}
    for region, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        different.setdefault(region_key(region), region)
    return tuple(sorted(different.values(), key=_in_order))


def in_region(entries: Sequence[Organisation], wanted: str) -> tuple[Organisation, ...]:
    """In a region as the register writes it, or where somebody says they are."""
    key = region_key(wanted)
    exactly = tuple(entry for entry in entries if entry.region and region_key(entry.region) == key)
    return exactly or near(entries, wanted)


class _Register:
    """The same entries are looked through by many, step by step: they are told apart by being the same ones."""

    __slots__ = ("entries",)

    def __init__(self, entries: tuple[Organisation, ...]) -> None:
        self.entries = entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Register) and self.entries is other.entries

    def __hash__(self) -> int:
        return id(self.entries)


def narrowed(
    entries: tuple[Organisation, ...], wanted: str = "", region: str = "", text: str = ""
) -> tuple[Organisation, ...]:
    """Whoever helps `wanted`, in the region, by words typed; empty: any."""
    return _narrowed(_Register(entries), wanted, region, text)


@lru_cache(maxsize=128)
def _narrowed(register: _Register, wanted: str, region: str, text: str) -> tuple[Organisation, ...]:
    found = register.entries
    if wanted:
        found = helping(found, wanted)
    if region:
        found = in_region(found, region)
    return called(found, text) if text else found


def near(entries: Sequence[Organisation], text: str) -> tuple[Organisation, ...]:
    """In the region, district, town or village that somebody typed; where none is spelled so, in one spelled nearly
    so."""
    asked = places.asked(text)
    for kinds in places.MEANT[asked.kind]:
        found = _closest(entries, asked.words, [_place_words(one.region, one.address, kinds) for one in entries])
        if found:
            return found
    return ()


def called(entries: Sequence[Organisation], text: str) -> tuple[Organisation, ...]:
    """By words of the name, or of the place."""
    written = [_place_words(one.region, one.address, places.ANYWHERE) | _name_words(one.name) for one in entries]
    return _closest(entries, places.asked(text).words, written)


def _closest(
    entries: Sequence[Organisation], said: Sequence[str], written: Sequence[frozenset[str]]
) -> tuple[Organisation, ...]:
    """Those of which most was said, and most surely."""
    likely = places.best(said, frozenset().union(*written))
    if not likely:
        return ()
    scores = [_score(likely.values(), words) for words in written]
    highest = max(scores)
    return tuple(entry for entry, score in zip(entries, scores, strict=True) if score == highest)


def _score(likely: Iterable[dict[str, Alike]], words: frozenset[str]) -> tuple[int, int]:
    heard = [max(near[word] for word in both) for near in likely if (both := near.keys() & words)]
    return len(heard), sum(heard)


@lru_cache(maxsize=16_384)
def _name_words(text: str) -> frozenset[str]:
    return frozenset(token for token in tokens(text) if len(token) > 2)


@lru_cache(maxsize=16_384)
def _place_words(region: str, address: str, kinds: frozenset[Kind | None]) -> frozenset[str]:
    """Without the street: there is an Abai street everywhere."""
    found = (*places.read(region), *places.read(address))
    return frozenset(word for place in found if place.kind in kinds for word in place.words)


def town(entry: Organisation) -> str:
    return places.name(entry.address) or places.name(entry.region) or entry.region.split(",")[0].strip()


def short_name(entry: Organisation) -> str:
    """What stands in quotes, if it tells enough; else the beginning."""
    name = " ".join(entry.name.split()) or entry.bin
    for opening, closing in _QUOTES:
        inside = name.partition(opening)[2].partition(closing)[0]
        if inside:
            return f"«{_cut(inside)}»"
    return _cut(name)


def _cut(text: str) -> str:
    if len(text) <= _SHORT_NAME:
        return text
    whole = text[:_SHORT_NAME].rpartition(" ")[0] or text[: _SHORT_NAME - 1]
    return f"{whole}…"


@lru_cache(maxsize=16_384)
def _in_order(name: str) -> str:
    return name.strip("«»").casefold().translate(_ALPHABET)


def ordered(entries: Iterable[Organisation], day: date) -> tuple[Organisation, ...]:
    """By name; those whose licence has run out, last."""
    return tuple(
        sorted(entries, key=lambda one: (licence(one, day) is Licence.EXPIRED, _in_order(short_name(one)), one.bin))
    )


def keyed(entries: Iterable[Organisation]) -> dict[str, Organisation]:
    """Short names for buttons. The same organisation may be there twice, at two addresses."""
    found: dict[str, Organisation] = {}
    for entry in entries:
        found.setdefault(key(entry, found), entry)
    return found


def key(entry: Organisation, among: Mapping[str, Organisation]) -> str:
    plain = entry.bin.isascii() and entry.bin.isdigit() and len(entry.bin) <= _BIN
    if plain and among.get(entry.bin, entry) == entry:
        return entry.bin
    return mark(repr(entry))
