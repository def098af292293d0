"""What do I have to do, and by when: all that is open at a phone, each with a page of its own.

No offer is answered here: its page says the codes, and the codes are answers wherever they are sent.
"""

from dialogs.deadlines import Deadline
from dialogs.duties.bring import Escort
from dialogs.messages import Reply, Say
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics import deadline_cards as cards
from dialogs.topics.deadline_pages import Found, find, listed, unlinked
from dialogs.topics.deadline_paper import paper
from dialogs.topics.link import in_chat
from dialogs.topics.menu import next_page, understood
from dialogs.topics.who import has_no_number

ONE = "deadlines.one"
ESCORT = "deadlines.escort"
BRING = "deadlines.bring"


def deadlines(talk: Talk) -> Reply:
    if talk.link is not None and not has_no_number(talk):
        return Reply((Say("deadlines.linked"),), cards.ASK_AGAIN)  # what is known at the phone comes with the next
    found = find(talk)
    if has_no_number(talk) and not found.entries:
        return unlinked()
    wanted = talk.event.name == "calendar"
    return listed(talk, found, paper(talk, found) if wanted else None)


def one(talk: Talk) -> Reply:
    found = find(talk)
    chosen = _chosen(talk, found)
    return cards.card(talk, chosen) if chosen else listed(talk, found)


def ask_escort(talk: Talk) -> Reply:
    chosen = _chosen(talk, find(talk))
    return cards.ask_escort(talk, chosen) if chosen and cards.is_childs_journey(chosen) else one(talk)


def bring(talk: Talk) -> Reply:
    chosen = _chosen(talk, find(talk))
    return cards.bring(talk, chosen) if chosen and cards.is_journey(chosen) else one(talk)


def _chosen(talk: Talk, found: Found) -> Deadline | None:
    return next((its for its in found.entries if cards.has_page(its) and its.key == talk.session.deadline), None)


def _pressed(talk: Talk) -> Deadline | None:
    """Whatever a button is about."""
    wanted = talk.event.args[:1]
    return next((its for its in find(talk).entries if cards.has_page(its) and (its.key,) == wanted), None)


def is_there(talk: Talk) -> bool:
    return _pressed(talk) is not None


def goes_there(talk: Talk) -> bool:
    """There is something to take along, and it is known who travels."""
    its = _pressed(talk)
    if its is None or not cards.is_journey(its):
        return False
    return not cards.is_childs_journey(its) or talk.event.args[1:] in [(escort,) for escort in Escort]


def goes_as_child(talk: Talk) -> bool:
    its = _pressed(talk)
    return its is not None and cards.is_childs_journey(its)


def keep(talk: Talk) -> None:
    understood(talk)
    talk.session.deadline = talk.event.args[0]


def keep_escort(talk: Talk) -> None:
    keep(talk)
    talk.session.escort = "".join(talk.event.args[1:2])


def gone(talk: Talk) -> None:
    understood(talk)
    if not has_no_number(talk):
        talk.say("deadlines.gone")


def read_child(talk: Talk) -> bool:
    chosen = _chosen(talk, find(talk))
    return chosen is not None and cards.is_childs_journey(chosen)


def send_calendar(talk: Talk) -> None:
    understood(talk)
    if paper(talk, find(talk)) is not None:
        talk.say("deadlines.calendar.sent")


TOPIC = Topic(
    views={"deadlines": deadlines, ONE: one, ESCORT: ask_escort, BRING: bring},
    rows=(
        Row("deadlines", ANYWHERE, "deadlines", do=understood),
        Row("deadline", ANYWHERE, ONE, when=is_there, do=keep),
        Row("deadline", ANYWHERE, "deadlines", do=gone),
        Row("take_along", ANYWHERE, BRING, when=goes_there, do=keep_escort),
        Row("take_along", ANYWHERE, ESCORT, when=goes_as_child, do=keep),
        Row("take_along", ANYWHERE, "deadlines", do=gone),
        Row("calendar", ANYWHERE, "deadlines", when=in_chat, do=send_calendar),
        Row("later", "deadlines", do=next_page),
        Row("back", BRING, ESCORT, when=read_child, do=understood),
        Row("back", BRING, ONE, do=understood),
        Row("back", ESCORT, ONE, do=understood),
        Row("back", ONE, "deadlines", do=understood),
        Row("back", "deadlines", "menu", do=understood),
    ),
    asks=frozenset({ESCORT}),
)
