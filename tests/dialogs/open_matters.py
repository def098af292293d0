"""What is open at a phone, for tests: offers, invitations, choices and orders of people who do not exist."""

from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import structs

from dialogs.duties.duty import Choice, Invitation, Order, Place, Postponement, Reason, Setting
from dialogs.matters.matter import Kind, Matter, Person
from dialogs.months import after
from dialogs.people import Citizen
from tests.dialogs.registry import ALMATY, PAVEL, PHONE

SENT = datetime(2026, 11, 20, 10, 0, tzinfo=ALMATY)
"""A Friday."""
HOPE = Place("«Үміт» орталығы", "Жаркент қаласы, Абай көшесі, 17", "+77283151515")
SPRING = Place("«Арасан» санаторийі", "Қапал ауылы, Санаторий көшесі, 1", "+77283522222")


def person(citizen: Citizen = PAVEL) -> Person:
    return Person(citizen.iin, citizen.name, citizen.birth_date, citizen.language)


def offer(last: date, citizen: Citizen = PAVEL, service: str = "special_transport_wheelchair", **more: Any) -> Matter:
    plain = Matter(
        id=more.pop("id", f"O-{service}-{last}"),
        kind=Kind.PROACTIVE,
        service=service,
        device=None,
        person=person(citizen),
        phones=(PHONE,),
        specialist=None,
        case=None,
        yes="472",
        no="815",
        state="asked",
        sent=SENT,
        closes=datetime.combine(last + timedelta(1), time(), ALMATY),
        wake=None,
    )
    return structs.replace(plain, **more)


def invitation(
    arrive_by: date, citizen: Citizen = PAVEL, setting: Setting | None = Setting.INPATIENT, **more: Any
) -> Invitation:
    plain = Invitation(
        id=more.pop("id", f"I-{setting}-{arrive_by}"),
        person=person(citizen),
        phones=(PHONE,),
        state="invited",
        sent=SENT,
        place=HOPE,
        setting=setting,
        arrive_by=arrive_by,
    )
    return structs.replace(plain, **more)


def unsigned(arrive_by: date, sign_by: date, until: date, citizen: Citizen = PAVEL, **more: Any) -> Invitation:
    """The wish to postpone waits for its signature."""
    wanted = Postponement(
        until, Reason.ILLNESS, SENT, "sms", PHONE, f"sms:{PHONE}", sign_by, "https://aleumet.egov.kz"
    )
    return invitation(arrive_by, citizen, state="unsigned", used=True, wanted=wanted, **more)


def choice(
    last: date | None,
    citizen: Citizen = PAVEL,
    service: str = "prosthetic_orthopaedic_aid",
    **more: Any,
) -> Choice:
    plain = Choice(
        id=more.pop("id", f"C-{service}-{last}"),
        person=person(citizen),
        phones=(PHONE,),
        state="open",
        sent=SENT,
        service=service,
        opened_on=after(last, -2) if last else SENT.date(),
        last=last,
    )
    return structs.replace(plain, **more)


def order(
    arrive_on: date | None, citizen: Citizen = PAVEL, service: str = "sanatorium_treatment", **more: Any
) -> Order:
    plain = Order(
        id=more.pop("id", f"R-{service}-{arrive_on}"),
        person=person(citizen),
        phones=(PHONE,),
        state="accepted",
        sent=SENT,
        service=service,
        place=SPRING,
        arrive_on=arrive_on,
        leave_on=arrive_on + timedelta(13) if arrive_on else None,
    )
    return structs.replace(plain, **more)
