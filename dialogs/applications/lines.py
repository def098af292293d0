"""What a person reads about an application: on its page, in a list, and in a letter when something has changed.

What stands first is what it is and how far it has come; then the day, what follows and who has to act; then the rest.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dialogs.applications.application import Application, Stage
from dialogs.applications.rights import complaint_of_delay, heard, missing, refusal, shortened
from dialogs.applications.steps import Step, steps
from dialogs.applications.terms import AWAITED, due_on, longer, overdue
from dialogs.days import LongAgo
from dialogs.messages import Say, Surface, say
from dialogs.talk import Guide

OFFICE_LOOKS = frozenset({Stage.REGISTERED, Stage.UNDER_REVIEW, Stage.HOME_VISIT})
"""What follows is up to the office alone; once it is late, that is what there is to say."""
LONG_AGO = timedelta(days=300)
LONGEST_NAME = {Surface.CHAT: 200, Surface.SMS: 40}
"""Letters of an organisation's name, which are others' words."""
LONGEST_NUMBER = 20


def name(application: Application, guide: Guide) -> Say:
    """Of the service; also of one that we do not know."""
    known = application.service in guide.catalogue.services
    return Say(f"{application.service}.name") if known else Say("status.service")


def silent(application: Application, guide: Guide, surface: Surface) -> bool:
    """Nothing about it goes to a phone that others may read."""
    service = guide.catalogue.services.get(application.service)
    return surface is Surface.SMS and service is not None and service.discreet


def page(
    application: Application, guide: Guide, now: datetime, surface: Surface, *, whom: str = ""
) -> tuple[Say, ...]:
    """`whom`: the given name, where a phone serves several persons."""
    if silent(application, guide, surface):
        return (Say("status.discreet.only"),)
    return (
        head(application, guide, now, whom),
        *(queue_number(application) if application.stage is Stage.QUEUED else ()),
        *_day(application, guide, now),
        *_following(application, guide, now, surface),
        *_besides(application, surface),
    )


def line(application: Application, guide: Guide, now: datetime, surface: Surface) -> Say:
    """One line of a list: what it is, its stage, and the last day for the answer."""
    if silent(application, guide, surface):
        return Say("status.discreet")
    what, stage = name(application, guide), Say(f"status.short.{application.stage}")
    if application.stage is Stage.HEARING_SCHEDULED and application.hearing is not None:
        return say("status.line.hearing", what=what, stage=stage, day=_local(application.hearing.at, now).date())
    signing = _signing(application, guide, now)
    if signing is not None:
        return say("status.line.choose", what=what, day=signing)
    due = due_on(application, guide) if application.stage in AWAITED else None
    if due is not None and overdue(application, now.date(), guide):
        return say("status.line.overdue", what=what, day=due)
    if due is None or due < now.date():
        return say("status.line", what=what, stage=stage)
    return say("status.line.due", what=what, stage=stage, day=due)


def brief(
    application: Application, guide: Guide, now: datetime, surface: Surface = Surface.SMS, *, whom: str = ""
) -> tuple[Say, ...]:
    """For a letter: what has changed, in one or two sentences. By SMS nothing is said of a discreet service."""
    if silent(application, guide, surface):
        return (Say("status.discreet.news"),)
    said = [*_day(application, guide, now), *_following(application, guide, now, surface)]
    return (head(application, guide, now, whom), *said[:1])


def head(application: Application, guide: Guide, now: datetime, whom: str) -> Say:
    what = name(application, guide)
    named = say("status.named", what=what, name=whom) if whom else what
    return say("status.head", what=named, stage=_stage(application, now))


def _stage(application: Application, now: datetime) -> Say:
    text, hearing = f"status.stage.{application.stage}", application.hearing
    if application.stage is not Stage.HEARING_SCHEDULED:
        return say(text, day=_since(application, now))
    if hearing is None or hearing.at >= now:
        return Say(text)
    return say("status.hearing.past", day=_local(hearing.at, now).date())


def _since(application: Application, now: datetime) -> date:
    registered = application.stage is Stage.REGISTERED
    day = application.registered_on if registered else _local(application.since, now).date()
    return LongAgo(day.year, day.month, day.day) if now.date() - day > LONG_AGO else day


def _local(at: datetime, now: datetime) -> datetime:
    return at.astimezone(now.tzinfo)


def _day(application: Application, guide: Guide, now: datetime) -> Iterator[Say]:
    """Until when the office has to answer; said first, so that it survives if the rest is lost."""
    if application.stage not in AWAITED or application.stage is Stage.HEARING_SCHEDULED:
        return
    due = due_on(application, guide)
    if due is None:
        yield Say("status.due.unknown")
    elif overdue(application, now.date(), guide):
        yield say("status.overdue", day=due)
    elif due < now.date():
        if longer(application, guide):
            yield say("status.due.longer", day=due)
    else:
        yield say("status.due.today" if due == now.date() else "status.due", day=due)


def _following(application: Application, guide: Guide, now: datetime, surface: Surface) -> Iterator[Say]:
    """What happens next, and who has to act."""
    stage, late = application.stage, overdue(application, now.date(), guide)
    if stage is Stage.REFUSED:
        yield from refusal(application, surface)
    elif stage is Stage.HEARING_SCHEDULED:
        yield from heard(application, now, surface)
        due = due_on(application, guide)
        if late and due is not None:
            yield say("status.overdue", day=due)
    elif stage is Stage.DOCUMENTS_INCOMPLETE:
        yield missing(application)
    elif not (late and stage in OFFICE_LOOKS):
        yield from _next(application, guide, now)
    if late:
        yield complaint_of_delay(application)


def _next(application: Application, guide: Guide, now: datetime) -> Iterator[Say]:
    step = steps().after(application.stage, application.service)
    if step is None:
        return
    until = _until(step, application, guide, now)
    if not step.late:
        yield say(f"status.next.{step.says}", **step.values)
    elif until is None:
        yield say(f"status.next.{step.late}", **step.values)
    else:
        yield say(f"status.next.{step.says}", day=until, **step.values)


def _until(step: Step, application: Application, guide: Guide, now: datetime) -> date | None:
    """The last day to act, unless it has passed."""
    until = step.until(_local(application.since, now).date(), guide.workdays)
    return None if until is None or until < now.date() else until


def _signing(application: Application, guide: Guide, now: datetime) -> date | None:
    """Until when something still has to be chosen and signed: it is not done, whatever the stage is called."""
    step = steps().after(application.stage, application.service)
    return _until(step, application, guide, now) if step is not None and step.signed else None


def queue_number(application: Application) -> tuple[Say, ...]:
    """Nothing where it is not known."""
    number = (application.queue_number or "")[:LONGEST_NUMBER]
    return (say("status.queue", queue=number),) if number else ()


def _besides(application: Application, surface: Surface) -> Iterator[Say]:
    if application.stage is not Stage.QUEUED:
        yield from queue_number(application)
    named = shortened(application.organisation or "", LONGEST_NAME[surface])
    if named and not named.isdigit():
        yield say("status.organisation", organisation=named)
