"""Whom organisations help. What E-Sobes calls by a name we know has words of ours; all else stays as it came."""

from functools import lru_cache

from dialogs.spelling import tokens

CATEGORIES = {
    "elderly": "elderly|older persons|престарелые|пожилые|қарттар|егде адамдар",
    "disability": "disability|disabled|лица с инвалидностью|инвалиды|мүгедектігі бар адамдар|мүгедектер",
    "children": "children|дети|дети с инвалидностью|балалар|мүгедектігі бар балалар",
    "mental": "mental|психоневрология|лица с психоневрологическими заболеваниями",
    "musculoskeletal": "musculoskeletal|ода|тқа|нарушения опорно-двигательного аппарата",
    "homeless": "homeless|бездомные|бомж|лица без определенного места жительства|баспанасыз адамдар|үйсіздер",
    "violence": "violence|жертвы насилия|жертвы бытового насилия|зорлық көргендер|тұрмыстық зорлық құрбандары",
    "trafficking": "trafficking|жертвы торговли людьми|адам саудасы құрбандары",
    "released": "released|освобожденные|освободившиеся|бас бостандығынан шыққандар",
    "probation": "probation|пробация|лица на учете пробации|пробация есебіндегілер",
}
"""How E-Sobes may call them."""


def _folded(text: str) -> str:
    return " ".join(tokens(text.replace("_", " ")))


_KNOWN = {_folded(text): category for category, texts in CATEGORIES.items() for text in texts.split("|")}


@lru_cache(maxsize=4096)
def category(text: str) -> str:
    """One of ours, if it is known; else as it came."""
    return _KNOWN.get(_folded(text), " ".join(text.split()))
