"""Asking for a service: what the office will do with the wish, for whom, and an explicit yes; or, where only a signed
application counts, where to bring it.

A wish is no application, and nothing is promised about it: no act says when the office has to look at it. The last
page before the yes says so.
"""

from dialogs.applications import lines
from dialogs.applications.application import OVER, Application
from dialogs.applications.ways import Manner
from dialogs.catalogue.schema import Service
from dialogs.errands import ServiceRequest
from dialogs.inquiries import Applications, Away, Requested
from dialogs.matters.voice import given_name
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.people import mark
from dialogs.render import BACK, MENU
from dialogs.session import Wish
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, choice
from dialogs.topics import documents, privacy, who
from dialogs.topics.menu import understood

NAMED = ("request", "request_yes", "apply")
"""Events whose first argument is the number of a service: an old button is about the one that it stood under."""
TO_LIST = choice("back", "documents.to_list")


def service(talk: Talk) -> Service | None:
    """What is asked for."""
    if talk.event.name in NAMED and talk.event.args:
        return talk.guide.catalogue.numbered(talk.event.args[0])
    return talk.guide.catalogue.services.get(talk.session.service)


def manner(talk: Talk) -> Manner:
    its = service(talk)
    return talk.guide.ways[its.slug].manner if its else Manner.NONE


def may_be_passed_on(talk: Talk) -> bool:
    return manner(talk) is Manner.OFFICE


def has_to_be_agreed_first(talk: Talk) -> bool:
    return may_be_passed_on(talk) and not privacy.agreed(talk)


def has_to_be_done_oneself(talk: Talk) -> bool:
    return manner(talk) is not Manner.NONE


def wish(talk: Talk) -> Wish | None:
    """What is to be confirmed, for whom; None while that is not known. E-Sobes may go away after the question."""
    its, person = service(talk), who.person(talk)
    if its is None:
        return None
    known = who.persons(talk)
    if person is not None and not isinstance(known, Away):
        name = given_name(person.name) if person.ward or len(known) > 1 else ""
        return Wish(person.iin, its.slug, name, None if talk.phone else person.sms_phone)
    asked = talk.session.wish
    if not isinstance(known, Away) or asked is None or asked.service != its.slug:
        return None
    return None if mark(asked.iin) in talk.here.strangers else asked


def under_way(talk: Talk, its: Wish) -> Application | None:
    """The newest application for the same, if it is still of use. None also where E-Sobes does not say."""
    known = talk.ask(Applications(its.iin))
    found = () if isinstance(known, Away) else known
    return next((one for one in found if one.service == its.service and one.stage not in OVER), None)


def is_waiting(talk: Talk, its: Wish) -> bool:
    known = talk.ask(Requested(its.iin))
    return not isinstance(known, Away) and its.service in known


def is_confirmed(talk: Talk) -> bool:
    """`request_yes:{service number}:{person}` for exactly what the last page was about, and if nothing has come in
    between."""
    its, here = wish(talk), talk.guide.catalogue.services.get(talk.session.service)
    return (
        its is not None
        and here is not None
        and talk.event.args == (str(here.number), mark(its.iin))
        and privacy.agreed(talk)
        and not is_waiting(talk, its)
        and under_way(talk, its) is None
    )


def keep(talk: Talk) -> None:
    """What the person wants, and that they want it."""
    understood(talk)
    talk.session.aim = "request"
    its = service(talk)
    if its is not None and its.slug != talk.session.service:
        talk.session.service, talk.session.group = its.slug, its.group
        talk.session.answers, talk.session.general = {}, False


def keep_service(talk: Talk) -> None:
    aim = talk.session.aim
    keep(talk)
    talk.session.aim = aim


def agree(talk: Talk) -> None:
    privacy.agree(talk)
    talk.session.aim = "request"


def pass_on(talk: Talk) -> None:
    understood(talk)
    its = wish(talk)
    assert its is not None  # noqa: S101 - see `is_confirmed`
    away = isinstance(talk.ask(Applications(its.iin)), Away)
    talk.request = ServiceRequest(its.iin, its.service, its.name, its.phone)
    talk.say("request.taken_later" if away else "request.taken", what=called(its))
    talk.session.wish, talk.session.aim = None, ""


def confirm(talk: Talk) -> Reply:
    its = service(talk)
    if its is None:
        return documents.groups(talk)  # a session of long ago, about a service that is no more
    if not may_be_passed_on(talk):
        return how(talk)
    asked = wish(talk)
    if asked is None:
        return Reply((Say("request.unknown"),), (choice("again", "request.again"), _apply(its), BACK, MENU))
    if is_waiting(talk, asked):
        return Reply((say("request.waiting", what=called(asked)),), (choice("status", "menu.status"), BACK, MENU))
    if (found := under_way(talk, asked)) is not None:
        return _refused(talk, found, asked)
    talk.session.wish = asked
    yes = choice(f"request_yes:{its.number}:{mark(asked.iin)}", "request.yes")
    other = (_apply(its),) if talk.surface is Surface.CHAT else ()
    return Reply((Say("request.ask"), say("request.question", what=called(asked))), (yes, *other, BACK, MENU))


def _refused(talk: Talk, found: Application, asked: Wish) -> Reply:
    """Kindly, with what has become of it."""
    told = lines.brief if talk.surface is Surface.SMS else lines.page
    status = told(found, talk.guide, talk.now, talk.surface, whom=asked.name)
    return Reply((Say("request.under_way"), *status), (choice("status", "menu.status"), BACK, MENU))


def called(its: Wish) -> Say:
    name = Say(f"{its.service}.name")
    return say("request.whose", what=name, name=its.name) if its.name else name


def _apply(its: Service) -> Choice:
    return choice(f"apply:{its.number}", "request.apply")


def agreement(_: Talk) -> Reply:
    agree_to = choice(f"agree:{privacy.VERSION}", "privacy.agree")
    return Reply((Say("request.privacy"),), (agree_to, choice("decline", "request.decline"), MENU))


def how(talk: Talk) -> Reply:
    """Where the person applies themselves. Of a discreet service an SMS says no name."""
    its = service(talk)
    if its is None or manner(talk) is Manner.NONE:
        return documents.groups(talk)
    way = talk.guide.ways[its.slug]
    silent = its.discreet and talk.surface is Surface.SMS
    name = () if silent else (Say(f"{its.slug}.name"),)
    if way.manner is Manner.COME:
        return Reply((*name, *(Say(f"way.{place}") for place in way.places)), (TO_LIST, MENU))
    places = (Say(_place(talk, its, place), item=True) for place in way.places)
    then = (Say(f"way.then.{way.then}"),) if way.then else ()
    return Reply((*name, Say("request.sign"), *places, *then), (TO_LIST, MENU))


def _place(talk: Talk, its: Service, place: str) -> str:
    own = f"way.{its.slug}.{place}"
    return own if talk.guide.words.has(own) else f"way.{place}"


def passed(_: Talk) -> Reply:
    return Reply((Say("request.next"),), (choice("status", "menu.status"), MENU))


TOPIC = Topic(
    views={
        "request": who.for_somebody(confirm),
        "request.privacy": agreement,
        "request.how": how,
        "request.passed": passed,
    },
    rows=(
        Row("request_yes", "request", "request.passed", when=is_confirmed, do=pass_on),
        *(
            row
            for event in ("request", "request_yes")  # an old button confirms nothing: it is asked anew
            for row in (
                Row(event, ANYWHERE, "request.privacy", when=has_to_be_agreed_first, do=keep),
                *who.onwards(event, when=may_be_passed_on, do=keep),
                Row(event, ANYWHERE, "request.how", when=has_to_be_done_oneself, do=keep_service),
            )
        ),
        *who.onwards("agree", at="request.privacy", when=privacy.this_notice, do=agree),
        Row("decline", "request.privacy", "documents.answer", do=understood),
        Row("apply", ANYWHERE, "request.how", when=has_to_be_done_oneself, do=keep_service),
        Row("back", "request", "documents.answer", do=understood),
        Row("back", "request.privacy", "documents.answer", do=understood),
        Row("back", "request.how", "documents.answer", do=understood),
        Row("back", "request.passed", "menu", do=understood),
    ),
    asks=frozenset({"request", "request.privacy"}),
)
