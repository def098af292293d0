"""Whoever may write: on a phone that E-Sobes knows or does not know, with a child, in a chat, while it is away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct, structs

from dialogs.applications.application import Stage
from dialogs.conversation import Turn, step
from dialogs.dialogue import Answer, Dialogue
from dialogs.duties.duty import Setting
from dialogs.inquiries import Inquiry, Organisation, UnansweredError
from dialogs.messages import Content, Event, Surface
from dialogs.session import Session
from dialogs.talk import Here
from tests.dialogs.open_matters import choice, invitation, offer, order, unsigned
from tests.dialogs.registry import (
    AIGUL,
    ALMATY,
    DANA,
    FAMILY_PHONE,
    PAVEL,
    PHONE,
    UNKNOWN_PHONE,
    Registry,
    answered,
    application,
    found_out,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)
MOST = 12
"""Things that one turn may have to know."""
MANY = 9
"""More applications, or organisations, than one list holds."""

T = TypeVar("T")


class Caller(Struct, frozen=True):
    name: str
    surface: Surface
    phone: str | None = None
    """Of the SMS, or the one that the chat is linked to."""
    away: bool = False


CALLERS = (
    Caller("an SMS of somebody E-Sobes knows", Surface.SMS, PHONE),
    Caller("an SMS of a family", Surface.SMS, FAMILY_PHONE),
    Caller("an SMS of nobody E-Sobes knows", Surface.SMS, UNKNOWN_PHONE),
    Caller("an SMS while E-Sobes is away", Surface.SMS, PHONE, away=True),
    Caller("a chat without a phone", Surface.CHAT),
    Caller("a chat linked to a phone", Surface.CHAT, PHONE),
    Caller("a chat of a family", Surface.CHAT, FAMILY_PHONE),
    Caller("a chat while E-Sobes is away", Surface.CHAT, PHONE, away=True),
)


def registry(*, away: bool = False) -> Registry:
    """Where there is something of everything."""
    stages = list(Stage)[:MANY]
    known = Registry(
        *(application("technical_aids_hygiene", stage, NOW - timedelta(n)) for n, stage in enumerate(stages, 1)),
        application("special_transport_wheelchair", Stage.REFUSED, NOW - timedelta(20), AIGUL.iin),
        application("sanatorium_treatment", Stage.QUEUED, NOW - timedelta(30), DANA.iin),
    )
    known.organisations = tuple(
        Organisation(
            bin=f"{index:012}",
            name=f"«Үміт» {index}",
            address="Жаркент, Абай 1",
            region=("Жетісу облысы", "Алматы облысы")[index % 8 // 4],
            setting=("inpatient", "semi_inpatient", "home", "temporary")[index % 4],
            categories=(("elderly",), ("disability", "of all kinds"))[index % 8 // 4],
            capacity=40,
            phone=PHONE,
        )
        for index in range(4 * MANY)
    )
    known.requested = {PAVEL.iin: frozenset({"technical_aids_tiflo"})}
    known.away = away
    return known


OFFERS = (offer(NOW.date() + timedelta(3)),)
DUTIES = (
    invitation(NOW.date() + timedelta(7)),
    invitation(NOW.date() + timedelta(6), setting=Setting.SEMI_INPATIENT),
    unsigned(NOW.date() + timedelta(9), NOW.date() + timedelta(8), NOW.date() + timedelta(19), DANA),
    choice(NOW.date() + timedelta(30)),
    order(NOW.date() + timedelta(20)),
    order(NOW.date() + timedelta(40), DANA),
)

FULL, GONE = registry(), registry(away=True)


def here(caller: Caller, now: datetime = NOW) -> Here:
    if caller.phone is None or caller.phone == UNKNOWN_PHONE:
        return Here(now, caller.surface, caller.phone)
    return Here(now, caller.surface, caller.phone, offers=OFFERS, duties=DUTIES)


def known_to(caller: Caller) -> Registry:
    return GONE if caller.away else FULL


def brought(take: Callable[[Here], T], caller: Caller, now: datetime = NOW) -> T:
    """As the shell does it: anew with each thing that was found out."""
    told: dict[Inquiry[Any], object] = {}
    for _ in range(MOST):
        try:
            return take(structs.replace(here(caller, now), told=told))
        except UnansweredError as unanswered:
            told[unanswered.inquiry] = found_out(unanswered.inquiry, here(caller, now), known_to(caller))
    raise AssertionError("a turn that asks without end")


def stepped(dialogue: Dialogue, session: Session, event: Event, caller: Caller, now: datetime = NOW) -> Turn:
    return brought(lambda here: step(session, event, here, dialogue.guide), caller, now)


def written(dialogue: Dialogue, session: Session, content: Content, caller: Caller, now: datetime = NOW) -> Answer:
    return answered(lambda here: dialogue.answer(session, content, here), here(caller, now), known_to(caller))
