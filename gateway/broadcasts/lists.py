"""Lists of recipients on their way from a file to a roll. What is wrong with their rows stays in a folder, to be
fetched, mended and brought again.

    {data}/lists/b7f3.1/           the folder of a roll: see `intake.rows`
    {staff}:reading:b7f3.1         how far the reading has come; it is gone if whoever read it is
"""

import asyncio
import logging
import shutil
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from dialogs.broadcasts import states
from dialogs.inquiries import Away, PersonWith
from dialogs.matters import pocket
from dialogs.people import Citizen
from gateway.broadcasts import simulated
from gateway.broadcasts.broadcast import Audience, Broadcast, Change, Mode, Reading
from gateway.broadcasts.filling import AWAY, Filled, Filling, Found, Look, Unfit, append_to
from gateway.broadcasts.intake import rows as lines
from gateway.broadcasts.intake.importing import IntakeError, read_file
from gateway.broadcasts.intake.rows import FAULTS, IINS, SUMMARY, Progress, Reason, Row, Summary, shard_file
from gateway.broadcasts.known import Known, played
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.store import BroadcastStore
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.failures import told
from gateway.inquiries import Inquiries
from gateway.matters.store import MatterStore
from gateway.store import SHARDS, shard_number

log = logging.getLogger(__name__)

ALIVE = 30
"""Seconds after which a reading of which nothing is heard counts as interrupted."""
_PATIENCE = 20.0
"""Seconds for E-Sobes to say who somebody is."""
UPLOAD = "upload"
"""The file itself, while it is read."""


class Stage(Struct, frozen=True):
    """How far a list has come."""

    bytes: int = 0
    of: int = 0
    rows: int = 0
    filled: int = 0
    """Recipients in the roll; while the file is still read, none."""


class _Source(Struct, frozen=True):
    """Where recipients come from."""

    summary: Summary
    rows: Callable[[int], Iterable[Row]]
    """Of a shard."""
    iins: Iterable[Row] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Stage).decode


class Lists:
    def __init__(
        self,
        redis: Batched,
        store: BroadcastStore,
        rolls: Rolls,
        inquiries: Inquiries,
        known: Known,
        *,
        clock: Clock,
        folder: Path,
    ) -> None:
        self._redis = redis
        self._store = store
        self._rolls = rolls
        self._inquiries = inquiries
        self._known = known
        self._clock = clock
        self._folder = folder
        self._tasks: set[asyncio.Task[None]] = set()

    def folder(self, roll: str) -> Path:
        return self._folder / roll

    async def stage(self, roll: str) -> Stage | None:
        """None: nobody reads it any more."""
        stored: bytes | None = await self._redis("GET", _key(roll))
        return _decode(stored) if stored else None

    @property
    def under_way(self) -> int:
        """So many are read here at this moment."""
        return len(self._tasks)

    def read(self, broadcast: Broadcast, reading: Reading, team: Collection[str]) -> None:
        """The upload lies in the roll's folder, or people are looked for. It is done from now on, for as long as it
        takes."""
        task = asyncio.create_task(self._read(broadcast.id, reading, broadcast.mode, team))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def closed_if_interrupted(self, broadcast: Broadcast) -> Broadcast:
        """Whoever read it is gone: the list has to be brought again."""
        reading = broadcast.reading
        if reading is None or (self._clock.now() - reading.since).total_seconds() < ALIVE:
            return broadcast
        if await self.stage(reading.roll) is not None:
            return broadcast
        return await self._ended(broadcast.id, reading, Reason("staff.broadcast.list.interrupted"))

    async def _read(self, name: str, reading: Reading, mode: Mode, team: Collection[str]) -> None:
        alive = asyncio.create_task(self._stay_alive(reading.roll))
        try:
            refused = await self._really_read(name, reading, mode, team)
        except RedisAwayError as error:
            log.warning("a list could not be read: %s", error)
            refused = Reason("staff.broadcast.list.interrupted")
        except IntakeError as error:
            refused = error.reason
        except Exception as error:
            log.error("a list could not be read: %s", told(error))
            refused = Reason("staff.broadcast.list.failed")
        finally:
            alive.cancel()
        if refused is not None:
            with suppress(RedisAwayError):
                await self._ended(name, reading, refused)
                await self._rolls.remove(reading.roll)

    async def _stay_alive(self, roll: str) -> None:
        """However long there is nothing new to tell: E-Sobes is slow, and who is known is looked through for long."""
        while True:
            await asyncio.sleep(ALIVE / 3)
            with suppress(RedisAwayError):
                await self._redis("EXPIRE", _key(roll), ALIVE)

    async def _really_read(self, name: str, reading: Reading, mode: Mode, team: Collection[str]) -> Reason | None:
        await self._note(reading.roll, Stage())
        source = await self._source(reading, mode)
        if isinstance(source, Reason):
            return source

        async def filled(recipients: int) -> None:
            await self._note(reading.roll, Stage(rows=source.summary.rows, filled=recipients))

        folder = self.folder(reading.roll)
        look: Look = _played if mode is Mode.TEST else self._look
        result = await Filling(self._rolls, look).fill(
            reading.roll,
            source.summary,
            source.rows,
            source.iins,
            append_to(folder),
            unfit=_unfit(mode, team),
            filled=filled,
        )
        await asyncio.to_thread(_tidy, folder)
        await self._arrived(name, reading, source.summary, result)
        return None

    async def _source(self, reading: Reading, mode: Mode) -> "_Source | Reason":
        if reading.filter is None:
            return await self._in_file(reading)
        found = played() if mode is Mode.TEST else await self._known.find(reading.filter)
        return await self._in_mind(reading, *found)

    async def _in_file(self, reading: Reading) -> "_Source | Reason":
        folder = self.folder(reading.roll)
        upload = folder / UPLOAD

        async def read(progress: Progress) -> None:
            await self._note(reading.roll, Stage(progress.bytes, progress.of, progress.rows))

        summary = await read_file(upload, folder, read, today=self._clock.now().date())
        upload.unlink(missing_ok=True)
        if summary.refused is not None:
            return summary.refused
        return _Source(summary, lambda shard: lines.rows(folder, shard), lines.iins(folder))

    async def _in_mind(self, reading: Reading, summary: Summary, rows: list[Row]) -> "_Source | Reason":
        if not rows:
            return Reason("staff.broadcast.list.found_nobody")
        shards: dict[int, list[Row]] = {}
        for row in rows:
            shards.setdefault(shard_number(f"sms:{row.phone}"), []).append(row)
        await asyncio.to_thread(_empty, self.folder(reading.roll), summary)
        return _Source(summary, lambda shard: shards.get(shard, []))

    async def _arrived(self, name: str, reading: Reading, summary: Summary, result: Filled) -> None:
        now, before = self._clock.now(), ""

        def arrive(known: Broadcast) -> Broadcast:
            nonlocal before
            if known.reading != reading or not states.may(known.state, "write"):
                return known
            before = known.audience.roll if known.audience else ""
            audience = Audience(
                roll=reading.roll,
                name=reading.name,
                filter=reading.filter,
                columns=summary.columns,
                read=summary.rows,
                recipients=result.recipients,
                faulty=summary.faulty + result.faulty,
                duplicates=summary.duplicates + result.duplicates,
                by=reading.by,
                at=now,
            )
            return structs.replace(
                known,
                audience=audience,
                reading=None,
                refused=None,
                changes=(*known.changes, Change(now, reading.by, "list")),
            )

        after = await self._store.change(name, arrive)
        if after.audience is None or after.audience.roll != reading.roll:  # it was cancelled, or another list came
            await self.forget(reading.roll)
        elif before:
            await self.forget(before)

    async def forget_people(self, roll: str) -> None:
        """How many they were is still known."""
        await self._rolls.forget(roll)
        await asyncio.to_thread(shutil.rmtree, self.folder(roll), ignore_errors=True)

    async def forget(self, roll: str) -> None:
        await self._rolls.remove(roll)
        await asyncio.to_thread(shutil.rmtree, self.folder(roll), ignore_errors=True)

    async def _ended(self, name: str, reading: Reading, refused: Reason) -> Broadcast:
        values = tuple((key, str(value)) for key, value in refused.values)

        def end(known: Broadcast) -> Broadcast:
            if known.reading != reading:
                return known
            return structs.replace(known, reading=None, refused=(refused.id, values))

        return await self._store.change(name, end)

    async def _note(self, roll: str, stage: Stage) -> None:
        await self._redis("SET", _key(roll), _encode(stage), "EX", ALIVE)

    async def _look(self, iin: str) -> Found:
        until = asyncio.get_running_loop().time() + _PATIENCE
        person = await self._inquiries.ask(PersonWith(iin), until)
        if isinstance(person, Away):
            return Found(fault=AWAY)
        if not isinstance(person, Citizen):
            return Found(fault="staff.broadcast.list.nobody")
        known = await MatterStore(self._redis).known_at(person.sms_phones)
        phones = pocket.reach(person.sms_phones, iin, known)  # not where its owner calls them a stranger
        return Found(phones[0], person.language) if phones else Found(fault="staff.broadcast.list.no_phone")


async def _played(iin: str) -> Found:
    return Found(simulated.of_iin(iin))


def _unfit(mode: Mode, team: Collection[str]) -> Unfit:
    """Of the phones that the list names, and of those that belong to an IIN."""

    def unfit(phone: str) -> str:
        if mode is not Mode.TEST and simulated.is_simulated(phone):
            return "staff.broadcast.list.simulated"
        if mode is Mode.TEAM and phone not in team:
            return "staff.broadcast.list.not_team"
        return ""

    return unfit


def _empty(folder: Path, summary: Summary) -> None:
    """As if a file had been read in which nothing was wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FAULTS).touch()
    (folder / SUMMARY).write_bytes(msgspec.json.encode(summary))


def _tidy(folder: Path) -> None:
    for name in (IINS, *map(shard_file, range(SHARDS))):
        (folder / name).unlink(missing_ok=True)


def _key(roll: str) -> str:
    return f"{{staff}}:reading:{roll}"
