"""What a row of the conversation table looks like, and the throw-away object that travels along it."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from dialogs import table
from dialogs.catalogue.catalogue import Answers, Catalogue
from dialogs.catalogue.schema import Question, Service
from dialogs.messages import Choice, Event, Reply, Say, Surface, Value, say
from dialogs.search import Search
from dialogs.session import Session
from dialogs.words import Words
from dialogs.workdays import Workdays


class Guide(Struct, frozen=True):
    """Everything the assistant knows that is not about one person."""

    words: Words
    catalogue: Catalogue
    search: Search
    workdays: Workdays
    sends_sms: bool
    """Whether a list can go to a phone at all."""


class Case(Struct, frozen=True):
    """A service, what the person said about their own situation, and what must be asked next."""

    service: Service
    answers: Answers
    asked: Question | None


class Talk:
    """One turn: the rows read and change `session`, add to `notices`, and the machine moves `state`."""

    __slots__ = (
        "case",
        "case_known",
        "event",
        "forgotten",
        "found",
        "guide",
        "link",
        "notices",
        "now",
        "session",
        "silent_view",
        "state",
        "surface",
        "to_phone",
    )

    def __init__(self, session: Session, event: Event, now: datetime, surface: Surface, guide: Guide) -> None:
        self.session = session
        self.state = session.state
        self.event = event
        self.now = now
        self.surface = surface
        self.guide = guide
        self.notices: list[Say] = []
        self.silent_view = False
        """The notices say it all: where the person stands is not repeated."""
        self.forgotten = False
        """Nothing of the session is kept."""
        self.case: Case | None = None
        self.case_known = False
        """Set once `topics.case` has looked."""
        self.found: tuple[str, ...] | None = None
        self.to_phone: tuple[str, Reply] | None = None
        self.link: str | None = None
        """The phone that the chat is linked to from now on; empty: to none."""

    def say(self, text: str, /, **values: Value) -> None:
        self.notices.append(say(text, **values))


Row = table.Row[Talk]

View = Callable[[Talk], Reply]


class Topic(Struct, frozen=True):
    """A short talk about one thing: its states, what each of them shows, and its rows."""

    views: dict[str, View]
    rows: tuple[Row, ...]


def choice(choice_id: str, text: str, **values: Value) -> Choice:
    return Choice(choice_id, say(text, **values))
