"""The privacy notice: shown before anything personal is asked, agreed to or not, and readable at any time."""

from dialogs.messages import Reply, Say, say
from dialogs.render import BACK, MENU
from dialogs.session import Agreement
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics.menu import understood

VERSION = 2
"""Raised whenever the notice says something new: everybody is asked again."""


def agreed(talk: Talk) -> bool:
    agreement = talk.session.agreed
    return agreement is not None and agreement.version == VERSION


def this_notice(talk: Talk) -> bool:
    """`agree:{version}`: the button of an older notice agrees to nothing."""
    return talk.event.args == (str(VERSION),)


def agree(talk: Talk) -> None:
    talk.session.agreed = Agreement(VERSION, talk.now)
    talk.session.general = False
    understood(talk)


def notice(talk: Talk) -> Reply:
    agreement = talk.session.agreed
    since = (say("privacy.agreed", day=agreement.at.date()),) if agreement else ()
    return Reply((Say("privacy.notice"), *since), (BACK, MENU))


TOPIC = Topic(
    views={"privacy": notice},
    rows=(
        Row("privacy", ANYWHERE, "privacy", do=understood),
        Row("back", "privacy", "settings", do=understood),
    ),
)
