"""Where the providers of SMS knock: what they report, and what people write.

kannel    GET          /sms/kannel/{secret}/mo, …/dlr     what it gets with 200 goes to the person: nothing
smsc      POST or GET  /sms/smsc/{secret}/status, …/mo    both take both: a provider may know only one address
mobizon   POST         /sms/mobizon/{secret}/status

answer    200: kept, or nothing to keep      503: bring it again
          403: not ours, or not signed      4xx: not as it was agreed on
"""

import asyncio
from collections.abc import Collection
from typing import Protocol

from starlette.types import Receive, Scope

from gateway.channels import Inbound
from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.letters import Delivery, Status
from gateway.routes.named import Named
from gateway.routes.route import Ignored, Reports
from gateway.sms import kannel, mobizon, smsc
from gateway.web.problems import again, problem
from gateway.web.raw import Answer, BodyTooLargeError, read_body, same_secret
from gateway.web.webhooks import AWAY, DONE, FORBIDDEN, NOT_FOUND, NOT_UNDERSTOOD, TOO_LARGE, Receives, not_allowed

KANNEL_PATH = "/sms/kannel/"
SMSC_PATH = "/sms/smsc/"
MOBIZON_PATH = "/sms/mobizon/"

LARGEST = 256 * 1024
"""What would not be taken would be brought again and again: 64 KB of letters in a form stay below it."""

NOT_SIGNED = problem(403, "The signature is not the one that was agreed on.")
_LATER = again("Not known yet; please bring it again.")
_PATIENCE = 4.0
"""Seconds: Mobizon waits for five."""
_MESSAGE = (b"phone", b"mes", b"to")
_REPORT = (b"id", b"phone", b"status")


class Asks(Protocol):
    async def status(self, message: int) -> Status | None: ...


class KannelDoor:
    def __init__(
        self, receiver: Receives, reports: Reports, clock: Clock, secret: str, own: Collection[str] = ()
    ) -> None:
        """`own`: numbers that we send from; see `inbound.own_numbers`."""
        self._own = own
        self._receiver = receiver
        self._reports = reports
        self._clock = clock
        self._secret = secret.encode()

    async def answer(self, scope: Scope, _: Receive) -> Answer:
        if (refusal := _refusal(scope, KANNEL_PATH, ("mo", "dlr"), self._secret, ("GET",))) is not None:
            return refusal
        query: bytes = scope["query_string"]  # however long: a refusal would only bring the same again
        try:
            await (self._message(query) if scope["path"].endswith("/mo") else self._report(query))
        except RedisAwayError:
            return AWAY
        return DONE

    async def _message(self, query: bytes) -> None:
        inbound = kannel.parse_mo(query, self._secret, self._clock.now(), self._own)
        if isinstance(inbound, Inbound):
            await self._receiver.receive(inbound)

    async def _report(self, query: bytes) -> None:
        delivery = kannel.parse_dlr(query)
        if isinstance(delivery, Delivery):
            await self._reports.reported(kannel.NAME, delivery)


class SmscDoor:
    def __init__(
        self, receiver: Receives, reports: Reports, named: Named, clock: Clock, *, secret: str, account: smsc.Account
    ) -> None:
        self._receiver = receiver
        self._reports = reports
        self._named = named
        self._clock = clock
        self._secret = secret.encode()
        self._word = account.word.encode()
        self._own = smsc.own_numbers(account)

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        if (refusal := _refusal(scope, SMSC_PATH, ("status", "mo"), self._secret, ("POST", "GET"))) is not None:
            return refusal
        query: bytes = scope["query_string"]
        try:
            body = await read_body(scope, receive, LARGEST)
        except BodyTooLargeError:
            return TOO_LARGE
        if len(query) > LARGEST:
            return TOO_LARGE
        pairs = smsc.pairs_of(body) + smsc.pairs_of(query)
        is_message = any(field == b"mes" for field, _ in pairs)
        if not smsc.is_signed(pairs, _MESSAGE if is_message else _REPORT, self._word):
            return NOT_SIGNED
        try:
            await (self._message(pairs) if is_message else self._report(pairs))
        except RedisAwayError:
            return AWAY
        return DONE

    async def _message(self, pairs: smsc.Pairs) -> None:
        inbound = smsc.parse_mo(pairs, self._secret, self._clock.now(), self._own)
        if isinstance(inbound, Inbound):
            await self._receiver.receive(inbound)

    async def _report(self, pairs: smsc.Pairs) -> None:
        """One about a letter that is none of ours is left: an account may serve others, too."""
        report = smsc.parse_report(pairs)
        if isinstance(report, Ignored):
            return
        name, status = report
        if (letter := await self._named.letter(smsc.NAME, name)) is not None:
            await self._reports.reported(smsc.NAME, Delivery(letter, status))


class MobizonDoor:
    def __init__(self, reports: Reports, named: Named, asks: Asks, *, secret: str, word: str) -> None:
        self._reports = reports
        self._named = named
        self._asks = asks
        self._secret = secret.encode()
        self._word = word

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        if (refusal := _refusal(scope, MOBIZON_PATH, ("status",), self._secret, ("POST",))) is not None:
            return refusal
        try:
            event = mobizon.parse_event(await read_body(scope, receive, LARGEST))
        except BodyTooLargeError:
            return TOO_LARGE
        if event is None:
            return NOT_UNDERSTOOD
        if not mobizon.is_signed(event, self._word):
            return NOT_SIGNED
        message = mobizon.reported(event)
        if message is None:
            return DONE
        try:
            return await self._report(message)
        except RedisAwayError:
            return AWAY

    async def _report(self, message: int) -> Answer:
        """The signature does not cover what the event says, so only their own answer counts. They write once, when a
        letter has come to its end: where that cannot be seen yet, they have to write again, ten times at most. The
        same where nobody knows the letter: they may be faster than our own note of it."""
        letter = await self._named.letter(mobizon.NAME, str(message))
        if letter is None:
            return _LATER
        try:
            async with asyncio.timeout(_PATIENCE):
                status = await self._asks.status(message)
        except TimeoutError:
            return _LATER
        if status is not None:
            await self._reports.reported(mobizon.NAME, Delivery(letter, status))
        return DONE if status in mobizon.FINAL else _LATER


def _refusal(scope: Scope, path: str, kinds: tuple[str, ...], ours: bytes, methods: tuple[str, ...]) -> Answer | None:
    secret, _, kind = scope["path"].removeprefix(path).partition("/")
    if kind not in kinds:
        return NOT_FOUND
    if scope["method"] not in methods:
        return not_allowed(", ".join(methods).encode())
    return None if same_secret(secret.encode(), ours) else FORBIDDEN
