"""What is said of an invitation on several pages: where, by when, what was said before, what can be answered."""

from collections.abc import Iterator

from dialogs.duties import bring
from dialogs.duties.clipping import short_name
from dialogs.duties.duty import Invitation, Setting
from dialogs.messages import Choice, Say, Surface, Value, say
from dialogs.talk import Talk, choice
from dialogs.topics.arriving import key_of

CENTRE = "1414"
LONGEST_NAME = 48
"""Letters, by SMS."""


def place(talk: Talk, its: Invitation) -> str:
    """A shelter is named in no SMS, and a long name is cut there: the question below it needs the room."""
    if its.place is None or is_discreet(talk, its):
        return ""
    return short_name(its.place.name, LONGEST_NAME) if talk.surface is Surface.SMS else its.place.name


def named(talk: Talk, its: Invitation, text: str, **values: Value) -> Say:
    """With the name of the place, where it can be said."""
    where = place(talk, its)
    return say(text, place=where, **values) if where else say(f"{text}.unnamed", **values)


def is_pending(its: Invitation) -> bool:
    """Another day is wanted, and not signed."""
    return its.state in ("postponing", "unsigned")


def is_discreet(talk: Talk, its: Invitation) -> bool:
    return its.setting is Setting.TEMPORARY and talk.surface is Surface.SMS


def phone(talk: Talk, its: Invitation) -> str:
    return CENTRE if its.place is None or is_discreet(talk, its) else its.place.phone or CENTRE


def where(talk: Talk, its: Invitation) -> Iterator[Say]:
    if its.place is None or is_discreet(talk, its):
        yield Say("arrival.untold" if its.place is None else "arrival.discreet")
    elif its.place.address:
        yield say("arrival.address", address=its.place.address, phone=phone(talk, its))
    else:
        yield say("arrival.phone", phone=phone(talk, its))


def last_day(talk: Talk, its: Invitation) -> Iterator[Say]:
    left = (its.arrive_by - talk.now.date()).days
    if its.setting is Setting.HOME:
        yield say("arrival.last.home", day=its.arrive_by)
    elif left:
        yield say("arrival.last", day=its.arrive_by, left=Say("arrival.left", (), left))
    else:
        yield say("arrival.last.today", day=its.arrive_by)


def said(talk: Talk, its: Invitation) -> Iterator[Say]:
    if is_pending(its):
        yield from pending(talk, its)
    elif its.used and talk.surface is Surface.CHAT:
        yield Say("arrival.said.moved" if its.state == "postponed" else "arrival.said.not_moved")
    if its.said:
        yield Say(f"arrival.said.{its.said}")


def pending(talk: Talk, its: Invitation) -> Iterator[Say]:
    """What was passed on counts only once it is signed. By SMS one paragraph says it all."""
    wanted = its.wanted
    assert wanted is not None  # noqa: S101 - that is what is pending
    values: dict[str, Value] = {"wanted": wanted.until, "old": its.arrive_by}
    chat = talk.surface is Surface.CHAT
    if its.state == "postponing" or wanted.sign_by is None:
        yield say("arrival.pending", **values)
        if chat:
            yield say("arrival.pending.wait", **values)
        return
    yield say("arrival.unsigned", **values, day=wanted.sign_by)
    if chat:
        yield Say("arrival.unsigned.who")
        if wanted.url:
            yield say("arrival.unsigned.url", url=wanted.url)
        yield say("arrival.unsigned.else", **values)


def things(its: Invitation) -> Iterator[Say]:
    if its.setting in (None, Setting.HOME):
        return
    yield Say("arrival.bring")
    for thing in bring.for_invitation(its.setting, its.person.birth_date, its.arrive_by):
        yield Say(thing, item=True)


def briefly(talk: Talk, its: Invitation) -> Iterator[Say]:
    """The first thing that can be taken along."""
    if its.setting in (None, Setting.HOME) or is_discreet(talk, its):
        return
    first, *_ = bring.for_invitation(its.setting, its.person.birth_date, its.arrive_by)
    yield Say(first) if first == "bring.sent" else say("arrival.bring.briefly", what=Say(first))


def answers(its: Invitation, *without: str) -> Iterator[Choice]:
    """Where help comes home there is nothing to come to."""
    key = key_of(its)
    if its.setting is Setting.HOME:
        without = (*without, "come", "cannot")
    for answer in ("come", "cannot", "decline"):
        if answer != its.said and answer not in without:
            yield choice(f"{answer}:{key}", f"arrival.{answer}.button")
    if its.state == "unsigned" and its.place is not None and "notice" not in without:
        yield choice(f"notice:{key}", "arrival.notice.button")
