"""The main menu, help, and what is said to messages that nothing else takes."""

import re

from dialogs.errands import Write
from dialogs.messages import Reply, Say
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, choice

TOO_OFTEN = 3
"""After so many messages in a row that were not understood, it is said who can help."""


MISSED, WAITING = "missed", "waiting"
"""Why, and that, the person's words are with the specialists; see `topics.specialist`."""
_NUMBERS = re.compile(r"\+?\d[\d ()-]{4,}")
"""Phones, IINs and codes: nobody has agreed that a specialist reads them."""

ASIDE = ("help", "operator")
"""Whoever asks for these comes back to where they were."""


def menu(talk: Talk) -> Reply:
    unfinished = (choice("resume", "menu.resume"),) if talk.session.closed else ()
    return Reply(
        (Say("menu.ask"),),
        (
            *unfinished,
            choice("services", "menu.services"),
            choice("status", "menu.status"),
            choice("operator", "menu.operator"),
            choice("deadlines", "menu.deadlines"),
            choice("settings", "menu.settings"),
            choice("help", "menu.help"),
        ),
    )


def help_(_: Talk) -> Reply:
    return Reply((Say("help.text"),), (choice("services", "menu.services"), BACK, MENU))


def understood(talk: Talk) -> None:
    talk.session.missed = 0
    talk.session.page = 0


def step_aside(talk: Talk) -> None:
    understood(talk)
    if talk.state not in ASIDE:
        talk.session.behind = talk.state


def where_they_were(talk: Talk) -> str:
    return talk.session.behind


def next_page(talk: Talk) -> None:
    talk.session.page += 1


def say_again(talk: Talk) -> None:
    talk.session.page = 0


def missed(talk: Talk, text: str, **values: str) -> None:
    """Says what was not understood; every third time in a row, also where people help."""
    talk.session.missed += 1
    talk.say(text, **values)
    if talk.session.missed % TOO_OFTEN == 0 and not _call(talk):
        talk.say("missed.too_often")


def _call(talk: Talk) -> bool:
    """A specialist is called, and the talk goes on until one comes."""
    if not talk.guide.inbox or talk.session.inbox:
        return False
    said = _NUMBERS.sub("…", talk.event.args[0]) if talk.event.name == "say" else ""
    talk.errands.append(Write(said, str(talk.session.language), MISSED))
    talk.session.inbox = WAITING
    talk.say("specialist.called")
    return True


def thanks(talk: Talk) -> None:
    understood(talk)
    talk.silent_view = True
    talk.say("thanks")


def not_here(talk: Talk) -> None:
    missed(talk, "missed.old_button")


def no_such_number(talk: Talk) -> None:
    missed(talk, "missed.number", number=talk.event.args[0])


def unknown_command(talk: Talk) -> None:
    missed(talk, "missed.command")


def unreadable(talk: Talk) -> None:
    missed(talk, "missed.edited" if talk.event.args[0] == "edited" else "missed.unreadable")


TOPIC = Topic(
    views={"menu": menu, "help": help_},
    rows=(
        Row("menu", ANYWHERE, "menu", do=understood),
        Row("help", ANYWHERE, "help", do=step_aside),
        Row("more", ANYWHERE, do=next_page),
        Row("again", ANYWHERE, do=say_again),
        Row("thanks", ANYWHERE, do=thanks),
        Row("back", "menu"),
        Row("back", "help", where_they_were, do=understood),
        Row("back", "help", "menu", do=understood),
        Row("no_such_number", ANYWHERE, do=no_such_number),
        Row("unknown_command", ANYWHERE, do=unknown_command),
        Row("unreadable", ANYWHERE, do=unreadable),
        Row("old_button", ANYWHERE, do=not_here),
    ),
)
