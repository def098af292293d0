"""How long a broadcast is on phones, and what it will cost at most: before anybody is written to."""

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from dialogs.broadcasts.texts import MOST_PARTS, as_sms, placeholders
from dialogs.language import Language
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.rolls import Recipient, Rolls
from gateway.broadcasts.writing import TextsOf


class Sized(Struct, frozen=True):
    """A text in one language, among those that were looked at."""

    example: str
    """As a phone shows it: the first of them, or with its placeholders, if there is no list yet."""
    parts: int
    """Of most of them."""
    most: int
    """Of the longest."""


class Estimate(Struct, frozen=True, kw_only=True):
    by_language: dict[Language, Sized]
    looked_at: int
    recipients: int
    parts: int
    """Of all together, if nobody had a chat."""
    price: int
    """For these, in hundredths of a tenge."""
    exact: bool
    """Everybody was looked at."""
    too_long: int
    """Of those looked at, whose text is more than three parts in their language."""


async def estimate(broadcast: Broadcast, rolls: Rolls, price: int) -> Estimate:
    """`price`: hundredths of a tenge for a part."""
    some = await rolls.some(broadcast.audience.roll) if broadcast.audience else []
    return await asyncio.to_thread(_estimated, broadcast, some, price)


def _estimated(broadcast: Broadcast, some: Sequence[Recipient], price: int) -> Estimate:
    texts = TextsOf(broadcast)
    recipients = broadcast.audience.recipients if broadcast.audience else 0
    parts = {language: [as_sms(texts.filled(one, language))[1] for one in some] for language in Language}
    own = [parts[texts.language(one)][place] for place, one in enumerate(some)]
    total = round(sum(own) * recipients / len(own)) if own else 0
    return Estimate(
        by_language={language: _sized(broadcast, texts, some, language, parts[language]) for language in Language},
        looked_at=len(some),
        recipients=recipients,
        parts=total,
        price=total * price,
        exact=len(some) == recipients,
        too_long=sum(number > MOST_PARTS for number in own),
    )


def _sized(
    broadcast: Broadcast, texts: TextsOf, some: Sequence[Recipient], language: Language, parts: Sequence[int]
) -> Sized:
    if not some:
        text = broadcast.texts.of(language)
        shown, number = as_sms(text) if not placeholders(text) else (text, as_sms(text)[1])
        return Sized(shown, number if text else 0, number if text else 0)
    shown, _ = as_sms(texts.filled(some[0], language))
    return Sized(shown, sorted(parts)[len(parts) // 2], max(parts))
