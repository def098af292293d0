"""A talk with a person instead of the assistant, which keeps quiet meanwhile and says so once.

What is written here goes to the specialists word for word. «Menu», «0» and «back» bring the assistant back, and the
question stays with the specialist. Buttons, slash commands, «stop» and «forget» work as everywhere. Nothing written
here answers an offer except its code; see `gateway/answers`.
"""

from collections.abc import Iterator
from datetime import datetime, time

from dialogs.duties import screen
from dialogs.errands import Erase, Left, Write
from dialogs.hours import Opening, State, opening
from dialogs.matters import answers
from dialogs.messages import Reply, Say, say
from dialogs.render import BACK, MENU
from dialogs.session import Session
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics.menu import WAITING, step_aside, understood

STATE = "specialist"
OFFICE = "department"
"""Whose hours the specialists keep."""
ASKED = "asked"
"""Why somebody came to the specialists; see also `menu.MISSED`."""
TAKEN = "taken"
"""What the talk knows of the person's place with them, `Session.inbox`: this, or `menu.WAITING`."""


def is_on(talk: Talk) -> bool:
    return talk.guide.inbox


def begin(talk: Talk) -> None:
    understood(talk)


def page(talk: Talk) -> Reply:
    return Reply((Say("specialist.write"), *hours(talk)), (BACK, MENU))


def hours(talk: Talk) -> Iterator[Say]:
    """Until when there is somebody, or from when on."""
    office = talk.guide.catalogue.office(OFFICE, talk.now.date())
    found = opening(office, talk.guide.workdays, talk.now)
    if found.state is State.OPEN:
        yield say("specialist.open", at=_clock(found, talk.now))
    elif found.until is not None:
        yield say("specialist.closed", at=_clock(found, talk.now))


def _clock(found: Opening, now: datetime) -> time | datetime:
    until = found.closes or found.until
    assert until is not None  # noqa: S101 - asked for where there is one
    return until.time() if until.date() == now.date() else until


def pass_on(talk: Talk) -> None:
    """In the person's own words. Said the first time; and whenever what they wrote may have been meant for a letter
    of ours, how that is answered."""
    understood(talk)
    talk.silent_view = True
    text = talk.event.args[0]
    talk.errands.append(Write(text, str(talk.session.language), ASKED))
    if elsewhere := _meant_elsewhere(talk, text):
        talk.say(elsewhere)
    elif not talk.session.inbox:
        talk.say("specialist.passed")
        closed = (one for one in hours(talk) if one.id == "specialist.closed")
        talk.notices += closed
    talk.session.inbox = talk.session.inbox or WAITING


def _meant_elsewhere(talk: Talk, text: str) -> str:
    waiting = [one for one in talk.here.offers if one.state == "asked" and one.sent <= talk.now < one.closes]
    heard = answers.hear(text, [answers.Open(one.id, one.yes, one.no) for one in waiting])
    if isinstance(heard, answers.Decides) or heard == answers.Unclear(answers.Reason.SEVERAL):
        return "specialist.code"
    if screen.is_number(text) and screen.newer(talk.here.duties, talk.now, talk.session.letter):
        return "specialist.invited"
    return ""


def only_text(talk: Talk) -> None:
    talk.silent_view = True
    talk.say("missed.edited" if talk.event.args[0] == "edited" else "specialist.only_text")


def happened(talk: Talk) -> str:
    """Where what the specialist did leads."""
    here = talk.state == STATE
    return {"taken": STATE, "closed": "menu" if here else talk.state}.get(talk.event.args[0], talk.state)


def tell(talk: Talk) -> None:
    """Only what changes something for the person."""
    session, what = talk.session, talk.event.args[0]
    news = {"taken": TAKEN, "returned": WAITING, "closed": ""}.get(what, session.inbox)
    talk.silent_view = what != "closed" or talk.state != STATE
    if what == "taken" and (session.inbox != TAKEN or talk.state != STATE):
        understood(talk)
        talk.say("specialist.taken")
    elif what == "returned" and session.inbox == TAKEN:
        talk.say("specialist.returned")
    elif what == "closed" and session.inbox:
        talk.say("specialist.over")
    session.inbox = news


def leave(before: Session, talk: Talk) -> None:
    """Whoever went back to the assistant hears that the question stays where it is, and so does the specialist."""
    if talk.forgotten:
        if talk.guide.inbox:
            talk.errands.append(Erase())
    elif before.state == STATE and talk.state != STATE and talk.session.inbox:
        talk.errands.append(Left())
        talk.say("specialist.left")


TOPIC = Topic(
    views={STATE: page},
    rows=(
        Row("specialist", ANYWHERE, STATE, when=is_on, do=begin),
        Row("specialist", ANYWHERE, "operator", do=step_aside),
        Row("write", STATE, when=is_on, do=pass_on),
        Row("write", ANYWHERE, "operator", do=step_aside),
        Row("unreadable", STATE, when=is_on, do=only_text),
        Row("handed", ANYWHERE, happened, do=tell),
        Row("back", STATE, "menu", do=understood),
    ),
)
