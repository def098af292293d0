"""The conversation: all topics in one `transitions` table, and the step along it.

`step(session, event, now)` changes nothing that it was given. Every state answers every event: what no row of a
topic takes is answered by the last rows here, and the state's own view is shown again.
"""

from datetime import datetime

import msgspec

from dialogs import repeats, silence
from dialogs.duties import screen
from dialogs.errands import Audit, Errand, ServiceRequest
from dialogs.messages import Choice, Event, Reply, Say
from dialogs.render import BACK, MENU
from dialogs.session import NOT_ONCE, Session, remains
from dialogs.table import machine
from dialogs.talk import Guide, Here, Row, Talk, View
from dialogs.topics import (
    arrival,
    arriving,
    deadlines,
    documents,
    first,
    iin,
    link,
    menu,
    operator,
    organisations,
    privacy,
    proof,
    request,
    search,
    settings,
    specialist,
    status,
    who,
)
from dialogs.unmet import unmet

TOPICS = (
    first.TOPIC,
    specialist.TOPIC,
    arrival.TOPIC,
    organisations.TOPIC,
    menu.TOPIC,
    request.TOPIC,
    iin.TOPIC,
    documents.TOPIC,
    who.TOPIC,
    status.TOPIC,
    deadlines.TOPIC,
    link.TOPIC,
    iin.UNASKED,
    search.TOPIC,
    operator.TOPIC,
    settings.TOPIC,
    privacy.TOPIC,
)

VIEWS: dict[str, View] = {state: view for topic in TOPICS for state, view in topic.views.items()}

ROWS: tuple[Row, ...] = (*(row for topic in TOPICS for row in topic.rows), *silence.ROWS)

ASKS = frozenset(state for topic in TOPICS for state in topic.asks)
"""Where a question stands half asked."""

NOT_A_MESSAGE = frozenset({"kept", "handed"})
"""What nobody wrote."""

BEFORE_LANGUAGE = frozenset({"lang", "quiet", "loud", "contact"})
"""What a person may do before the language is known."""

NOTHING_MEANT = frozenset({"no_such_number", "unknown_command"})
"""What a message is that means nothing where the person stands. Words may mean something: see `takes_words`."""

PER_MINUTE = 20
"""More messages than this in a minute, and the assistant asks to slow down, once."""


class Turn(msgspec.Struct, frozen=True):
    session: Session
    reply: Reply | None
    to_phone: tuple[str, Reply] | None
    link: str | None
    """The phone that the chat is linked to from now on; empty: to none."""
    note: str
    """For the journal: what happened, nothing personal."""
    errands: tuple[Errand, ...] = ()
    request: ServiceRequest | None = None
    audits: tuple[Audit, ...] = ()
    erases: bool = False
    forgotten: bool = False
    """The person asked for it: of the session only what protects others is left."""
    unmet: str = ""
    """Words that were not understood; see `unmet`."""


def step(before: Session, event: Event, here: Here, guide: Guide, *, typed: bool = False) -> Turn:
    """`typed`: the event was put into words, and was not a button. Raises UnansweredError where something has to be
    found out first; then nothing has happened."""
    session = msgspec.structs.replace(before)
    proof.forget_old(session, here.now)
    left = False
    if typed and silence.lasted(session, here.now):
        session.whom = ""
        left = session.state in ASKS and silence.leaves(session, event, asked_for)
        event = silence.close(session, event) if left else event
    if event.name not in NOT_A_MESSAGE:
        session.pace = _pace(session, here.now)
    if session.pace[1] > PER_MINUTE and event.name not in NOT_A_MESSAGE:
        first_time = session.pace[1] == PER_MINUTE + 1
        slower = Say("pace.slow" if session.language else "pace.slow.both")
        return Turn(session, Reply((slower,)) if first_time else None, None, None, "too_fast")
    if session.state not in VIEWS:
        session.state = "menu"
    if session.language is None and event.name not in BEFORE_LANGUAGE:
        event = Event("first_contact", (event.name, *event.args))
    if event.name not in MACHINE.events:
        event = Event("old_button")
    talk = Talk(session, event, here, guide)
    MACHINE.events[event.name].trigger(talk)
    _settle(before, talk)
    reply = _reply(talk)
    if reply is not None and repeats.too_often(before, session):
        reply = _with_somebody(reply)
    if reply is not None and left:
        reply = _with_farewell(reply, to_return=bool(session.closed))
    return Turn(
        remains(session) if talk.forgotten else session,
        reply,
        talk.to_phone,
        talk.link,
        " ".join(filter(None, (event.name, talk.state, session.service))),
        tuple(talk.errands),
        talk.request,
        tuple(talk.audits),
        talk.erases,
        talk.forgotten,
        unmet(before, session, event, ASKS),
    )


def _settle(before: Session, talk: Talk) -> None:
    """What follows from where the talk has come to."""
    session = talk.session
    specialist.leave(before, talk)
    session.state = talk.state
    if session.state not in menu.ASIDE:
        session.behind = ""
    session.letter = screen.newest(talk.here.duties, talk.now, session.letter)
    if session.state != "request":
        session.wish = None  # an IIN stays no longer than the question about it
    if session.closed and not silence.still_open(before, session, ASKS):
        session.closed = ""
    if not {session.state, session.behind, session.closed} & set(arriving.STATES):
        session.arrival = None
    session.repeats = NOT_ONCE if talk.erases else repeats.counted(before, session, talk.event)


def takes_words(state: str) -> bool:
    """Free words mean something in this state, more than elsewhere."""
    return asked_for(state, "say")


def asked_for(state: str, event: str) -> bool:
    return any(row.at == state and row.event == event for row in ROWS)


def view(session: Session, here: Here, guide: Guide) -> Reply:
    """Where the person stands."""
    talk = Talk(msgspec.structs.replace(session), Event("again"), here, guide)
    return VIEWS.get(session.state, menu.menu)(talk)


def _reply(talk: Talk) -> Reply | None:
    """None: there is nothing to say."""
    if talk.silent_view:
        return Reply(tuple(talk.notices)) if talk.notices else None
    view = VIEWS[talk.state](talk)
    return msgspec.structs.replace(view, say=(*talk.notices, *view.say), notices=len(talk.notices))


def _with_somebody(reply: Reply) -> Reply:
    """The same was asked three times: the answer does not help."""
    somebody = Choice("operator", Say("menu.operator"), spare=True)
    known = {one.id for one in reply.choices}
    choices = list(reply.choices)
    if choices and somebody.id not in known:
        last = len([one for one in choices if one not in (BACK, MENU)])
        choices.insert(last, somebody)
    say = (Say("repeats.operator"), *reply.say)
    return msgspec.structs.replace(reply, say=say, choices=tuple(choices), notices=reply.notices + 1)


def _with_farewell(reply: Reply, *, to_return: bool) -> Reply:
    """To the question that waited too long. Before another question everything is said in full, if need be in
    portions: nobody has read it yet."""
    if to_return:
        say = (Say("silence.closed"), *reply.say)
        return msgspec.structs.replace(reply, say=say, notices=reply.notices + 1)
    return msgspec.structs.replace(reply, say=(Say("silence.left"), *reply.say), notices=0)


def waits(session: Session, now: datetime) -> bool:
    """A question of ours stands, and was asked not long ago."""
    return session.language is not None and session.state in ASKS and not silence.lasted(session, now)


def _pace(session: Session, now: datetime) -> tuple[int, int]:
    minute = int(now.timestamp()) // 60
    counted = min(session.pace[1] + 1, PER_MINUTE + 2)  # the others change nothing, and nothing is written
    return (minute, counted if session.pace[0] == minute else 1)


MACHINE = machine(VIEWS, ROWS, "language", otherwise=menu.not_here)
