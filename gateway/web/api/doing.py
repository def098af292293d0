"""What a program does with its broadcasts. Done twice, because nobody knows whether it was done, it is done once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path as File

from fastapi import Request

from dialogs.broadcasts.states import State
from dialogs.broadcasts.texts import Texts
from gateway.broadcasts.broadcast import Broadcast, BroadcastError, Filter, UnknownError
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.staff.accounts import Accounts
from gateway.web.api import bodies
from gateway.web.api.callers import Caller, Callers
from gateway.web.api.models import NewBroadcast, Rewriting, Step
from gateway.web.api.once import Begun
from gateway.web.api.refusals import RefusedError, later, of_broadcast, unknown

READ_AT_ONCE = 4
"""Lists: each has a process of its own."""
_INLINE = "api"
"""How a list is called that came with its broadcast."""
_START = ("asked", "started")
_CHANGES: dict[Step, tuple[str, ...]] = {
    Step.TAKE_BACK: ("sent_back",),
    Step.PAUSE: ("paused",),
    Step.RESUME: ("resumed",),
    Step.CANCEL: ("cancelled",),
    Step.AGAIN: ("again",),
}
"""What stands in a broadcast afterwards."""


class Doing:
    def __init__(self, broadcasts: Broadcasts, accounts: Accounts, callers: Callers) -> None:
        self._broadcasts = broadcasts
        self._accounts = accounts
        self._callers = callers
        self._steps: dict[Step, Callable[[str, str], Awaitable[Broadcast]]] = {
            Step.TAKE_BACK: broadcasts.send_back,
            Step.PAUSE: broadcasts.pause,
            Step.RESUME: broadcasts.resume,
            Step.CANCEL: broadcasts.cancel,
            Step.AGAIN: broadcasts.again,
        }

    async def owned(self, caller: Caller, name: str) -> Broadcast:
        try:
            found = await self._broadcasts.load(name)
        except UnknownError:
            raise unknown() from None
        if not caller.owns(found):
            raise unknown()
        return found

    async def make(self, caller: Caller, wanted: NewBroadcast, begun: Begun) -> Broadcast:
        texts = Texts(wanted.texts.kk, wanted.texts.ru)
        if wanted.recipients:
            self._check_room()
        async with self._refusing(begun.id):
            made = await self._broadcasts.make(
                caller.author,
                wanted.title,
                texts,
                mode=caller.key.kind,
                otherwise=wanted.otherwise,
                starts=wanted.starts,
                name=begun.id,
                behind=caller.key.by,
            )
            is_new = made.state is State.DRAFT and made.audience is None and made.reading is None
            if wanted.recipients and is_new:
                recipients = wanted.recipients
                return await self._listed(caller, made.id, _INLINE, lambda file: bodies.write_rows(recipients, file))
        return made

    async def rewrite(self, caller: Caller, name: str, wanted: Rewriting) -> Broadcast:
        known = await self.owned(caller, name)
        async with self._refusing(name):
            return await self._broadcasts.rewrite(
                name,
                caller.author,
                title=wanted.title or known.title,
                written=Texts(wanted.texts.kk, wanted.texts.ru) if wanted.texts else known.texts,
                otherwise=wanted.otherwise or known.otherwise,
                seen=known.wording,
            )

    async def find(self, caller: Caller, name: str, wanted: Filter) -> Broadcast:
        await self.owned(caller, name)
        self._check_room()
        await self._callers.still(caller)
        async with self._refusing(name):
            return await self._broadcasts.find_list(name, caller.author, wanted, await self._accounts.team())

    async def put_list(self, caller: Caller, name: str, request: Request, file_name: str) -> Broadcast:
        bodies.check_kind(request)
        await self.owned(caller, name)
        self._check_room()
        async with self._refusing(name):
            return await self._listed(caller, name, file_name, lambda file: bodies.write(request, file))

    async def start(self, caller: Caller, name: str, starts: datetime | None, begun: Begun) -> Broadcast:
        known = await self.owned(caller, name)
        if _is_done(known, caller, _START, begun):
            return known
        async with self._refusing(name):
            return await self._broadcasts.start(name, caller.author, starts or known.starts)

    async def step(self, caller: Caller, name: str, step: Step, begun: Begun) -> Broadcast:
        known = await self.owned(caller, name)
        if _is_done(known, caller, _CHANGES[step], begun):
            return known
        async with self._refusing(name):
            return await self._steps[step](name, caller.author)

    async def _listed(
        self, caller: Caller, name: str, file_name: str, write: Callable[[File], Awaitable[int]]
    ) -> Broadcast:
        lists = self._broadcasts.lists
        _, reading, file = await self._broadcasts.take_list(name, caller.author, file_name)
        try:
            if not await write(file):
                raise RefusedError(422, "empty", "There is nothing in the list.")
            await self._callers.still(caller)  # a large one takes its time
            team = await self._accounts.team()
        except BaseException:
            await lists.forget(reading.roll)
            raise
        return await self._broadcasts.read_list(name, reading, team)

    def _check_room(self) -> None:
        if self._broadcasts.lists.under_way >= READ_AT_ONCE:
            raise later(503, "busy", "Many lists are being read just now.", 5)

    @asynccontextmanager
    async def _refusing(self, name: str) -> AsyncIterator[None]:
        try:
            yield
        except BroadcastError as error:
            try:
                known = await self._broadcasts.load(name)
            except UnknownError:
                known = None
            raise of_broadcast(error, known) from None


def _is_done(known: Broadcast, caller: Caller, changes: tuple[str, ...], begun: Begun) -> bool:
    """By whoever had this key before us, and died."""
    return begun.since is not None and any(
        one.who == caller.author and one.what in changes and one.at >= begun.since for one in known.changes
    )
