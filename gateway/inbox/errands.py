"""What carries words between the talk and the specialists: errands, each tried until it is done, and done once.

kind      errand                              when it is done
desk      Write, Left, Erase                  what the person did stands in the specialists' case
handed    taken, returned, closed             the person's talk knows what the specialist did
call      (nothing)                           the specialists' own chat was told that somebody waits
"""

from collections.abc import Awaitable, Callable

import msgspec

from dialogs.errands import Erase, Left, Write
from dialogs.language import Language
from dialogs.messages import Handed, Say, Surface
from dialogs.words import Words
from gateway.channels import Inbound, Letter, Outcome, Rejected, Retry, Sent
from gateway.clock import Clock
from gateway.connection import Batched, RedisAwayError
from gateway.errands import asker, order_of
from gateway.inbox.case import State
from gateway.inbox.inbox import Inbox
from gateway.matters.names import short
from gateway.store import outbox_key, shard_number, tag

SELDOM = 60.0
"""Seconds between two words in the specialists' chat."""
STANDS = {"taken": State.TAKEN, "returned": State.WAITING, "closed": State.CLOSED}
"""What the talk is told → what has to be true of the case still."""

_CALL = """
local last, created, now = tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]), tonumber(ARGV[2])
if last >= created then return '-1' end
if now - last < tonumber(ARGV[3]) and now >= last then return tostring(last + tonumber(ARGV[3]) - now) end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[2], '*', 'letter', ARGV[4])
return '0'
"""
_encode = msgspec.json.Encoder().encode


class FromTalk:
    """The channel for `desk:` addresses."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, letter: Letter) -> Outcome:
        try:
            errand = order_of(letter).errand
        except msgspec.MsgspecError as error:  # as another version of the program wrote it
            return Retry(f"no errand: {type(error).__name__}")
        if not isinstance(errand, Write | Left | Erase):
            return Rejected("no errand to the specialists")
        try:
            await self._inbox.heard(errand, asker(letter), letter.id, letter.created)
        except RedisAwayError:
            return Retry("what was written could not be stored")
        return Sent()


class ToTalk:
    """The channel for `handed:` addresses."""

    def __init__(self, inbox: Inbox, receive: Callable[[Inbound], Awaitable[None]]) -> None:
        """`receive` takes what comes in as if somebody had written."""
        self._inbox = inbox
        self._receive = receive

    async def send(self, letter: Letter) -> Outcome:
        try:
            _, case = await self._inbox.desk.load(asker(letter))
            if case is None or case.state is not STANDS.get(letter.text):
                return Sent()  # something else has happened since, or it is forgotten
            await self._receive(Inbound(f"handed:{short(letter.id)}", asker(letter), Handed(letter.text)))
        except RedisAwayError:
            return Retry("the talk could not be told")
        return Sent()


class Calls:
    """The channel for `call:` addresses. Nothing personal leaves here, and at most one word a minute."""

    def __init__(
        self, redis: Batched, inbox: Inbox, words: Words, clock: Clock, *, chat: str, wake: Callable[[int], None]
    ) -> None:
        self._redis = redis
        self._inbox = inbox
        self._words = words
        self._clock = clock
        self._address = f"tg:{chat}"
        self._wake = wake
        self._call = redis.script(_CALL)

    async def send(self, letter: Letter) -> Outcome:
        number, now = shard_number(self._address), self._clock.now().timestamp()
        try:
            many = await self._inbox.waiting()
            if not many:
                return Sent()
            said = Letter(f"call:{short(letter.id)}", self._address, self._worded(many), now)
            last = f"{tag(number)}:called"
            wait = await self._redis(
                "EVALSHA",
                self._call,
                2,
                last,
                outbox_key(number),
                repr(letter.created),
                repr(now),
                repr(SELDOM),
                _encode(said),
            )
        except RedisAwayError:
            return Retry("the specialists could not be called")
        if (seconds := float(wait)) > 0:
            return Retry("they were called a moment ago", seconds)
        self._wake(number)
        return Sent()

    def _worded(self, many: int) -> str:
        said = Say("inbox.call", count=many)
        return "\n".join(self._words.say(said, language, Surface.CHAT) for language in Language)
