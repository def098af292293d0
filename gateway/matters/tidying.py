"""The shelves are kept in order: what was open before there were any is put there, once; what ended long ago goes."""

from gateway.clock import Clock
from gateway.matters.board import Board
from gateway.rounds import Rounds

LOOK = 3600.0
"""Seconds between two looks."""


class Tidying:
    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self.rounds = Rounds(self._look, LOOK, "the shelves")

    async def _look(self) -> None:
        await self._board.fill()
        await self._board.sweep(self._clock.now())
