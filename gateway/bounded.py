"""Answers of other systems are read up to a point: nobody may fill our memory."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it takes a while to import
    from aiohttp import ClientResponse


class EndlessError(Exception):
    """There is more than can be an answer."""


async def read_whole(answer: "ClientResponse", enough: int) -> bytes:
    pieces = bytearray()
    async for piece in answer.content.iter_any():
        pieces += piece
        if len(pieces) > enough:
            raise EndlessError("an answer without end")
    return bytes(pieces)
