"""The audit read: what may be a misuse, from all shards, in the order in which it happened."""

import asyncio
import logging
from datetime import datetime
from typing import Any

import msgspec

from gateway.connection import Batched
from gateway.outbox import streams
from gateway.outbox.streams import Place, place_of
from gateway.store import SHARDS, AuditLine, tag

log = logging.getLogger(__name__)

_decode = msgspec.json.Decoder(AuditLine).decode


async def read(redis: Batched, since: datetime | None = None) -> list[AuditLine]:
    """Every line is looked at: the streams' own times are the server's, and the clock of the sandbox may stand
    elsewhere."""
    start = 0.0 if since is None else since.timestamp()
    found = await asyncio.gather(*(_lines(redis, shard) for shard in range(SHARDS)))
    lines = sorted((line for lines in found for line in lines), key=lambda held: (held[1].at, held[0]))
    return [line for _, line in lines if line.at >= start]


async def _lines(redis: Batched, shard: int) -> list[tuple[Place, AuditLine]]:
    entries = [entry async for entry in streams.everything(redis, f"{tag(shard)}:audit")]
    return [(place_of(name), line) for name, fields in entries if (line := _line(shard, name, fields)) is not None]


def _line(shard: int, name: bytes, fields: dict[bytes, Any]) -> AuditLine | None:
    try:
        return _decode(fields[b"audit"])
    except (msgspec.MsgspecError, KeyError):
        log.error("entry %s of shard %s is no line of the audit", name.decode(), shard)
        return None
