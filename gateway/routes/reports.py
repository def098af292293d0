"""What providers report about SMS: kept, and acted on where a letter can still go another way.

where the letter is              the provider reports        what follows
there, it has it                 it was refused after all    the next route, if there is one; else it is kept so
                                 it arrived, or failed       kept: a refusal that comes later is too late
                                 anything else               kept
there, nobody knew               it was refused              it surely is nowhere: the next try takes the next route
                                 anything else               it arrived, and is not sent again; kept
elsewhere by now                 it was delivered            kept: the person has it
                                 anything else               nothing: another route has it
"""

from collections.abc import Callable

from gateway.broadcasts.fates import CAST
from gateway.channels import Letter
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.figures.leavings import reported
from gateway.letters import Delivery, Letters, Status
from gateway.outbox.lanes import ends
from gateway.routes.routes import ROUNDS, Routes
from gateway.routes.trails import Trail, Trails


class Reported:
    """Once this has returned, a report cannot be lost. One that comes twice changes nothing."""

    def __init__(self, redis: Batched, routes: Routes | None, clock: Clock, hurry: Callable[[Letter], None]) -> None:
        """`routes`: None where SMS go to the simulator. `hurry` tells the outbox that a letter need not wait."""
        self._letters = Letters(redis)
        self._trails = Trails(redis)
        self._routes = routes
        self._clock = clock
        self._hurry = hurry

    async def reported(self, route: str, delivery: Delivery) -> None:
        if self._routes is None or not await self._moved(self._routes, route, delivery):
            if delivery.status in (Status.DELIVERED, Status.FAILED):  # nobody may send it another way any more
                await self._trails.forget_copy(delivery.letter)
            at, many = self._clock.now().timestamp(), delivery.letter.startswith(CAST)
            counts = reported(route, delivery.status, broadcast=many)
            await self._letters.mark(delivery.letter, delivery.status, at=at, counts=counts, route=route)

    async def _moved(self, routes: Routes, route: str, delivery: Delivery) -> bool:
        for _ in range(ROUNDS):
            if (moves := await self._moves(routes, route, delivery)) is not None:
                return moves
        return False

    async def _moves(self, routes: Routes, route: str, delivery: Delivery) -> bool | None:
        """Is nothing to be kept of it, because the letter goes or went another way? None: where it is has changed
        meanwhile, for the provider's answer came in the same moment."""
        trail = await self._trails.load(delivery.letter)
        if trail.route != route:
            elsewhere = trail.route != "" or route in trail.refused
            return elsewhere and delivery.status is not Status.DELIVERED
        if not trail.taken and trail.letter is not None:  # it still waits in the outbox
            return await self._settles(routes, trail, trail.letter, delivery.status)
        if delivery.status is not Status.REJECTED or (letter := await self._trails.copy(delivery.letter)) is None:
            return False
        refused = Trail(refused=(*trail.refused, route))
        if not routes.has_others(letter, refused.refused) or self._clock.now().timestamp() >= ends(letter):
            return False
        if not await self._trails.again(letter, trail, refused, routes.lasts(letter)):
            return None
        self._hurry(letter)
        return True

    async def _settles(self, routes: Routes, trail: Trail, letter: Letter, status: Status) -> bool | None:
        refused = status is Status.REJECTED
        if refused:
            nowhere = Trail(refused=(*trail.refused, trail.route))
            changed = await self._trails.move(letter.id, trail, nowhere, routes.lasts(letter))
        else:
            changed = await routes.note_taken(letter, trail)
        if changed is not None:
            return None
        self._hurry(letter)
        return refused
