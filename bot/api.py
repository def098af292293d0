"""What programs of the office may do: their keys, and broadcasts by HTTP."""

from bot.ground import Ground
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.staff.accounts import Accounts
from gateway.staff.keys import Keys
from gateway.web.api.broadcasts import Api
from gateway.web.api.callers import Callers
from gateway.web.api.once import Once
from gateway.web.api.views import Views
from gateway.web.staff.console import Console


def build(ground: Ground, console: Console, broadcasts: Broadcasts, upload_limit: int) -> Api:
    redis, clock = ground.batched, ground.clock
    return Api(
        redis,
        broadcasts,
        Accounts(redis),
        Callers(Keys(redis, clock), console.deeds, clock, console.origin),
        once=Once(redis, clock),
        known=Views(console.words),
        services=tuple(ground.dialogue.guide.catalogue.services),
        upload_limit=upload_limit,
    )
