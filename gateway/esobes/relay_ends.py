"""What has become of what E-Sobes was told: whether it was taken and when, waits still, or was refused and why."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from gateway.channels import Letter
from gateway.connection import Batched
from gateway.esobes.relays import STREAM, Refusal
from gateway.letters import Letters, News, Status
from gateway.store import tag

_MOST = 1000
"""Waiting relays of a shard that are looked through."""

_letter = msgspec.json.Decoder(Letter).decode
_refusal = msgspec.json.Decoder(Refusal).decode


class Outcome(StrEnum):
    TAKEN = "taken"
    WAITS = "waits"
    REFUSED = "refused"


class RelayEnd(Struct, frozen=True):
    outcome: Outcome
    at: datetime | None = None
    """When it was taken or refused; None: nobody has written that down."""
    status: int = 0
    """Of a refusal, what E-Sobes answered…"""
    held: str | None = None
    """…which answer it holds…"""
    reason: str = ""
    """…and why, in its own words."""


class RelayEnds:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._letters = Letters(redis)

    async def of(self, home: int, relays: Sequence[str]) -> list[RelayEnd]:
        """`home`: the shard of the person whom they are about."""
        if not relays:
            return []
        asked = [self._redis("HGET", f"{tag(home)}:{STREAM}-refused", relay) for relay in relays]
        refused, news, waiting = await asyncio.gather(
            asyncio.gather(*asked), self._letters.news(relays), self._waiting(home)
        )
        return [_end(relay, kept, told, waiting) for relay, kept, told in zip(relays, refused, news, strict=True)]

    async def _waiting(self, home: int) -> set[str]:
        found = set()
        for _, fields in await self._redis("XRANGE", f"{tag(home)}:{STREAM}", "-", "+", "COUNT", _MOST):
            try:
                found.add(_letter(fields[b"letter"]).id)
            except (msgspec.MsgspecError, KeyError):
                continue  # the outbox tells the log
        return found


def _end(relay: str, kept: bytes | None, news: News | None, waiting: set[str]) -> RelayEnd:
    """One that was refused may have been sent once more, and the first of its final states stays."""
    if kept is not None:
        refusal = _refusal(kept)
        return RelayEnd(Outcome.REFUSED, refusal.at, refusal.status, refusal.held, refusal.reason)
    if relay in waiting:
        return RelayEnd(Outcome.WAITS)
    return RelayEnd(Outcome.TAKEN, news.at if news is not None and news.status is Status.ACCEPTED else None)
