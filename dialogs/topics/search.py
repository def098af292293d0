"""Free text → the service it is about, or a choice of at most three. Never anything but a service."""

from dialogs.messages import Reply, Say
from dialogs.render import MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, choice
from dialogs.topics.case import found, onwards
from dialogs.topics.menu import missed, step_aside, understood

SOMEBODY = (
    *("оператор", "человек", "специалист", "сотрудник", "консультант", "позвон", "телефон", "жалоб", "пожалова"),
    *("адам", "маман", "қызметкер", "қоңырау", "шағым"),
)
HELP = ("помощь", "помощи", "помоги", "помочь", "көмек", "комек", "жәрдем", "жардем")
"""Beginnings of words. They count only where no service was found: a specialist of sign language is a service."""


TO_DECIDE = (
    *("documents.privacy", "settings.forget", "request", "request.privacy"),
    *("arrival.decline", "arrival.confirm"),
)
"""Here a «yes» in free text decides nothing; it is said how to answer."""


def results(talk: Talk) -> Reply:
    services = talk.guide.catalogue.services
    known = [services[slug] for slug in talk.session.found if slug in services]
    offered = (choice(f"svc:{s.number}", f"{s.slug}.name") for s in known)
    return Reply((Say("search.which"),), (*offered, choice("services", "search.none_of_these"), MENU))


def found_some(talk: Talk) -> bool:
    return bool(found(talk))


def _nothing_but(talk: Talk, beginnings: tuple[str, ...]) -> bool:
    return not found(talk) and any(word.startswith(beginnings) for word in talk.event.args[0].split())


def wants_somebody(talk: Talk) -> bool:
    return _nothing_but(talk, SOMEBODY)


def wants_help(talk: Talk) -> bool:
    return _nothing_but(talk, HELP)


def keep_found(talk: Talk) -> None:
    understood(talk)
    talk.session.found = list(found(talk))


def nothing_found(talk: Talk) -> None:
    missed(talk, "missed.choose" if talk.state in TO_DECIDE else "missed.text")


TOPIC = Topic(
    views={"search.results": results},
    rows=(
        *onwards("say"),
        Row("say", ANYWHERE, "search.results", when=found_some, do=keep_found),
        Row("say", ANYWHERE, "operator", when=wants_somebody, do=step_aside),
        Row("say", ANYWHERE, "documents.groups", when=wants_help, do=understood),
        Row("say", ANYWHERE, do=nothing_found),
        Row("back", "search.results", "menu", do=understood),
    ),
)
