"""A question left unanswered for a long time: it is closed politely, and stays one step away.

Whoever answers an SMS hours later answers what they see on their phone, and that may be another message by then. So
a bare «1» is neither taken for the answer nor for something in the menu: the menu begins with a way back to the
question, which then stands again with its own numbers. What can be nothing but its answer is taken at any hour: the
long number that was asked for, a button, one's own contact. «Again» and «go on» ask for the question itself: it is
shown.
"""

import re
from collections.abc import Callable
from datetime import datetime

from dialogs.messages import Event, Surface
from dialogs.session import Session
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk

MINUTES = 30
STAYS = frozenset({"again", "more", "iin"})
_LONG_NUMBER = re.compile(r"[\d \-()+]*(?:\d[ \-()]*){6,}")


def lasted(session: Session, now: datetime) -> bool:
    return session.pace[0] > 0 and int(now.timestamp()) // 60 - session.pace[0] >= MINUTES


def leaves(session: Session, event: Event, asked_for: Callable[[str, str], bool]) -> bool:
    """The first words after it leave the question. `asked_for`: whether an event is taken in a state by itself."""
    if event.name in STAYS:
        return False
    if _is_chosen(session, event) or not asked_for(session.state, event.name):
        return True
    return event.name in ("back", "no_such_number") or (
        event.name == "say" and not _LONG_NUMBER.fullmatch(event.args[0])
    )


def close(session: Session, event: Event) -> Event:
    """What is left of the message, once the question is no more."""
    meant_there = _is_chosen(session, event) or event.name == "no_such_number"
    session.closed, session.state, session.page = session.state, "menu", 0
    return Event("menu") if meant_there else event


def _is_chosen(session: Session, event: Event) -> bool:
    return ":".join((event.name, *event.args)) in session.offered


def still_open(before: Session, after: Session, asks: frozenset[str]) -> bool:
    """Until something else is begun."""
    return after.state not in asks and _subject(before) == _subject(after)


def _subject(session: Session) -> tuple[object, ...]:
    return session.service, session.aim, session.agreed, session.general, session.challenge, session.arrival


def closed_question(talk: Talk) -> str:
    return talk.session.closed


def take_up(talk: Talk) -> None:
    talk.session.closed = ""
    talk.session.missed = talk.session.page = 0


def ask_again(talk: Talk) -> None:
    talk.session.page = 0
    if talk.surface is Surface.CHAT:  # an SMS has room for the question, and little more
        talk.say("silence.asked_again")


ROWS = (
    Row("resume", ANYWHERE, closed_question, do=take_up),
    Row("interrupted", ANYWHERE, do=ask_again),
)
