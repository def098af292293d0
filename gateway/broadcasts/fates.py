"""What became of each recipient of a broadcast, in Redis: a record of fixed width for each, and how many there are of
each kind. Every change is one script that looks at the record first: who is late changes nothing, and every recipient
is counted once.

    {s07}:roll:b7f3.1:fates     records, one behind the other, in the order of the rows
    {s07}:roll:b7f3.1:counts    hash: status → how many; `next`: the first row that was not looked at yet; sums
    {s07}:roll:b7f3.1:back      list of rows that come before those: `17`, or `17 sms` if a chat has not taken it
    {s07}:broadcasts            stream of letters
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct, structs

from dialogs.language import Language
from gateway.clock import day_of
from gateway.connection import Batched
from gateway.store import SHARDS, figures_key, tag


class Fate(StrEnum):
    WAITS = "w"
    QUEUED = "q"
    """Its letter stands in the stream."""
    LEAVING = "l"
    """It was handed to a provider, and the answer is not known yet."""
    ACCEPTED = "a"
    DELIVERED = "d"
    FAILED = "f"
    REJECTED = "r"
    OPTED_OUT = "o"
    """The person wants nothing that the law does not ask for."""
    EXPIRED = "e"
    """It could not leave while it was of use."""
    UNKNOWN = "u"
    """It may have arrived, and must not arrive twice."""
    TOO_LONG = "x"
    """For an SMS."""
    CANCELLED = "c"


OPEN = (Fate.WAITS, Fate.QUEUED, Fate.LEAVING)
"""Not known yet."""
AGAIN = (Fate.FAILED, Fate.REJECTED, Fate.EXPIRED)
"""May be sent once more: these surely did not get it."""
BY_CHAT = "t"
NO_WAY = "-"
BY_SMS = "s"
"""By a route that is not known yet, or by the simulator."""
WAYS = {"kannel": "k", "smsc": "c", "mobizon": "m"}
"""Route → its sign in a record."""

_COMES_FROM: dict[Fate, str] = {
    Fate.LEAVING: "ql",
    Fate.QUEUED: "la",
    Fate.WAITS: "ql",
    Fate.CANCELLED: "wql",
    Fate.ACCEPTED: "qleu",
    Fate.DELIVERED: "wqlaeu",
    Fate.FAILED: "qlaeu",
    Fate.REJECTED: "qlaeu",
    Fate.OPTED_OUT: "ql",
    Fate.EXPIRED: "ql",
    Fate.UNKNOWN: "ql",
}
"""What a fate may follow upon. Of those that are final the first one stays; but what only we have called the end may
be known better by a provider."""
WIDTH = 15

_HELP = """
local width = 15
local function known(row) return redis.call('GETRANGE', KEYS[1], row * width, row * width + width - 1) end
local function write(row, before, after)
  redis.call('SETRANGE', KEYS[1], row * width, after)
  local from, to = string.sub(before, 1, 1), string.sub(after, 1, 1)
  if from ~= to then
    redis.call('HINCRBY', KEYS[2], from, -1)
    redis.call('HINCRBY', KEYS[2], to, 1)
  end
end
"""

# Somebody else may have released meanwhile, or another round may have begun: then nothing happens. A row that is done
# already is passed over.
_RELEASE = (
    _HELP
    + """
if (redis.call('HGET', KEYS[2], 'next') or '0') ~= ARGV[1] then return 0 end
local taken = tonumber(ARGV[3])
if taken > 0 then
  local back = redis.call('LRANGE', KEYS[3], 0, taken - 1)
  for at = 1, taken do if back[at] ~= ARGV[3 + at] then return 0 end end
end
for at = 4 + taken, #ARGV, 3 do
  local before = known(ARGV[at])
  if string.sub(before, 1, 1) == 'w' and string.sub(before, 2, 2) ~= string.sub(ARGV[at + 1], 2, 2) then return 0 end
end
redis.call('LTRIM', KEYS[3], taken, -1)
redis.call('HSET', KEYS[2], 'next', ARGV[2])
for at = 4 + taken, #ARGV, 3 do
  local before = known(ARGV[at])
  if string.sub(before, 1, 1) == 'w' then
    write(ARGV[at], before, ARGV[at + 1])
    if ARGV[at + 2] ~= '' then redis.call('XADD', KEYS[4], '*', 'letter', ARGV[at + 2]) end
  end
end
return 1
"""
)

# Answers with the record as it was if the step holds, else with nothing. Of an earlier round only an arrival counts,
# as long as the row waits. What has left is summed up when it is first known to have; if a report was faster than the
# provider's answer, how it went may come with the answer.
_STEP = (
    _HELP
    + """
local row, round, from, to = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local before = known(row)
local status = string.sub(before, 1, 1)
if before == '' then return '' end
local way, parts = ARGV[6], string.sub(before, 4, 4)
local known_way = string.sub(before, 3, 3)
if to == 'a' and string.find('df', status, 1, true) and known_way == 's' and way ~= 's' then
  redis.call('SETRANGE', KEYS[1], row * width + 2, way)
  redis.call('HINCRBY', KEYS[2], 'parts s', -parts)
  redis.call('HINCRBY', KEYS[2], 'parts ' .. way, parts)
end
if not string.find(from, status, 1, true) then return '' end
if status == 'w' and to == 'd' then
  if string.sub(before, 2, 2) < round then return '' end
elseif string.sub(before, 2, 2) ~= round then return '' end
if way == '' then way = known_way end
write(row, before, to .. string.sub(before, 2, 2) .. way .. string.sub(before, 4, 5) .. ARGV[5])
if (to == 'a' or to == 'd') and status ~= 'a' then
  redis.call('HINCRBY', KEYS[2], way == 't' and 'by chat' or 'by sms', 1)
  redis.call('HINCRBY', KEYS[2], 'parts ' .. way, parts)
end
if ARGV[7] ~= '' then redis.call('RPUSH', KEYS[3], ARGV[7]) end
if KEYS[4] then redis.call('HINCRBY', KEYS[4], ARGV[8], 1) end
return before
"""
)

_MOVE = (
    _HELP
    + """
local from, to, round, back, moved = ARGV[1], ARGV[2], ARGV[3], ARGV[4], 0
for at = 6, #ARGV do
  local before = known(ARGV[at])
  if before ~= '' and string.find(from, string.sub(before, 1, 1), 1, true) then
    local was = string.sub(before, 2, 2)
    if round == '' or was < round then
      write(ARGV[at], before, to .. (round == '' and was or round) .. string.sub(before, 3, 5) .. ARGV[5])
      if back == '1' then redis.call('RPUSH', KEYS[3], ARGV[at]) end
      moved = moved + 1
    end
  end
end
return moved
"""
)


# Only if nobody has touched it since it was looked at.
_ONCE_MORE = (
    _HELP
    + """
if known(ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('SETRANGE', KEYS[1], ARGV[1] * width, ARGV[3])
redis.call('XADD', KEYS[2], '*', 'letter', ARGV[4])
return 1
"""
)


class Record(Struct, frozen=True):
    fate: Fate
    round: int
    way: str
    parts: int
    """Of the SMS that it is, or would be."""
    at: int
    """Seconds since 1970."""
    language: Language | None = None
    """In which it leaves; None: that is not decided yet."""


class Place(Struct, frozen=True):
    """Of a recipient."""

    roll: str
    shard: int
    row: int

    def letter(self, round_: int) -> str:
        return f"{CAST}{self.roll}:{self.shard}:{self.row}:{round_}"


class Released(Struct, frozen=True):
    """A row, what becomes of it now, and its letter, if there is one."""

    row: int
    record: Record
    letter: bytes = b""


class Front(Struct, frozen=True):
    """Where a shard of a roll stands."""

    next: int
    back: tuple[str, ...]
    """The first of those that come before."""


_SIGNS: dict[Language | None, str] = {Language.KK: "k", Language.RU: "r", None: "-"}
_LANGUAGES = {sign: language for language, sign in _SIGNS.items()}
CAST = "cast:"
"""How the letters of broadcasts are called."""


class Fates:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._release = redis.script(_RELEASE)
        self._step = redis.script(_STEP)
        self._move = redis.script(_MOVE)
        self._once_more = redis.script(_ONCE_MORE)

    async def front(self, roll: str, shard: int, most: int) -> Front:
        _, counts, back, _ = _keys(roll, shard)
        asked = self._redis("HGET", counts, "next"), self._redis("LRANGE", back, 0, most - 1)
        following, first = [await answer for answer in asked]
        return Front(int(following or 0), tuple(one.decode() for one in first))

    async def waiting(self) -> list[int]:
        """Letters in the stream of each shard, of whichever broadcast."""
        asked = [self._redis("XLEN", f"{tag(shard)}:broadcasts") for shard in range(SHARDS)]
        return [await answer for answer in asked]

    async def release(self, roll: str, shard: int, front: Front, *, following: int, rows: Iterable[Released]) -> bool:
        """False: somebody else was faster."""
        written = [field for one in rows for field in (one.row, write(one.record), one.letter)]
        done: int = await self._redis(
            "EVALSHA",
            self._release,
            4,
            *_keys(roll, shard),
            front.next,
            following,
            len(front.back),
            *front.back,
            *written,
        )
        return bool(done)

    async def step(
        self, place: Place, round_: int, to: Fate, at: float, *, way: str = "", back: str = "", counts: str = ""
    ) -> Record | None:
        """The record as it was; None: this cannot follow upon it. `back`: comes before the others again, so.
        `counts`: what it counts as, if it holds; see `figures.tallies`."""
        keys = [*_keys(place.roll, place.shard)[:3]]
        if counts:
            keys.append(figures_key(place.shard, day_of(at)))
        before: bytes = await self._redis(
            "EVALSHA",
            self._step,
            len(keys),
            *keys,
            place.row,
            round_,
            _COMES_FROM[to],
            to.value,
            f"{int(at):010}",
            way,
            back,
            counts,
        )
        return read(before) if before else None

    async def move(
        self,
        roll: str,
        shard: int,
        rows: Sequence[int],
        *,
        from_: Iterable[Fate],
        to: Fate,
        at: float,
        round_: int = 0,
    ) -> int:
        """So many of these rows. Those that wait afterwards come before the others; `round_`: for the so-manieth
        time."""
        moved: int = await self._redis(
            "EVALSHA",
            self._move,
            3,
            *_keys(roll, shard)[:3],
            "".join(from_),
            to.value,
            round_ or "",
            int(to is Fate.WAITS),
            f"{int(at):010}",
            *rows,
        )
        return moved

    async def once_more(self, place: Place, known: Record, letter: bytes, at: float) -> None:
        """The very letter that is under way stands in the stream again; its record says since when."""
        records, _, _, stream = _keys(place.roll, place.shard)
        again = write(structs.replace(known, at=int(at)))
        await self._redis("EVALSHA", self._once_more, 2, records, stream, place.row, write(known), again, letter)

    async def records(self, roll: str, shard: int, first: int = 0, count: int | None = None) -> bytes:
        """One behind the other; all from `first` on, or so many."""
        end = -1 if count is None else (first + count) * WIDTH - 1
        found: bytes = await self._redis("GETRANGE", _keys(roll, shard)[0], first * WIDTH, end)
        return found


def place_of(letter: str) -> tuple[Place, int] | None:
    """Of a letter of a broadcast: whose it is, and in which round; None: it is none."""
    if not letter.startswith(CAST):
        return None
    _, roll, shard, row, round_ = letter.split(":")
    return Place(roll, int(shard), int(row)), int(round_)


def write(record: Record) -> str:
    language = _SIGNS[record.language]
    return f"{record.fate}{record.round}{record.way}{min(record.parts, 9)}{language}{record.at:010}"


def read(stored: bytes) -> Record:
    text = stored.decode()
    return Record(Fate(text[0]), int(text[1]), text[2], int(text[3]), int(text[5:]), _LANGUAGES[text[4]])


def rows_in(records: bytes, fates: Iterable[Fate]) -> list[int]:
    """Where these fates stand among the records."""
    wanted = "".join(fates).encode()
    return [row for row, fate in enumerate(records[::WIDTH]) if fate in wanted]


def record_in(records: bytes, row: int) -> Record:
    return read(records[row * WIDTH : (row + 1) * WIDTH])


def _keys(roll: str, shard: int) -> tuple[str, str, str, str]:
    begin = f"{tag(shard)}:roll:{roll}"
    return f"{begin}:fates", f"{begin}:counts", f"{begin}:back", f"{tag(shard)}:broadcasts"
