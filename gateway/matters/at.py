"""Where a message from a phone that was told of offers came from, and what is known there."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from dialogs.dialogue import Grasp
from dialogs.duties.duty import AnyDuty, Invitation
from dialogs.duties.screen import expects_answer
from dialogs.matters import sizes
from dialogs.matters.matter import Answer, Given, Matter
from dialogs.matters.pocket import Pocket
from dialogs.people import mark
from gateway.channels import Inbound
from gateway.journal.subject import channel

LONGEST = 500
"""Characters of an answer that E-Sobes is shown."""
ANSWERABLE = frozenset({"asked", "refusing", "refused"})
"""States in which an answer still changes something."""


def reached(duties: Iterable[AnyDuty], known: Pocket, phone: str) -> tuple[AnyDuty, ...]:
    return tuple(one for one in duties if phone in one.phones and mark(one.person.iin) not in known.strangers)


class At(Struct, frozen=True):
    """The phone, or the chat linked to it, that the message came from."""

    inbound: Inbound
    talk: Grasp
    now: datetime
    """When the message came: that is what counts for the last day."""
    phone: str
    stored: bytes | None
    pocket: Pocket
    matters: tuple[Matter, ...]
    """All that the phone was told of, also those of a person whom its owner calls a stranger."""
    duties: tuple[AnyDuty, ...] = ()
    """Likewise."""
    linked: bool = True
    """It is the phone itself, or the one chat that belongs to it."""

    @property
    def own(self) -> list[Matter]:
        return [matter for matter in self.matters if mark(matter.person.iin) not in self.pocket.strangers]

    @property
    def own_duties(self) -> tuple[AnyDuty, ...]:
        """Those of persons who are still reached here, as E-Sobes and the phone's owner say."""
        return reached(self.duties, self.pocket, self.phone)

    @property
    def waiting(self) -> list[Matter]:
        """An answer would still count; the one that closes first comes first."""
        waiting = (
            matter for matter in self.own if matter.state in ANSWERABLE and matter.sent <= self.now < matter.closes
        )
        return sorted(waiting, key=lambda matter: matter.closes)

    @property
    def asked(self) -> bool:
        """Something is waiting for a first answer."""
        return any(matter.state == "asked" for matter in self.waiting)

    @property
    def invited(self) -> bool:
        """No offer was asked later than an invitation that is not answered; at nine both may come at once."""
        letters = [one.sent for one in self.own_duties if isinstance(one, Invitation) and expects_answer(one)]
        offers = [one.sent for one in self.own]
        newest = max((sent for sent in letters if sent <= self.now), default=None)
        return newest is not None and all(sent <= newest for sent in offers if sent <= self.now)

    @property
    def sized(self) -> Matter | None:
        """Agreed to, and a size is wanted still."""
        return next((one for one in self.own if one.state == "consented" and sizes.wanted(one.size)), None)

    @property
    def last(self) -> Matter | None:
        """What was asked last and asks no more: first what an answer could still turn."""
        over = (one for one in self.own if one.state != "asked" or one.closes <= self.now)
        asked = (one for one in over if one.sent <= self.now)
        return max(asked, key=lambda one: (one in self.waiting, one.sent), default=None)

    def given(self, answer: Answer, code: str | None, text: str | None) -> Given:
        said = None if text is None else text[:LONGEST]
        return Given(answer, self.now, channel(self.inbound.address), self.phone, code, said)
