"""What SMS leave by: the providers that are set, and the one channel before them."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from bot.ground import Ground
from bot.settings import Settings
from gateway.broadcasts.casting import Castings
from gateway.channels import Channel, Letter
from gateway.letters import Letters
from gateway.outbox.gate import Gate
from gateway.outbox.outbox import BROADCASTS_AHEAD, Outbox
from gateway.outbox.pace import Pace
from gateway.routes.health import Health
from gateway.routes.inbound import own_numbers
from gateway.routes.named import Named
from gateway.routes.reports import Reported
from gateway.routes.route import Route
from gateway.routes.routes import Preference, Routes
from gateway.routes.trails import STREAMS, Trails
from gateway.routes.watch import Watch
from gateway.sms import kannel, mobizon, smsc
from gateway.sms.kannel import Account, Kannel
from gateway.sms.mobizon import Mobizon
from gateway.sms.smsc import Smsc
from gateway.web.front import Door
from gateway.web.sms_doors import KANNEL_PATH, MOBIZON_PATH, SMSC_PATH, KannelDoor, MobizonDoor, SmscDoor
from gateway.web.webhooks import Receives

_AT_ONCE, _MOST_AT_ONCE = 20, 100
"""Letters of broadcasts under way: as many as may leave in a second, for they wait for their turn after it was looked
whether they are still wanted."""


class Carriers(Struct, frozen=True):
    channel: Routes
    watch: Watch
    routes: Mapping[str, Route]
    """By name."""


def build(ground: Ground) -> Carriers:
    settings, letters = ground.settings, Letters(ground.batched)
    health = {name: Health(settings.sms_delivered_share / 100) for name in settings.sms_routes}
    watch = Watch(letters, health, ground.clock, settings.sms_delivered_within)
    found = {name: _route(name, ground) for name in settings.sms_routes}
    routes = Routes(
        list(found.values()),
        _preference(settings),
        Trails(ground.batched),
        ground.clock,
        health=health,
        prices=settings.prices,
        patience=settings.sms_unclear_wait,
        gate=Gate(Pace(settings.sms_broadcast_rate)),
        took=watch.took,
    )
    return Carriers(routes, watch, found)


def outboxes(ground: Ground, channels: Mapping[str, Channel]) -> tuple[Outbox, Outbox]:
    """For what goes to one person, and for what goes to many."""
    quiet, reader = ground.settings.quiet, ground.reader
    own = Outbox(ground.batched, channels, ground.clock, reader, quiet=quiet)
    many = Outbox(
        ground.batched,
        Castings(ground.batched, channels, ground.clock),
        ground.clock,
        reader,
        stream=STREAMS[True],
        at_once=max(_AT_ONCE, min(_MOST_AT_ONCE, ground.settings.sms_broadcast_rate)),
        ahead=BROADCASTS_AHEAD,
        quiet=quiet,
        counts=own.counts,
    )
    return own, many


def doors(
    ground: Ground, carriers: Carriers | None, receiver: Receives, hurry: Callable[[Letter], None]
) -> Mapping[str, Door]:
    """Where providers knock. In the sandbox there are none, but what Kannel would say can be played. `hurry` tells
    the outbox that a letter need not wait."""
    settings, named = ground.settings, Named(ground.batched)
    reports = Reported(ground.batched, carriers.channel if carriers else None, ground.clock, hurry)
    own = own_numbers(settings.kannel_from, settings.smsc_sender, settings.mobizon_sender)
    found: dict[str, Door] = {kannel.NAME: KannelDoor(receiver, reports, ground.clock, ground.sms_secret, own)}
    for name, route in carriers.routes.items() if carriers else ():
        if name == smsc.NAME:
            found[name] = SmscDoor(
                receiver, reports, named, ground.clock, secret=ground.sms_secret, account=_smsc(settings)
            )
        elif isinstance(route, Mobizon):
            word = settings.mobizon_secret.get_secret_value()
            found[name] = MobizonDoor(reports, named, route, secret=ground.sms_secret, word=word)
    return found


def addresses(ground: Ground, secret: str) -> Iterator[str]:
    """What each provider has to be told, for a person to read."""
    base = ground.settings.public_url or ground.url
    told = {
        kannel.NAME: f"Kannel's get-url: {base}{KANNEL_PATH}{secret}/mo?from=%p&to=%P&text=%b&id=%I&ts=%T",
        smsc.NAME: f"smsc's address for statuses and messages: {base}{SMSC_PATH}{secret}/status?charset=utf-8",
        mobizon.NAME: f"Mobizon's webhook for SMS statuses, in json: {base}{MOBIZON_PATH}{secret}/status",
    }
    yield from (told[name] for name in ground.settings.sms_routes)


def _route(name: str, ground: Ground) -> Route:
    settings = ground.settings
    base = settings.public_url or ground.url
    match name:
        case kannel.NAME:
            account = Account(
                settings.kannel_url,
                settings.kannel_username,
                settings.kannel_password.get_secret_value(),
                settings.kannel_from,
                f"{base}{KANNEL_PATH}{ground.sms_secret}/dlr",
            )
            return Kannel(account)
        case smsc.NAME:
            return Smsc(_smsc(settings), Named(ground.batched))
        case mobizon.NAME:
            return Mobizon(_mobizon(settings), Named(ground.batched))
    raise ValueError(name)


def _smsc(settings: Settings) -> smsc.Account:
    return smsc.Account(
        settings.smsc_url,
        settings.smsc_login,
        settings.smsc_password.get_secret_value(),
        settings.smsc_apikey.get_secret_value(),
        settings.smsc_sender,
        settings.smsc_secret.get_secret_value(),
    )


def _mobizon(settings: Settings) -> mobizon.Account:
    return mobizon.Account(
        settings.mobizon_url,
        settings.mobizon_apikey.get_secret_value(),
        settings.mobizon_sender,
        settings.mobizon_secret.get_secret_value(),
    )


def _preference(settings: Settings) -> Preference:
    own = settings.sms_routes
    return Preference(own, settings.sms_broadcast_routes or own, settings.sms_prefix_routes)
