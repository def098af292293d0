"""Words as people type them on any keyboard, made alike: «қоляска», «koljaska» and «КОЛЯСКА» are one word.

Both alphabets become one coarse Latin spelling in which sounds that people mix up fall together. It is only for
comparing, never shown.
"""

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгғдежзийклмнңопрстуфхһыіэё", "abvggdejziiklmnnoprstufhhiiee", strict=True)),
        **dict(zip("әқөұүцчшщ", "akouuccww", strict=True)),
        "ю": "iu",
        "я": "ia",
        "ъ": "",
        "ь": "",
    }
)
_LATIN_DIGRAPHS = (
    (re.compile(r"shch|sch|sh|ş|ś"), "w"),
    (re.compile(r"ch|ç|č|ts|tz"), "c"),
    (re.compile(r"zh|ž"), "j"),
    (re.compile(r"kh|x"), "h"),
    (re.compile(r"gh|ğ|ǵ"), "g"),
    (re.compile(r"(?<=[^aeiouy])j(?=[au])"), "i"),
    (re.compile(r"y[oe]"), "e"),
)
_LATIN = str.maketrans({**dict(zip("yıqñńäəáöóūúüýé", "iiknnaaaoouuuue", strict=True)), "'": "", "ʹ": "", "’": ""})
_LOOKALIKE = str.maketrans("aceopxyihkmtbə", "асеорхуіһкмтвә")
"""Latin letters inside a Cyrillic word: the keyboard lacked «і», or the hand slipped."""
_ANY_LATIN = re.compile(r"[a-zäöüğñışçəūýńǵśéáóú]")
_ANY_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_TOKEN = re.compile(r"[^\W_]+(?:['’ʹ][^\W_]+)*['’ʹ]?")
_TWICE = re.compile(r"(.)\1+")


def _endings(text: str) -> tuple[str, ...]:
    return tuple(sorted(text.split(), key=len, reverse=True))


_RUSSIAN = (
    _endings(
        "iami ami iah ah iam am ov ev ei oi ii iia ia aia oe ee ego ogo omu emu im ih om em uiu iuiu uu iu eiu oiu "
        "ie a u i e o iei iem imi it iut iat iw ew ala ali ila ili"
    ),
)
_KAZAKH = (
    _endings(
        "nin din tin ga ge ka ke na ne ni di ti n da de ta te nda nde dan den tan ten nan nen men ben pen "
        "dagi degi tagi tegi ndagi ndegi min siz gim kim"
    ),
    _endings("im m in n i si miz imiz niz iniz"),
    _endings("lar ler dar der tar ter lik dik tik dai dei"),
)
"""What a word may end in, the last ending first: «көмекшілерімізге» is case, owner, number."""
_HOUSE = dict.fromkeys(
    [
        "ui",
        "uide",
        "uidegi",
        "uige",
        "uii",
        "uim",
        "uimde",
        "uime",
        "uin",
        "uine",
        "uinde",
        "uinen",
        "uden",
        "udegi",
        "uge",
    ],
    "ui",
)
"""«Үй» is shorter than its own endings."""


def tokens(text: str) -> list[str]:
    """The words of a text in the coarse spelling, in their order."""
    return [
        folded for word in _TOKEN.findall(unicodedata.normalize("NFC", text).casefold()) if (folded := _fold(word))
    ]


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    if _ANY_LATIN.search(word):
        if _ANY_CYRILLIC.search(word):
            word = word.translate(_LOOKALIKE)
        else:
            for digraph, letter in _LATIN_DIGRAPHS:
                word = digraph.sub(letter, word)
            word = word.translate(_LATIN)
    word = word.translate(_CYRILLIC)
    return _TWICE.sub(r"\1", word.replace("ts", "c").replace("ng", "n"))


@lru_cache(maxsize=8192)
def stems(token: str) -> tuple[str, ...]:
    """What may be left when endings are taken off, the shortest last. One language's endings are the other's
    roots, so both ways are kept, and two words are alike if any of their stems are."""
    if token in _HOUSE:
        return ("ui",)
    found = {_unvoiced(token)}
    shortest = 3 if len(token) < 6 else 4
    for language in (_RUSSIAN, _KAZAKH):
        left = token
        for endings in language:
            ending = next((e for e in endings if left.endswith(e) and len(left) - len(e) >= shortest), "")
            left = left.removesuffix(ending)
            found.add(_unvoiced(left))
    return tuple(sorted(found, key=len, reverse=True))


def _unvoiced(stem: str) -> str:
    """«көмек» and «көмегі» end alike once the ending is off."""
    return stem[:-1] + {"g": "k", "b": "p"}.get(stem[-1], stem[-1])


_VOWELS = str.maketrans("oe", "ai")


def by_ear(stem: str) -> str:
    """As it sounds when the stress is elsewhere: «пратез», «санотории»."""
    return stem.translate(_VOWELS)
