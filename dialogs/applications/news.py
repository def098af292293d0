"""What has become of a person's applications and is still to be told: what waits, and when a letter leaves with it.

A decision and an invitation to be heard leave at once, because the law asks for them. Any other change waits a
minute, so that several make one letter. In quiet hours everything waits for the morning. Of what was overtaken
meanwhile only the newest stage is told, and nothing is told twice.
"""

from collections.abc import Container
from datetime import datetime, timedelta

from msgspec import Struct, structs

from dialogs.applications.application import Application, Hearing, Stage
from dialogs.matters import window
from dialogs.matters.matter import Person
from dialogs.matters.window import Quiet

GATHERING = timedelta(minutes=1)
"""From the first change on."""
UNDECIDED = frozenset(
    {
        Stage.REGISTERED,
        Stage.DOCUMENTS_INCOMPLETE,
        Stage.UNDER_REVIEW,
        Stage.HOME_VISIT,
        Stage.HEARING_SCHEDULED,
    }
)
"""A hearing that was set still takes place."""
DECIDED = frozenset({Stage.APPROVED, Stage.REFUSED, Stage.HEARING_SCHEDULED})
"""What the law wants told."""


class Told(Struct, frozen=True, array_like=True):
    """What a person was told last of an application."""

    at: datetime
    stage: Stage
    hearing: Hearing | None = None
    missed: bool = False
    """Somebody did not get that letter: there was no phone, or they have stopped what the law does not ask for."""
    service: str = ""
    organisation: str = ""


class Waiting(Struct, frozen=True, array_like=True):
    """An application of which something is to be told."""

    at: datetime
    event: str
    """The first that is told with it."""
    application: Application
    statutory: bool
    specialist: str | None = None
    case: str | None = None

    @property
    def stage(self) -> Stage:
        return self.application.stage

    @property
    def hearing(self) -> Hearing | None:
        return self.application.hearing

    @property
    def stoppable(self) -> bool:
        """By a person who wants nothing that the law does not ask for. A decision is one however E-Sobes calls it."""
        return not self.statutory and self.stage not in DECIDED

    @property
    def nature(self) -> str:
        """Which letter it is, for the journal."""
        if self.stage is Stage.HEARING_SCHEDULED and self.hearing is not None:
            return "hearing"
        return "decision" if self.statutory else "change"

    @property
    def place(self) -> int:
        """Among all that is told at once: what has to be acted on comes first."""
        if self.nature == "hearing":
            return 0
        if self.stage is Stage.REFUSED:
            return 1
        return 2 if self.statutory else 3


class Tidings(Struct, frozen=True, array_like=True):
    """Of one person."""

    person: Person
    phones: tuple[str, ...]
    at: datetime
    """When E-Sobes wrote down the newest of it."""
    told: dict[str, Told] = {}
    """Application → what was told last."""
    waiting: tuple[Waiting, ...] = ()
    leaves: datetime | None = None

    def __repr__(self) -> str:
        return f"Tidings({len(self.waiting)} of {len(self.told)})"

    @property
    def hearings(self) -> dict[str, Hearing]:
        """Application → when and where the person is heard."""
        known = {name: told.hearing for name, told in self.told.items()}
        known |= {one.application.id: one.hearing for one in self.waiting}
        return {name: hearing for name, hearing in known.items() if hearing is not None}


def of(before: Tidings | None, person: Person, phones: tuple[str, ...], at: datetime) -> Tidings:
    """Whom they are about, as E-Sobes has said it last."""
    if before is None:
        return Tidings(person, phones, at)
    return before if at < before.at else structs.replace(before, person=person, phones=phones, at=at)


def heard(before: Tidings, said: Waiting, now: datetime, quiet: Quiet | None) -> Tidings:
    """E-Sobes has said something of an application."""
    name = said.application.id
    told = before.told.get(name)
    waits = next((one for one in before.waiting if one.application.id == name), None)
    latest = waits or told
    if latest is not None:
        said = _with_hearing(said, latest)
        if _is_late(said, latest):
            return before
        said = structs.replace(said, at=max(said.at, latest.at))
    rest = tuple(one for one in before.waiting if one is not waits)
    news = _still_news(told, waits, said)
    if news is not None:
        return _leaving(before, before.told, (*rest, news), now, quiet)
    assert told is not None  # noqa: S101 - that is what was known already
    return _leaving(before, {**before.told, name: structs.replace(told, at=said.at)}, rest, now, quiet)


def left(tidings: Tidings, missed: Container[str]) -> Tidings:
    """All that waited has been told, or there was nobody to tell. `missed`: applications of which somebody was told
    nothing."""
    news = {
        one.application.id: Told(
            one.at,
            one.stage,
            one.hearing,
            one.application.id in missed,
            one.application.service,
            one.application.organisation or "",
        )
        for one in tidings.waiting
    }
    return structs.replace(tidings, told=tidings.told | news, waiting=(), leaves=None)


def _with_hearing(said: Waiting, latest: Waiting | Told) -> Waiting:
    """Only an event of its own tells of a hearing; it is remembered until there is a decision."""
    if said.hearing is not None or said.stage not in UNDECIDED:
        return said
    return structs.replace(said, application=structs.replace(said.application, hearing=latest.hearing))


def _is_late(said: Waiting, latest: Waiting | Told) -> bool:
    """Something newer was said before. A hearing is to be told all the same, as long as nothing is decided."""
    is_hearing = said.hearing is not None and latest.hearing is None and latest.stage in UNDECIDED
    return said.at < latest.at and not is_hearing


def _still_news(told: Told | None, waits: Waiting | None, said: Waiting) -> Waiting | None:
    known = told is not None and (told.stage, told.hearing) == (said.stage, said.hearing)
    statutory = said.statutory or (waits is not None and waits.statutory)
    if known and not (statutory and told is not None and told.missed):
        return None
    if waits is None:
        return said
    if waits.nature == "hearing" and not said.statutory and said.stage in UNDECIDED:
        return structs.replace(waits, at=said.at)  # it is still to come, and worth more than that they are at work
    return structs.replace(said, event=waits.event, statutory=statutory)


def _leaving(
    before: Tidings, told: dict[str, Told], waiting: tuple[Waiting, ...], now: datetime, quiet: Quiet | None
) -> Tidings:
    leaves = None
    if waiting:
        hurried = any(one.statutory for one in waiting)
        ready = now if hurried else before.leaves or now + GATHERING
        leaves = window.leaves(max(now, ready), quiet)
    return structs.replace(before, told=told, waiting=waiting, leaves=leaves)
