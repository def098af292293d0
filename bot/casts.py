"""The parts that a broadcast needs."""

from collections.abc import Container
from datetime import timedelta

from msgspec import Struct

from bot.ground import Ground
from bot.talks import Talks
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.broadcasts.forgetting import Forgetting
from gateway.broadcasts.known import Known
from gateway.broadcasts.lists import Lists
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.sender import Sender
from gateway.broadcasts.store import BroadcastStore
from gateway.outbox.outbox import Outbox

LISTS = "lists"
"""Folder of lists of recipients, below that of the data."""


class Casts(Struct, frozen=True):
    broadcasts: Broadcasts
    known: Known
    lists: Lists
    sender: Sender
    forgetting: Forgetting


def build(ground: Ground, channels: Container[str], spoken: Talks, own: Outbox, many: Outbox) -> Casts:
    """`own`, `many`: the outboxes for what goes to one person, and to many."""
    settings, redis, clock = ground.settings, ground.batched, ground.clock
    store, rolls = BroadcastStore(redis), Rolls(redis)
    keep = timedelta(days=settings.lists_keep) if settings.lists_keep else None
    known, folder = Known(ground.redis, redis), settings.data_dir / LISTS
    lists = Lists(redis, store, rolls, spoken.inquiries, known, clock=clock, folder=folder)
    sender = Sender(redis, store, rolls, channels, clock=clock, quiet=settings.quiet, wake=many.wake)
    broadcasts = Broadcasts(
        redis,
        store,
        rolls,
        lists,
        sender,
        clock=clock,
        approve_above=settings.approve_above,
        price=_price(ground),
        wake=own.wake,
    )
    return Casts(broadcasts, known, lists, sender, Forgetting(store, lists, clock, keep))


def _price(ground: Ground) -> int:
    """Of a part, in hundredths of a tenge, by the route that is tried first."""
    routes = ground.settings.sms_broadcast_routes or ground.settings.sms_routes
    return ground.settings.prices[routes[0]] if routes else ground.settings.prices["kannel"]
