"""The register of organisations, as a talk: the setting, for whom, where, a list, one of them."""

from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics import register_pages as pages
from dialogs.topics.case import found
from dialogs.topics.menu import missed, understood
from dialogs.topics.register import (
    asks_category,
    asks_region,
    has_setting,
    holds_number,
    is_closed,
    is_something,
    page_of,
    setting,
    several_categories,
    sought,
    without,
)
from dialogs.topics.search import wants_help, wants_somebody


def begin(talk: Talk) -> None:
    understood(talk)
    talk.session.register = {"from": talk.state} if talk.state.startswith("documents.") else {}


def keep(talk: Talk) -> None:
    understood(talk)
    talk.session.register = sought(talk) or {}


def to_settings(talk: Talk) -> None:
    understood(talk)
    talk.session.register = {name: at for name, at in talk.session.register.items() if name == "from"}


def to_categories(talk: Talk) -> None:
    understood(talk)
    talk.session.register = without(talk.session.register, "category", "region", "text", "page", "bin")


def vanished(talk: Talk) -> None:
    """Unless nobody can know: then the page itself says so."""
    if is_closed(talk):
        understood(talk)
    else:
        missed(talk, "organisations.vanished")


def nothing_like_it(talk: Talk) -> None:
    missed(talk, "organisations.nothing_like_it")


def nothing_else_meant(talk: Talk) -> bool:
    return has_setting(talk) and not (holds_number(talk) or found(talk) or wants_somebody(talk) or wants_help(talk))


def narrowed_by_words(talk: Talk) -> bool:
    register = talk.session.register
    return bool(page_of(register) or register.get("text"))


def turns_page(talk: Talk) -> bool:
    """Unless the list itself is still being read, portion by portion."""
    return "more" not in talk.session.offered and is_something(talk)


def had_categories(talk: Talk) -> bool:
    return several_categories(talk, setting(talk))


def from_papers(talk: Talk) -> bool:
    return "from" in talk.session.register and talk.session.service in talk.guide.catalogue.services


def onwards(event: str, *, at: str = ANYWHERE) -> tuple[Row, ...]:
    """From a sought to what has to be asked next, or to the list."""
    return (
        Row(event, at, "organisations.category", when=asks_category, do=keep),
        Row(event, at, "organisations.region", when=asks_region, do=keep),
        Row(event, at, "organisations.list", when=is_something, do=keep),
    )


def or_anew(event: str) -> tuple[Row, ...]:
    """From an old button, to what is no longer there."""
    return (
        Row(event, ANYWHERE, "organisations.list", when=has_setting, do=vanished),
        Row(event, ANYWHERE, "organisations.setting", do=vanished),
    )


TYPED_IN = ("organisations.category", "organisations.region", "organisations.list", "organisations.one")

TOPIC = Topic(
    views={
        "organisations.setting": pages.settings,
        "organisations.category": pages.of_a_setting(pages.categories),
        "organisations.region": pages.of_a_setting(pages.regions),
        "organisations.list": pages.of_a_setting(pages.listed),
        "organisations.one": pages.of_a_setting(pages.card),
    },
    rows=(
        Row("register", ANYWHERE, "organisations.setting", do=begin),
        *onwards("org_setting"),
        *onwards("org_category"),
        *or_anew("org_category"),
        *onwards("org_region"),
        *or_anew("org_region"),
        Row("org", ANYWHERE, "organisations.one", when=is_something, do=keep),
        *or_anew("org"),
        Row("org_more", ANYWHERE, "organisations.list", when=is_something, do=keep),
        *or_anew("org_more"),
        Row("more", "organisations.list", when=turns_page, do=keep),
        *(Row("say", state, "organisations.list", when=is_something, do=keep) for state in TYPED_IN),
        *(Row("say", state, when=nothing_else_meant, do=nothing_like_it) for state in TYPED_IN),
        Row("back", "organisations.one", "organisations.list", do=understood),
        Row("back", "organisations.list", when=narrowed_by_words, do=keep),
        Row("back", "organisations.list", "organisations.region", when=asks_region, do=keep),
        Row("back", "organisations.list", "organisations.category", when=had_categories, do=to_categories),
        Row("back", "organisations.list", "organisations.setting", do=to_settings),
        Row("back", "organisations.region", "organisations.category", when=had_categories, do=to_categories),
        Row("back", "organisations.region", "organisations.setting", do=to_settings),
        Row("back", "organisations.category", "organisations.setting", do=to_settings),
        Row("back", "organisations.setting", "documents.answer", when=from_papers, do=understood),
        Row("back", "organisations.setting", "menu", do=understood),
    ),
)
