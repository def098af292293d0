"""Where somebody's application is: what happens to it, what comes next, who has to act and by when."""

from dialogs.applications.application import Application
from dialogs.errands import WriteBack
from dialogs.inquiries import Applications, Away
from dialogs.messages import Reply, Say
from dialogs.render import BACK, MENU
from dialogs.talk import Row, Talk, Topic, choice
from dialogs.topics import who
from dialogs.topics.menu import understood


def applications(talk: Talk) -> tuple[Application, ...] | Away:
    """Of the person whom the talk is about."""
    person = who.person(talk)
    return Away() if person is None else talk.ask(Applications(person.iin))


def status(talk: Talk) -> Reply:
    found = applications(talk)
    if isinstance(found, Away):
        return away(talk)
    lines = tuple(Say(f"{one.service}.name", item=True) for one in found)
    return Reply((*lines, Say("status.list")), (choice("again", "status.again"), BACK, MENU))


def away(talk: Talk) -> Reply:
    """E-Sobes does not answer: the person is written to as soon as it does."""
    if not talk.session.promised:
        talk.session.promised = talk.now.timestamp()
        talk.errands.append(WriteBack("status"))
    return Reply((Say("status.away"),), (MENU,))


TOPIC = Topic(
    views={"status": who.for_somebody(status)},
    rows=(
        *who.onwards("status", when=who.always, do=who.keep_aim),
        Row("back", "status", "menu", do=understood),
    ),
)
