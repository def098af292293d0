"""The shelves are kept in order: what was open before there were any is put there, once; what ended long ago goes."""

import asyncio
import logging
from asyncio import Event

from gateway.board import Board
from gateway.clock import Clock
from gateway.connection import RedisAwayError

log = logging.getLogger(__name__)

LOOK = 3600.0
"""Seconds between two looks."""


class Tidying:
    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._stopping = Event()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._board.fill()
                await self._board.sweep(self._clock.now())
            except RedisAwayError as error:
                log.warning("the shelves wait for Redis: %s", error)
            try:
                async with asyncio.timeout(LOOK):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        self._stopping.set()
