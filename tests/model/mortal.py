"""Redis as a program sees it that may die at any command."""

import asyncio
from asyncio import Future
from hashlib import sha1
from typing import Any, cast

import hiredis
from msgspec import Struct
from redis.exceptions import NoScriptError, ResponseError

from gateway.matters import store as matter_store
from gateway.outbox import streams

Command = tuple[bytes | str | int, ...]


class Death(Struct, frozen=True):
    command: int
    """At the how-manieth."""
    done: bool
    """Redis had carried it out, and nobody heard of it."""
    writing: bool
    """Counted are only commands that surely change something."""

    def __str__(self) -> str:
        return f"dies {'after' if self.done else 'before'} {'write' if self.writing else 'command'} {self.command}"


_LOOKS = {sha1(script.encode()).hexdigest().encode() for script in (streams._READ, matter_store._DUE)}
_READS = {"GET", "MGET", "EXISTS", "XREVRANGE", "XLEN", "XRANGE"}


class Wire:
    """A connection to a real server. The library's own costs five times as much, which is most of a sequence's time;
    whatever the library would read out of an answer, nothing here asks for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._replies = hiredis.Reader(replyError=_error)
        self._one = asyncio.Lock()

    async def ask(self, commands: list[Command]) -> list[Any]:
        async with self._one:
            self._writer.writelines([hiredis.pack_command(cast(Any, command)) for command in commands])
            answers: list[Any] = []
            while len(answers) < len(commands):
                answer = self._replies.gets()
                if answer is False:
                    self._replies.feed(await self._reader.read(1 << 16))
                else:
                    answers.append(answer)
            return answers

    def close(self) -> None:
        self._writer.close()


def _error(said: str) -> Exception:
    return NoScriptError(said) if said.startswith("NOSCRIPT") else ResponseError(said)


class Mortal:
    """In place of the library's client, for `Batched`. Once dead, it never answers again."""

    def __init__(self, wire: Wire) -> None:
        self.died: Future[None] = asyncio.get_running_loop().create_future()
        self.death: Death | None = None
        self.calls = 0
        self._wire = wire
        self._counted = 0
        self._flying: set[asyncio.Task[list[Any]]] = set()

    def dies(self, death: Death | None) -> None:
        self.death, self._counted = death, 0

    async def execute_command(self, *command: bytes | str | int) -> Any:
        (answer,) = await self._carry([command])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pipeline(self, transaction: bool = False) -> "_Pipeline":
        return _Pipeline(self)

    async def quiet(self) -> None:
        """What it had sent before it died is carried out."""
        await asyncio.gather(*self._flying, return_exceptions=True)

    async def _carry(self, commands: list[Command]) -> list[Any]:
        if self.died.done():
            await _never()
        self.calls += 1
        sent = self._until_death(commands)
        task = asyncio.create_task(self._wire.ask(commands[:sent]))
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)
        if sent < len(commands) or (self.death is not None and self._counted >= self.death.command):
            await asyncio.wait([task])
            if not self.died.done():
                self.died.set_result(None)
        answers = await asyncio.shield(task)
        if self.died.done():
            await _never()
        return answers

    def _until_death(self, commands: list[Command]) -> int:
        """So many of them are sent."""
        if self.death is None:
            return len(commands)
        for place, command in enumerate(commands):
            if not self.death.writing or _writes(command):
                self._counted += 1
                if self._counted == self.death.command:
                    return place + self.death.done
        return len(commands)


class _Pipeline:
    def __init__(self, mortal: Mortal) -> None:
        self._mortal = mortal
        self._commands: list[Command] = []

    def execute_command(self, *command: bytes | str | int) -> None:
        self._commands.append(command)

    async def execute(self, raise_on_error: bool) -> list[Any]:
        return await self._mortal._carry(self._commands)


def _writes(command: Command) -> bool:
    name = str(command[0])
    if name in ("EVALSHA", "EVAL"):
        return command[1] not in _LOOKS
    return name not in _READS


async def _never() -> None:
    await asyncio.get_running_loop().create_future()
