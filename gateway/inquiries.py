"""What a talk has to know and only others can tell: E-Sobes, or what is kept here of it."""

import logging
from secrets import randbelow
from typing import Any

from dialogs.inquiries import (
    AWAY,
    Applications,
    Inquiry,
    NewCode,
    Persons,
    PersonWith,
)
from gateway import esobes_reading as reading
from gateway.esobes import AwayError, Esobes
from gateway.esobes_reading import UnreadableError

log = logging.getLogger(__name__)


class Inquiries:
    def __init__(self, esobes: Esobes) -> None:
        self._esobes = esobes

    async def ask(self, inquiry: Inquiry[Any], until: float) -> object:
        """The answer, or AWAY. `until`: on the loop's clock, when it is too late to find it out."""
        try:
            return await self._asked(inquiry, until)
        except (AwayError, UnreadableError) as error:
            log.warning("E-Sobes could not be asked for %s: %s", type(inquiry).__name__, error)
            return AWAY

    async def _asked(self, inquiry: Inquiry[Any], until: float) -> object:
        match inquiry:
            case Persons(phone):
                return reading.persons(await self._esobes.look(("persons",), {"phone": phone}, until) or b"")
            case PersonWith(iin):
                found = await self._esobes.look(("persons", iin), {}, until)
                return None if found is None else reading.person(found)
            case Applications(iin):
                found = await self._esobes.look(("persons", iin, "applications"), {}, until)
                return () if found is None else reading.applications(found)
            case NewCode():
                return f"{randbelow(10**6):06}"
        raise NotImplementedError
