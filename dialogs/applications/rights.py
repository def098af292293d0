"""What somebody may do about a refusal, before it and about a delay; what nobody knows is said as well."""

from collections.abc import Iterator
from datetime import datetime

from dialogs.applications.application import Application
from dialogs.applications.remedies import remedies
from dialogs.messages import Say, Surface, Value, say

LONGEST_REASON = {Surface.CHAT: 400, Surface.SMS: 60}
LONGEST_PLACE = {Surface.CHAT: 200, Surface.SMS: 50}
"""Letters of the office's own words."""

METHODS = {
    "video": ("video", "видео", "бейне", "онлайн", "online"),
    "phone": ("phone", "телефон"),
    "in_person": ("person", "лично", "очно", "личн", "қатыс", "жеке", "өзі"),
}
"""How somebody is heard, as offices write it: parts of words."""
IN_PERSON = Say("status.hearing.in_person")
"""Goes without saying where room is short."""


def missing(application: Application) -> Say:
    """Papers that were not taken are no refusal."""
    known = application.service in remedies().receipts
    return Say("status.next.receipt" if known else "status.next.ask_missing")


def heard(application: Application, now: datetime, surface: Surface) -> Iterator[Say]:
    """When, where and how somebody is heard, and what they may say."""
    hearing = application.hearing
    if hearing is None:
        yield Say("status.hearing.ask")
    elif hearing.at < now:
        yield Say("status.hearing.wait")
        return
    else:
        at, place = hearing.at.astimezone(now.tzinfo), shortened(hearing.place, LONGEST_PLACE[surface]).rstrip(".")
        yield say("status.hearing.at", at=at, place=place) if place else say("status.hearing.at.only", at=at)
        how = _method(hearing.method, surface)
        if how and not (surface is Surface.SMS and how == IN_PERSON):
            yield say("status.hearing.how", how=how)
    rule = remedies().hearings.get(application.service)
    if rule is None or rule.unsaid:
        yield Say("status.hearing.unsaid")
    elif rule.objection:
        yield say("status.hearing.objection", days=rule.objection)
    else:
        yield Say("status.hearing.stated")


def refusal(application: Application, surface: Surface) -> Iterator[Say]:
    """Why; first what can still be done, then the complaint."""
    reason = " ".join((application.refusal_reason or "").split()).strip(' .«»"')
    ground = remedies().ground(reason)
    in_chat = surface is Surface.CHAT
    if ground:
        yield say("status.reason", reason=Say(f"status.ground.{ground}"))
    if reason and (in_chat or not ground):  # the office may say which paper it was
        yield say("status.reason.office", reason=shortened(reason, LONGEST_REASON[surface]))
    elif not reason:
        yield Say("status.reason.unknown")
    if ground and in_chat:
        yield Say(f"status.fix.{ground}")
    yield Say("status.fix.again" if application.service in remedies().again else "status.fix.ask")
    yield _complaint("status.complain", application, higher=in_chat)
    if in_chat and application.service in remedies().complaints:
        yield Say("status.complain.time")


def complaint_of_delay(application: Application) -> Say:
    return _complaint("status.overdue", application, higher=False)


def _complaint(text: str, application: Application, *, higher: bool) -> Say:
    complaint = remedies().complaints.get(application.service)
    if complaint is None:
        return Say(f"{text}.unknown")
    values: dict[str, Value] = {"days": complaint.days}
    if higher:
        values["higher"] = complaint.higher
    return say(f"{text}.{complaint.to}", **values)


def _method(said: str, surface: Surface) -> Value:
    plain = said.casefold()
    for method, words in METHODS.items():
        if any(word in plain for word in words):
            return Say(f"status.hearing.{method}")
    return shortened(said, LONGEST_PLACE[surface]).rstrip(".")


def shortened(text: str, longest: int) -> str:
    """Somebody else's words, cut between words."""
    whole = " ".join(text.split())
    if len(whole) <= longest:
        return whole
    cut = whole[:longest]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(',;:.')}…"
