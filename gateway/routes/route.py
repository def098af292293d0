"""A provider that SMS can leave by: the words that all of them share. Each is one file in `gateway/sms`."""

from typing import Protocol

from msgspec import Struct

from gateway.channels import Attempt, Letter
from gateway.letters import Delivery


class Ignored(Struct, frozen=True):
    """What a provider told, taken with 200 and left unanswered: asking it to repeat would not change it."""

    reason: str


class Route(Protocol):
    @property
    def name(self) -> str:
        """As `KELISIM_SMS_ROUTES` calls it."""

    async def send(self, letter: Letter) -> Attempt:
        """One try. Whatever goes wrong is an outcome, and no exception: `Retry` only if the provider surely has not
        got it."""

    async def ask(self, letter: Letter) -> Attempt:
        """After an unclear end: `Sent`, the provider has it; `Retry`, surely not; `Unclear`, nobody can tell."""

    async def aclose(self) -> None: ...


class Reports(Protocol):
    async def reported(self, route: str, delivery: Delivery) -> None:
        """What a provider reports about a letter."""
