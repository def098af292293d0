"""How an offer ends, as it is counted: once, by the first way in which it stops being open.

What E-Sobes does to it later, or a refusal that is turned, changes no day that has been reported already.
"""

from collections.abc import Iterator
from datetime import datetime

from dialogs.matters.matter import Answer, Matter
from gateway.clock import ALMATY
from gateway.figures.tallies import LATER, Tally, within

OPEN = frozenset({"asked", "refusing"})
OUTCOMES = ("consent", "refusal", "cancelled", "queued", "unreached", "withdrawn")
"""`cancelled` and `queued` are silence: what it means in the two kinds of offers."""
_BY_STATE = frozenset({"cancelled", "queued", "unreached", "withdrawn"})
_TURNED = frozenset({"refused", "turning"})


def opened(matter: Matter, now: datetime) -> Iterator[Tally]:
    yield Tally(now.astimezone(ALMATY).date(), f"offer opened {matter.service}")


def changed(was: Matter, matter: Matter, now: datetime) -> Iterator[Tally]:
    """What one step of it adds. An answer counts on the day on which it was given, silence when the days are over."""
    given = matter.given
    at = (now if given is None or matter.state == "withdrawn" else given.at).astimezone(ALMATY)
    if was.state in OPEN and matter.state not in OPEN:
        yield Tally(at.date(), f"offer {_outcome(matter)} {matter.service}")
        if given is not None and _outcome(matter) in (Answer.CONSENT, Answer.REFUSAL):
            seconds = (given.at - matter.sent).total_seconds()
            yield Tally(at.date(), f"answered {given.channel} {within(seconds, LATER)}")
    elif was.state in _TURNED and matter.state == "consented":
        yield Tally(at.date(), f"offer turned {matter.service}")


def _outcome(matter: Matter) -> str:
    if matter.state in _BY_STATE or matter.given is None:
        return matter.state
    if matter.state == "turning":  # refused, and thought better of it before the clock had passed that on
        return Answer.REFUSAL
    return matter.given.answer
