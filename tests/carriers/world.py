"""The whole way of an SMS: the assistant as its own process, the real Kannel, and an operator's SMS centre."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from gateway.connection import Client
from tests.carriers.kannel import PASSWORD, USERNAME, Kannel, free_ports
from tests.carriers.smpp import Operator, Whole
from tests.faults.program import Program

SECRET = "secret-of-the-carrier-tests"
PATIENCE = 120.0
"""Seconds for what has to come."""
_AT_ONCE = 8
"""People who write at the same moment."""
_BREATH = 0.03
_LOOK, _STILL, _LONG = 0.1, 1.0, 30.0


class Tally(Struct, frozen=True):
    """How many people wrote, and what became of it."""

    people: int
    lost: int
    """Nobody answered them."""
    doubled: int
    """They got an answer twice, whole."""
    delivered: int
    """Answers of which the assistant knows that they arrived."""
    broken: int
    """Parts that belong to no whole text."""
    again: int
    """Messages that the operator had to bring again, since nobody told it that the first was taken."""


class World(Struct, frozen=True):
    operator: Operator
    kannel: Kannel
    program: Program
    redis: Client

    async def write(self, texts: dict[str, str]) -> None:
        """Phone → what it sends. Returns once the operator is rid of all."""
        waiting = list(enumerate(texts.items()))

        async def some() -> None:
            while waiting:
                reference, (phone, text) = waiting.pop(0)
                await self.operator.bring(phone, text, reference=reference)
                await asyncio.sleep(_BREATH)

        await asyncio.gather(*(some() for _ in range(_AT_ONCE)))

    async def settled(self, people: int) -> None:
        """Every answer has arrived and is known to have, Kannel keeps nothing back but what it was brought twice, and
        nothing more comes; or nothing has come for long."""
        async with asyncio.timeout(PATIENCE):
            still, before = 0.0, (-1, -1, 0)
            while still < (_STILL if self._is_all(people, *before) else _LONG):
                await asyncio.sleep(_LOOK)
                now = (len(self.operator.parts), await self.delivered(), self.kannel.waits())
                still = still + _LOOK if now == before else 0.0
                before = now

    def _is_all(self, people: int, _: int, delivered: int, waiting: int) -> bool:
        return min(len(self.answers()), delivered) >= people and waiting <= self.operator.again

    def answers(self) -> Counter[str]:
        """Phone → how many whole texts it got."""
        return Counter(f"+{whole.receiver}" for whole in self.operator.wholes())

    def texts(self, phone: str) -> list[Whole]:
        return [whole for whole in self.operator.wholes() if f"+{whole.receiver}" == phone]

    async def delivered(self) -> int:
        found = 0
        async for key in self.redis.scan_iter(match="*:letter:*", count=1000):
            record = await self.redis.get(key)
            found += record is not None and record.split()[1] == b"delivered"
        return found

    async def tally(self, texts: dict[str, str]) -> Tally:
        answers, wholes = self.answers(), self.operator.wholes()
        return Tally(
            people=len(texts),
            lost=sum(phone not in answers for phone in texts),
            doubled=sum(times > 1 for times in answers.values()),
            delivered=await self.delivered(),
            broken=len(self.operator.parts) - sum(whole.parts for whole in wholes),
            again=self.operator.again,
        )


@asynccontextmanager
async def world(
    folder: Path, redis: Client, redis_url: str, unclear_wait: int = 20, **lines: str
) -> AsyncIterator[World]:
    """`unclear_wait`: seconds that a letter waits for a report when nobody knows whether Kannel has it. `lines`: of
    Kannel's configuration, in place of those that we hand out."""
    (port,) = free_ports(1)
    quick = {"sms_resend_freq": "1", "reconnect_delay": "1", "http_queue_delay": "1"}
    async with Operator() as operator:
        kannel = Kannel(folder / "kannel", operator.port, f"http://127.0.0.1:{port}", SECRET, **(quick | lines))
        settings = {
            "KELISIM_KANNEL_USERNAME": USERNAME,
            "KELISIM_KANNEL_PASSWORD": PASSWORD,
            "KELISIM_REDIS_URL": redis_url,
            "KELISIM_SANDBOX": "0",
            "KELISIM_SMS_UNCLEAR_WAIT": str(unclear_wait),
        }
        async with kannel, Program(folder, port, kannel.url, SECRET, **settings) as program:
            await program.start()
            await operator.bound()
            yield World(operator, kannel, program, redis)
