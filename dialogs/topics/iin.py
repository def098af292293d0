"""Showing who somebody is by their IIN, wherever that is asked, and what becomes of an IIN that nobody asked for.

A message with an IIN is erased where that can be done. The code that follows is taken wherever the person is by then.
"""

import re

from dialogs.people import Iin, read_iin
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics import privacy, proof
from dialogs.topics.menu import missed, understood
from dialogs.topics.who import aim, asked, is_unagreed, keep_aim, onwards, sees

_SURROUNDED = re.compile(r"(?:(?:жсн|иин|iin)\W*)*(.*?)\W*")
_BETWEEN = re.compile(r"[\s+().\u2010-\u2015\u2212-]")
_NEARLY = range(9, 16)
"""So many digits and letters may have been meant for an IIN; most of them digits."""
_PART = range(5, _NEARLY[0])
"""So many digits are no number that people are told to call."""


def agrees_here(talk: Talk) -> bool:
    return privacy.this_notice(talk) and asked(talk) == "who.privacy"


def decline(talk: Talk) -> None:
    understood(talk)
    talk.say("who.declined")


asks_for_iin = sees("who.contact", "who.privacy", "who.iin", "who.code")


def is_too_early(talk: Talk) -> bool:
    return asks_for_iin(talk) and is_unagreed(talk)


def is_refused(talk: Talk) -> bool:
    return asks_for_iin(talk) and proof.is_locked(talk)


def is_wrong(talk: Talk) -> bool:
    return asks_for_iin(talk) and not isinstance(read_iin(_meant(talk), talk.now.date()), Iin)


def is_nearly_an_iin(talk: Talk) -> bool:
    sent = _meant(talk)
    digits = sum(letter.isdigit() for letter in sent)
    return len(sent) in _NEARLY and digits >= _NEARLY[0] and sent.isalnum()


def is_part_of_an_iin(talk: Talk) -> bool:
    """Too short to be taken for one anywhere else."""
    sent = _meant(talk)
    return sent.isdecimal() and len(sent) in _PART and proof.code(talk) is None


def is_nearly_a_code(talk: Talk) -> bool:
    return is_part_of_an_iin(talk) and proof.is_live(talk)


def _meant(talk: Talk) -> str:
    """Without what parts the digits, and the word for what they are."""
    found = _SURROUNDED.fullmatch(talk.event.args[0]) if talk.event.args else None
    return _BETWEEN.sub("", found[1]) if found else ""


def too_early(talk: Talk) -> None:
    talk.erases = True
    understood(talk)
    talk.audit("iin_unasked")
    talk.say("who.too_early")


def refused(talk: Talk) -> None:
    """The view says till when."""
    talk.erases = talk.event.name == "iin"
    understood(talk)
    talk.audit("code_locked")


def wrong(talk: Talk) -> None:
    talk.erases = True
    text = _meant(talk)
    fault = read_iin(text, talk.now.date())
    talk.audit("iin_wrong")
    missed(talk, f"who.iin_{fault}", number=str(len(text)))


def begin(talk: Talk) -> None:
    talk.erases = True
    talk.session.aim = aim(talk)
    proof.begin(talk, _meant(talk))


def unasked(talk: Talk) -> None:
    talk.erases = True
    talk.audit("iin_unasked")
    missed(talk, "who.iin_unasked")


def nearly_a_code(talk: Talk) -> None:
    """A slip, and no try."""
    missed(talk, "who.code_length", number=str(len(_meant(talk))))


def has_begun(talk: Talk) -> bool:
    return talk.session.challenge is not None


def may_begin_again(talk: Talk) -> bool:
    return has_begun(talk) and not proof.is_locked(talk)


TOPIC = Topic(
    views={},
    rows=(
        Row("by_iin", ANYWHERE, "who.privacy", when=is_unagreed, do=keep_aim),
        Row("by_iin", ANYWHERE, "who.iin", do=keep_aim),
        Row("agree", ANYWHERE, "who.iin", when=agrees_here, do=privacy.agree),
        Row("decline", ANYWHERE, "menu", when=sees("who.privacy"), do=decline),
        Row("iin", ANYWHERE, "who.privacy", when=is_too_early, do=too_early),
        Row("iin", ANYWHERE, "who.iin", when=is_refused, do=refused),
        Row("iin", ANYWHERE, "who.iin", when=is_wrong, do=wrong),
        Row("iin", ANYWHERE, "who.code", when=asks_for_iin, do=begin),
        Row("iin", ANYWHERE, do=unasked),
        Row("say", "who.iin", when=is_nearly_an_iin, do=wrong),
        Row("say", "who.iin", when=is_part_of_an_iin, do=wrong),
        Row("say", "who.code", when=is_nearly_an_iin, do=wrong),
        Row("say", "who.code", when=is_nearly_a_code, do=nearly_a_code),
        *onwards("say", when=proof.is_right, do=proof.prove),
        Row("say", ANYWHERE, "who.code", when=proof.is_late, do=proof.late_code),
        Row("say", ANYWHERE, "who.iin", when=proof.is_last_try, do=proof.strike),
        Row("say", ANYWHERE, "who.code", when=proof.is_a_try, do=proof.wrong_code),
        Row("code_again", ANYWHERE, "who.code", when=may_begin_again, do=proof.begin_again),
        Row("code_again", ANYWHERE, "who.code", when=proof.is_live, do=proof.no_more),
        Row("code_again", ANYWHERE, "who.iin", when=has_begun, do=refused),
    ),
)

UNASKED = Topic(views={}, rows=(Row("say", ANYWHERE, when=proof.is_of_nothing, do=proof.code_of_nothing),))
"""Comes after every topic to which six digits may mean something."""
