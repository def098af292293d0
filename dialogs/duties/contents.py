"""What one letter about one duty says: its sentences, as they are true of it, and the values in them."""

from datetime import date

from msgspec import Struct

from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Setting
from dialogs.duties.plans import ENDS_IN_BUTTONS, PLANS
from dialogs.duties.rules import Rules
from dialogs.duties.screen import ASKING
from dialogs.matters.sizes import child
from dialogs.matters.voice import DISCREET
from dialogs.messages import Value, say

PORTAL = "aleumet.egov.kz"

PENDING = ("postponing", "unsigned")
"""States in which another day was asked for, and the old one counts."""


class Content(Struct, frozen=True):
    """One letter about one duty on the day when it leaves."""

    plan: tuple[str, ...]
    values: dict[str, Value]
    child: bool
    numbered: bool
    """A bare number answers its SMS."""


def content(telling: str, duty: AnyDuty, today: date, rules: Rules) -> Content:
    young = child(duty.person.birth_date, today)
    match duty:
        case Invitation():
            key, values = _of_invitation(telling, duty, today), _values_of_invitation(duty, rules)
        case Choice():
            key, values = _of_choice(telling, duty, rules), _values_of_choice(duty, rules)
        case Order():
            key, values = _of_order(telling, duty, rules), _values_of_order(duty, rules)
    said = tuple(_exactly(one, duty, rules, today, young=young) for one in PLANS[key])
    return Content(tuple(filter(None, said)), values, young, _is_numbered(duty))


def _is_numbered(duty: AnyDuty) -> bool:
    return isinstance(duty, Invitation) and duty.state in ASKING and duty.place is not None


def _of_invitation(telling: str, duty: Invitation, today: date) -> str:
    over = duty.arrive_by < today
    if duty.service in DISCREET:
        return "hidden" if telling in ENDS_IN_BUTTONS and not over else "hidden.news"
    if telling == "moved" and over:
        return "invited_late"
    if telling in ("conflict", "not_taken") and over:
        return "not_moved.over"
    name = {"eve": "soon", "sign_eve": "sign_soon"}.get(telling, telling)
    if duty.setting is Setting.HOME and f"{name}.home" in PLANS:
        return f"{name}.home"
    return "soon.come" if name == "soon" and duty.said == "come" else name


def _of_choice(telling: str, duty: Choice, rules: Rules) -> str:
    by_days = duty.service in rules.law.days.services
    if telling in ("choose", "choose_late", "month_over", "choose_soon") and duty.last is None:
        return "choose.unknown"
    return f"{telling}.days" if by_days and f"{telling}.days" in PLANS else telling


def _of_order(telling: str, duty: Order, rules: Rules) -> str:
    bed = duty.service in rules.law.bed.services
    match telling:
        case "accepted" if bed:
            return "accepted.bed" if duty.arrive_on else "accepted.bed.undated"
        case "refused" if duty.round > 1:
            return "refused.after"
        case "arrive_soon" if bed:
            return "arrive_soon.bed"
    return telling


def _exactly(said: str, duty: AnyDuty, rules: Rules, today: date, *, young: bool) -> str:
    """The sentence as this duty needs it, or none."""
    match duty:
        case Invitation():
            exact = _exactly_of_invitation(said, duty, rules, young=young)
        case Choice():
            exact = _exactly_of_choice(said, duty, rules)
        case Order():
            exact = _exactly_of_order(said, duty, rules, today, young=young)
    return said if exact is None else exact


def _exactly_of_invitation(said: str, duty: Invitation, rules: Rules, *, young: bool) -> str | None:
    match said:
        case "once":
            can = duty.setting in rules.law.postponing and not duty.used
            return said if can else "no_more" * duty.used
        case "pending":
            return f"{said}.{duty.state}" if duty.state in PENDING else ""
        case "sign.who" if young:
            return f"{said}.child"
        case "sign.paper" if duty.place is None or duty.wanted is None:
            return ""
        case "spare" if not _is_numbered(duty):
            return ""
    return None


def _exactly_of_choice(said: str, duty: Choice, rules: Rules) -> str | None:
    match said:
        case "no_internet":
            return f"{said}.{_corner(duty.service, rules)}"
        case "answer" if duty.service not in rules.law.answering.services:
            return "start.other"
        case "arriving" if duty.service not in rules.law.arriving.services:
            return ""
    return None


def _exactly_of_order(said: str, duty: Order, rules: Rules, today: date, *, young: bool) -> str | None:
    days = {"day": duty.arrive_on, "leave": duty.leave_on, "cancel": duty.cancel_by}
    if said in days:
        day = days[said]
        return "" if day is None else "cancel.over" if said == "cancel" and day < today else said
    match said:
        case "when" | "accepted" | "refused" | "refused.after":
            return f"{said}.{provider(duty.service, rules)}"
        case "take" if young:
            return f"{said}.child"
        case "reason" if not duty.reason.strip():
            return f"{said}.unsaid"
    return None


def _corner(service: str, rules: Rules) -> str:
    corners = rules.law.corners
    return next((where for where, corner in corners.items() if service in corner.services), "ask")


def provider(service: str, rules: Rules) -> str:
    """Who provides the service: what a text calls them."""
    if service in rules.law.bed.services:
        return "sanatorium"
    return "supplier" if service in rules.law.corners["both"].services else "organisation"


def _values_of_invitation(duty: Invitation, rules: Rules) -> dict[str, Value]:
    wanted = duty.wanted
    limit = rules.law.postponing.get(duty.setting) if duty.setting else None
    return {
        "day": duty.arrive_by,
        "sign": (wanted and wanted.sign_by) or duty.arrive_by,
        "until": wanted.until if wanted else duty.arrive_by,
        "url": (wanted and wanted.url) or PORTAL,
        "days": limit.days if limit else 0,
    }


def _values_of_choice(duty: Choice, rules: Rules) -> dict[str, Value]:
    law = rules.law
    values: dict[str, Value] = {
        "months": law.months.months,
        "answer": law.answering.services.get(duty.service, 0),
        "arrive": law.arriving.services.get(duty.service, 0),
        **_provider(duty.service, rules),
    }
    return values | ({"day": duty.last} if duty.last else {})


def _values_of_order(duty: Order, rules: Rules) -> dict[str, Value]:
    days = {"arrive": duty.arrive_on, "leave": duty.leave_on, "cancel": duty.cancel_by}
    known: dict[str, Value] = {name: day for name, day in days.items() if day is not None}
    return {**known, "bed": rules.law.bed.months, **_provider(duty.service, rules)}


def _provider(service: str, rules: Rules) -> dict[str, Value]:
    kind = provider(service, rules)
    forms = {"provider": "", "whom": ".whom", "other": ".other"}
    return {name: say(f"duty.provider.{kind}{form}") for name, form in forms.items()}
