"""What is open, a page at a time, and what another calendar would make of its last day."""

from collections.abc import AsyncIterator
from datetime import date, datetime

from msgspec import Struct, structs

from dialogs.duties import recount as of_duties
from dialogs.duties.duty import AnyDuty, Invitation, name
from dialogs.duties.rules import Rules as DutyRules
from dialogs.matters import recount as of_offers
from dialogs.matters import window
from dialogs.matters.matter import Matter
from dialogs.matters.rules import Rules
from dialogs.workdays import Workdays
from gateway.connection import Batched
from gateway.matters import store as matter_store
from gateway.store import SHARDS, tag

PAGE = 200
"""Looked at in one breath: whoever writes meanwhile waits no longer than that."""
_DUTIES = (".invitation:", ".choice:", ".order:")


class Law(Struct, frozen=True):
    offers: Rules
    duties: DutyRules

    def by(self, workdays: Workdays) -> "Law":
        return Law(structs.replace(self.offers, workdays=workdays), structs.replace(self.duties, workdays=workdays))


class Effect(Struct, frozen=True):
    """Another last day for something that is open."""

    what: str
    """`proactive`, `replacement`, `choice`, `order`; or `reminders`: only these leave on another day."""
    before: date | None = None
    after: date | None = None
    stays: bool = False
    """`after` would be earlier, and somebody was told `before`: that holds."""


async def number(redis: Batched) -> int:
    """Of all that the clock has to look at: about as much is open."""
    return sum([int(await redis("ZCARD", f"{tag(home)}:wakeups")) for home in range(SHARDS)])


async def pages(redis: Batched, home: int) -> AsyncIterator[tuple[int, list[Matter | AnyDuty]]]:
    """With how many wake-ups were looked through for them. What is open all the time is found, and once."""
    cursor, known = 0, set[bytes]()
    while True:
        cursor, found = await redis("ZSCAN", f"{tag(home)}:wakeups", cursor, "COUNT", PAGE)
        names = [one for one, _ in found if one not in known]
        known.update(names)
        wanted = [record for one in names if (record := _record(one.decode()))]
        stored = await redis("MGET", *(f"{tag(home)}:{record}" for record in wanted)) if wanted else []
        read = (_read(record, one) for record, one in zip(wanted, stored, strict=True))
        yield len(names), [one for one in read if one is not None]
        if not cursor:
            return


def effect(one: Matter | AnyDuty, now: datetime, was: Law, law: Law) -> Effect | None:
    """Of counting by `law` what was counted by `was`; None: it stays as it is."""
    held: date | None
    if isinstance(one, Matter):
        held = window.last_day(one.closes)
        old, new = of_offers.last_day(one, now, was.offers), of_offers.last_day(one, now, law.offers)
        told, what = of_offers.is_told(one, now), str(one.kind)
    else:
        held = of_duties.told_day(one)
        old, new = of_duties.last_day(one, now, was.duties), of_duties.last_day(one, now, law.duties)
        told, what = True, name(one).partition(":")[0]
    if held is not None and new is not None and new != held and (new > held or new != old or not told):
        return Effect(what, held, new, stays=told and new < held)
    if not isinstance(one, Matter) and of_duties.recounted(one, now, law.duties) is not None:
        return Effect("reminders")
    return None


def is_arrival(one: Matter | AnyDuty) -> bool:
    """Its day was named by E-Sobes: no calendar moves it."""
    return isinstance(one, Invitation) and one.state not in ("lapsed", "over")


def _record(wakeup: str) -> str:
    """Empty: the clock looks at something else there."""
    if wakeup.startswith(_DUTIES):
        return wakeup[1:]
    return "" if wakeup.startswith(".") else f"matter:{wakeup}"


def _read(record: str, stored: bytes | None) -> Matter | AnyDuty | None:
    return matter_store.read(stored) if record.startswith("matter:") else matter_store.read_duty(stored)
