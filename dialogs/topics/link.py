"""A chat linked to a phone: what is offered to its owner by SMS comes to the chat as well."""

from dialogs.messages import Reply, Say, Surface
from dialogs.people import read_phone
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics import proof
from dialogs.topics.documents import not_own_number, own_number, typed_a_number, unasked_contact
from dialogs.topics.menu import understood


def ask_phone(_: Talk) -> Reply:
    return Reply((Say("link.ask"),), (BACK, MENU), ask_contact=True)


def in_chat(talk: Talk) -> bool:
    return talk.surface is Surface.CHAT


def own_number_here(talk: Talk) -> bool:
    return in_chat(talk) and own_number(talk)


def is_linked(talk: Talk) -> bool:
    return in_chat(talk) and talk.phone is not None


def is_known(talk: Talk) -> bool:
    """As the owner of a phone, or by an IIN, shown or about to be."""
    return is_linked(talk) or bool(talk.session.proven) or talk.session.challenge is not None


def link(talk: Talk) -> None:
    understood(talk)
    phone = read_phone(talk.event.args[0])
    assert phone is not None  # noqa: S101 - see `own_number`
    talk.link = talk.phone = phone.e164
    talk.session.whom = talk.session.application = ""
    talk.session.wish = None
    talk.audit("chat_linked")
    talk.say("link.done" if talk.session.language else "link.done_both", end=phone.e164[-4:])


def unlink(talk: Talk) -> None:
    """Nobody is known here any more, neither by the phone nor by an IIN."""
    understood(talk)
    proof.end(talk)
    if not is_linked(talk):
        talk.say("who.ended")
        return
    talk.link, talk.phone = "", None
    talk.audit("chat_unlinked")
    talk.say("link.ended")


TOPIC = Topic(
    views={"link": ask_phone},
    rows=(
        Row("link", ANYWHERE, "link", when=in_chat, do=understood),
        Row("unlink", ANYWHERE, "settings", when=is_known, do=unlink),
        Row("contact", "link", "settings", when=own_number_here, do=link),
        Row("contact", "link", do=not_own_number),
        Row("say", "link", when=typed_a_number, do=not_own_number),
        Row("contact", ANYWHERE, when=own_number_here, do=link),
        Row("contact", ANYWHERE, do=unasked_contact),
        Row("back", "link", "settings", do=understood),
    ),
    asks=frozenset({"link"}),
)
