"""What E-Sobes tells, as its integrator writes it: an event of every type, and a listener that stores their ids."""

from copy import deepcopy
from typing import Any

from gateway.connection import Batched
from gateway.esobes.events import Told

TOKEN = "a-token-of-both"
PATH = "/esobes/events"
AT = "2026-11-25T18:00:00+05:00"
SERVICES = ("local_social_aid", "personal_assistant", "technical_aids_hygiene")
REPLACEABLE = ("technical_aids_hygiene",)

APPLICATION = {
    "id": "app-1",
    "service": "personal_assistant",
    "iin": "900101300123",
    "channel": "sms",
    "submitted_at": AT,
    "registered_on": "2026-11-25",
    "stage": "approved",
    "due_on": None,
    "queue_number": "12",
    "organisation": None,
    "refusal_reason": None,
    "history": [{"stage": "registered", "at": AT}],
}
ORGANISATION = {"bin": "000140000003", "name": "«Үміт» орталығы", "categories": ["elderly"], "capacity": 40}
OWN: dict[str, dict[str, Any]] = {
    "offer.opened": {
        "offer": {"id": "of-1", "service": "technical_aids_hygiene", "kind": "proactive", "device": "diapers"}
    },
    "offer.withdrawn": {"offer": {"id": "of-1"}},
    "decision.made": {"application": APPLICATION},
    "application.changed": {"application": APPLICATION},
    "hearing.scheduled": {
        "application": APPLICATION,
        "hearing": {"at": AT, "place": "Жаркент, Жібек жолы 1", "method": "in person"},
    },
    "provider_choice.opened": {
        "choice": {"id": "ch-1", "service": "technical_aids_hygiene", "opened_on": "2026-11-25"}
    },
    "provider_choice.closed": {"choice": {"id": "ch-1", "outcome": "chosen"}},
    "order.answered": {
        "order": {
            "id": "or-1",
            "service": "technical_aids_hygiene",
            "outcome": "refused",
            "reason": "қоймада жоқ",
            "arrive_on": None,
            "leave_on": None,
            "provider": "«Қамқор» ЖШС",
        }
    },
    "invitation.opened": {
        "invitation": {
            "id": "in-1",
            "organisation": ORGANISATION,
            "setting": "inpatient",
            "arrive_by": "2026-12-10",
            "postponed": False,
        }
    },
    "invitation.changed": {
        "invitation": {"id": "in-1", "arrive_by": "2026-12-20", "postponed": True, "signed": True}
    },
    "invitation.closed": {"invitation": {"id": "in-1", "outcome": "admitted"}},
}


def event(kind: str = "offer.opened", /, **changes: Any) -> dict[str, Any]:
    """`person__phones=[…]` puts something else into the field `person.phones`."""
    whole: dict[str, Any] = {
        "id": "ev-1",
        "type": kind,
        "at": AT,
        "person": {
            "iin": "900101300123",
            "name": "Серікова Айгүл Маратқызы",
            "birth_date": "1990-01-01",
            "language": "kk",
            "phones": ["+77011234567"],
        },
        "specialist": "Ахметова Г.",
        "case_number": "07-12",
        **deepcopy(OWN[kind]),
    }
    for path, value in changes.items():
        *way, name = path.split("__")
        place = whole
        for step in way:
            place = place[step]
        place[name] = value
    return whole


class Ledger:
    """Knows which ids came before."""

    def __init__(self, redis: Batched) -> None:
        self.heard: list[Told] = []
        self._redis = redis

    async def told(self, told: Told) -> bool:
        new = bool(await self._redis("SADD", "told", told.id))
        if new:
            self.heard.append(told)
        return new
