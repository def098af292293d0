"""Which message of a chat shows the buttons of what. When newer ones come, those are taken away: nobody is to press
what is not so any more.

    {s07}:screens:tg:1234      sorted set: what the buttons are about (`Letter.screen`) → number of the message
"""

from datetime import timedelta

from gateway.channels import Letter
from gateway.connection import Batched
from gateway.store import shard

_LAST = timedelta(weeks=8)
"""After that the buttons are answered like any old ones."""
_MOST = 32
"""Of the newest, per chat."""

# The talk's name is empty, and stands with a dot before it like the others.
_SHOW = """
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ARGV[2] == '' then redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return before
"""


class Screens:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._show = redis.script(_SHOW)

    async def show(self, letter: Letter, message: int | None) -> int | None:
        """The letter stands in the chat, with its buttons under this message, or without any. Which other message has
        shown their like until now?"""
        before: bytes | None = await self._redis(
            "EVALSHA",
            self._show,
            1,
            f"{shard(letter.address)}:screens:{letter.address}",
            f".{letter.screen}",
            "" if message is None else message,
            _MOST,
            int(_LAST.total_seconds()),
        )
        return int(float(before)) if before is not None and int(float(before)) != message else None


def concerns(letter: Letter) -> bool:
    """What comes unasked and without buttons leaves the talk as it is."""
    return bool(letter.buttons or letter.screen or not (letter.unasked or letter.broadcast))
