"""Who reads at the phones that a broadcast goes to. Looked at when a letter is released, and when it
leaves."""

import asyncio
from collections.abc import Container, Sequence

from msgspec import MsgspecError, Struct

from dialogs import session as sessions
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.session import Session
from gateway.channels import channel_of
from gateway.connection import Batched
from gateway.matters.store import pocket_key
from gateway.store import shard
from gateway.ways import chat_of


class Reader(Struct, frozen=True):
    """Who reads at a phone, and at the chat linked to it."""

    chat: str | None = None
    language: Language | None = None
    quiet: bool = False
    """They have stopped what the law does not ask for, here or there."""


class Readers:
    def __init__(self, redis: Batched, channels: Container[str]) -> None:
        """`channels`: those that serve somebody."""
        self._redis = redis
        self._channels = channels

    async def at(self, phones: Sequence[str]) -> list[Reader]:
        addresses = [f"sms:{phone}" for phone in phones]
        stored, at_phone = await asyncio.gather(
            asyncio.gather(*(self._redis("GET", pocket_key(address)) for address in addresses)),
            asyncio.gather(*map(self._talk, addresses)),
        )
        chats = [self._served(chat_of(pocket.read(one))) for one in stored]
        in_chat = await asyncio.gather(*(self._talk(chat) for chat in chats))
        return [
            Reader(
                chat,
                next((one.language for one in (there, here) if one and one.language), None),
                any(one.quiet for one in (there, here) if one),
            )
            for chat, here, there in zip(chats, at_phone, in_chat, strict=True)
        ]

    def _served(self, chat: str | None) -> str | None:
        return chat if chat is not None and channel_of(chat) in self._channels else None

    async def _talk(self, address: str | None) -> Session | None:
        if address is None:
            return None
        stored: bytes | None = await self._redis("GET", f"{shard(address)}:session:{address}")
        try:
            return sessions.read(stored) if stored else None
        except (MsgspecError, KeyError):
            return None  # the talk begins anew at the next message
