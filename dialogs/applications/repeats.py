"""News that a duty's own letter tells better: E-Sobes writes down the same thing as a stage of an application too."""

from datetime import datetime, timedelta

from dialogs.applications.application import Stage
from dialogs.applications.news import Waiting
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order

NEWLY = timedelta(days=2)
"""So long after a duty's letter nobody needs another one about the same thing."""
STAGES = frozenset(
    {Stage.INVITED, Stage.POSTPONED, Stage.PROVIDER_CHOICE, Stage.PROVIDER_BLOCKED, Stage.ORDERED},
)


def may_repeat(news: Waiting) -> bool:
    """What the law wants told is told in any case."""
    return news.stoppable and news.stage in STAGES


def repeats(news: Waiting, duty: AnyDuty, now: datetime) -> bool:
    """`duty`: of the same person, told at the same phone."""
    if not may_repeat(news) or news.application.service != duty.service:
        return False
    newly = now - duty.sent < NEWLY
    match duty:
        case Invitation() if news.stage is Stage.POSTPONED and duty.state in ("postponing", "unsigned"):
            return True  # it is not so before the notice is signed, and then the invitation tells it
        case Invitation():
            return newly and news.stage in (Stage.INVITED, Stage.POSTPONED) and duty.state != "over"
        case Choice() if news.stage is Stage.PROVIDER_BLOCKED:
            return duty.state in ("open", "blocked") and _has_just_ended(duty, now)
        case Choice():
            return newly and news.stage is Stage.PROVIDER_CHOICE and duty.state == "open"
        case Order():
            return newly and news.stage is Stage.ORDERED and duty.state == "accepted"
    return False


def _has_just_ended(duty: Choice, now: datetime) -> bool:
    """The letter that it is blocked leaves on the morning after the last day."""
    return duty.last is not None and timedelta(0) < now.date() - duty.last <= NEWLY
