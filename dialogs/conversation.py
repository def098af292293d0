"""The conversation: all topics in one `transitions` table, and the step along it.

`step(session, event, now)` changes nothing that it was given. Every state answers every event: what no row of a
topic takes is answered by the last rows here, and the state's own view is shown again.
"""

from datetime import datetime

import msgspec

from dialogs.errands import Audit, Errand, ServiceRequest
from dialogs.messages import Event, Reply, Say
from dialogs.session import Session
from dialogs.table import machine
from dialogs.talk import Guide, Here, Row, Talk, View
from dialogs.topics import documents, first, link, menu, operator, privacy, search, settings, status, who

TOPICS = (
    first.TOPIC,
    menu.TOPIC,
    documents.TOPIC,
    who.TOPIC,
    status.TOPIC,
    link.TOPIC,
    search.TOPIC,
    operator.TOPIC,
    settings.TOPIC,
    privacy.TOPIC,
)

VIEWS: dict[str, View] = {state: view for topic in TOPICS for state, view in topic.views.items()}

ROWS: tuple[Row, ...] = tuple(row for topic in TOPICS for row in topic.rows)

BEFORE_LANGUAGE = frozenset({"lang", "quiet", "loud", "contact"})
"""What a person may do before the language is known."""

NOTHING_MEANT = frozenset({"no_such_number", "unknown_command"})
"""What a message is that means nothing where the person stands. Words may mean something: see `takes_words`."""

PER_MINUTE = 20
"""More messages than this in a minute, and the assistant asks to slow down, once."""


class Turn(msgspec.Struct, frozen=True):
    session: Session | None
    """None: the person asked to be forgotten."""
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


def step(session: Session, event: Event, here: Here, guide: Guide) -> Turn:
    """Raises UnansweredError where something has to be found out first; then nothing has happened."""
    session = msgspec.structs.replace(session)
    session.pace = _pace(session, here.now)
    if session.pace[1] > PER_MINUTE:
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
    talk.session.state = talk.state
    return Turn(
        None if talk.forgotten else talk.session,
        _reply(talk),
        talk.to_phone,
        talk.link,
        " ".join(filter(None, (event.name, talk.state, talk.session.service))),
        tuple(talk.errands),
        talk.request,
        tuple(talk.audits),
        talk.erases,
    )


def takes_words(state: str) -> bool:
    """Free words mean something in this state, more than elsewhere."""
    return any(row.event == "say" and row.at == state for row in ROWS)


def view(session: Session, here: Here, guide: Guide) -> Reply:
    """Where the person stands."""
    talk = Talk(session, Event("again"), here, guide)
    return VIEWS.get(session.state, menu.menu)(talk)


def _reply(talk: Talk) -> Reply:
    if talk.silent_view:
        return Reply(tuple(talk.notices))
    view = VIEWS[talk.state](talk)
    return msgspec.structs.replace(view, say=(*talk.notices, *view.say), notices=len(talk.notices))


def _pace(session: Session, now: datetime) -> tuple[int, int]:
    minute = int(now.timestamp()) // 60
    return (minute, session.pace[1] + 1 if session.pace[0] == minute else 1)


MACHINE = machine(VIEWS, ROWS, "language", otherwise=menu.not_here)
