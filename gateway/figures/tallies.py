"""What is counted, where it is counted, and under which names.

    {s07}:figures:2026-11-26   name → how often, in this shard on this day of Kazakhstan

Whatever happens is counted once. Where something is committed it is counted in the same commit; what stands in a
stream is counted from there, see `counting`. Names hold nothing personal:

    offer opened S, offer consent S       offers about the service S, by what became of them; see `outcomes`
    offer turned S                        refusals that became a consent later; the ending stays a refusal
    answered sms 6h                       answers to offers: by which way, within what time
    left sms smsc accepted                letters that left an outbox: channel, route, what became of them
    report smsc delivered                 what providers have reported since
    cast sms smsc accepted, cast-report smsc delivered    both of broadcasts
    reply tg 1s                           answers of the assistant: until their provider had them
    helped sms 1h                         answers of specialists: for how long somebody had waited for them
    heard sms, event status, asked S      messages of people, what they wanted, about which service
    unmet sms                             those that nobody could make anything of; see `unmet`
    told sms question, answer sms N       lines of the SMS journal: to people, and from them
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from gateway.store import figures_key

SOON = ((1, "1s"), (3, "3s"), (10, "10s"), (60, "1m"), (600, "10m"))
"""Seconds within which a reply came, and how that is called."""
LATER = ((3600, "1h"), (6 * 3600, "6h"), (86_400, "1d"), (2 * 86_400, "2d"), (3 * 86_400, "3d"))
"""Likewise of somebody who was asked."""
PATIENT = ((600, "10m"), *LATER)
"""Likewise of a specialist."""
MORE = "more"


class Tally(Struct, frozen=True):
    day: date
    name: str
    by: int = 1


def within(seconds: float, bounds: Sequence[tuple[int, str]]) -> str:
    for bound, name in bounds:  # a generator takes three times as long, and this is asked for every letter
        if seconds <= bound:
            return name
    return MORE


def keys_of(number: int, tallies: Iterable[Tally]) -> dict[date, str]:
    """The hashes that a script has to be given for these, in the order in which it knows them."""
    return {day: figures_key(number, day) for day in dict.fromkeys(one.day for one in tallies)}


def as_arguments(tallies: Iterable[Tally], keys: Iterable[date], before: int) -> Iterator[str | int]:
    """As the scripts read them: which key, name, by how much. `before`: so many keys stand before these."""
    places = {day: place for place, day in enumerate(keys, before + 1)}
    for one in tallies:
        yield places[one.day]
        yield one.name
        yield one.by
