"""What a bare number by SMS is an answer to: a letter about an invitation may have come after what the talk showed
last, and then it is what the person reads."""

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import structs

from dialogs.duties.duty import AnyDuty, Invitation, name
from dialogs.matters.voice import DISCREET, key
from dialogs.messages import Content, Surface, Text
from dialogs.session import Session

ASKING = frozenset({"invited", "postponed"})
"""States in which the letters end with numbers to answer with."""
ANSWERS = ("come", "cannot", "decline")
"""What 1, 2 and 3 mean."""
OF_SEVERAL = ["come", "cannot", "arrive"]
"""What they mean after letters about several invitations: which one is asked then. Whoever needs a place no longer
looks at it first."""
_NUMBER = re.compile(r"\W*[1-3]\W*")


def expects_answer(invitation: Invitation) -> bool:
    """Its letter asks whether the person comes, and they have not said so yet."""
    return invitation.state in ASKING and invitation.place is not None and not invitation.said


def answers(invitation: Invitation) -> list[str]:
    """As the choices of a talk are called."""
    return [f"{answer}:{key(name(invitation))}" for answer in ANSWERS]


def newer(duties: Iterable[AnyDuty], now: datetime, than: float) -> list[Invitation]:
    """The invitations of which a letter has come since. One that is nobody else's business names no numbers."""
    asking = (one for one in duties if isinstance(one, Invitation) and one.state in ASKING and one.place)
    return [one for one in asking if one.service not in DISCREET and than < one.sent.timestamp() <= now.timestamp()]


def newest(duties: Iterable[AnyDuty], now: datetime, known: float) -> float:
    """When the newest letter came; never before `known`, whatever has become of the invitation since."""
    return max((one.sent.timestamp() for one in newer(duties, now, known)), default=known)


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def before(session: Session, content: Content, surface: Surface, duties: Iterable[AnyDuty], now: datetime) -> Session:
    """The session as the person sees it: the talk's own question stays one step away."""
    if surface is not Surface.SMS or not isinstance(content, Text) or not is_number(content.text):
        return session
    if session.state == "specialist":
        return session  # it may as well be the answer to what a specialist has asked
    found = newer(duties, now, session.letter)
    if not found:
        return session
    offered = answers(found[0]) if len(found) == 1 else OF_SEVERAL
    return structs.replace(session, state="menu", closed="", offered=offered, page=0)
