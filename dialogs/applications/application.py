"""An application as E-Sobes holds it: what a person asked for, and how far it has come."""

from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b

from msgspec import Struct


class Stage(StrEnum):
    REGISTERED = "registered"
    DOCUMENTS_INCOMPLETE = "documents_incomplete"
    UNDER_REVIEW = "under_review"
    HOME_VISIT = "home_visit"
    HEARING_SCHEDULED = "hearing_scheduled"
    APPROVED = "approved"
    REFUSED = "refused"
    QUEUED = "queued"
    PROVIDER_CHOICE = "provider_choice"
    PROVIDER_BLOCKED = "provider_blocked"
    ORDERED = "ordered"
    DELIVERING = "delivering"
    INVITED = "invited"
    POSTPONED = "postponed"
    ADMITTED = "admitted"
    NO_SHOW = "no_show"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


OVER = frozenset({Stage.REFUSED, Stage.ADMITTED, Stage.NO_SHOW, Stage.COMPLETED, Stage.WITHDRAWN})
"""Nothing follows: the same service may be asked for anew."""


class Passed(Struct, frozen=True, array_like=True):
    """A stage that it has come to."""

    stage: Stage
    at: datetime


class Hearing(Struct, frozen=True, array_like=True):
    """Where the person is heard before a refusal."""

    at: datetime
    place: str
    method: str


class Application(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    service: str
    iin: str
    channel: str
    submitted_at: datetime
    registered_on: date
    stage: Stage
    due_on: date | None = None
    queue_number: str | None = None
    organisation: str | None = None
    """Its name."""
    refusal_reason: str | None = None
    history: tuple[Passed, ...] = ()
    hearing: Hearing | None = None
    """Told apart from the application, by an event."""

    @property
    def key(self) -> str:
        """Its short name in buttons."""
        return blake2b(self.id.encode(), digest_size=5).hexdigest()

    @property
    def since(self) -> datetime:
        """When it came to the stage where it is."""
        return max((one.at for one in self.history if one.stage is self.stage), default=self.submitted_at)

    def __repr__(self) -> str:
        return f"Application({self.service} {self.stage})"
