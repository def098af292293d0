"""Where broadcasts of a test key go: to numbers that no operator has, and so to nobody. What becomes of a letter
shows in its number; docs/api.md names those that do something else than deliver.

    {staff}:simulated     sorted set: letter and what will become of it → when, in seconds since 1970
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from gateway.broadcasts.intake.phones import SIMULATED
from gateway.channels import Letter, Outcome, Retry, Sent
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.letters import Letters, Status

log = logging.getLogger(__name__)

CHANNEL = "test"
EVERY_KIND = tuple(f"{SIMULATED}000000{number}" for number in range(1, 5))
OPTED_OUT = f"{SIMULATED}0000004"
"""Its owner wants nothing that the law does not ask for."""
_LATER = "{staff}:simulated"
_LOOK = 1.0
_AT_ONCE = 500


class _Later(Struct, frozen=True):
    status: Status
    after: timedelta


_NUMBERS: Mapping[str, _Later] = {
    f"{SIMULATED}0000002": _Later(Status.FAILED, timedelta()),
    f"{SIMULATED}0000003": _Later(Status.DELIVERED, timedelta(minutes=1)),
}


def is_simulated(phone: str) -> bool:
    return phone.startswith(SIMULATED)


def of_iin(iin: str) -> str:
    """Who somebody is, is not asked for a test: it goes to a number that the IIN has given its end."""
    return f"{SIMULATED}{iin[-7:]}"


class Simulated:
    """The channel, and the clock of what it has to tell later."""

    def __init__(self, redis: Batched, clock: Clock) -> None:
        self._redis = redis
        self._letters = Letters(redis)
        self._clock = clock
        self._stopping = asyncio.Event()

    async def send(self, letter: Letter) -> Outcome:
        later = _NUMBERS.get(letter.address.partition(":")[2])
        if later is None:
            return Sent(delivered=True)
        due = (self._clock.now() + later.after).timestamp()
        try:
            await self._redis("ZADD", _LATER, repr(due), f"{later.status} {letter.id}")
        except RedisAwayError:
            return Retry("what becomes of it could not be written down")
        return Sent()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.ring()
            except RedisAwayError as error:
                log.warning("simulated numbers wait for Redis: %s", error)
            try:
                async with asyncio.timeout(_LOOK):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def ring(self) -> None:
        """What is due now is told; told twice, it is told once."""
        now = self._clock.now().timestamp()
        while due := await self._redis("ZRANGE", _LATER, "-inf", repr(now), "BYSCORE", "LIMIT", 0, _AT_ONCE):
            for one in due:
                status, letter = one.decode().split(" ", 1)
                await self._letters.mark(letter, Status(status), at=now)
            await self._redis("ZREM", _LATER, *due)
