"""One-time codes on their way to a phone of the person whose IIN was sent: which of them went out, and to whom.

{s07}:proof:9f…          of a challenge, in the shard of the IIN: whose code went out, by `people.mark`; empty: no
                         code went out for it. It lives as long as the code
{s07}:codes:4c…:2026…    how many codes went to this person on that day
"""

from datetime import date, timedelta
from math import ceil

import msgspec

from dialogs.people import mark
from gateway.channels import Letter
from gateway.connection import Batched
from gateway.store import AuditLine, shard

PER_DAY = 5
"""Codes for one person: more are somebody's game with another's phone."""
_COUNTED_FOR = timedelta(days=2)

# Done twice it is done once: the mark of the first time says that this challenge was dealt with.
_SETTLE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local sends = ARGV[3] ~= '' and tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[5])
redis.call('SET', KEYS[1], sends and ARGV[1] or '', 'EX', ARGV[2])
if not sends then
  redis.call('XADD', KEYS[4], '*', 'audit', ARGV[4])
  return 0
end
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[6])
redis.call('XADD', KEYS[3], '*', 'letter', ARGV[3])
return 1
"""

_encode = msgspec.json.Encoder().encode


class Proofs:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._settle = redis.script(_SETTLE)

    async def sent(self, iin: str, challenge: str) -> bool:
        """Whether the code of this challenge really went to a phone of the person with this IIN."""
        whose: bytes | None = await self._redis("GET", _proof(iin, challenge))
        return whose == mark(iin).encode()

    async def settle(
        self, iin: str, challenge: str, *, lasts: float, day: date, letter: Letter | None, line: AuditLine
    ) -> bool:
        """The letter with the code leaves, or the audit gets its line: if there is no letter, or too many left today.
        `lasts`: seconds for which the code is of use. True: a letter was written just now."""
        begin, whose = shard(iin), mark(iin)
        written: int = await self._redis(
            "EVALSHA",
            self._settle,
            4,
            _proof(iin, challenge),
            f"{begin}:codes:{whose}:{day}",
            f"{begin}:outbox",
            f"{begin}:audit",
            whose,
            max(1, ceil(lasts)),
            b"" if letter is None else _encode(letter),
            _encode(line),
            PER_DAY,
            int(_COUNTED_FOR.total_seconds()),
        )
        return bool(written)


def _proof(iin: str, challenge: str) -> str:
    return f"{shard(iin)}:proof:{challenge}"
