"""How updates leave the loopback Bot API server: fetched, or brought to a webhook."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from tests.bot.bot_api_schema import WrongError

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
PATIENCE = 60.0
MOST = 100


class ConflictError(Exception):
    """Two ways of getting updates at once."""


class Queue:
    """Updates that were not taken yet."""

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.confirmed = 0
        """The offset that was asked for last: every update below it is taken off."""
        self.confirmations = 0
        self.taken_off: Callable[[], Awaitable[None]] | None = None
        """Called when updates are taken off, before they are."""
        self.allowed: list[str] | None = None
        self.changed = asyncio.Condition()
        self._fetching: object = None
        """The request that waits for updates now: only the last one does."""

    async def add(self, updates: tuple[dict[str, Any], ...]) -> None:
        async with self.changed:
            self.waiting += [one for one in updates if self.allowed is None or self.allowed_kind(one)]
            self.changed.notify_all()

    def allowed_kind(self, update: Mapping[str, Any]) -> bool:
        return self.allowed is None or bool(update.keys() & {*self.allowed})

    async def fetch(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """An offset confirms what is below it; a negative one counts from the end and forgets what is before."""
        self.allow(given)
        await self._confirm(int(given.get("offset", 0)))
        mine = self._fetching = object()
        async with self.changed:
            self.changed.notify_all()
            try:
                async with asyncio.timeout(float(given.get("timeout", 0))):
                    await self.changed.wait_for(lambda: bool(self.waiting) or self._fetching is not mine)
            except TimeoutError:
                return []
            if self._fetching is not mine:
                raise ConflictError(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
            return self.waiting[: int(given.get("limit", MOST))]

    async def _confirm(self, offset: int) -> None:
        if offset < 0:
            offset = self.waiting[offset:][0]["update_id"] if self.waiting else 0
        if offset > self.confirmed:
            self.confirmations += 1
            if self.taken_off is not None:
                await self.taken_off()
        self.confirmed = max(self.confirmed, offset)
        self.waiting = [update for update in self.waiting if update["update_id"] >= self.confirmed]

    def allow(self, given: Mapping[str, Any]) -> None:
        if "allowed_updates" in given:
            self.allowed = given["allowed_updates"] or None


class Bringing:
    """To a webhook: those of one chat one after the other, each again and again until it is taken with 2xx; several
    chats at once, over so many connections as were agreed on."""

    def __init__(self, queue: Queue, url: str, given: Mapping[str, Any], call: Callable[..., Awaitable[Any]]) -> None:
        """`call` carries out what stands in the answer."""
        self._queue = queue
        self._url = url
        self._headers = {"x-telegram-bot-api-secret-token": given["secret_token"]} if "secret_token" in given else {}
        self._places = asyncio.Semaphore(int(given.get("max_connections", 40)))
        self._call = call
        self._lanes: dict[Any, deque[dict[str, Any]]] = {}
        self._work: set[asyncio.Task[None]] = set()
        self.refused = 0
        """Tries that were not taken."""
        self._begin(self._run())

    async def stop(self) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _run(self) -> None:
        """Whatever is waiting is put into the lane of its chat. It waits on until it was taken."""
        known: set[int] = set()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as http:
            while True:
                async with self._queue.changed:
                    await self._queue.changed.wait_for(
                        lambda: any(one["update_id"] not in known for one in self._queue.waiting)
                    )
                    for update in self._queue.waiting:
                        if update["update_id"] not in known:
                            known.add(update["update_id"])
                            self._put(update, http)

    def _put(self, update: dict[str, Any], http: aiohttp.ClientSession) -> None:
        chat = _chat(update)
        if chat in self._lanes:
            self._lanes[chat].append(update)
        else:
            self._lanes[chat] = deque((update,))
            self._begin(self._lane(chat, http))

    async def _lane(self, chat: Any, http: aiohttp.ClientSession) -> None:
        while self._lanes[chat]:
            update, pause = self._lanes[chat][0], FIRST_PAUSE
            while not await self._taken(update, http):
                self.refused += 1
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            self._lanes[chat].popleft()
            async with self._queue.changed:
                self._queue.waiting.remove(update)
                self._queue.changed.notify_all()
        del self._lanes[chat]

    async def _taken(self, update: dict[str, Any], http: aiohttp.ClientSession) -> bool:
        try:
            async with self._places, http.post(self._url, json=update, headers=self._headers) as response:
                body = await response.read()
                if response.status // 100 != 2:
                    return False
                answer = await response.json() if body and "json" in response.content_type else None
        except (aiohttp.ClientError, OSError):
            return False
        if isinstance(answer, dict) and "method" in answer:
            await self._call(answer.pop("method"), answer)
        return True

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def _chat(update: Mapping[str, Any]) -> Any:
    for what in update.values():
        if isinstance(what, dict):
            under = what.get("message", what)
            return under.get("chat", {}).get("id") if isinstance(under.get("chat"), dict) else None
    return None


class Callbacks:
    """Buttons that were pressed and look busy."""

    def __init__(self) -> None:
        self._open: set[str] = set()
        self.answered: dict[str, int] = {}

    def note(self, update: Mapping[str, Any]) -> None:
        if isinstance(query := update.get("callback_query"), dict):
            self._open.add(query["id"])

    def expire(self) -> None:
        self._open.clear()

    def answer(self, query: str) -> bool:
        if query not in self._open:
            raise WrongError("query is too old and response timeout expired or query ID is invalid")
        self.answered[query] = self.answered.get(query, 0) + 1
        return True
