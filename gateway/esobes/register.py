"""The register of organisations as E-Sobes told it last: kept in Redis for all processes, and decoded in each.

    register:inpatient    hash: `fetched` in seconds since 1970, `count`, and `entries` as JSON; gone after a week

age of the copy        whoever asks gets
5 minutes              the copy
a week                 what E-Sobes says now, if it says so within a second; else the copy, with its time
no copy, or older      what E-Sobes says now, or nothing
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from dialogs.inquiries import Organisation, Register
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, RedisAwayError
from gateway.esobes import reading
from gateway.esobes.looking import AwayError
from gateway.esobes.reading import UnreadableError
from gateway.esobes.telling import Esobes

log = logging.getLogger(__name__)

SETTINGS = ("inpatient", "semi_inpatient", "home", "temporary")
FRESH = timedelta(minutes=5)
KEPT = timedelta(days=7)
ENOUGH = 8 * 1024 * 1024
"""Bytes of E-Sobes' answer: ten times all organisations of the country."""
_LONGEST = 30.0
"""Seconds that E-Sobes has for it: it goes on after whoever asked has been answered."""
_WITH_A_COPY = 1.0
"""Seconds that somebody waits for news while there is a copy."""
_AGAIN = 30.0
"""Seconds after E-Sobes failed in which a copy is told at once."""

_KEEP = """
redis.call('HSET', KEYS[1], 'fetched', ARGV[1], 'count', ARGV[2], 'entries', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
"""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Organisation, ...]).decode


class Copy(Struct, frozen=True):
    """What staff want to know of it."""

    fetched: datetime
    count: int


class Registers:
    def __init__(self, esobes: Esobes, redis: Batched, clock: Clock) -> None:
        self._esobes = esobes
        self.copies = Copies(redis)
        self._clock = clock
        self._here: dict[str, Register] = {}
        self._fetching: dict[str, asyncio.Task[Register | None]] = {}
        self._again: dict[str, float] = {}
        """Until when, on the loop's clock, E-Sobes is left alone."""

    async def of(self, setting: str, until: float) -> Register:
        """Raises AwayError where nobody knows, at the latest `until` on the loop's clock."""
        copy = await self._copy(setting)
        if copy is None:
            return await self._news(setting, until)
        now = asyncio.get_running_loop().time()
        if self._age(copy) < FRESH or now < self._again.get(setting, 0.0):
            return copy
        try:
            return await self._news(setting, min(until, now + _WITH_A_COPY))
        except AwayError:
            return copy

    async def aclose(self) -> None:
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _copy(self, setting: str) -> Register | None:
        """The newest that any process has."""
        here = self._here.get(setting)
        if here is None or self._age(here) >= FRESH:
            here = await self.copies.read(setting, here) or here
        if here is not None:
            self._here[setting] = here
        return here if here is not None and self._age(here) < KEPT else None

    async def _news(self, setting: str, until: float) -> Register:
        """One question at a time, whoever many wait for its answer."""
        task = self._fetching.get(setting)
        if task is None:
            task = self._fetching[setting] = asyncio.create_task(self._fetch(setting))
            task.add_done_callback(lambda _: self._fetching.pop(setting))
        try:
            async with asyncio.timeout_at(until):
                found = await asyncio.shield(task)
        except TimeoutError:
            found = None
        if found is None:
            raise AwayError("the register does not come")
        return found

    async def _fetch(self, setting: str) -> Register | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _LONGEST
        try:
            body = await self._esobes.look(("organisations",), {"setting": setting}, until, ENOUGH)
            entries = reading.organisations(body or b"", setting)
        except (AwayError, UnreadableError) as error:
            log.warning("the register of organisations could not be fetched: %s", error)
            self._again[setting] = loop.time() + _AGAIN
            return None
        register = self._here[setting] = Register(entries, self._clock.now())
        try:
            await self.copies.keep(setting, register)
        except RedisAwayError as error:
            log.warning("the register of organisations could not be kept: %s", error)
        return register

    def _age(self, copy: Register) -> timedelta:
        """The clock of the sandbox goes back as well: what was fetched in times to come is news no longer."""
        age = self._clock.now() - copy.fetched
        return age if age >= timedelta() else FRESH


class Copies:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._keep = redis.script(_KEEP)

    async def keep(self, setting: str, register: Register) -> None:
        await self._redis(
            "EVALSHA",
            self._keep,
            1,
            _key(setting),
            str(register.fetched.timestamp()),
            len(register.entries),
            _encode(register.entries),
            int(KEPT.total_seconds()),
        )

    async def read(self, setting: str, known: Register | None) -> Register | None:
        """None as well where it is the one that is known."""
        fetched = await self._redis("HGET", _key(setting), "fetched")
        if fetched is None or (known is not None and float(fetched) <= known.fetched.timestamp()):
            return None
        fetched, entries = await self._redis("HMGET", _key(setting), "fetched", "entries")
        try:
            return None if entries is None else Register(_decode(entries), _at(fetched))
        except msgspec.MsgspecError as error:  # as another version of the program wrote it
            log.warning("the kept register of organisations cannot be read: %s", type(error).__name__)
            return None

    async def all(self) -> Mapping[str, Copy]:
        """By setting, those that are kept."""
        found = await asyncio.gather(*(self._redis("HMGET", _key(one), "fetched", "count") for one in SETTINGS))
        return {
            setting: Copy(_at(fetched), int(count))
            for setting, (fetched, count) in zip(SETTINGS, found, strict=True)
            if fetched is not None
        }


def _key(setting: str) -> str:
    return f"register:{setting}"


def _at(seconds: bytes) -> datetime:
    return datetime.fromtimestamp(float(seconds), ALMATY)
