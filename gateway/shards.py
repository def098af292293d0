"""Where an address' keys lie. Apart from everything else, for processes that have no Redis."""

from zlib import crc32

SHARDS = 16


def shard_number(address: str) -> int:
    return crc32(address.encode()) % SHARDS
