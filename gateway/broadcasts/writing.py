"""A recipient → the letter that leaves, or the reason why none does."""

import asyncio
from collections.abc import Container, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import MsgspecError, Struct

from dialogs import session as sessions
from dialogs.broadcasts.texts import MOST_PARTS, Pattern, as_sms, patterns
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.session import Session
from gateway.broadcasts import simulated
from gateway.broadcasts.broadcast import Broadcast, Mode
from gateway.broadcasts.fates import BY_CHAT, BY_SMS, NO_WAY, Fate, Place, Record, Released
from gateway.broadcasts.rolls import Recipient
from gateway.channels import Letter, channel_of
from gateway.connection import Batched
from gateway.matter_store import pocket_key
from gateway.store import shard
from gateway.ways import chat_of

_encode = msgspec.json.Encoder().encode


class Reader(Struct, frozen=True):
    """Who reads at a phone, and at the chat linked to it."""

    chat: str | None = None
    language: Language | None = None
    quiet: bool = False
    """They have stopped what the law does not ask for, here or there."""


class TextsOf:
    """A broadcast's words for each of its recipients."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._otherwise = broadcast.otherwise
        columns = broadcast.audience.columns if broadcast.audience else ()
        self._patterns: Mapping[Language, Pattern] = patterns(broadcast.texts, columns)

    def language(self, recipient: Recipient, known: Language | None = None) -> Language:
        """What the list says goes before what we know."""
        return recipient.language or known or self._otherwise

    def filled(self, recipient: Recipient, language: Language) -> str:
        return self._patterns[language].filled(recipient.values)


class Writer:
    """For one broadcast, whose texts do not change any more."""

    def __init__(self, redis: Batched, broadcast: Broadcast, channels: Container[str]) -> None:
        """`channels`: those that serve somebody."""
        self._redis = redis
        self._broadcast = broadcast
        self._channels = channels
        self._texts = TextsOf(broadcast)

    async def written(
        self, rows: Sequence[tuple[Place, Recipient]], by_sms: Container[int], now: datetime
    ) -> list[Released]:
        """`by_sms`: rows whose chat has not taken it."""
        readers = await self._readers([one.phone for _, one in rows])
        return [
            self._released(place, one, reader, now, by_sms=place.row in by_sms)
            for (place, one), reader in zip(rows, readers, strict=True)
        ]

    def _released(
        self, place: Place, recipient: Recipient, reader: Reader, now: datetime, *, by_sms: bool
    ) -> Released:
        at, round_ = int(now.timestamp()), self._broadcast.round
        if reader.quiet:
            return Released(place.row, Record(Fate.OPTED_OUT, round_, NO_WAY, 0, at))
        language = self._texts.language(recipient, reader.language)
        text = self._texts.filled(recipient, language)
        sms, parts = as_sms(text)
        chat = None if by_sms else reader.chat
        if chat is None and parts > MOST_PARTS:
            return Released(place.row, Record(Fate.TOO_LONG, round_, NO_WAY, parts, at))
        address = chat or f"{simulated.CHANNEL if self._broadcast.mode is Mode.TEST else 'sms'}:{recipient.phone}"
        letter = Letter(
            place.letter(round_),
            address,
            text if chat else sms,
            now.timestamp(),
            unasked=True,
            broadcast=True,
        )
        record = Record(Fate.QUEUED, round_, BY_CHAT if chat else BY_SMS, parts, at, language)
        return Released(place.row, record, _encode(letter))

    async def _readers(self, phones: Sequence[str]) -> list[Reader]:
        if self._broadcast.mode is Mode.TEST:
            return [Reader(quiet=phone == simulated.OPTED_OUT) for phone in phones]
        addresses = [f"sms:{phone}" for phone in phones]
        talks = asyncio.gather(*map(self._talk, addresses))
        stored = await asyncio.gather(*(self._redis("GET", pocket_key(address)) for address in addresses))
        chats = [self._served(chat_of(pocket.read(one))) for one in stored]
        at_phone = await talks
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
