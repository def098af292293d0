"""What a turn has to know before it can be taken, and nobody in here can look up.

A row or a view that needs it says `talk.ask(Applications(iin))`. If the shell has not told it yet, the turn ends
there without a trace; the shell finds it out, and the same turn is taken again from its beginning, now knowing it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

from dialogs.applications.application import Application
from dialogs.people import Citizen

T_co = TypeVar("T_co", covariant=True)


class Inquiry(Struct, Generic[T_co], frozen=True):
    """`T_co` is what it is answered with."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Deed(Inquiry[T_co], frozen=True):
    """Something that is done when it is asked for; the answer is what came of it. However often the turn is taken
    for one message, it is done once."""


class Persons(Inquiry[tuple[Citizen, ...]], frozen=True):
    """Whoever E-Sobes knows at this phone, with their wards; nobody if it does not know the number."""

    phone: str


class PersonWith(Inquiry[Citizen | None], frozen=True):
    """Whose IIN it is."""

    iin: str


class Applications(Inquiry[tuple[Application, ...]], frozen=True):
    """All of the person's, newest first."""

    iin: str


class Requested(Inquiry[frozenset[str]], frozen=True):
    """Services that the person has asked for through us, of which E-Sobes has not taken note yet."""

    iin: str


class Organisation(Struct, frozen=True, kw_only=True):
    """An entry of the register of organisations."""

    bin: str
    name: str
    address: str = ""
    region: str = ""
    setting: str = ""
    categories: tuple[str, ...] = ()
    capacity: int | None = None
    phone: str = ""
    email: str = ""
    license_issued: date | None = None
    license_until: date | None = None


class Register(Struct, frozen=True):
    entries: tuple[Organisation, ...]
    fetched: datetime
    """When E-Sobes told it: it is kept for a while."""


class Organisations(Inquiry[Register], frozen=True):
    """All of one setting: `inpatient`, `semi_inpatient`, `home`, `temporary`."""

    setting: str


class NewCode(Inquiry[str], frozen=True):
    """Six digits that nobody can guess."""


class CodeSent(Inquiry[bool], frozen=True):
    """Whether the code of this challenge really went to a phone of the person with this IIN."""

    iin: str
    challenge: str


class Away(Struct, frozen=True):
    """Told instead of an answer: E-Sobes does not answer, or nothing that can be read."""


AWAY = Away()

Told = Mapping[Inquiry[Any], object]
"""What the shell has found out for this turn."""


class UnansweredError(Exception):
    """The turn cannot be taken before this is known."""

    def __init__(self, inquiry: Inquiry[Any]) -> None:
        super().__init__(type(inquiry).__name__)
        self.inquiry = inquiry
