"""What a talk has to know and only others can tell: E-Sobes, or what is kept here of it."""

import asyncio
import logging
from collections.abc import Mapping
from secrets import randbelow
from typing import Any, Protocol

from msgspec import structs

from dialogs.applications.application import Application, Hearing
from dialogs.inquiries import (
    AWAY,
    Applications,
    CodeSent,
    Inquiry,
    NewCode,
    Organisations,
    Persons,
    PersonWith,
    Register,
    Requested,
)
from gateway.esobes import reading
from gateway.esobes.looking import AwayError
from gateway.esobes.reading import UnreadableError
from gateway.esobes.telling import Esobes

log = logging.getLogger(__name__)


class Requests(Protocol):
    async def requested(self, iin: str) -> frozenset[str]:
        """Services that the person has asked for through us, of which E-Sobes has not taken note yet."""


class Proofs(Protocol):
    async def sent(self, iin: str, challenge: str) -> bool:
        """Whether the code of this challenge really went to a phone of the person with this IIN."""


class News(Protocol):
    async def hearings(self, iin: str) -> Mapping[str, Hearing]:
        """The person's hearings that we were told of, by their application's id."""


class Registers(Protocol):
    async def of(self, setting: str, until: float) -> Register:
        """All organisations of one setting. Raises AwayError, at the latest `until` on the loop's clock."""


class Nothing:
    """Where nothing of the kind is kept."""

    async def requested(self, _: str) -> frozenset[str]:
        return frozenset()

    async def sent(self, _: str, __: str) -> bool:
        return False

    async def hearings(self, _: str) -> Mapping[str, Hearing]:
        return {}

    async def of(self, _: str, __: float) -> Register:
        raise AwayError("there is no register")


class Inquiries:
    def __init__(
        self,
        esobes: Esobes,
        *,
        requests: Requests | None = None,
        proofs: Proofs | None = None,
        news: News | None = None,
        registers: Registers | None = None,
    ) -> None:
        self._esobes = esobes
        self._requests = requests or Nothing()
        self._proofs = proofs or Nothing()
        self._news = news or Nothing()
        self._registers = registers or Nothing()

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
                return None if found is None else reading.person(found, iin)
            case Applications(iin):
                return await self._applications(iin, until)
            case Organisations(setting):
                return await self._registers.of(setting, until)
            case Requested(iin):
                return await self._requests.requested(iin)
            case CodeSent(iin, challenge):
                return await self._proofs.sent(iin, challenge)
            case NewCode():
                return f"{randbelow(10**6):06}"
        raise TypeError(f"nobody can tell {type(inquiry).__name__}")

    async def _applications(self, iin: str, until: float) -> tuple[Application, ...]:
        found, hearings = await asyncio.gather(
            self._esobes.look(("persons", iin, "applications"), {}, until), self._news.hearings(iin)
        )
        if found is None:
            return ()
        return tuple(
            structs.replace(one, hearing=hearings[one.id]) if one.id in hearings else one
            for one in reading.applications(found, iin)
        )
