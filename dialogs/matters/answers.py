"""What a text from a phone with offers says about them.

An answer is a legal act, so there is one principle: nobody ever consents or refuses by mistake. A live code with
words that are known to be harmless, or a clear word where one offer is open, decides. All else is asked again, and
we say why.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from dialogs.matters.answer_reading import Said, read
from dialogs.matters.answer_words import Sense


class Open(Struct, frozen=True):
    """An offer that waits on this phone, or one whose codes are still known there."""

    id: str
    yes: str
    no: str
    open: bool = True
    """False: closed, withdrawn or answered. Its codes still mean it; a clear word never does."""


class Reason(StrEnum):
    """Why an answer has to be asked again."""

    ARRIVAL = "arrival"
    """It may as well be meant for an invitation, whose letter came later."""
    BOTH = "both"
    CONDITION = "condition"
    NEGATED = "negated"
    QUESTION = "question"
    POLITE = "polite"
    SEVERAL = "several"
    UNKNOWN_CODE = "unknown_code"
    UNSURE = "unsure"


class Decides(Struct, frozen=True):
    id: str
    consent: bool
    code: str | None
    """None: by a clear word."""


class Unclear(Struct, frozen=True):
    reason: Reason


class Asks(Struct, frozen=True):
    """They want to know what it is."""


class Died(Struct, frozen=True):
    """Somebody has died, most likely the person whom the offer was made to. It decides nothing: the office has to
    see the papers."""


class NotMine(Struct, frozen=True):
    """The phone is a stranger's. `id`: of the offer whose code stands beside it."""

    id: str | None


Heard = Decides | Unclear | Asks | NotMine | Died

_YES = frozenset({Sense.YES})
_NO = frozenset({Sense.NO, Sense.REFUSAL, Sense.DISAGREES})
_CLEAR = _YES | _NO
_KIND = frozenset({Sense.GREETING, Sense.THANKS})
_AGREED = _YES | _KIND | {Sense.FAVOUR}
_REFUSED = _NO | _KIND | {Sense.AGAINST}
_BESIDE_YES = _KIND | {Sense.NOUN, Sense.HARMLESS, Sense.YES, Sense.TOWARDS, Sense.POLITE, Sense.FAVOUR}
_BESIDE_NO = _KIND | _NO | {Sense.NOUN, Sense.HARMLESS, Sense.AWAY, Sense.AGAINST}
_BESIDE_QUESTION = _KIND | {Sense.WHAT, Sense.ASK, Sense.MARK, Sense.LIGHT, Sense.POLITE, Sense.HARMLESS, Sense.NOUN}
_BESIDE_STRANGER = _KIND | _NO | _BESIDE_QUESTION | {Sense.STRANGER, Sense.NOT, Sense.OTHER}
_SPEAKS = _CLEAR | {Sense.SOFT, Sense.TOWARDS, Sense.AWAY}
_HINTS = frozenset({Sense.VAGUE, Sense.AGAINST})
_NAME = 2
"""Words of a name: «мен Айгүл емеспін»."""
_BRIEF = 4
"""Words beside «умер»: who it was, and when."""


def hear(text: str, offers: Sequence[Open], *, choices: Collection[str] = ()) -> Heard | None:
    """`choices`: labels that the ordinary talk offers right now: a clear word that means one of them is not clear.
    None: nothing in it speaks about an offer."""
    said = read(text)
    known = {
        code: (offer.id, code == offer.yes, code)
        for offer in sorted(offers, key=lambda offer: offer.open)
        for code in (offer.yes, offer.no)
    }
    named = {known[number] for number in said.numbers if number in known}
    waiting = [offer for offer in offers if offer.open]
    if Sense.STRANGER in said.senses:
        if _strange(said, known):
            ids = {id for id, _, _ in named}
            return NotMine(ids.pop() if len(ids) == 1 else None)
        return Unclear(_why(said) or Reason.UNSURE) if named or waiting else None
    if not named and _mourns(said):
        return Died() if known else None
    if named:
        return _by_code(said, named)
    if waiting:
        return _by_code_unknown(said, known) or _by_words(said, waiting, choices)
    return None


def _strange(said: Said, known: Collection[str]) -> bool:
    """Words that are not known are only the name of somebody that they are not."""
    names = said.senses.count(Sense.OTHER)
    beside = {b for a, b in pairwise(said.senses) if a is Sense.STRANGER}
    beside |= {a for a, b in pairwise(said.senses) if b is Sense.STRANGER} & {Sense.NOT}
    return (
        not said.odd
        and beside.isdisjoint({Sense.MARK, Sense.ASK, Sense.NOT})
        and _BESIDE_STRANGER.issuperset(said.senses)
        and (0 < names <= _NAME if Sense.NOT in said.senses else not names)
        and all(number in known for number in said.numbers)
    )


def _mourns(said: Said) -> bool:
    """Not whoever agrees to something, asks for something, has more to tell, or says that nobody has died."""
    denied = any(one is Sense.DIED and after is Sense.NO for one, after in pairwise(said.senses))
    against = {Sense.YES, Sense.TOWARDS, Sense.NOT, Sense.IF, Sense.ASK, Sense.WHAT}
    brief = said.senses.count(Sense.OTHER) <= _BRIEF
    return Sense.DIED in said.senses and brief and not denied and against.isdisjoint(said.senses)


def _why(said: Said) -> Reason | None:
    """What makes any answer unclear, whatever else is in it."""
    for sense, reason in (
        (Sense.MARK, Reason.QUESTION),
        (Sense.ASK, Reason.QUESTION),
        (Sense.IF, Reason.CONDITION),
        (Sense.WHAT, Reason.QUESTION),
    ):
        if sense in said.senses:
            return reason
    if not _YES.isdisjoint(said.senses) and not (_NO | {Sense.AGAINST}).isdisjoint(said.senses):
        return Reason.BOTH
    return Reason.NEGATED if Sense.NOT in said.senses else None


def _by_code(said: Said, named: Collection[tuple[str, bool, str]]) -> Heard:
    if len({id for id, _, _ in named}) > 1:
        return Unclear(_why(said) or Reason.SEVERAL)
    id, consent, code = min(named)
    if len(named) > 1:
        why = _why(said)
        return Unclear(why if why in (Reason.QUESTION, Reason.CONDITION) else Reason.BOTH)
    if why := _why(said):
        return Unclear(why)
    spoken = set(said.senses)
    if Sense.SOFT in spoken or (consent and Sense.DISAGREES in spoken):
        return Unclear(Reason.NEGATED)
    against = {Sense.NO, Sense.REFUSAL, Sense.AWAY, Sense.AGAINST} if consent else {Sense.YES, Sense.TOWARDS}
    if spoken & against:
        return Unclear(Reason.BOTH)
    if said.odd or set(said.numbers) != {code} or spoken - (_BESIDE_YES if consent else _BESIDE_NO) or _lacks(said):
        return Unclear(Reason.UNSURE)
    return Decides(id, consent, code)


def _lacks(said: Said) -> bool:
    """«Код жоқ», «жауап жоқ»: there is none, which refuses nothing."""
    nouns = (Sense.NOUN, Sense.THANKS, Sense.HARMLESS)
    return any(before in nouns and word is Sense.NO for before, word in pairwise(said.senses))


def _by_code_unknown(said: Said, known: Collection[str]) -> Unclear | None:
    """Numbers, or their names, that were to be a code and are none."""
    if said.odd or not {Sense.OTHER, Sense.IF, Sense.WHAT, Sense.ASK, Sense.VAGUE}.isdisjoint(said.senses):
        return None
    if said.numbers and all(len(number) == 3 for number in said.numbers):
        return Unclear(Reason.UNKNOWN_CODE)
    if (said.numbers and "".join(said.numbers) in known) or said.senses.count(Sense.FIGURE) > 1:
        return Unclear(Reason.UNSURE)
    return None


def _by_words(said: Said, waiting: Sequence[Open], choices: Collection[str]) -> Heard | None:
    spoken = set(said.senses)
    more = bool(said.numbers) or said.odd or Sense.OTHER in spoken
    if spoken & _SPEAKS:
        return Unclear(reason) if (reason := _unclear(said, more)) else _decided(said, waiting, choices)
    if spoken == {Sense.NOT} or (spoken & _HINTS and Sense.OTHER not in spoken and not said.numbers):
        why = _why(said) if spoken - {Sense.NOT} else None
        return Unclear(why or Reason.UNSURE)
    if more:
        return Unclear(Reason.CONDITION) if Sense.POLITE in spoken and Sense.IF in spoken else None
    if (Sense.WHAT in spoken and spoken <= _BESIDE_QUESTION) or spoken in ({Sense.MARK}, {Sense.MARK, Sense.NOT}):
        return Asks()
    if spoken & {Sense.POLITE, Sense.THANKS, Sense.FAVOUR}:
        return Unclear(_why(said) or Reason.POLITE)
    return None


def _unclear(said: Said, more: bool) -> Reason | None:
    """Why clear words do not decide."""
    if why := _why(said):
        return why
    spoken = set(said.senses)
    if not more and {Sense.YES, Sense.POLITE} <= spoken <= _AGREED | {Sense.POLITE}:
        return Reason.POLITE
    clear = spoken <= _AGREED if Sense.YES in spoken else spoken <= _REFUSED or _needless(said)
    return None if clear and not more and not _lacks(said) else Reason.UNSURE


def _needless(said: Said) -> bool:
    """«Жоқ, керек емес». But «отказ не нужен» refuses nothing."""
    words = [sense for sense in said.senses if sense not in _KIND]
    return words[0] is Sense.NO and set(words) <= {Sense.NO, Sense.SOFT}


def _decided(said: Said, waiting: Sequence[Open], choices: Collection[str]) -> Heard:
    consent = Sense.YES in said.senses
    meant = _YES if consent else _NO
    if any(not meant.isdisjoint(read(choice).senses) for choice in choices):
        return Unclear(Reason.UNSURE)
    if len(waiting) > 1:
        return Unclear(Reason.SEVERAL)
    return Decides(waiting[0].id, consent, None)
