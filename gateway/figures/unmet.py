"""Words that nobody could make anything of: those that say much the same stand together."""

import asyncio
import logging
from collections.abc import Iterable

import msgspec
from msgspec import Struct
from rapidfuzz import fuzz

from gateway.connection import Batched
from gateway.store import SHARDS, Unmet, tag

log = logging.getLogger(__name__)

ALIKE = 82
"""Of a hundred: spelling and the order of words differ, the question does not."""
READ = 1000
"""Of the newest, so many are compared with each other."""
GROUPS = 40
_PAGE = 200
_decode = msgspec.json.Decoder(Unmet).decode


class Alike(Struct, frozen=True):
    words: str
    """As somebody said it last."""
    count: int
    last: int
    """Seconds since 1970."""
    languages: tuple[str, ...]
    others: tuple[str, ...]
    """How else it was said."""


async def read(redis: Batched, since: float, until: float) -> list[Unmet]:
    """The newest first."""
    pages = await asyncio.gather(
        *(redis("XREVRANGE", f"{tag(shard)}:unmet", "+", "-", "COUNT", _PAGE) for shard in range(SHARDS))
    )
    found = [one for shard, page in enumerate(pages) for entry in page if (one := _read(shard, *entry)) is not None]
    wanted = [one for one in found if since <= one.at < until]
    return sorted(wanted, key=lambda one: one.at, reverse=True)[:READ]


def grouped(unmet: Iterable[Unmet]) -> list[Alike]:
    """The most frequent first."""
    groups: list[list[Unmet]] = []
    for one in unmet:
        near = next((group for group in groups if _alike(group[0].words, one.words)), None)
        if near is None:
            groups.append([one])
        else:
            near.append(one)
    groups.sort(key=lambda group: (-len(group), -group[0].at))
    return [_told(group) for group in groups[:GROUPS]]


def _alike(one: str, other: str) -> bool:
    return fuzz.token_sort_ratio(one, other, score_cutoff=ALIKE) > 0


def _told(group: list[Unmet]) -> Alike:
    spellings = dict.fromkeys(one.words for one in group)
    languages = dict.fromkeys(one.language for one in group if one.language)
    first, *others = spellings
    return Alike(first, len(group), group[0].at, tuple(languages), tuple(others[:5]))


def _read(shard: int, name: bytes, fields: dict[bytes, bytes]) -> Unmet | None:
    try:
        return _decode(fields[b"unmet"])
    except (msgspec.MsgspecError, KeyError):
        log.error("entry %s of shard %s are no words that were not understood", name.decode(), shard)
        return None
