"""One-time codes: an IIN is shown to be the sender's own by a code that goes to a phone of its person.

Nothing here tells whether there is such a person. The code is made up, and the answer given, before anybody has asked
E-Sobes; the errand does that later. Guessing costs more and more time.
"""

import re
from datetime import datetime, time, timedelta
from hashlib import blake2b
from hmac import compare_digest

from msgspec import structs

from dialogs.errands import SendCode
from dialogs.inquiries import Away, CodeSent, NewCode
from dialogs.language import Language
from dialogs.messages import Say
from dialogs.people import mark
from dialogs.session import Challenge, Proven, Session
from dialogs.talk import Talk
from dialogs.topics.menu import understood

LASTS = timedelta(minutes=5)
TRIES = 3
PER_DAY = 3
"""Codes that may be asked for from one address."""
LOCKS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
"""After the first strike, the second…"""
FORGIVEN = timedelta(days=7)
"""So long after a lock has ended, the next one is a first one again."""
PROVEN_FOR = timedelta(days=30)
KNOWN_FOR = timedelta(days=1)
"""So long after its time a code is known still: another can be asked for without the IIN."""

_CODE = re.compile(r"(?:код|code|kod)?\W*(\d(?:[ -]?\d){5})\W*")


def code(talk: Talk) -> str | None:
    """Six digits, if that is what was sent."""
    sent = _CODE.fullmatch(talk.event.args[0]) if talk.event.name == "say" and talk.event.args else None
    return "".join(digit for digit in sent[1] if digit.isdigit()) if sent else None


def locked_until(talk: Talk) -> datetime | None:
    """Nothing is asked or taken till then."""
    guard, now = talk.session.guard, talk.now
    until = datetime.fromtimestamp(guard.locked, now.tzinfo)
    if guard.day == now.toordinal() and guard.begun >= PER_DAY:
        until = max(until, datetime.combine(now.date() + timedelta(1), time(), now.tzinfo))
    return until if until > now else None


def is_locked(talk: Talk) -> bool:
    return locked_until(talk) is not None


def is_live(talk: Talk) -> bool:
    """A code can still be sent back."""
    challenge = talk.session.challenge
    return challenge is not None and talk.now.timestamp() < challenge.until


def begin(talk: Talk, iin: str) -> None:
    """A code is on its way, if anybody is there whom it can go to."""
    understood(talk)
    made_up = talk.ask(NewCode())
    assert not isinstance(made_up, Away)  # noqa: S101 - nobody is asked for it
    guard, today = talk.session.guard, talk.now.toordinal()
    begun = guard.begun + 1 if guard.day == today else 1
    name = _hash(f"{talk.session.ref} {iin} {talk.now.timestamp()}")
    until = (talk.now + LASTS).timestamp()
    talk.session.guard = structs.replace(guard, day=today, begun=begun)
    talk.session.challenge = Challenge(name, iin, _hash(made_up, name), until)
    talk.errands.append(SendCode(iin, name, made_up, until, talk.session.language or Language.KK))
    talk.audit("code_asked", mark(iin))


def begin_again(talk: Talk) -> None:
    challenge = talk.session.challenge
    if challenge is not None:
        begin(talk, challenge.iin)


def no_more(talk: Talk) -> None:
    """The code that is on its way is the last one today."""
    understood(talk)
    talk.audit("code_locked")
    talk.say("who.no_more_codes")


def proven(talk: Talk) -> tuple[str, ...]:
    """IINs that were shown to be the sender's own, once the event is taken."""
    now = talk.now.timestamp()
    known = (one.iin for one in talk.session.proven if now < one.until)
    return tuple(dict.fromkeys((*known, *filter(None, [proves(talk)]))))


def proves(talk: Talk) -> str | None:
    """The IIN that this message shows to be the sender's own: by the code, which really went to its person."""
    sent, challenge = code(talk), talk.session.challenge
    if sent is None or challenge is None or not is_live(talk):
        return None
    right = compare_digest(_hash(sent, challenge.id), challenge.digest)
    return challenge.iin if right and talk.ask(CodeSent(challenge.iin, challenge.id)) is True else None


def is_right(talk: Talk) -> bool:
    return proves(talk) is not None


def is_a_try(talk: Talk) -> bool:
    return code(talk) is not None and talk.session.challenge is not None


def is_late(talk: Talk) -> bool:
    return is_a_try(talk) and not is_live(talk)


def is_last_try(talk: Talk) -> bool:
    challenge = talk.session.challenge
    return is_a_try(talk) and challenge is not None and challenge.tries + 1 >= TRIES


def is_of_nothing(talk: Talk) -> bool:
    """A code, where none was asked for or it was used before."""
    return code(talk) is not None and talk.session.challenge is None


def prove(talk: Talk) -> None:
    understood(talk)
    iin, now = proves(talk), talk.now.timestamp()
    assert iin is not None  # noqa: S101 - see `is_right`
    others = [one for one in talk.session.proven if one.iin != iin and now < one.until]
    talk.session.proven = [*others, Proven(iin, (talk.now + PROVEN_FOR).timestamp())]
    talk.session.challenge = None
    talk.session.whom = mark(iin)
    talk.audit("proven", mark(iin))
    talk.say("who.proven")


def wrong_code(talk: Talk) -> None:
    understood(talk)
    challenge = talk.session.challenge
    assert challenge is not None  # noqa: S101 - see `is_a_try`
    tries = challenge.tries + 1
    talk.session.challenge = structs.replace(challenge, tries=tries)
    talk.audit("code_wrong", mark(challenge.iin))
    talk.notices.append(Say("who.code_wrong", count=TRIES - tries))


def strike(talk: Talk) -> None:
    """The last try: the code is of no use any more, and for a while nothing is asked or taken."""
    understood(talk)
    challenge, guard, now = talk.session.challenge, talk.session.guard, talk.now.timestamp()
    assert challenge is not None  # noqa: S101 - see `is_a_try`
    strikes = guard.strikes + 1 if now < guard.locked + FORGIVEN.total_seconds() else 1
    until = (talk.now + LOCKS[min(strikes, len(LOCKS)) - 1]).timestamp()
    talk.session.guard = structs.replace(guard, strikes=strikes, locked=until)
    talk.session.challenge = None
    talk.audit("code_wrong", mark(challenge.iin))
    talk.audit("code_locked", mark(challenge.iin))
    talk.say("who.code_spent")


def late_code(talk: Talk) -> None:
    understood(talk)
    challenge = talk.session.challenge
    talk.audit("code_late", mark(challenge.iin) if challenge else "")
    if is_locked(talk):  # the view speaks of the break, and not of the code
        talk.say("who.code_spent")


def code_of_nothing(talk: Talk) -> None:
    understood(talk)
    talk.audit("code_replayed")
    talk.say("who.code_spent" if is_locked(talk) else "who.code_of_nothing")


def forget_old(session: Session, now: datetime) -> None:
    """No IIN stays for longer than it is of use."""
    seconds, challenge = now.timestamp(), session.challenge
    if any(one.until <= seconds for one in session.proven):
        session.proven = [one for one in session.proven if seconds < one.until]
    if challenge is not None and challenge.until + KNOWN_FOR.total_seconds() <= seconds:
        session.challenge = None


def old_at(session: Session) -> float | None:
    """When `forget_old` has something to do next, in seconds since 1970."""
    times = [one.until for one in session.proven]
    if session.challenge is not None:
        times.append(session.challenge.until + KNOWN_FOR.total_seconds())
    return min(times, default=None)


def end(talk: Talk) -> None:
    """Nobody is shown to be anybody here any more."""
    talk.session.proven, talk.session.challenge = [], None
    talk.session.whom = talk.session.application = ""


def _hash(text: str, key: str = "") -> str:
    return blake2b(text.encode(), key=key.encode(), digest_size=16).hexdigest()
