"""The audit of staff read: newest first, by who, what, about whom, and when."""

import logging
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.staff.deeds import DEEDS, Deed, about_key

log = logging.getLogger(__name__)

_AT_ONCE = 1000
_FAR = 50_000
"""Entries that are looked through for one page: whoever seeks what is rare goes on by its link."""
_AROUND = timedelta(days=1)
"""The server's clock, which an entry's id is made by, may differ from ours so much."""

_decode = msgspec.json.Decoder(Deed).decode


class Asked(Struct, frozen=True):
    who: str = ""
    what: str = ""
    mark: str = ""
    first: date | None = None
    last: date | None = None

    def fits(self, deed: Deed) -> bool:
        day = deed.at.astimezone(ALMATY).date()
        return (
            self.who in ("", deed.who)
            and self.what in ("", deed.what)
            and self.mark in ("", deed.mark)
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


class Page(Struct, frozen=True):
    deeds: tuple[Deed, ...]
    older: str = ""
    """Where the next page begins; empty: there is nothing more."""


class Search:
    def __init__(self, redis: Batched, *, by_ids: bool) -> None:
        """`by_ids`: deeds are as old as their entries' ids say; not so where the clock of a sandbox is moved."""
        self._redis = redis
        self._by_ids = by_ids

    async def page(self, asked: Asked, before: str = "", length: int = 50) -> Page:
        found: list[Deed] = []
        looked = 0
        async for entry, deed in self._entries(asked, before):
            looked += 1
            if deed is not None and asked.fits(deed):
                found.append(deed)
            if len(found) == length or looked == _FAR:
                return Page(tuple(found), entry)
        return Page(tuple(found))

    async def everything(self, asked: Asked) -> AsyncIterator[Deed]:
        async for _, deed in self._entries(asked, ""):
            if deed is not None and asked.fits(deed):
                yield deed

    def _entries(self, asked: Asked, before: str) -> AsyncIterator[tuple[str, Deed | None]]:
        return self._about(asked.mark, before) if asked.mark else self._all(asked, before)

    async def _all(self, asked: Asked, before: str) -> AsyncIterator[tuple[str, Deed | None]]:
        begin, end = "-", f"({before}" if before else "+"
        if self._by_ids and asked.first is not None:
            begin = _id(asked.first, -_AROUND)
        if self._by_ids and asked.last is not None and not before:
            end = _id(asked.last, timedelta(days=1) + _AROUND)
        while page := await self._redis("XREVRANGE", DEEDS, end, begin, "COUNT", _AT_ONCE):
            for entry, fields in page:
                yield entry.decode(), _read(entry, fields)
            end = f"({page[-1][0].decode()}"

    async def _about(self, mark: str, before: str) -> AsyncIterator[tuple[str, Deed | None]]:
        """By the list of what was done about this person; ids grow from its left to its right."""
        key = about_key(mark)
        length = await self._redis("LLEN", key)
        passed = not before
        for right in range(length - 1, -1, -_AT_ONCE):
            entries = await self._redis("LRANGE", key, max(0, right - _AT_ONCE + 1), right)
            wanted = list(reversed(entries))
            if not passed and before.encode() in wanted:
                passed, wanted = True, wanted[wanted.index(before.encode()) + 1 :]
            if not passed:
                continue
            for answer in [self._redis("XRANGE", DEEDS, entry, entry) for entry in wanted]:
                for entry, fields in await answer:
                    yield entry.decode(), _read(entry, fields)


def _id(day: date, shift: timedelta) -> str:
    moment = datetime.combine(day, time(), ALMATY) + shift
    return str(max(0, int(moment.timestamp() * 1000)))


def _read(entry: bytes, fields: dict[bytes, Any]) -> Deed | None:
    try:
        return _decode(fields[b"deed"])
    except (msgspec.MsgspecError, KeyError):
        log.error("entry %s is no deed", entry.decode())
        return None
