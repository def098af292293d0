"""What a row of the conversation table looks like, and the throw-away object that travels along it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast

from msgspec import Struct

from dialogs import table
from dialogs.applications.ways import Ways
from dialogs.catalogue.catalogue import Answers, Catalogue
from dialogs.catalogue.schema import Question, Service
from dialogs.duties.duty import AnyDuty
from dialogs.duties.rules import Rules as DutyRules
from dialogs.errands import Audit, Errand, ServiceRequest
from dialogs.inquiries import Away, Inquiry, Told, UnansweredError
from dialogs.matters.matter import Matter
from dialogs.messages import Choice, Event, Reply, Say, Surface, Value, say
from dialogs.search import Search
from dialogs.session import Session
from dialogs.words import Words
from dialogs.workdays import Workdays


class Guide(Struct, frozen=True, eq=False):
    """Everything the assistant knows that is not about one person."""

    words: Words
    catalogue: Catalogue
    search: Search
    workdays: Workdays
    duties: DutyRules
    """The law about arriving, postponing and choosing."""
    ways: Ways
    """How each service can be asked for."""
    sends_sms: bool
    """Whether a list can go to a phone at all."""
    inbox: bool = False
    """Whether specialists read what is written to them here."""


class Here(Struct, frozen=True):
    """When and where somebody writes, and what is known about that without them saying it."""

    now: datetime
    surface: Surface
    phone: str | None = None
    """Whose messages these are: the phone itself, or the one that the chat is linked to."""
    strangers: tuple[str, ...] = ()
    """Persons who are not reached at this phone, as its owner says; see `people.mark`."""
    offers: tuple[Matter, ...] = ()
    """What E-Sobes has offered to the persons reached at this phone…"""
    duties: tuple[AnyDuty, ...] = ()
    """…and what they have to do by a day."""
    told: Told = {}
    """What the shell has found out for this turn."""


T = TypeVar("T")


class Case(Struct, frozen=True):
    """A service, what the person said about their own situation, and what must be asked next."""

    service: Service
    answers: Answers
    asked: Question | None


class Talk:
    """One turn: the rows read and change `session`, add to `notices`, and the machine moves `state`."""

    __slots__ = (
        "audits",
        "case",
        "case_known",
        "erases",
        "errands",
        "event",
        "forgotten",
        "found",
        "guide",
        "here",
        "link",
        "notices",
        "now",
        "phone",
        "request",
        "session",
        "silent_view",
        "state",
        "surface",
        "to_phone",
    )

    def __init__(self, session: Session, event: Event, here: Here, guide: Guide) -> None:
        self.session = session
        self.state = session.state
        self.event = event
        self.here = here
        self.now = here.now
        self.surface = here.surface
        self.phone = here.phone
        """Changes with `link`."""
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
        self.errands: list[Errand] = []
        self.request: ServiceRequest | None = None
        self.audits: list[Audit] = []
        self.erases = False
        """The person's message holds what nobody else should read: it is deleted where that can be done."""

    def say(self, text: str, /, **values: Value) -> None:
        self.notices.append(say(text, **values))

    def ask(self, inquiry: Inquiry[T]) -> T | Away:
        """What the shell knows. Until it has told that, the turn is not taken at all."""
        if inquiry not in self.here.told:
            raise UnansweredError(inquiry)
        return cast("T | Away", self.here.told[inquiry])

    def audit(self, what: str, about: str = "") -> None:
        self.audits.append(Audit(what, about))


Row = table.Row[Talk]

View = Callable[[Talk], Reply]


class Topic(Struct, frozen=True):
    """A short talk about one thing: its states, what each of them shows, and its rows."""

    views: dict[str, View]
    rows: tuple[Row, ...]
    asks: frozenset[str] = frozenset()
    """States that wait for an answer without which nothing goes on: after a long silence they are left."""


def choice(choice_id: str, text: str, **values: Value) -> Choice:
    return Choice(choice_id, say(text, **values))
