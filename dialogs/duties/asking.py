"""What a person may do about an invitation, today: the same is asked before a talk offers it and when it is done."""

from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from dialogs.duties.duty import Invitation, Reason
from dialogs.duties.rules import Limit, Rules
from dialogs.inquiries import Deed


class Act(StrEnum):
    COME = "come"
    DECLINE = "decline"
    """The place is not needed any more."""
    POSTPONE = "postpone"


class Verdict(StrEnum):
    FINE = "fine"
    OVER = "over"
    """E-Sobes has closed the invitation."""
    LATE = "late"
    """The last day has passed."""
    UNTOLD = "untold"
    """E-Sobes has not said where to."""
    SETTING = "setting"
    """At home and for a temporary stay there is nothing to postpone."""
    PENDING = "pending"
    """A wish was passed on, and is not signed yet."""
    USED = "used"
    """It was postponed before."""
    EARLY = "early"
    """The new day is none after the old one."""
    FAR = "far"
    """No act allows so many days."""
    DISPUTED = "disputed"
    """One act in force allows so many days, and another does not: nothing is passed on."""


class Arrived(Struct, frozen=True):
    """What came of a deed."""

    verdict: Verdict
    invitation: Invitation
    """As it is now."""


class Arrive(Deed[Arrived | None], frozen=True):
    """Somebody says whether they come. None: there is no such invitation at this phone."""

    invitation: str
    """E-Sobes' id."""
    act: Act
    until: date | None = None
    reason: Reason | None = None


def verdict(invitation: Invitation, act: Act, today: date, rules: Rules, until: date | None = None) -> Verdict:
    """Of a postponement without a day: whether it may be asked for one."""
    if invitation.state == "over":
        return Verdict.OVER
    if invitation.state == "lapsed" or today > invitation.arrive_by:
        return Verdict.LATE
    return Verdict.FINE if act is not Act.POSTPONE else _postponing(invitation, rules, until)


def _postponing(invitation: Invitation, rules: Rules, until: date | None) -> Verdict:
    if invitation.setting is None:
        return Verdict.UNTOLD
    limit = rules.law.postponing.get(invitation.setting)
    if limit is None:
        return Verdict.SETTING
    if invitation.used:
        return Verdict.PENDING if invitation.state in ("postponing", "unsigned") else Verdict.USED
    return Verdict.FINE if until is None else _length(limit, (until - invitation.arrive_by).days)


def _length(limit: Limit, days: int) -> Verdict:
    if days < 1:
        return Verdict.EARLY
    if days <= limit.days:
        return Verdict.FINE
    return Verdict.DISPUTED if days <= (limit.disputed or 0) else Verdict.FAR


def allowed(invitation: Invitation, today: date, rules: Rules) -> tuple[date, date]:
    """The first and the last day to which it can be postponed."""
    assert invitation.setting is not None  # noqa: S101 - the verdict has said that it may be
    first = max(invitation.arrive_by, today) + timedelta(1)
    return first, invitation.arrive_by + timedelta(rules.law.postponing[invitation.setting].days)
