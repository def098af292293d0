"""The list of all that is to be done: in a chat with a button for each, by SMS as numbers to choose from. Of what is
nobody else's business an SMS says only that there is something."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from dialogs import deadlines
from dialogs.applications.application import Application
from dialogs.deadlines import OVER, Deadline, Kind
from dialogs.duties.clipping import short_name
from dialogs.duties.duty import Invitation, Order, Setting
from dialogs.inquiries import Applications, Away
from dialogs.language import Language
from dialogs.matters.matter import Matter
from dialogs.messages import Choice, Reply, Say, Surface, Value, say
from dialogs.papers import Calendar
from dialogs.people import Citizen
from dialogs.render import BACK, MENU, sms
from dialogs.talk import Talk, choice
from dialogs.topics import who

AT_ONCE = 7
"""Lines of a list in a chat; the others follow."""
LONGEST_NAME = {Surface.CHAT: 60, Surface.SMS: 24}
"""Letters of an organisation's name, which are others' words."""
LONGEST_LABEL = 30


class Found(Struct, frozen=True):
    entries: tuple[Deadline, ...]
    away: bool
    """E-Sobes could not be asked for the applications."""


def find(talk: Talk) -> Found:
    persons = who.persons(talk)
    away = isinstance(persons, Away)
    known = () if isinstance(persons, Away) else persons
    applications: list[tuple[Citizen, Application]] = []
    for person in known:
        its = talk.ask(Applications(person.iin))
        if isinstance(its, Away):
            away = True
        else:
            applications += [(person, one) for one in its]
    here, rules = talk.here, talk.guide.duties
    found = deadlines.deadlines(here.offers, here.duties, applications, talk.now, rules, persons=known)
    return Found(found, away)


def unlinked() -> Reply:
    return Reply((Say("deadlines.unlinked"),), (choice("link", "link.begin"), BACK, MENU))


def listed(talk: Talk, found: Found, calendar: Calendar | None = None) -> Reply:
    """In portions of which each stands alone."""
    if not found.entries:
        nothing = Say("deadlines.none.away" if found.away else "deadlines.none")
        said = (nothing, Say("deadlines.none.promise"))
        return Reply(said, (choice("status", "menu.status"), BACK, MENU))
    portions = _portions(talk, found)
    page = min(talk.session.page, len(portions) - 1)
    return _portion(talk, found, portions[page], calendar)


def _portions(talk: Talk, found: Found) -> list[tuple[Deadline, ...]]:
    """As many in each as a chat shows at once; by SMS, as there is room for."""
    portions: list[tuple[Deadline, ...]] = [()]
    for its in found.entries:
        longer = (*portions[-1], its)
        if portions[-1] and not _fits(talk, found, longer):
            portions.append((its,))
        else:
            portions[-1] = longer
    return portions


def _fits(talk: Talk, found: Found, here: tuple[Deadline, ...]) -> bool:
    if talk.surface is Surface.CHAT:
        return len(here) <= AT_ONCE
    return len(sms(_portion(talk, found, here), talk.guide.words, talk.session.language or Language.KK)) == 1


def _portion(talk: Talk, found: Found, here: tuple[Deadline, ...], calendar: Calendar | None = None) -> Reply:
    follow = (choice("later", "deadlines.later"),) if here[-1] is not found.entries[-1] else ()
    unlinked = who.has_no_number(talk)
    besides = (*_away(found), *((Say("deadlines.unlinked"),) if unlinked else ()))
    link = (choice("link", "link.begin"),) if unlinked else ()
    lines = [line(talk, its) for its in here]
    if talk.surface is Surface.SMS:
        shown = [Choice(_leads_to(its), one) for its, one in zip(here, lines, strict=True)]
        return Reply((Say("deadlines.list"), *besides), (*shown, *follow, BACK, MENU))
    numbered = (Say(one.id, one.values, item=True, number=number) for number, one in enumerate(lines, 1))
    buttons = [Choice(_leads_to(its), _label(talk, its)) for its in here]
    add = (choice("calendar", "deadlines.calendar"),) if dated(found) else ()
    said = (Say("deadlines.list"), *numbered, *besides)
    return Reply(said, (*buttons, *follow, *add, *link, BACK, MENU), paper=calendar)


def _away(found: Found) -> tuple[Say, ...]:
    return (Say("deadlines.away"),) if found.away else ()


def _leads_to(its: Deadline) -> str:
    """The page of it, which may belong to another topic."""
    pages = {Application: "app", Invitation: "arrive"}
    return f"{pages.get(type(its.about), 'deadline')}:{its.key}"


def line(talk: Talk, its: Deadline) -> Say:
    """The day first, then what is to be done."""
    what = _to_do(talk, its)
    if its.day is None:
        return say("deadlines.line.undated", what=what)
    if its.kind in OVER:
        return what
    day: Value = datetime.combine(its.day, its.at) if its.at else its.day
    counted = left(its.day, its.left, talk.now.date(), short=talk.surface is Surface.SMS)
    return say("deadlines.line", day=day, left=counted, what=what)


def left(day: date, workdays: int | None, today: date, *, short: bool = False) -> Say:
    """Until that day, as people count: today, tomorrow, so many working days; `short`: below a heading that says
    what the numbers are."""
    if day == today:
        return Say("deadlines.left.today")
    if day == today + timedelta(1):
        return Say("deadlines.left.tomorrow")
    if workdays is None:
        return Say("deadlines.left.far")
    if short:
        return say("deadlines.left.number", number=workdays)
    return Say("deadlines.left", count=workdays) if workdays else Say("deadlines.left.none")


def _to_do(talk: Talk, its: Deadline) -> Say:
    about, what = its.about, subject(talk, its, LONGEST_NAME[talk.surface])
    if silent(talk, its.service):
        return say("deadlines.over", day=_day(its), what=what) if its.kind is Kind.LAPSED else what
    if isinstance(about, Matter):
        return say(f"deadlines.do.{its.kind}", what=what, yes=about.yes, no=about.no)
    if isinstance(about, Order) and its.kind is Kind.CANCEL:
        return say("deadlines.do.cancel", what=what, day=about.arrive_on or _day(its))
    if its.kind is Kind.LAPSED:
        done = "choose"
        if isinstance(about, Invitation):
            done = "call" if about.setting is Setting.HOME else "arrive"
        return say("deadlines.over", day=_day(its), what=say(f"deadlines.do.{done}", what=what))
    return say(f"deadlines.do.{its.kind}", what=what, day=_day(its))


def _day(its: Deadline) -> date:
    return its.day or date.max


def silent(talk: Talk, service: str) -> bool:
    """Nothing about it goes to a phone that others may read."""
    return talk.surface is Surface.SMS and is_discreet(talk, service)


def is_discreet(talk: Talk, service: str) -> bool:
    known = talk.guide.catalogue.services.get(service)
    return known is not None and known.discreet


def subject(talk: Talk, its: Deadline, longest: int) -> Say:
    """Where to go, or which service it is; with the name, where it has to be said."""
    what = service(talk, its.service)
    if isinstance(its.about, Invitation) and its.about.place and not silent(talk, its.service):
        what = say("deadlines.said", text=short_name(its.about.place.name, longest))
    return say("deadlines.named", what=what, name=its.whom) if its.whom else what


def service(talk: Talk, slug: str) -> Say:
    if silent(talk, slug):
        return Say("deadlines.discreet")
    return Say(f"{slug}.name") if slug in talk.guide.catalogue.services else Say("deadlines.service")


def _label(talk: Talk, its: Deadline) -> Say:
    what = subject(talk, its, LONGEST_LABEL)
    return say("deadlines.button", day=its.day, what=what) if its.day else what


def dated(found: Found) -> tuple[Deadline, ...]:
    """What has a place in a calendar: the person has something to do on that day."""
    done = OVER | {Kind.DECLINED, Kind.REFUSING}
    return tuple(its for its in found.entries if its.day is not None and its.kind not in done)
