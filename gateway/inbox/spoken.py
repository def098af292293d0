"""Where a specialist has spoken lately: a «yes» there may be meant for them, and so it answers no offer.

{s07}:spoken:sms:+7701…    there for as long as what was said is of use
"""

from datetime import timedelta

from gateway.connection import Batched
from gateway.store import shard

USEFUL = timedelta(days=3)
"""So long an answer is of use to whoever asked."""


def record(address: str) -> str:
    """Its name in the shard of the address."""
    return f"spoken:{address}"


async def note(redis: Batched, address: str) -> None:
    """Before it leaves, or the reply could be faster."""
    await redis("SET", f"{shard(address)}:{record(address)}", "", "EX", int(USEFUL.total_seconds()))
