"""What a bare number by SMS is an answer to: a letter about an invitation may have come after what the talk showed
last, and then it is what the person reads."""

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import structs

from dialogs.duties.duty import AnyDuty, Invitation, name
from dialogs.matters.voice import key
from dialogs.messages import Content, Surface, Text
from dialogs.session import Session

ASKING = frozenset({"invited", "postponed"})
"""States in which the letters end with numbers to answer with."""
ANSWERS = ("come", "cannot", "decline")
"""What 1, 2 and 3 mean."""
_NUMBER = re.compile(r"\W*[1-3]\W*")


def answers(invitation: Invitation) -> list[str]:
    """As the choices of a talk are called."""
    return [f"{answer}:{key(name(invitation))}" for answer in ANSWERS]


def newest(duties: Iterable[AnyDuty], now: datetime) -> Invitation | None:
    """The invitation of which a letter came last."""
    asking = (
        one for one in duties if isinstance(one, Invitation) and one.state in ASKING and one.place and one.sent <= now
    )
    return max(asking, key=lambda one: (one.sent, one.id), default=None)


def letter(duties: Iterable[AnyDuty], now: datetime) -> str:
    """Stands for that letter; empty: there is none."""
    invitation = newest(duties, now)
    return f"{key(name(invitation))}:{invitation.sent.timestamp():.0f}" if invitation else ""


def before(session: Session, content: Content, surface: Surface, duties: Iterable[AnyDuty], now: datetime) -> Session:
    """The session as the person sees it: the talk's own question stays one step away."""
    if surface is not Surface.SMS or not isinstance(content, Text) or not _NUMBER.fullmatch(content.text):
        return session
    invitation = newest(duties, now)
    if invitation is None or letter(duties, now) == session.letter:
        return session
    return structs.replace(session, state="menu", closed="", offered=answers(invitation), page=0)
