"""Where what E-Sobes tells and answers comes in, and the wake-ups of the clock: each is about an offer, a duty, a
wish or the news of an application."""

from gateway.esobes.events import Told
from gateway.esobes.telling import Post, Refused, Taken
from gateway.matters import duties, news
from gateway.matters.duties import Duties
from gateway.matters.matters import Matters
from gateway.matters.news import News
from gateway.matters.news_store import WAKEUP
from gateway.matters.requests import Requests
from gateway.old_iins import OldIins
from gateway.store import WAKEUP as TALK


class Desk:
    def __init__(
        self, matters: Matters, duties: Duties, news: News, *, requests: Requests, old_iins: OldIins
    ) -> None:
        self._matters = matters
        self._duties = duties
        self._news = news
        self._requests = requests
        self._old_iins = old_iins

    async def told(self, told: Told) -> bool:
        """False if this event was known before. Once this has returned, the event cannot be lost."""
        if told.type in news.TYPES:
            return await self._news.told(told)
        return await (self._duties if told.type in duties.TYPES else self._matters).told(told)

    async def woken(self, home: int, name: str) -> None:
        """The clock has come to a moment that an offer, a duty, some news or a talk waits for."""
        if name.startswith(WAKEUP):
            await self._news.woken(home, name)
        elif name.startswith(TALK):
            await self._old_iins.woken(name)
        elif name.startswith("."):
            await self._duties.woken(home, name)
        else:
            await self._matters.woken(home, name)

    async def settled(self, post: Post, relay: str, answer: Taken | Refused) -> None:
        """What E-Sobes has finally answered to what it was told."""
        if post.person:
            await self._requests.answered(post, relay, answer)
        elif post.matter.startswith("."):
            await self._duties.settled(post, relay, answer)
        else:
            held = answer.held if isinstance(answer, Refused) else None
            await self._matters.settled(post.home, post.matter, relay, answer.status, held)
