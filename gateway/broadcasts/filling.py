"""A list that was read becomes a roll: whoever is named by an IIN is looked up, nobody stands in it twice, and each
rests where their letter will leave from."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from dialogs.language import Language
from gateway.broadcasts.intake.rows import FAULTS, Fault, Reason, Row, Summary
from gateway.broadcasts.rolls import CHUNK, Recipient, Rolls
from gateway.store import SHARDS, shard_number

AT_ONCE = 8
"""Persons asked about: E-Sobes is one system, and not a fast one."""
ENOUGH = 3 * AT_ONCE
"""So many in a row about whom it did not answer, and it is not asked about the others."""
AWAY = "staff.broadcast.list.away"
PHONE, IIN = "phone", "iin"
"""Columns, where a fault has no better name for them."""
_DUPLICATE = "staff.broadcast.list.duplicate"

_encode = msgspec.json.Encoder().encode


class Found(Struct, frozen=True):
    """Whom an IIN belongs to, as far as a letter needs to know; or why nobody can be written to: the id of its
    words."""

    phone: str = ""
    language: Language | None = None
    fault: str = ""


Look = Callable[[str], Awaitable[Found]]
"""By an IIN."""
Unfit = Callable[[str], str]
"""Why a phone may not be written to: the id of its words; empty: it may."""


class Filled(Struct, frozen=True):
    recipients: int
    faulty: int
    """Without the duplicates among them."""
    duplicates: int


class Filling:
    def __init__(self, rolls: Rolls, look: Look) -> None:
        self._rolls = rolls
        self._look = look

    async def fill(
        self,
        roll: str,
        summary: Summary,
        rows: Callable[[int], Iterable[Row]],
        iins: Iterable[Row],
        faults: Callable[[list[Fault]], None],
        *,
        unfit: Unfit,
        filled: Callable[[int], Awaitable[None]],
    ) -> Filled:
        """`rows`: of a shard; `faults` takes down what is wrong with rows and no reader of files can know; `filled`:
        is told how many recipients there are, now and then."""
        found = _Sorted()
        faulty, recipients, duplicates = 0, 0, 0
        async for persons in self._persons(iins):
            for row, person in persons:
                if person.phone:
                    found.add(row, person.phone, row.language or person.language)
            nobody = [_fault(row, summary, IIN, person.fault) for row, person in persons if not person.phone]
            faults(nobody)
            faulty += len(nobody)
        for shard in range(SHARDS):
            kept, refused = await asyncio.to_thread(_sifted, rows(shard), found.of(shard), unfit)
            faults([found.fault(one, summary, why) for one, why in refused])
            named_before = sum(why == _DUPLICATE for _, why in refused)
            duplicates, faulty = duplicates + named_before, faulty + len(refused) - named_before
            for chunk, first in enumerate(range(0, len(kept), CHUNK)):
                await self._rolls.add(roll, shard, chunk, kept[first : first + CHUNK])
            recipients += len(kept)
            await filled(recipients)
        return Filled(recipients, faulty, duplicates)

    async def _persons(self, iins: Iterable[Row]) -> AsyncIterator[list[tuple[Row, Found]]]:
        """A few at a time."""
        away = 0
        for some in _portions(iins, AT_ONCE):
            if away < ENOUGH:
                found = await asyncio.gather(*(self._look(one.iin) for one in some))
                away = away + len(some) if all(one.fault == AWAY for one in found) else 0
            else:
                found = [Found(fault=AWAY) for _ in some]
                await asyncio.sleep(0)  # others are being answered
            yield list(zip(some, found, strict=True))


class _Sorted:
    """Recipients that the list names by an IIN, by the shard of the phone that was found."""

    def __init__(self) -> None:
        self._shards: dict[int, list[Recipient]] = {}
        self._iins: dict[int, str] = {}
        """Number of the row → what the list says."""

    def add(self, row: Row, phone: str, language: Language | None) -> None:
        shard = shard_number(f"sms:{phone}")
        self._shards.setdefault(shard, []).append(Recipient(row.number, phone, language, row.values))
        self._iins[row.number] = row.iin

    def of(self, shard: int) -> list[Recipient]:
        return self._shards.get(shard, [])

    def fault(self, one: Recipient, summary: Summary, reason: str) -> Fault:
        """The row as the list has it: a phone that was found is not given away."""
        iin = self._iins.get(one.number, "")
        cells = _cells(summary, "" if iin else one.phone, iin, one.language, one.values)
        return Fault(one.number, IIN if iin else PHONE, Reason(reason), cells)


def _sifted(
    rows: Iterable[Row], others: Iterable[Recipient], unfit: Unfit
) -> tuple[list[Recipient], list[tuple[Recipient, str]]]:
    """Of a shard: those who are written to, in the order of their phones, and those who are not, each with the
    reason. They are many, and meanwhile people are answered."""
    everybody = [Recipient(one.number, one.phone, one.language, one.values) for one in rows]
    everybody += others
    everybody.sort(key=lambda one: one.number)  # one after the other: by both at once takes much longer
    everybody.sort(key=lambda one: one.phone)
    kept: list[Recipient] = []
    refused: list[tuple[Recipient, str]] = []
    for before, one in zip((None, *everybody), everybody, strict=False):
        if why := unfit(one.phone):
            refused.append((one, why))
        elif before is not None and before.phone == one.phone:
            refused.append((one, _DUPLICATE))
        else:
            kept.append(one)
    return kept, refused


def _portions(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def _fault(row: Row, summary: Summary, column: str, reason: str) -> Fault:
    return Fault(row.number, column, Reason(reason), _cells(summary, row.phone, row.iin, row.language, row.values))


def _cells(
    summary: Summary, phone: str, iin: str, language: Language | None, values: tuple[str, ...]
) -> tuple[str, ...]:
    """The row under the headings of the list, so that it can be mended and brought again."""
    known = {summary.phone: phone, summary.iin: iin, summary.language: language.value if language else ""}
    own = iter(values)
    return tuple(
        next(own, "") if heading in summary.columns else known.get(heading, "") for heading in summary.headings
    )


def append_to(folder: Path) -> Callable[[list[Fault]], None]:
    """Takes faults down where those stand that the reader of files has found."""

    def append(faults: list[Fault]) -> None:
        if faults:
            with (folder / FAULTS).open("ab") as file:
                file.writelines(_encode(one) + b"\n" for one in faults)

    return append
