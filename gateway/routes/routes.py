"""The channel for `sms:` addresses: which of the providers an SMS leaves by.

No SMS goes two ways unless the first has surely failed. So where it is about to go is written down first (`trails`);
and one of which nobody knows whether its provider has it stays with that provider: a report about it, or the provider
asked, settles it, and if neither can, it is sent there again after a pause, which doubles every time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence

from msgspec import Struct

from dialogs.sms_length import measure
from gateway.channels import Attempt, Letter, OptedOut, Outcome, Rejected, Retry, Sent, Unclear
from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.outbox.gate import Gate
from gateway.outbox.lanes import ends
from gateway.routes.health import Health
from gateway.routes.route import Route
from gateway.routes.trails import Carriage, Trail, Trails

_COPY = 3600.0
"""Seconds for which a letter that was taken can still go another way."""
_SPARE = 3600.0
"""Seconds that a trail outlasts its letter."""
_LOOK = 1.0
"""Seconds between two looks whether Redis is back."""
_DOUBLINGS = 16
_LONGEST_PAUSE = 900.0
"""Seconds: what comes after it to the same person waits as well."""
_OF_MANY = 900.0
"""Seconds that a broadcast's letter waits for a report at least: nobody asked for it, so twice is worse than late."""
ROUNDS = 20
"""So often a trail is looked at anew that somebody else has changed, before that is left for later."""


class Preference(Struct, frozen=True):
    """Names of routes, the best first."""

    own: tuple[str, ...]
    """For what goes to one person."""
    broadcasts: tuple[str, ...]
    prefixes: Mapping[str, tuple[str, ...]] = {}
    """`+7701` → routes that come before the others there."""

    def order(self, phone: str, broadcast: bool) -> tuple[str, ...]:
        fitting = [prefix for prefix in self.prefixes if phone.startswith(prefix)]
        first = self.prefixes[max(fitting, key=len)] if fitting else ()
        return tuple(dict.fromkeys((*first, *(self.broadcasts if broadcast else self.own))))


class Routes:
    def __init__(
        self,
        routes: Sequence[Route],
        preference: Preference,
        trails: Trails,
        clock: Clock,
        *,
        health: Mapping[str, Health],
        prices: Mapping[str, int],
        patience: float,
        gate: Gate,
        took: Callable[[str, str, float], None],
    ) -> None:
        """`prices`: hundredths of a tenge for a part. `patience`: seconds that an unclear letter waits for a report
        before it is sent again; the next time twice as long. `gate`: of broadcasts. `took`: is told which route has
        taken which letter, and when."""
        self.health = health
        self._lists = {name: Health(0.0) for name in health}
        """The same for broadcasts: that a list is full of dead numbers tells nothing about the route."""
        self.counts: dict[tuple[str, str], int] = {}
        """(route, what a try has come to, or how an unclear one was settled) → how often."""
        self._routes = {route.name: route for route in routes}
        self._preference = preference
        self._trails = trails
        self._clock = clock
        self._began = self._now()
        self._prices = prices
        self._patience = patience
        self._gate = gate
        self._took = took

    async def send(self, letter: Letter) -> Outcome:
        if letter.broadcast and (wait := await self._gate.passed(broadcast=True)):
            return Retry("it is not its turn", wait)
        try:
            return await self._send(letter)
        except RedisAwayError:
            return Retry("where it goes could not be written down")

    async def aclose(self) -> None:
        for route in self._routes.values():
            await route.aclose()

    def has_others(self, letter: Letter, refused: Sequence[str]) -> bool:
        """Could it still go another way?"""
        return any(name not in refused for name in self._order(letter))

    def lasts(self, letter: Letter) -> float:
        """Seconds for which it is of use to know where a letter is."""
        return ends(letter) - self._now() + _SPARE

    async def note_taken(self, letter: Letter, out: Trail) -> Trail | None:
        """Answers as `Trails.move` does."""
        copy = _COPY if self.has_others(letter, (*out.refused, out.route)) else 0.0
        return await self._trails.taken(letter, out, self.lasts(letter), self._carriage(letter, out.route), copy)

    async def _send(self, letter: Letter) -> Outcome:
        """Most letters have been nowhere yet: that is what is supposed, and what stands there instead is learnt when
        the first step is to be written down."""
        trail, failed, last = Trail(), set[str](), Retry("no route is set")
        for _ in range(ROUNDS):
            if trail.taken:
                return self._sent(letter, trail.route)
            if trail.route in self._routes:
                settled = await self._settled(letter, trail)
                if not isinstance(settled, Trail):
                    return settled
                trail = settled
                continue
            if trail.route:
                if (waits := self._waits(letter, trail)) > 0:
                    return Retry(f"{trail.route} serves nobody any more; a report may come", waits)
                self._count(trail.route, "unclear_elsewhere")  # nobody else will ever send it
                trail = await self._moved(letter, trail, Trail(refused=trail.refused))
                continue
            route = self._best(letter, trail.refused, failed, last)
            if not isinstance(route, str):
                return route
            trail, attempt = await self._try(letter, trail, self._routes[route])
            match attempt:
                case Sent() | OptedOut():
                    return attempt
                case Unclear(reason):
                    return Retry(f"{route}: {reason}; a report may come", self._pause(letter, trail))
                case Retry():
                    last = attempt
                    failed.add(route)
        return Retry("where it is changes all the time", self._patience)

    async def _settled(self, letter: Letter, trail: Trail) -> Outcome | Trail:
        """It left, and nobody knows whether it got there."""
        route = self._routes[trail.route]
        match await route.ask(letter):
            case Sent(provider, delivered):
                self._count(route.name, "unclear_arrived")
                changed = await self.note_taken(letter, trail)
                if changed is not None and route.name in changed.refused:
                    return changed
                return self._sent(letter, route.name, provider, delivered)
            case Retry() if self._waits(letter, trail) <= 0:  # before that it may still be on its way
                self._count(route.name, "unclear_failed")
                return await self._moved(letter, trail, Trail(refused=trail.refused))
            case Rejected() | OptedOut():
                self._count(route.name, "unclear_refused")
                return await self._moved(letter, trail, Trail(refused=(*trail.refused, route.name)))
        return await self._again(letter, trail, route)

    async def _again(self, letter: Letter, trail: Trail, route: Route) -> Outcome | Trail:
        """By the same route, once a report has had its time."""
        now = self._now()
        if (waits := self._waits(letter, trail)) > 0:
            return Retry(f"{route.name}: a report may come", waits)
        if (opens := self._doing(letter)[route.name].opens(now)) > now:
            return Retry(f"{route.name} is away, and may have it", opens - now)
        self._count(route.name, "unclear_again")
        trail, attempt = await self._try(letter, trail, route)
        match attempt:
            case Sent() | OptedOut():
                return attempt
            case Unclear(reason):
                return Retry(f"{route.name}: {reason}; it may have it", self._pause(letter, trail))
            case Retry(reason):
                now = self._now()
                rests = self._doing(letter)[route.name].opens(now) - now
                return Retry(f"{route.name}: {reason}; it may have it", max(self._patience, rests))
        return trail

    def _pause(self, letter: Letter, trail: Trail) -> float:
        """Else somebody whose provider takes everything and answers nothing would get it every few seconds."""
        patience = max(self._patience, _OF_MANY) if letter.broadcast else self._patience
        if not trail.tries:
            return patience
        longest = max(_LONGEST_PAUSE, patience)
        return min(longest, max(patience, 1.0) * 2.0 ** min(trail.tries, _DOUBLINGS))

    def _waits(self, letter: Letter, trail: Trail) -> float:
        """From our own start at the earliest: a report could not come before. A clock that was set back holds
        nothing up."""
        pause = self._pause(letter, trail)
        waits = max(trail.since, self._began) + pause - self._now()
        return waits if waits <= pause + _LOOK else 0.0

    def _best(self, letter: Letter, refused: Sequence[str], failed: Container[str], last: Retry) -> str | Outcome:
        """By name; or what the letter comes to if it can go nowhere now."""
        now = self._now()
        left = [name for name in self._order(letter) if name not in refused]
        if not left:
            return Rejected(f"refused by {', '.join(refused)}") if refused else last
        doing = self._doing(letter)
        opening = [name for name in left if name not in failed and doing[name].opens(now) <= now]
        well = (name for name in opening if self.health[name].delivers(now))
        if opening:
            return next(well, opening[0])
        waits = min(doing[name].opens(now) for name in left) - now
        if waits <= 0:
            return last
        everybody = waits <= min(health.opens(now) for health in doing.values()) - now
        return Retry(last.reason if failed else f"{', '.join(left)}: at rest", waits, everybody)

    def _doing(self, letter: Letter) -> Mapping[str, Health]:
        return self._lists if letter.broadcast else self.health

    def _order(self, letter: Letter) -> list[str]:
        phone = letter.address.partition(":")[2]
        return [name for name in self._preference.order(phone, letter.broadcast) if name in self._routes]

    async def _try(self, letter: Letter, before: Trail, route: Route) -> tuple[Trail, Attempt | None]:
        """What stands in the trail now, and what the try has come to; None: none was made, or its end does not count,
        for somebody else has changed the trail. `before`: if it names the route, an earlier try there may have got
        through, and a failure of this one says nothing about that."""
        tries = before.tries + 1 if before.route else 0
        out = Trail(route.name, False, self._now(), before.refused, letter, tries)
        if (known := await self._trails.move(letter.id, before, out, self.lasts(letter))) is not None:
            return known, None
        health = self._doing(letter)[route.name]
        health.leaves(self._now())
        self.health[route.name].tried(self._now())
        attempt = await route.send(letter)
        self._count(route.name, type(attempt).__name__.lower())
        match attempt:
            case Sent(provider, delivered):
                health.took()
                known = await self._surely(lambda: self.note_taken(letter, out))
                if known is not None and route.name in known.refused:  # a report that came before the answer
                    return known, None
                return out, self._sent(letter, route.name, provider, delivered)
            case Unclear():
                health.failed(self._now())
                return out, attempt
            case Retry(_, after):
                health.failed(self._now(), after)
                nowhere = before if before.route else Trail(refused=before.refused)
            case Rejected() | OptedOut():
                health.refused(self._now())
                nowhere = Trail(refused=(*before.refused, route.name))
        known = await self._surely(lambda: self._trails.move(letter.id, out, nowhere, self.lasts(letter)))
        return (nowhere, attempt) if known is None or known == nowhere else (known, None)

    async def _moved(self, letter: Letter, before: Trail, after: Trail) -> Trail:
        """What stands there then: a report may have been faster, and counts."""
        known = await self._trails.move(letter.id, before, after, self.lasts(letter))
        return after if known is None else known

    async def _surely(self, write: Callable[[], Awaitable[Trail | None]]) -> Trail | None:
        """What a provider has answered is known to nobody else. It is written down however long Redis is away; done
        twice, it is done once."""
        while True:
            try:
                return await write()
            except RedisAwayError:
                await asyncio.sleep(_LOOK)

    def _sent(self, letter: Letter, route: str, provider: str = "", delivered: bool = False) -> Sent:
        if not delivered:
            self._took(route, letter.id, self._now())
        return Sent(provider, delivered, route, self._carriage(letter, route).price)

    def _carriage(self, letter: Letter, route: str) -> Carriage:
        parts = measure(letter.text).parts
        return Carriage(parts, parts * self._prices.get(route, 0))

    def _count(self, route: str, what: str) -> None:
        self.counts[route, what] = self.counts.get((route, what), 0) + 1

    def _now(self) -> float:
        return self._clock.now().timestamp()
