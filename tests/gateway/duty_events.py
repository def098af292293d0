"""What E-Sobes tells of duties, and a talk in which they are decided without any words around it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import msgspec
from msgspec import structs

from dialogs.dialogue import Answer, Dialogue, Grasp
from dialogs.duties.asking import Act, Arrive, Arrived
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Place, Reason, Setting
from dialogs.matters.matter import Person
from dialogs.messages import Content, Message, Pressed, Surface, Text
from dialogs.session import Session
from dialogs.talk import Here
from gateway.esobes.events import ChoiceTold, InvitationTold, OrderTold, Told
from gateway.matters import store as matter_store
from gateway.matters.store import home_of
from tests.gateway.affairs import AIGUL, MONDAY, PHONE, Affairs

PLACE = Place("Центр «Үміт»", "Жаркент, Абай көшесі, 5", "+77283155555")
ARRIVE_BY = date(2026, 12, 7)
"""A Monday: reminders on Wednesday, 2 December, and on Sunday, 6 December."""
UNTIL = date(2026, 12, 20)
TODAY = MONDAY.date()
DO = "/do "


def invited(
    name: str = "in-3",
    arrive_by: date = ARRIVE_BY,
    *,
    setting: Setting = Setting.INPATIENT,
    place: Place = PLACE,
    **more: Any,
) -> Told:
    """`more`: see `_event`."""
    about = InvitationTold(name, arrive_by, place, setting)
    return _event("invitation.opened", f"{name}-{arrive_by}", about, **more)


def moved(name: str = "in-3", arrive_by: date = UNTIL, **more: Any) -> Told:
    return _event("invitation.changed", f"{name}-{arrive_by}", InvitationTold(name, arrive_by), **more)


def ended(name: str = "in-3", outcome: str = "passed_on", **more: Any) -> Told:
    return _event("invitation.closed", f"{name}-{outcome}", InvitationTold(name, outcome=outcome), **more)


def to_choose(
    name: str = "ch-1", opened_on: date = TODAY, service: str = "technical_aids_hygiene", **more: Any
) -> Told:
    about = ChoiceTold(name, service, opened_on)
    return _event("provider_choice.opened", f"{name}-{opened_on}", about, **more)


def chosen(name: str = "ch-1", outcome: str = "chosen", **more: Any) -> Told:
    return _event("provider_choice.closed", f"{name}-{outcome}", ChoiceTold(name, outcome=outcome), **more)


def ordered(
    name: str = "or-1",
    outcome: str = "accepted",
    arrive_on: date | None = None,
    service: str = "sanatorium_treatment",
    **more: Any,
) -> Told:
    about = OrderTold(name, service, outcome, "" if outcome == "accepted" else "нет мест", arrive_on, place=PLACE)
    return _event("order.answered", f"{name}-{outcome}-{arrive_on}", about, **more)


def _event(
    kind: str,
    name: str,
    about: InvitationTold | ChoiceTold | OrderTold,
    *,
    event: str = "",
    person: Person = AIGUL,
    phones: Sequence[str] = (PHONE,),
) -> Told:
    """`event`: its id, if the same is told more than once."""
    name = event or f"{kind}-{name}"
    body = msgspec.json.encode({"id": name, "type": kind})
    return Told(name, kind, MONDAY, person, tuple(phones), body, "Оспанов Ерлан", "2026/118", duty=about)


async def find(affairs: Affairs, name: str, person: Person = AIGUL) -> AnyDuty | None:
    return matter_store.read_duty(await affairs.store.record(home_of(person.iin), name))


async def invitation(affairs: Affairs, name: str = "in-3", person: Person = AIGUL) -> Invitation:
    found = await find(affairs, f"invitation:{name}", person)
    assert isinstance(found, Invitation)
    return found


async def choice(affairs: Affairs, name: str = "ch-1") -> Choice:
    found = await find(affairs, f"choice:{name}")
    assert isinstance(found, Choice)
    return found


async def order(affairs: Affairs, name: str = "or-1") -> Order:
    found = await find(affairs, f"order:{name}")
    assert isinstance(found, Order)
    return found


def deed(text: str) -> Arrive:
    """«/do postpone in-3 2026-12-20»."""
    act, name, *rest = text.removeprefix(DO).split()
    until = date.fromisoformat(rest[0]) if rest else None
    return Arrive(name, Act(act), until, Reason.ILLNESS if until else None)


class Doing:
    """Does what «/do …» says, and answers with the verdict; all else is the real talk's."""

    def __init__(self, dialogue: Dialogue, *, plain: bool = False) -> None:
        """`plain`: the real talk knows of no duties."""
        self.guide = dialogue.guide
        self._dialogue = dialogue
        self._plain = plain

    def _seen(self, here: Here) -> Here:
        return structs.replace(here, duties=()) if self._plain else here

    def answer(self, session: Session, content: Content, here: Here) -> Answer:
        said = _deed(content)
        if not said:
            return self._dialogue.answer(session, content, self._seen(here))
        asked = deed(said)
        if asked not in here.told:
            return Answer(session, (), "asks", inquiry=asked)
        done = here.told[asked]
        told = f"{done.verdict} {done.invitation.state}" if isinstance(done, Arrived) else "unknown"
        return Answer(session, (Message(told),), "done")

    def grasp(self, session: Session, content: Content, here: Here) -> Grasp:
        if _deed(content):
            return Grasp(session.language, (), fits=True)
        return self._dialogue.grasp(session, content, self._seen(here))

    def sorry(self, session: Session, surface: Surface) -> Answer:
        return self._dialogue.sorry(session, surface)


def doing(dialogue: Dialogue, *, plain: bool = False) -> Dialogue:
    return cast(Dialogue, Doing(dialogue, plain=plain))


def _deed(content: Content) -> str:
    """Written, or as a button says it."""
    said = content.text if isinstance(content, Text) else content.choice if isinstance(content, Pressed) else ""
    return said if said.startswith(DO) else ""
