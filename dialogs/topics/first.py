"""The first contact, and the choice of language."""

import re

from dialogs.language import Language
from dialogs.messages import Reply, Say
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, choice

LONGEST_PENDING = 200
WITHOUT_MORE = ("status", "deadlines", "services", "operator", "specialist")
WITH_MORE = ("say", "svc", "grp", "arrive", "come", "cannot", "decline")
"""Commands, words and buttons that say what somebody came for."""
_PRIVATE = re.compile(r"\+?\d[\d ()-]{4,}")
"""A phone, an IIN, an account: nobody has agreed yet that anything of the kind is kept."""


def ask_language(_: Talk) -> Reply:
    return Reply(
        (Say("language.ask"),),
        (choice("lang:kk", "language.kk"), choice("lang:ru", "language.ru")),
    )


def keep_for_later(talk: Talk) -> None:
    """What the person came with is answered as soon as the language is known."""
    name, *args = talk.event.args
    if name == "iin":
        talk.erases = True
        talk.audit("iin_unasked")
        name, args = "say", args[1:]
    if name in WITHOUT_MORE or (args and name in WITH_MORE):
        args = [_PRIVATE.sub("", said) if name == "say" else said for said in args]
        talk.session.pending = ":".join((name, *args))[:LONGEST_PENDING]


def a_language(talk: Talk) -> bool:
    return bool(talk.event.args) and talk.event.args[0] in set(Language)


def set_language(talk: Talk) -> None:
    talk.session.language = Language(talk.event.args[0])
    talk.session.missed = 0
    talk.session.page = 0
    if not talk.session.pending:
        talk.say("language.set")


TOPIC = Topic(
    views={"language": ask_language},
    rows=(
        Row("first_contact", ANYWHERE, "language", do=keep_for_later),
        Row("start", ANYWHERE, "menu"),
        Row("lang", "language", "menu", when=a_language, do=set_language),
        Row("lang", ANYWHERE, when=a_language, do=set_language),
        Row("lang", ANYWHERE, "language"),
        Row("back", "language", "menu"),
    ),
)
