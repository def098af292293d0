"""Where somebody's application is: what happens to it, what comes next, who has to act and by when.

One application is shown at once; of several, first a list. In a chat the list has buttons, by SMS it is the choice
itself. What is nobody else's business stands in no SMS.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from dialogs.applications import lines
from dialogs.applications.application import OVER, Application, Stage
from dialogs.applications.terms import overdue
from dialogs.errands import WriteBack
from dialogs.inquiries import AWAY, Applications, Away, Requested
from dialogs.matters.voice import given_name
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.people import Citizen
from dialogs.render import BACK, MENU, MORE
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, View, choice
from dialogs.topics import who
from dialogs.topics.menu import understood

AT_ONCE = 7
"""Applications that a list in a chat shows; the others follow."""
HOLDS = timedelta(days=3)
"""So long a promise to write back holds."""
TO_BRING = frozenset({Stage.DOCUMENTS_INCOMPLETE, Stage.WITHDRAWN})
"""Papers are needed, so the list of them is one step away."""


def applications(talk: Talk) -> tuple[Application, ...] | Away:
    """Of the person whom the talk is about."""
    person = who.person(talk)
    return AWAY if person is None else talk.ask(Applications(person.iin))


def shown(view: Callable[[Talk, tuple[Application, ...]], Reply]) -> View:
    """Once it is known whom it is about. What is shown need not be told later; what cannot be shown, will be."""

    def seen(talk: Talk) -> Reply:
        found = applications(talk)
        if isinstance(found, Away):
            return away(talk)
        talk.session.promised = 0.0
        return view(talk, found)

    return who.for_somebody(seen)


def whom(talk: Talk) -> str:
    """The given name, where the number serves several."""
    person, known = who.person(talk), who.persons(talk)
    several = not isinstance(known, Away) and len(known) > 1
    return given_name(person.name) if several and person is not None else ""


def status(talk: Talk, found: tuple[Application, ...]) -> Reply:
    waiting = wishes(talk, found)
    if not found:
        return nothing(talk, waiting)
    return one(talk, found[0]) if len(found) == 1 and not waiting else listed(talk, found, waiting)


def one_of_several(talk: Talk, found: tuple[Application, ...]) -> Reply:
    chosen = next((its for its in found if its.key == talk.session.application), None)
    return one(talk, chosen, back_to_list=len(found) > 1) if chosen else status(talk, found)


def one(talk: Talk, its: Application, *, back_to_list: bool = False) -> Reply:
    told = lines.page(its, talk.guide, talk.now, talk.surface, whom=whom(talk))
    service = talk.guide.catalogue.services.get(its.service)
    more: list[Choice] = []
    if its.stage in TO_BRING and service is not None and not lines.silent(its, talk.guide, talk.surface):
        more.append(choice(f"svc:{service.number}", "status.papers"))
    if talk.surface is Surface.CHAT:
        more.append(choice("again", "status.again"))
        if its.stage is Stage.REFUSED or overdue(its, talk.now.date(), talk.guide):
            more.append(choice("operator", "menu.operator"))
    back = choice("back", "status.to_list") if back_to_list else BACK
    return Reply(told, (*more, *_others(talk), back, MENU))


def listed(talk: Talk, found: tuple[Application, ...], waiting: tuple[Say, ...]) -> Reply:
    """Newest first."""
    name = whom(talk)
    heading = say("status.list.of", name=name) if name else Say("status.list")
    if talk.surface is Surface.SMS:
        told = [(its, lines.line(its, talk.guide, talk.now, talk.surface)) for its in found]
        silent = [said for its, said in told if lines.silent(its, talk.guide, talk.surface)]
        shown = (Choice(f"app:{its.key}", said) for its, said in told if said not in silent)
        return Reply((heading, *silent[:1], *waiting), (*shown, *_others(talk), BACK, MENU))
    page = min(talk.session.page, (len(found) - 1) // AT_ONCE)
    here = found[page * AT_ONCE : (page + 1) * AT_ONCE]
    follow = (MORE,) if len(found) > (page + 1) * AT_ONCE else ()
    said = (_numbered(talk, its, page * AT_ONCE + number) for number, its in enumerate(here, 1))
    buttons = (choice(f"app:{its.key}", "status.button", what=label) for its, label in _labels(talk, here))
    again = choice("again", "status.again")
    return Reply((heading, *said, *waiting), (*buttons, *follow, again, *_others(talk), BACK, MENU))


def _numbered(talk: Talk, its: Application, number: int) -> Say:
    said = lines.line(its, talk.guide, talk.now, talk.surface)
    return Say(said.id, said.values, item=True, number=number)


def _labels(talk: Talk, here: tuple[Application, ...]) -> list[tuple[Application, Say]]:
    """Of the same service, with the day."""
    times = Counter(its.service for its in here)
    return [
        (
            its,
            say("status.dated", what=lines.name(its, talk.guide), day=its.registered_on)
            if times[its.service] > 1
            else lines.name(its, talk.guide),
        )
        for its in here
    ]


def nothing(talk: Talk, waiting: tuple[Say, ...]) -> Reply:
    name = whom(talk)
    said = say("status.none.of", name=name) if name else Say("status.none")
    services = choice("services", "menu.services")
    return Reply(waiting or (said,), (services, *_others(talk), BACK, MENU))


def wishes(talk: Talk, found: tuple[Application, ...]) -> tuple[Say, ...]:
    """What the person asked for through us, and E-Sobes has not taken note of yet."""
    person = who.person(talk)
    asked = talk.ask(Requested(person.iin)) if person else frozenset[str]()
    known = {its.service for its in found if its.stage not in OVER}
    services = talk.guide.catalogue.services
    return tuple(
        say("status.requested", what=Say(f"{slug}.name"))
        for slug in ([] if isinstance(asked, Away) else sorted(asked - known))
        if slug in services and not (services[slug].discreet and talk.surface is Surface.SMS)
    )


def _others(talk: Talk) -> tuple[Choice, ...]:
    return (choice("others", "status.other"),) if whom(talk) else ()


def away(talk: Talk) -> Reply:
    """E-Sobes does not answer: the person is written to as soon as it does."""
    if talk.now.timestamp() - talk.session.promised > HOLDS.total_seconds():
        talk.session.promised = talk.now.timestamp()
        talk.errands.append(WriteBack("status"))
    return Reply((Say("status.away"),), (MENU,))


def wanted(talk: Talk) -> tuple[Citizen, Application] | None:
    """The application that a button is about, whoever of the family it belongs to."""
    known = who.persons(talk)
    if isinstance(known, Away) or not talk.event.args:
        return None
    for person in sorted(known, key=lambda one: one.key != talk.session.whom):
        found = talk.ask(Applications(person.iin))
        for its in () if isinstance(found, Away) else found:
            if its.key == talk.event.args[0]:
                return person, its
    return None


def is_there(talk: Talk) -> bool:
    return wanted(talk) is not None


def keep_application(talk: Talk) -> None:
    who.keep_aim(talk)
    found = wanted(talk)
    if found is not None:
        person, its = found
        talk.session.whom, talk.session.application = person.key, its.key


def gone(talk: Talk) -> None:
    who.keep_aim(talk)
    if who.is_settled(talk) and not isinstance(applications(talk), Away):
        talk.say("status.gone")


def forget_whom(talk: Talk) -> None:
    understood(talk)
    talk.session.whom, talk.session.aim = "", "status"


def back_to_several(talk: Talk) -> bool:
    found = applications(talk)
    return not isinstance(found, Away) and len(found) > 1


def keep_promise(talk: Talk) -> None:
    """Wherever the person stands, which does not change."""
    talk.silent_view = True
    if talk.event.args != ("status",):
        return
    found = applications(talk)
    if isinstance(found, Away):
        if who.is_settled(talk):  # away once more: nothing is said, the promise stands
            talk.errands.append(WriteBack("status"))
            return
        talk.say("status.kept.ask")
    elif not found:
        talk.say("status.kept.none")
    else:
        told = lines.brief(found[0], talk.guide, talk.now, talk.surface, whom=whom(talk))
        talk.notices += [Say("status.kept"), *told]
        if len(found) > 1:
            talk.say("status.kept.rest")
    talk.session.promised = 0.0


TOPIC = Topic(
    views={"status": shown(status), "status.one": shown(one_of_several)},
    rows=(
        *who.onwards("status", when=who.always, do=who.keep_aim),
        Row("app", ANYWHERE, "status.one", when=is_there, do=keep_application),
        *who.onwards("app", when=who.always, do=gone),
        Row("others", ANYWHERE, "who.choose", when=who.are_several, do=forget_whom),
        *who.onwards("others", when=who.always, do=who.keep_aim),
        Row("kept", ANYWHERE, do=keep_promise),
        Row("back", "status", "menu", do=understood),
        Row("back", "status.one", "status", when=back_to_several, do=understood),
        Row("back", "status.one", "menu", do=understood),
    ),
)
