"""The days for the calendar of a phone. Whoever looks over a shoulder reads the service's name at most."""

from collections.abc import Iterator
from datetime import date, time

from dialogs.applications.application import Application
from dialogs.deadlines import Deadline, Kind
from dialogs.duties.duty import Invitation, Order
from dialogs.language import Language
from dialogs.messages import Say, Surface, say
from dialogs.papers import Calendar, Entry
from dialogs.talk import Talk
from dialogs.topics.deadline_pages import Found, dated, is_discreet, service

OTHER_DAYS = {Kind.SIGN: Kind.ARRIVE, Kind.CANCEL: Kind.TRAVEL}
"""What comes first → what still has to be done after it."""


def paper(talk: Talk, found: Found) -> Calendar | None:
    """None: there is no day to put into it."""
    entries = tuple(entry for its in dated(found) for entry in _entries(talk, its))
    return Calendar(talk.session.language or Language.KK, entries, talk.now) if entries else None


def _entries(talk: Talk, its: Deadline) -> Iterator[Entry]:
    yield _entry(talk, its, its.kind, its.day or date.max, its.at)
    about = its.about
    later = about.arrive_by if isinstance(about, Invitation) else None
    later = about.arrive_on if isinstance(about, Order) else later
    if its.kind in OTHER_DAYS and later is not None:
        yield _entry(talk, its, OTHER_DAYS[its.kind], later, None)


def _entry(talk: Talk, its: Deadline, kind: Kind, day: date, at: time | None) -> Entry:
    discreet = is_discreet(talk, its.service)
    what = (
        Say("deadlines.discreet.title")
        if discreet
        else say(f"deadlines.title.{kind}", what=service(talk, its.service))
    )
    title = say("deadlines.named", what=what, name=its.whom) if its.whom and not discreet else what
    spoken = talk.guide.words.say(title, talk.session.language or Language.KK, Surface.CHAT)
    return Entry(f"{kind}:{its.about.id}", spoken, day, at, place="" if discreet else _place(its))


def _place(its: Deadline) -> str:
    """The street only: some names of institutions tell what somebody is ill with."""
    about = its.about
    if isinstance(about, Application):
        return about.hearing.place if about.hearing else ""
    return about.place.address if isinstance(about, Invitation | Order) and about.place else ""
