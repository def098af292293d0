"""What is shown of applications: one in full, or several as a list; and what stands there where there is none."""

from collections import Counter

from dialogs.applications import lines, queue
from dialogs.applications.application import OVER, Application, Stage
from dialogs.applications.terms import overdue
from dialogs.inquiries import Away, Requested
from dialogs.language import Language
from dialogs.matters.voice import given_name
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.render import BACK, MENU, sms
from dialogs.talk import Talk, choice
from dialogs.topics import who

AT_ONCE = 7
"""Applications that a list in a chat shows; the others follow."""
TO_BRING = frozenset({Stage.DOCUMENTS_INCOMPLETE, Stage.WITHDRAWN})
"""Papers are needed, so the list of them is one step away."""


def whom(talk: Talk) -> str:
    """The given name, where the number serves several: a ward is never the only one."""
    person, known = who.person(talk), who.persons(talk)
    if person is None or isinstance(known, Away):
        return ""
    return given_name(person.name) if person.ward or len(known) > 1 else ""


def one(talk: Talk, its: Application, *, back_to_list: bool = False) -> Reply:
    told = lines.page(its, talk.guide, talk.now, talk.surface, whom=whom(talk))
    service = talk.guide.catalogue.services.get(its.service)
    more: list[Choice] = []
    if its.stage in TO_BRING and service is not None and not lines.silent(its, talk.guide, talk.surface):
        more.append(choice(f"svc:{service.number}", "status.papers"))
    if its.stage is Stage.QUEUED and not lines.silent(its, talk.guide, talk.surface):
        more.append(choice(f"queue:{its.key}", "queue.about"))
    if talk.surface is Surface.CHAT:
        more.append(choice("again", "status.again"))
        if its.stage is Stage.REFUSED or overdue(its, talk.now.date(), talk.guide):
            more.append(choice("operator", "menu.operator"))
    back = choice("back", "status.to_list") if back_to_list else BACK
    return Reply(told, (*more, *_others(talk), back, MENU))


def about_queue(talk: Talk, its: Application) -> Reply:
    told = queue.page(its, talk.guide, talk.now, whom=whom(talk))
    somebody = (choice("operator", "menu.operator"),) if talk.surface is Surface.CHAT else ()
    return Reply(told, (*somebody, BACK, MENU))


def listed(talk: Talk, found: tuple[Application, ...], waiting: tuple[Say, ...]) -> Reply:
    """Newest first, in portions of which each stands alone."""
    portions = _portions(talk, found, waiting)
    page = min(talk.session.page, len(portions) - 1)
    return _portion(talk, portions[page], waiting, follow=page + 1 < len(portions))


def _portions(talk: Talk, found: tuple[Application, ...], waiting: tuple[Say, ...]) -> list[tuple[Application, ...]]:
    """As many in each as a chat shows at once; by SMS, as there is room for."""
    portions: list[tuple[Application, ...]] = [()]
    for its in found:
        longer = (*portions[-1], its)
        if portions[-1] and not _fits(talk, longer, waiting, follow=its is not found[-1]):
            portions.append((its,))
        else:
            portions[-1] = longer
    return portions


def _fits(talk: Talk, here: tuple[Application, ...], waiting: tuple[Say, ...], *, follow: bool) -> bool:
    if talk.surface is Surface.CHAT:
        return len(here) <= AT_ONCE
    reply = _portion(talk, here, waiting, follow=follow)
    return len(sms(reply, talk.guide.words, talk.session.language or Language.KK)) == 1


def _portion(talk: Talk, here: tuple[Application, ...], waiting: tuple[Say, ...], *, follow: bool) -> Reply:
    name = whom(talk)
    heading = say("status.list.of", name=name) if name else Say("status.list")
    told = {its.key: lines.line(its, talk.guide, talk.now, talk.surface) for its in here}
    silent = {its.key for its in here if lines.silent(its, talk.guide, talk.surface)}
    if talk.surface is Surface.SMS:
        said = (*(told[key] for key in sorted(silent)[:1]), *waiting, heading)
        shown = [Choice(f"app:{key}", line) for key, line in told.items() if key not in silent]
    else:
        numbered = (Say(one.id, one.values, item=True, number=n) for n, one in enumerate(told.values(), 1))
        said = (heading, *numbered, *waiting)
        shown = [choice(f"app:{its.key}", "status.button", what=label) for its, label in _labels(talk, here)]
    earlier = (choice("earlier", "status.earlier"),) if follow else ()
    again = (choice("again", "status.again"),) if talk.surface is Surface.CHAT else ()
    return Reply(said, (*shown, *earlier, *again, *_others(talk), BACK, MENU))


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
