"""What the office has to look at, from all shards: a place that is not needed any more, and a day about which acts in
force disagree."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from dialogs.catalogue.schema import Act, Source
from dialogs.duties.rules import Law, Limit
from gateway.connection import Batched
from gateway.matters.writing import Note
from gateway.outbox import streams
from gateway.outbox.streams import Place, place_of
from gateway.store import SHARDS, tag

log = logging.getLogger(__name__)

_decode = msgspec.json.Decoder(Note).decode


class Said(Struct, frozen=True):
    """By one of the acts."""

    act: Act
    source: Source
    days: int


class Dispute(Struct, frozen=True):
    """About a new day to arrive."""

    last: date
    """The day that counts."""
    wanted: date
    days: int
    """So many after it."""
    safe: date
    """The last that all acts allow; …"""
    safe_days: int
    """…so many days after the one that counts."""
    said: tuple[Said, ...]


async def read(redis: Batched, since: datetime | None = None) -> list[Note]:
    """In their order. Every note is looked at: the streams' own times are the server's, and the clock of the sandbox
    may stand elsewhere."""
    found = await asyncio.gather(*(_notes(redis, shard) for shard in range(SHARDS)))
    notes = sorted((held for notes in found for held in notes), key=lambda held: (held[1].at, held[0]))
    return [note for _, note in notes if since is None or note.at >= since]


def dispute(note: Note, law: Law, acts: Mapping[str, Act]) -> Dispute | None:
    """None if the note is of none."""
    limit = law.postponing.get(note.setting) if note.setting else None
    if limit is None or note.day is None or note.last is None:
        return None
    return Dispute(
        note.last,
        note.day,
        (note.day - note.last).days,
        note.last + timedelta(limit.days),
        limit.days,
        tuple(_said(source, limit, acts) for source in limit.sources),
    )


def _said(source: Source, limit: Limit, acts: Mapping[str, Act]) -> Said:
    return Said(acts[source.act], source, limit.says.get(source.act, limit.days))


async def _notes(redis: Batched, shard: int) -> list[tuple[Place, Note]]:
    entries = [entry async for entry in streams.everything(redis, f"{tag(shard)}:office")]
    found = []
    for name, fields in entries:
        try:
            found.append((place_of(name), _decode(fields[b"note"])))
        except (msgspec.MsgspecError, KeyError):
            log.error("entry %s of shard %s is no note for the office", name.decode(), shard)
    return found
