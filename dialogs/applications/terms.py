"""When the office has to answer: as E-Sobes says; else by the term of the service, in working days."""

from datetime import date, timedelta, timezone

from dialogs.applications.application import Application, Stage
from dialogs.catalogue.catalogue import facts_on
from dialogs.catalogue.schema import Fact, Kind
from dialogs.talk import Guide
from dialogs.workdays import CalendarError

HERE = timezone(timedelta(hours=5))
"""All of Kazakhstan keeps one time."""

AWAITED = frozenset({Stage.REGISTERED, Stage.UNDER_REVIEW, Stage.HOME_VISIT, Stage.HEARING_SCHEDULED})
"""The office has to answer."""

CHANNELS = {
    "state_corp": "state_corp",
    "state_corporation": "state_corp",
    "statecorp": "state_corp",
    "con": "state_corp",
    "xqko": "state_corp",
    "office": "office",
    "department": "office",
    "provider": "office",
    "akimat": "office",
    "akim": "akim",
    "egov": "egov",
    "egov.kz": "egov",
    "portal": "portal",
}
"""What E-Sobes calls the way an application came → what the catalogue calls it. Of another way, none of the terms is
left out."""


LONGEST_MONTH = timedelta(31)


def due_on(application: Application, guide: Guide) -> date | None:
    """The last day for the answer; None where nobody knows it."""
    if application.due_on is not None:
        return application.due_on
    try:
        # What exactly is applied for is not known: the latest day of all, so that nobody is called late who is not.
        days = (_last_day(fact, application, guide) for fact in _terms(application, guide))
        return max(days, default=None)
    except CalendarError:
        return None


def overdue(application: Application, today: date, guide: Guide) -> bool:
    """Only while the office has to answer, and not on the last day itself. Before a hearing nothing is late."""
    if application.stage not in AWAITED or (
        application.hearing is not None and application.hearing.at.astimezone(HERE).date() >= today
    ):
        return False
    due = due_on(application, guide)
    return due is not None and today > due + longer(application, guide)


def longer(application: Application, guide: Guide) -> timedelta:
    """By so much the office may have lengthened the term, and we would not know. What E-Sobes says holds."""
    if application.due_on is not None:
        return timedelta()
    return max((fact.longer for fact in _terms(application, guide)), default=0) * LONGEST_MONTH


def _terms(application: Application, guide: Guide) -> list[Fact]:
    """Of the way it came; of all ways, where that is not known."""
    service = guide.catalogue.services.get(application.service)
    if service is None:
        return []
    terms = [fact for fact in facts_on(service, application.registered_on) if fact.kind is Kind.TERM]
    channel = CHANNELS.get(application.channel.strip().casefold().replace("-", "_").replace(" ", "_"))
    by_channel = [fact for fact in terms if channel in fact.when.get("channel", [channel])] if channel else []
    return by_channel or terms


def _last_day(fact: Fact, application: Application, guide: Guide) -> date:
    filed = application.submitted_at.astimezone(HERE).date()
    start = filed if fact.from_filing else application.registered_on
    return guide.workdays.add(start, fact.days) if fact.days else guide.workdays.next_working(start)
