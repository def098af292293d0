"""SMS routes put together as `bot/carriers.py` does it."""

from collections.abc import Mapping

from gateway.clock import Clock
from gateway.connection import Batched
from gateway.outbox.gate import Gate
from gateway.outbox.pace import Pace
from gateway.routes.health import Health
from gateway.routes.route import Route
from gateway.routes.routes import Preference, Routes
from gateway.routes.trails import Trails

PATIENCE = 5.0


def carried_by(
    redis: Batched,
    clock: Clock,
    *routes: Route,
    preference: Preference | None = None,
    prices: Mapping[str, int] | None = None,
    patience: float = PATIENCE,
    rate: float = 1000.0,
) -> Routes:
    names = tuple(route.name for route in routes)
    return Routes(
        routes,
        preference or Preference(names, names),
        Trails(redis),
        clock,
        health={name: Health(0.5) for name in names},
        prices=prices or {},
        patience=patience,
        gate=Gate(Pace(rate)),
        took=lambda *_: None,
    )
