"""Where events of E-Sobes and wake-ups of the clock come in: some are about offers, the others about applications."""

from gateway import news
from gateway.events import Told
from gateway.matters import Matters
from gateway.news import News
from gateway.news_store import WAKEUP


class Desk:
    def __init__(self, matters: Matters, news: News) -> None:
        self._matters = matters
        self._news = news

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        return await (self._news if told.type in news.TYPES else self._matters).told(told)

    async def woken(self, home: int, name: str) -> None:
        """The clock has come to a moment that an offer or some news waits for."""
        if name.startswith(WAKEUP):
            await self._news.woken(home, name)
        else:
            await self._matters.woken(home, name)
