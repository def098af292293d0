"""What a page of the console is told while somebody looks at it: server-sent events with a heartbeat. A stream ends
with its reader's session, with the program, or after a while; a page that still is open comes again by itself."""

import asyncio
import json
from asyncio import Event
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from time import monotonic

from starlette.exceptions import HTTPException

from gateway.connection import RedisAwayError
from gateway.web.staff.console import Console, Visit

EVERY = 1.5
"""Seconds between two looks; all streams share one."""
HEARTBEAT = 5.0
"""Seconds after which something is said although nothing happened."""
LASTS = 600.0
STREAMS = 200
"""At once, of all rooms."""
OWN = 12
"""Of one person at once: more pages than anybody works in."""
RECONNECT = 3000
"""Milliseconds."""
Look = Callable[[], Awaitable[Mapping[str, object]]]


class Live:
    def __init__(self, console: Console, look: Look) -> None:
        """`look`: what there is to be told. Nothing personal: everybody with a right to the room gets it."""
        self._console = console
        self._look = look
        self._looking = asyncio.Lock()
        self._seen: Mapping[str, object] = {}
        self._seen_at = -EVERY

    def events(self, visit: Visit) -> AsyncIterator[str]:
        streams = self._console.streams
        if streams.total() >= STREAMS or streams[visit.account.login] >= OWN:
            raise HTTPException(503, "Too many pages are open.", {"Retry-After": "5"})
        return self._events(visit, self._console.closing)

    async def _events(self, visit: Visit, closing: Event) -> AsyncIterator[str]:
        streams, login = self._console.streams, visit.account.login
        streams[login] += 1
        try:
            yield f"retry: {RECONNECT}\n\n"
            last: Mapping[str, object] | None = None
            began = beat = monotonic()
            while not closing.is_set() and monotonic() - began < LASTS:
                try:
                    now = await self._now()
                    if monotonic() - beat >= HEARTBEAT:
                        beat = monotonic()
                        if not await self._console.still(visit):
                            return
                        yield "event: beat\ndata: {}\n\n"
                except RedisAwayError:
                    return  # the page comes again
                if now != last:
                    last = now
                    yield f"event: news\ndata: {json.dumps(now)}\n\n"
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await closing.wait()
        finally:
            streams[login] -= 1

    async def _now(self) -> Mapping[str, object]:
        async with self._looking:
            if monotonic() - self._seen_at >= EVERY * 0.9:
                self._seen = await self._look()
                self._seen_at = monotonic()
            return self._seen
