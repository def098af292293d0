"""Where somebody's application is: what happens to it, what comes next, who has to act and by when.

One application is shown at once; of several, first a list. In a chat the list has buttons, by SMS it is the choice
itself. What is nobody else's business stands in no SMS.
"""

from collections.abc import Callable
from datetime import timedelta

from dialogs.applications import lines
from dialogs.applications.application import Application, Stage
from dialogs.errands import WriteBack
from dialogs.inquiries import AWAY, Applications, Away
from dialogs.messages import Reply, Say
from dialogs.people import Citizen
from dialogs.render import MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, View
from dialogs.topics import who
from dialogs.topics.menu import next_page, understood
from dialogs.topics.status_pages import about_queue, listed, nothing, one, whom, wishes

HOLDS = timedelta(days=3)
"""So long a promise to write back holds."""
READ = ("status.one", "status.queue")
"""Where one application is read."""


def applications(talk: Talk) -> tuple[Application, ...] | Away:
    """Of the person whom the talk is about."""
    person = who.person(talk)
    return AWAY if person is None else talk.ask(Applications(person.iin))


def shown(view: Callable[[Talk, tuple[Application, ...]], Reply]) -> View:
    """Once it is known whom it is about. What is shown need not be told later; what cannot be shown, will be."""

    def seen(talk: Talk) -> Reply:
        found = applications(talk)
        if isinstance(found, Away):
            return away(talk)
        talk.session.promised = 0.0
        return view(talk, found)

    return who.for_somebody(seen)


def status(talk: Talk, found: tuple[Application, ...]) -> Reply:
    waiting = wishes(talk, found)
    if not found:
        return nothing(talk, waiting)
    return one(talk, found[0]) if len(found) == 1 and not waiting else listed(talk, found, waiting)


def one_of_several(talk: Talk, found: tuple[Application, ...]) -> Reply:
    chosen = next((its for its in found if its.key == talk.session.application), None)
    return one(talk, chosen, back_to_list=len(found) > 1) if chosen else status(talk, found)


def queue(talk: Talk, found: tuple[Application, ...]) -> Reply:
    """Of the application chosen; once it waits no longer, its page."""
    chosen = next((its for its in found if its.key == talk.session.application), None)
    return about_queue(talk, chosen) if chosen and waits(talk, chosen) else one_of_several(talk, found)


def away(talk: Talk) -> Reply:
    """E-Sobes does not answer: the person is written to as soon as it does."""
    if talk.now.timestamp() - talk.session.promised > HOLDS.total_seconds():
        talk.session.promised = talk.now.timestamp()
        talk.errands.append(WriteBack("status"))
    return Reply((Say("status.away"),), (MENU,))


def wanted(talk: Talk) -> tuple[Citizen, Application] | None:
    """The application that a button is about, whoever of the family it belongs to."""
    known = who.persons(talk)
    if isinstance(known, Away) or not talk.event.args:
        return None
    for person in sorted(known, key=lambda one: one.key != talk.session.whom):
        found = talk.ask(Applications(person.iin))
        for its in () if isinstance(found, Away) else found:
            if its.key == talk.event.args[0]:
                return person, its
    return None


def is_there(talk: Talk) -> bool:
    return wanted(talk) is not None


def keep_application(talk: Talk) -> None:
    _keep(talk, wanted(talk))


def _keep(talk: Talk, found: tuple[Citizen, Application] | None) -> None:
    who.keep_aim(talk)
    if found is not None:
        person, its = found
        talk.session.whom, talk.session.application = person.key, its.key


def waits(talk: Talk, its: Application) -> bool:
    """In a queue that may be told of here."""
    return its.stage is Stage.QUEUED and not lines.silent(its, talk.guide, talk.surface)


def queued(talk: Talk) -> tuple[Citizen, Application] | None:
    """The application that waits: the button's; else the one being read; else the only one."""
    if talk.event.args:
        found = wanted(talk)
        return found if found and waits(talk, found[1]) else None
    person, known = who.person(talk), applications(talk)
    if person is None or isinstance(known, Away):
        return None
    waiting = [its for its in known if waits(talk, its)]
    read = [its for its in waiting if its.key == talk.session.application and talk.state in READ]
    meant = read or waiting
    return (person, meant[0]) if len(meant) == 1 else None


def is_queued(talk: Talk) -> bool:
    return queued(talk) is not None


def keep_queued(talk: Talk) -> None:
    _keep(talk, queued(talk))


def gone(talk: Talk) -> None:
    who.keep_aim(talk)
    if who.is_settled(talk) and not isinstance(applications(talk), Away):
        talk.say("status.gone")


def forget_whom(talk: Talk) -> None:
    understood(talk)
    talk.session.whom, talk.session.aim = "", "status"


def back_to_several(talk: Talk) -> bool:
    found = applications(talk)
    return not isinstance(found, Away) and len(found) > 1


def keep_promise(talk: Talk) -> None:
    """Wherever the person stands, which does not change."""
    talk.silent_view = True
    if talk.event.args != ("status",):
        return
    found = applications(talk)
    if isinstance(found, Away):
        if who.is_settled(talk):  # away once more: nothing is said, the promise stands
            talk.errands.append(WriteBack("status"))
            return
        talk.say("status.kept.ask")
    elif not found:
        talk.say("status.kept.none")
    else:
        told = lines.brief(found[0], talk.guide, talk.now, talk.surface, whom=whom(talk))
        talk.notices += [Say("status.kept"), *told]
        if len(found) > 1:
            talk.say("status.kept.rest")
    talk.session.promised = 0.0


TOPIC = Topic(
    views={"status": shown(status), "status.one": shown(one_of_several), "status.queue": shown(queue)},
    rows=(
        *who.onwards("status", when=who.always, do=who.keep_aim),
        Row("app", ANYWHERE, "status.one", when=is_there, do=keep_application),
        *who.onwards("app", when=who.always, do=gone),
        Row("queue", ANYWHERE, "status.queue", when=is_queued, do=keep_queued),
        *who.onwards("queue", when=who.always, do=who.keep_aim),
        Row("others", ANYWHERE, "who.choose", when=who.are_several, do=forget_whom),
        *who.onwards("others", when=who.always, do=who.keep_aim),
        Row("kept", ANYWHERE, do=keep_promise),
        Row("earlier", "status", do=next_page),
        Row("back", "status", "menu", do=understood),
        Row("back", "status.queue", "status.one", do=understood),
        Row("back", "status.one", "status", when=back_to_several, do=understood),
        Row("back", "status.one", "menu", do=understood),
    ),
)
