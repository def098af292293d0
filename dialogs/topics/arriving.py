"""Which invitation a talk is about, and what may be done about it: as it is, and as the person has just made it.

The rows go by what stood when the message came (`known`), so that the same turn, taken again once something was done
in it, takes the same row. What is shown is how it stands now (`current`).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import structs

from dialogs.duties import asking, screen
from dialogs.duties.asking import Act, Arrive, Arrived, Verdict
from dialogs.duties.duty import Invitation, Reason, name
from dialogs.duties.rules import Rules
from dialogs.matters.sizes import child
from dialogs.matters.voice import given_name, key
from dialogs.session import Arriving
from dialogs.talk import Here, Talk
from dialogs.topics import arrival_words
from dialogs.topics.menu import understood

WISHES = ("come", "cannot", "decline", "arrive")
NAMED = (*WISHES, "decline_yes", "because", "postpone", "notice")
"""Events whose first argument is the key of an invitation: an old button is about the one that it stood under."""
STATES = (
    *("arrival", "arrival.which", "arrival.come", "arrival.decline", "arrival.declined", "arrival.reason"),
    *("arrival.other", "arrival.day", "arrival.disputed", "arrival.confirm", "arrival.stays", "arrival.notice"),
)

Condition = Callable[[Talk], bool]
Action = Callable[[Talk], None]


def invitations(talk: Talk) -> tuple[Invitation, ...]:
    """That somebody may ask about: what E-Sobes has closed only by an old button."""
    return tuple(one for one in talk.here.duties if isinstance(one, Invitation) and one.state != "over")


def ahead(talk: Talk) -> tuple[Invitation, ...]:
    """Those whose last day is not over, the nearest first."""
    today = talk.now.date()
    found = [one for one in invitations(talk) if asking.verdict(one, Act.COME, today, rules(talk)) is Verdict.FINE]
    return tuple(sorted(found, key=lambda one: (one.arrive_by, one.id)))


def rules(talk: Talk) -> Rules:
    return talk.guide.duties


def deciding(talk: Talk) -> Arriving:
    return talk.session.arrival or Arriving()


def key_of(invitation: Invitation) -> str:
    return key(name(invitation))


def wish(talk: Talk) -> str:
    """What the person wants, by a button or in their own words. Empty: nothing of the kind."""
    match talk.event.name:
        case "say" if talk.event.args and (invitations(talk) or known(talk)):
            said = talk.event.args[0]
            wish = arrival_words.wish(said, alone=not talk.here.offers)
            return wish or (arrival_words.to_the_letter(said) if _was_just_asked(talk) else "")
        case named if named in WISHES and (talk.event.args or named != "decline"):
            return named  # without arguments «decline» is the answer to another question
    return ""


def _was_just_asked(talk: Talk) -> bool:
    """By a letter that came after what the talk said last."""
    return bool(screen.newer(talk.here.duties, talk.now, talk.session.letter))


def about_arriving(text: str, here: Here) -> bool:
    """Said of an invitation, and of no offer."""
    told = any(isinstance(one, Invitation) and one.state != "over" for one in here.duties)
    return told and bool(arrival_words.wish(text, alone=False))


def known(talk: Talk) -> Invitation | None:
    """The one that is meant; None if that is not known, or if there is none."""
    if talk.event.name in NAMED and talk.event.args:
        return _with(talk, talk.event.args[0])
    if talk.state in STATES and (found := _with(talk, deciding(talk).invitation)):
        return found
    if found_ahead := ahead(talk):
        return found_ahead[0] if len(found_ahead) == 1 else None
    return max(invitations(talk), key=lambda one: (one.arrive_by, one.id), default=None)


def _with(talk: Talk, wanted: str) -> Invitation | None:
    return next((one for one in talk.here.duties if isinstance(one, Invitation) and key_of(one) == wanted), None)


def current(talk: Talk) -> Invitation | None:
    """As it is after what was done about it in this turn. None also if it turned out to be there no more."""
    its = known(talk) if talk.state not in STATES else _with(talk, deciding(talk).invitation) or known(talk)
    for asked, answer in talk.here.told.items():
        if its is not None and isinstance(asked, Arrive) and asked.invitation == its.id:
            return answer.invitation if isinstance(answer, Arrived) else None
    return its


def verdict(talk: Talk, its: Invitation, act: Act = Act.COME, until: date | None = None) -> Verdict:
    return asking.verdict(its, act, talk.now.date(), rules(talk), until)


def do(talk: Talk, act: Act) -> Verdict | None:
    """None: it is there no more."""
    its, said = known(talk), deciding(talk)
    if its is None:
        return None
    until, reason = (said.until, Reason(said.reason)) if act is Act.POSTPONE else (None, None)
    done = talk.ask(Arrive(its.id, act, until, reason))
    return done.verdict if isinstance(done, Arrived) else None


def whom(talk: Talk, its: Invitation) -> str:
    """The given name, where the phone is told of several persons, or it is a child's place."""
    persons = {one.person.iin for one in (*talk.here.duties, *talk.here.offers)}
    several = len(persons) > 1 or child(its.person.birth_date, talk.now.date())
    return given_name(its.person.name) if several else ""


# ---- conditions of rows ----


def is_known(talk: Talk) -> bool:
    return known(talk) is not None


def may_come(talk: Talk) -> bool:
    its = known(talk)
    return its is not None and verdict(talk, its) is Verdict.FINE


def may_be_put_off(talk: Talk) -> bool:
    its = known(talk)
    return its is not None and verdict(talk, its, Act.POSTPONE) is Verdict.FINE


def is_given_up(talk: Talk) -> bool:
    its = known(talk)
    return its is not None and its.said == "decline" and verdict(talk, its) is Verdict.FINE


def are_several(talk: Talk) -> bool:
    """It has to be asked which is meant."""
    return known(talk) is None and len(ahead(talk)) > 1 and not (talk.event.name in NAMED and talk.event.args)


def is_named(talk: Talk) -> bool:
    """By its button."""
    return talk.event.name in NAMED and bool(talk.event.args)


def both(name: str, *conditions: Condition) -> Condition:
    def hold(talk: Talk) -> bool:
        return all(condition(talk) for condition in conditions)

    hold.__name__ = name
    return hold


# ---- what is kept ----


def keep(talk: Talk) -> None:
    """Which one it is about; another than before begins anew."""
    understood(talk)
    its = known(talk)
    wanted = key_of(its) if its else talk.event.args[0] if is_named(talk) else ""
    if wanted != deciding(talk).invitation or not wanted:
        talk.session.arrival = Arriving(wanted)


def keep_wish(talk: Talk) -> None:
    understood(talk)
    talk.session.arrival = Arriving(wish=wish(talk))


def keep_deciding(talk: Talk, **said: Any) -> None:
    talk.session.arrival = structs.replace(deciding(talk), **said)
