"""Language, optional messages, and being forgotten."""

from datetime import datetime

from dialogs.language import Language
from dialogs.messages import Choice, Reply, Say, say
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, choice
from dialogs.topics.link import in_chat, is_known, is_linked
from dialogs.topics.menu import understood
from dialogs.topics.proof import proven


def settings(talk: Talk) -> Reply:
    quiet = talk.session.quiet
    other = Language.RU if talk.session.language is Language.KK else Language.KK
    return Reply(
        (Say("settings.quiet" if quiet else "settings.loud"), *known(talk)),
        (
            choice(f"lang:{other}", f"language.{other}"),
            choice("loud", "settings.start") if quiet else choice("quiet", "settings.stop"),
            *linking(talk),
            choice("privacy", "settings.privacy"),
            choice("forget", "settings.forget"),
            MENU,
        ),
    )


def known(talk: Talk) -> tuple[Say, ...]:
    """By which phone, and by which IINs."""
    phone = (say("link.linked", end=talk.phone[-4:]),) if talk.phone and is_linked(talk) else ()
    shown = (
        say("who.shown", end=one.iin[-4:], day=datetime.fromtimestamp(one.until, talk.now.tzinfo).date())
        for one in talk.session.proven
        if one.iin in proven(talk)
    )
    return (*phone, *shown)


def linking(talk: Talk) -> tuple[Choice, ...]:
    begin = (choice("link", "link.begin"),) if in_chat(talk) and not is_linked(talk) else ()
    end = (choice("unlink", "link.end" if is_linked(talk) else "who.end"),) if is_known(talk) else ()
    return (*begin, *end)


def ask_to_forget(_: Talk) -> Reply:
    return Reply((Say("forget.ask"),), (choice("forget_yes", "forget.yes"), BACK, MENU))


def stop_optional(talk: Talk) -> None:
    understood(talk)
    talk.session.quiet = True
    talk.silent_view = True
    talk.say("settings.stopped" if talk.session.language else "settings.stopped_both")


def start_optional(talk: Talk) -> None:
    understood(talk)
    talk.session.quiet = False
    talk.silent_view = True
    talk.say("settings.started" if talk.session.language else "settings.started_both")


def was_quiet(talk: Talk) -> bool:
    return talk.session.quiet


def forget(talk: Talk) -> None:
    talk.forgotten = True
    talk.silent_view = True
    talk.say("forget.done")


TOPIC = Topic(
    views={"settings": settings, "settings.forget": ask_to_forget},
    rows=(
        Row("settings", ANYWHERE, "settings", do=understood),
        Row("quiet", ANYWHERE, do=stop_optional),
        Row("loud", ANYWHERE, when=was_quiet, do=start_optional),
        Row("loud", "language"),
        Row("loud", ANYWHERE, "menu", do=understood),
        Row("forget", ANYWHERE, "settings.forget", do=understood),
        Row("forget_yes", "settings.forget", "language", do=forget),
        Row("back", "settings", "menu", do=understood),
        Row("back", "settings.forget", "settings", do=understood),
    ),
    asks=frozenset({"settings.forget"}),
)
