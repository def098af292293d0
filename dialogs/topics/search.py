"""Free text → the service it is about, or a choice of at most three. Never anything but a service."""

from dialogs.messages import Reply, Say
from dialogs.render import MENU
from dialogs.talk import ANYWHERE, Row, Talk, Topic, choice
from dialogs.topics.case import found, onwards
from dialogs.topics.menu import missed, understood


def results(talk: Talk) -> Reply:
    services = talk.guide.catalogue.services
    known = [services[slug] for slug in talk.session.found if slug in services]
    offered = (choice(f"svc:{s.number}", f"{s.slug}.name") for s in known)
    return Reply((Say("search.which"),), (*offered, choice("services", "search.none_of_these"), MENU))


def found_some(talk: Talk) -> bool:
    return bool(found(talk))


def keep_found(talk: Talk) -> None:
    understood(talk)
    talk.session.found = list(found(talk))


def nothing_found(talk: Talk) -> None:
    missed(talk, "missed.text")


TOPIC = Topic(
    views={"search.results": results},
    rows=(
        *onwards("say"),
        Row("say", ANYWHERE, "search.results", when=found_some, do=keep_found),
        Row("say", ANYWHERE, do=nothing_found),
        Row("back", "search.results", "menu", do=understood),
    ),
)
