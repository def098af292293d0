"""Another last day to arrive: typed or picked, and what is said of one that cannot be."""

from datetime import date

from dialogs import day_picker, day_reading
from dialogs.day_reading import Doubt, Read
from dialogs.duties import asking
from dialogs.duties.asking import Act, Verdict
from dialogs.duties.duty import Invitation, Reason
from dialogs.talk import Talk
from dialogs.topics import arrival_words, arriving, proof
from dialogs.topics.arriving import deciding
from dialogs.topics.case import found
from dialogs.topics.menu import missed, understood
from dialogs.topics.search import wants_help, wants_somebody

TYPED_IN = ("arrival.day", "arrival.disputed", "arrival.confirm")
"""A day typed here is the day that is meant."""


def asked(talk: Talk) -> Invitation | None:
    """The invitation for which a day is wanted; None: none is."""
    its = arriving.known(talk)
    return its if its is not None and deciding(talk).reason and arriving.may_be_put_off(talk) else None


def meant(talk: Talk) -> Read:
    its = asked(talk)
    said = talk.event.args[0] if talk.event.args else ""
    if its is None:
        return day_reading.UNCLEAR
    today = talk.now.date()
    if talk.event.name == day_picker.DAY:
        day = day_picker.chosen(said)
        return Read(day, Doubt.PAST if day and day < today else Doubt.NONE) if day else day_reading.UNCLEAR
    first, last = asking.allowed(its, today, arriving.rules(talk))
    bare = talk.event.name == "no_such_number"
    return day_reading.read(said, today, first, last, old=its.arrive_by, bare=bare)


def verdict(talk: Talk) -> Verdict | None:
    """Of the day that is meant; None: no day is."""
    its, read = asked(talk), meant(talk)
    if its is None or read.day is None:
        return None
    return arriving.verdict(talk, its, Act.POSTPONE, read.day)


def is_allowed(talk: Talk) -> bool:
    return verdict(talk) is Verdict.FINE


def is_disputed(talk: Talk) -> bool:
    return verdict(talk) is Verdict.DISPUTED


def is_some_day(talk: Talk) -> bool:
    """One that cannot be, or that is not plain."""
    return asked(talk) is not None and meant(talk).doubt is not Doubt.UNCLEAR


def nothing_else_meant(talk: Talk) -> bool:
    return asked(talk) is not None and _nothing_else(talk)


def _nothing_else(talk: Talk) -> bool:
    return proof.code(talk) is None and not (found(talk) or wants_somebody(talk) or wants_help(talk))


def keep(talk: Talk) -> None:
    understood(talk)
    _keep(talk, meant(talk).day)


def _keep(talk: Talk, day: date | None) -> None:
    arriving.keep_deciding(talk, until=day)


def dispute(talk: Talk) -> None:
    """Nothing is passed on; it is written down for the office."""
    keep(talk)
    arriving.do(talk, Act.POSTPONE)


def explain(talk: Talk) -> None:
    """Why it cannot be that day."""
    its, read = asked(talk), meant(talk)
    _keep(talk, None)
    if its is None:
        return
    _, last = asking.allowed(its, talk.now.date(), arriving.rules(talk))
    match read.doubt, verdict(talk):
        case Doubt.PAST, _:
            missed(talk, "arrival.day.past")
        case Doubt.NONE, Verdict.EARLY if read.day is not None:
            understood(talk)
            talk.say("arrival.day.early", day=read.day, old=its.arrive_by)
        case Doubt.NONE, Verdict.FAR if read.day is not None:
            understood(talk)
            talk.say("arrival.day.far", day=read.day, days=(last - its.arrive_by).days, old=its.arrive_by)
        case doubt, _:
            missed(talk, f"arrival.day.{doubt or Doubt.UNCLEAR}")


def unclear(talk: Talk) -> None:
    missed(talk, "arrival.day.unclear")


def turn_page(talk: Talk) -> None:
    understood(talk)
    talk.session.page = day_picker.turned(talk.event.args[0]) if talk.event.args else 0


# ---- the reason ----


def why(talk: Talk) -> str:
    """By its button, or in words. Empty: it is not clear."""
    match talk.event.name, talk.event.args:
        case "because", (_, why):
            return why if why in (*Reason, "other") else ""
        case "say", (said, *_):
            return arrival_words.reason(said) or ""
    return ""


def is_reason(talk: Talk) -> bool:
    return why(talk) in tuple(Reason) and arriving.may_be_put_off(talk)


def is_other(talk: Talk) -> bool:
    return why(talk) == "other" and arriving.may_be_put_off(talk)


def keep_reason(talk: Talk) -> None:
    understood(talk)
    arriving.keep(talk)
    arriving.keep_deciding(talk, reason=why(talk), until=None)


def is_unclear(talk: Talk) -> bool:
    return arriving.may_be_put_off(talk) and _nothing_else(talk)


def unclear_reason(talk: Talk) -> None:
    missed(talk, "arrival.reason.unclear")
