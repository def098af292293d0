"""What SMS leave by: the providers that are set, and the one channel before them."""

from collections.abc import Callable

from msgspec import Struct

from bot.ground import Ground
from bot.settings import Settings
from gateway.letters import Letters
from gateway.pace import Pace
from gateway.routes.health import Health
from gateway.routes.reports import Reported
from gateway.routes.route import Route
from gateway.routes.routes import Preference, Routes
from gateway.routes.trails import Trails
from gateway.routes.watch import Watch
from gateway.sms.kannel import Account, Kannel
from gateway.web.webhooks import KANNEL_PATH


class Carriers(Struct, frozen=True):
    channel: Routes
    watch: Watch


def build(ground: Ground) -> Carriers:
    settings, letters = ground.settings, Letters(ground.batched)
    health = {name: Health(settings.sms_delivered_share / 100) for name in settings.sms_routes}
    watch = Watch(letters, health, ground.clock, settings.sms_delivered_within)
    routes = Routes(
        [_route(name, ground) for name in settings.sms_routes],
        _preference(settings),
        Trails(ground.batched),
        ground.clock,
        health=health,
        prices={"kannel": int(settings.kannel_price * 100)},
        patience=settings.sms_unclear_wait,
        pace=Pace(settings.sms_broadcast_rate),
        took=watch.took,
    )
    return Carriers(routes, watch)


def reported(ground: Ground, carriers: Carriers | None, wake: Callable[[int], None]) -> Reported:
    routes = carriers.channel if carriers else None
    return Reported(ground.batched, routes, ground.clock, wake)


def _route(name: str, ground: Ground) -> Route:
    settings = ground.settings
    base = settings.public_url or ground.url
    match name:
        case "kannel":
            account = Account(
                settings.kannel_url,
                settings.kannel_username,
                settings.kannel_password.get_secret_value(),
                settings.kannel_from,
                f"{base}{KANNEL_PATH}{ground.sms_secret}/dlr",
            )
            return Kannel(account)
    raise ValueError(name)


def _preference(settings: Settings) -> Preference:
    own = settings.sms_routes
    return Preference(own, settings.sms_broadcast_routes or own, settings.sms_prefix_routes)
