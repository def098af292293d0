"""A recipient → the letter that leaves, or the reason why none does."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

import msgspec

from dialogs.broadcasts.texts import MOST_PARTS, Pattern, as_sms, patterns
from dialogs.language import Language
from gateway.broadcasts import simulated
from gateway.broadcasts.broadcast import Broadcast, Mode
from gateway.broadcasts.fates import BY_CHAT, BY_SMS, NO_WAY, Fate, Place, Record, Released
from gateway.broadcasts.readers import Reader, Readers
from gateway.broadcasts.rolls import Recipient
from gateway.channels import Letter
from gateway.connection import Batched

_encode = msgspec.json.Encoder().encode


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
        self._broadcast = broadcast
        self._reading = Readers(redis, channels)
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
        return await self._reading.at(phones)
