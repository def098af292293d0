"""A small E-Sobes made of values: it answers whatever a turn has to know."""

import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import structs

from dialogs import workdays
from dialogs.applications.application import Application, Passed, Stage
from dialogs.dialogue import Answer
from dialogs.duties import rules, steps
from dialogs.duties.asking import Act, Arrive, Arrived, Verdict, verdict
from dialogs.duties.course import Happening
from dialogs.duties.duty import Invitation, Postponement
from dialogs.inquiries import (
    AWAY,
    Applications,
    CodeSent,
    Inquiry,
    NewCode,
    Organisation,
    Organisations,
    Persons,
    PersonWith,
    Register,
    Requested,
)
from dialogs.language import Language
from dialogs.people import Citizen
from dialogs.talk import Here

ALMATY = ZoneInfo("Asia/Almaty")
PHONE = "+77011234567"
FAMILY_PHONE = "+77010000101"
UNKNOWN_PHONE = "+77019999999"
DISTRICT = Path(__file__).parents[2] / "gateway" / "esobes_sandbox" / "district.toml"
ORGANISATIONS = msgspec.convert(tomllib.loads(DISTRICT.read_text("utf-8"))["organisations"], tuple[Organisation, ...])
"""As in the built-in E-Sobes."""
CODE = "482913"
"""Every code that is made up is this one."""
DUTY_RULES = rules.load(workdays.load(), reminder_at=None, quiet=None)

PAVEL = Citizen(
    iin="550301300456",
    name="Орлов Павел Ильич",
    birth_date=date(1955, 3, 1),
    language=Language.RU,
    ward=False,
    phones=(PHONE,),
)
AIGUL = Citizen(
    iin="840312400017",
    name="Сериқбаева Айгүл Болатқызы",
    birth_date=date(1984, 3, 12),
    language=Language.KK,
    ward=False,
    phones=(FAMILY_PHONE,),
)
DANA = Citizen(
    iin="160805600027",
    name="Сериқбаева Дана Асқарқызы",
    birth_date=date(2016, 8, 5),
    language=Language.KK,
    ward=True,
    phones=(FAMILY_PHONE,),
)


def application(service: str, stage: Stage, at: datetime, iin: str = PAVEL.iin, **more: Any) -> Application:
    """Registered three days before it came to its stage."""
    begun = at - timedelta(3)
    plain = Application(
        id=more.pop("id", f"app-{service}-{stage}"),
        service=service,
        iin=iin,
        channel=more.pop("channel", "state_corp"),
        submitted_at=begun,
        registered_on=begun.date(),
        stage=stage,
        history=(Passed(Stage.REGISTERED, begun), Passed(stage, at)),
    )
    return structs.replace(plain, **more)


class Registry:
    def __init__(self, *applications: Application, persons: tuple[Citizen, ...] = (PAVEL, AIGUL, DANA)) -> None:
        self.persons = persons
        self.applications = applications
        self.requested: dict[str, frozenset[str]] = {}
        self.organisations = ORGANISATIONS
        self.fetched = datetime(2026, 11, 23, 9, 30, tzinfo=ALMATY)
        self.codes_sent = True
        """Codes really went to the person whose IIN was given, if there is one."""
        self.away = False
        self.arrived: dict[str, Invitation] = {}
        """Invitations, as they are after what people said about them."""

    def tell(self, inquiry: Inquiry[Any]) -> object:
        match inquiry:
            case NewCode():
                return CODE
            case CodeSent(iin, _):
                return self.codes_sent and any(one.iin == iin for one in self.persons)
            case Requested(iin):
                return self.requested.get(iin, frozenset())
        return AWAY if self.away else self._known(inquiry)

    def _known(self, inquiry: Inquiry[Any]) -> object:
        match inquiry:
            case Persons(phone):
                return tuple(one for one in self.persons if phone in one.phones)
            case PersonWith(iin):
                return next((one for one in self.persons if one.iin == iin), None)
            case Applications(iin):
                found = [one for one in self.applications if one.iin == iin]
                return tuple(sorted(found, key=lambda one: one.submitted_at, reverse=True))
            case Organisations(setting):
                found_here = tuple(one for one in self.organisations if one.setting == setting)
                return Register(found_here, self.fetched)
        raise AssertionError(inquiry)


def answered(ask: Callable[[Here], Answer], here: Here, registry: Registry) -> Answer:
    """As the shell does it: anew with each thing that was found out."""
    told: dict[Inquiry[Any], object] = {}
    while (answer := ask(structs.replace(here, told=told))).inquiry is not None:
        assert answer.inquiry not in told
        told[answer.inquiry] = found_out(answer.inquiry, here, registry)
    return answer


def found_out(inquiry: Inquiry[Any], here: Here, registry: Registry) -> object:
    if not isinstance(inquiry, Arrive):
        return registry.tell(inquiry)
    done = arrive(inquiry, here)
    if done is not None:
        registry.arrived[done.invitation.id] = done.invitation
    return done


def arrive(deed: Arrive, here: Here) -> Arrived | None:
    """As the shell does it, by the real tables."""
    its = next((one for one in here.duties if isinstance(one, Invitation) and one.id == deed.invitation), None)
    if its is None:
        return None
    found = verdict(its, deed.act, here.now.date(), DUTY_RULES, deed.until)
    if found is Verdict.DISPUTED:
        happening = Happening(name="dispute", day=deed.until)
    elif found is not Verdict.FINE:
        return Arrived(found, its)
    elif deed.until is None or deed.reason is None:
        happening = Happening(name=deed.act)
    else:
        wanted = Postponement(deed.until, deed.reason, here.now, "sms", here.phone, f"sms:{here.phone}")
        happening = Happening(name=Act.POSTPONE, wanted=wanted)
    return Arrived(found, steps.step(its, happening, here.now, DUTY_RULES).duty)
