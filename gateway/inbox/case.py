"""Somebody's talk with the specialists, and what may become of it. Everything here is a plain step from one case to
the next, with the lines that say so; `desk` keeps both.

waiting    in the queue: somebody wrote, or was not understood
taken      one specialist reads and answers, and the assistant keeps quiet
closed     the assistant answers again; the lines are kept for a while, and new words open it anew
"""

from enum import StrEnum

from msgspec import Struct, structs

from dialogs.errands import Left, ToSpecialist, Write
from gateway.channels import Letter

LAST = 300
"""Letters of somebody's words that the queue shows."""


class State(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


class Kind(StrEnum):
    """What a line is."""

    SAID = "said"
    """By the person."""
    MISSED = "missed"
    """Likewise, but to the assistant, which made nothing of it."""
    LEFT = "left"
    """The person went back to the assistant."""
    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    ANSWER = "answer"
    NOTE = "note"
    """For the specialists alone."""
    RETURNED = "returned"
    CLOSED = "closed"


class Case(Struct, frozen=True, omit_defaults=True):
    id: str
    address: str
    """Where the person writes."""
    state: State
    since: float
    """Seconds since 1970, here and below: since when it is in this state. Of whoever waits: since they came."""
    language: str
    reason: str
    """Why they came: `asked`, `missed`."""
    last: str = ""
    """Their last words."""
    unanswered: float = 0.0
    """Since when words of theirs have no answer; 0: all have."""
    taker: str = ""
    """The specialist's login."""
    away: bool = False
    """The person speaks to the assistant: words of theirs do not come here until a specialist writes again."""

    def __repr__(self) -> str:
        return f"Case({self.id}, {self.state})"


class Line(Struct, frozen=True, omit_defaults=True):
    kind: Kind
    at: float
    text: str = ""
    who: str = ""
    """The specialist's login."""
    letter: str = ""
    """Of an answer: what became of it is known by this name."""
    to: str = ""
    """Of an answer: the address that it went to."""

    def __repr__(self) -> str:
        return f"Line({self.kind})"


class Step(Struct, frozen=True):
    after: Case | None
    """None: nothing of it is kept."""
    lines: tuple[Line, ...] = ()
    tells: str = ""
    """What the person's talk has to know: `taken`, `returned`, `closed`."""
    letters: tuple[Letter, ...] = ()
    came: bool = False
    """Somebody waits who did not wait before."""
    waited: float | None = None
    """Of an answer: for so many seconds somebody had waited for it."""


class RefusedError(Exception):
    """It cannot be done; `args[0]` is the id of the words that say why."""


def heard(case: Case | None, errand: ToSpecialist, address: str, at: float, fresh: str) -> Step | None:
    """What the person has done. `fresh`: a name for a case that is new. None: nothing is to be written down."""
    if isinstance(errand, Write):
        return _written(case, errand, address, at, fresh)
    if isinstance(errand, Left):
        if case is None or case.state is State.CLOSED:
            return None
        return Step(structs.replace(case, away=True), (Line(Kind.LEFT, at),))
    return None if case is None else Step(None)


def _written(case: Case | None, errand: Write, address: str, at: float, fresh: str) -> Step:
    asked = errand.reason == "asked"
    line = Line(Kind.SAID if asked else Kind.MISSED, at, errand.text)
    if case is None or case.state is State.CLOSED:
        name = case.id if case else fresh
        last, away = errand.text[:LAST], not asked
        opened = Case(name, address, State.WAITING, at, errand.language, errand.reason, last, at, away=away)
        return Step(opened, (line,), came=True)
    after = structs.replace(
        case,
        language=errand.language,
        reason="asked" if asked else case.reason,
        last=errand.text[:LAST] or case.last,
        unanswered=case.unanswered or at,
        away=not asked,
    )
    return Step(after, (line,))


def take(case: Case, who: str, at: float, *, orphaned: bool) -> Step:
    """`orphaned`: whoever has taken it is not signed in any more."""
    if case.state is State.CLOSED:
        raise RefusedError("staff.inbox.refused.closed")
    if case.state is State.TAKEN and (case.taker == who or not orphaned):
        raise RefusedError("staff.inbox.refused.taken")
    over = case.state is State.TAKEN
    after = structs.replace(case, state=State.TAKEN, since=at, taker=who, away=False)
    return Step(after, (Line(Kind.TAKEN_OVER if over else Kind.TAKEN, at, who=who),), "taken")


def answer(case: Case, who: str, at: float, said: str, letter: Letter) -> Step:
    """`said`: without what stands before it in the letter."""
    _own(case, who)
    line = Line(Kind.ANSWER, at, said, who, letter.id, letter.address)
    after = structs.replace(case, unanswered=0.0, away=False)
    waited = at - case.unanswered if case.unanswered else None
    return Step(after, (line,), "taken" if case.away else "", (letter,), waited=waited)


def note(case: Case, who: str, at: float, text: str) -> Step:
    return Step(case, (Line(Kind.NOTE, at, text, who),))


def hand_back(case: Case, who: str, at: float) -> Step:
    """To the queue, as the first in it: this person has waited long enough."""
    _own(case, who)
    since = case.unanswered or at
    after = structs.replace(case, state=State.WAITING, since=since, taker="")
    return Step(after, (Line(Kind.RETURNED, at, who=who),), "returned", came=True)


def close(case: Case, who: str, at: float) -> Step:
    _own(case, who)
    after = structs.replace(case, state=State.CLOSED, since=at, unanswered=0.0, taker=who, away=True)
    return Step(after, (Line(Kind.CLOSED, at, who=who),), "closed")


def _own(case: Case, who: str) -> None:
    if case.state is not State.TAKEN or case.taker != who:
        raise RefusedError("staff.inbox.refused.not_yours")
