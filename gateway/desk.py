"""Where events of E-Sobes and wake-ups of the clock come in: some are about offers, the others about applications."""

from gateway import news
from gateway.events import Told
from gateway.matters import Matters
from gateway.news import News
from gateway.news_store import WAKEUP
from gateway.old_iins import OldIins
from gateway.store import WAKEUP as TALK


class Desk:
    def __init__(self, matters: Matters, news: News, old_iins: OldIins) -> None:
        self._matters = matters
        self._news = news
        self._old_iins = old_iins

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        return await (self._news if told.type in news.TYPES else self._matters).told(told)

    async def woken(self, home: int, name: str) -> None:
        """The clock has come to a moment that an offer, some news or a talk waits for."""
        if name.startswith(WAKEUP):
            await self._news.woken(home, name)
        elif name.startswith(TALK):
            await self._old_iins.woken(name)
        else:
            await self._matters.woken(home, name)
