"""Figures as staff look at them: of each picture its rows and columns, without words and without a drawing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from gateway.figures.figures import Day, Span
from gateway.figures.outcomes import OUTCOMES
from gateway.figures.tallies import LATER, MORE, PATIENT, SOON
from gateway.routes.trails import Spent

DAYS = 31
"""A longer span is drawn by weeks."""
FEW = 12
"""Rows of a picture that are worth looking at; the file has all."""
SILENT = ("cancelled", "queued")
DECIDED = ("consent", "refusal", *SILENT, "unreached")
"""What counts as asked, where it is said how many were silent."""
WAYS = ("sms", "telegram")
SURFACES = ("sms", "chat")
CHANNELS = ("sms", "tg", "chat")
STEPS = frozenset({"answered", "reply", "helped"})
"""Pictures whose rows are steps of time."""
ARRIVALS = ("delivered", "taken", "failed", "unsent")
WISHES = {
    "services": ("services", "grp"),
    "status": ("status",),
    "queue": ("queue",),
    "deadlines": ("deadlines", "deadline"),
    "request": ("request",),
    "operator": ("operator", "write"),
    "register": ("register",),
    "arrival": ("come", "cannot", "decline", "arrive", "postpone"),
    "calendar": ("calendar", "sms"),
    "link": ("link",),
    "settings": ("settings", "lang", "quiet", "loud"),
    "privacy": ("privacy", "forget"),
    "help": ("help",),
}
"""What people want, by the events of the talk."""

Number = int | float | None
"""None: there is nothing to say."""


class Kind(StrEnum):
    COLUMNS = "columns"
    """By time, one upon another."""
    LINE = "line"
    BARS = "bars"
    """By whatever else, one behind another."""


class Row(Struct, frozen=True):
    key: date | str
    """A day, the first of a week; or what the row is about."""
    numbers: tuple[Number, ...]


class Picture(Struct, frozen=True):
    name: str
    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    drawn: int = 0
    """So many of the columns are drawn; 0: all."""
    share: bool = False
    """The numbers that are drawn are parts of a hundred."""
    weekly: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        return self.columns[: self.drawn or None]

    @property
    def total(self) -> float:
        return sum(number or 0 for row in self.rows for number in row.numbers[: self.drawn or None])

    @property
    def is_empty(self) -> bool:
        return not any(number for row in self.rows for number in row.numbers)


class Steps:
    """Days put together as a picture of them is drawn."""

    def __init__(self, days: Mapping[date, Day], span: Span, *, daily: bool = False) -> None:
        self.weekly = not daily and (span.last - span.first).days >= DAYS
        self._groups: dict[date, list[date]] = {}
        for day in span:
            first = max(span.first, day - timedelta(day.weekday())) if self.weekly else day
            self._groups.setdefault(first, []).append(day)
        self._days = days

    def __iter__(self) -> Iterator[tuple[date, Day]]:
        for first, days in self._groups.items():
            yield first, added(self._days[day] for day in days if day in self._days)

    def days(self) -> Iterator[tuple[date, list[date]]]:
        yield from self._groups.items()


def added(days: Iterable[Day]) -> dict[str, int]:
    found: dict[str, int] = {}
    for day in days:
        for name, number in day.items():
            found[name] = found.get(name, 0) + number
    return found


def _beginning(day: Day, beginning: str) -> dict[str, int]:
    """What follows it → how often."""
    return {name.removeprefix(beginning): number for name, number in day.items() if name.startswith(beginning)}


def outcome(day: Day, name: str) -> int:
    return sum(_beginning(day, f"offer {name} ").values())


def offers(steps: Steps) -> Picture:
    rows = [Row(day, tuple(outcome(one, name) for name in OUTCOMES)) for day, one in steps]
    return Picture("offers", Kind.COLUMNS, OUTCOMES, tuple(rows), weekly=steps.weekly)


def silence(steps: Steps) -> Picture:
    rows = []
    for day, one in steps:
        silent = sum(outcome(one, name) for name in SILENT)
        ended = sum(outcome(one, name) for name in DECIDED)
        rows.append(Row(day, (share(silent, ended), silent, ended)))
    columns = ("share", "silent", "ended")
    return Picture("silence", Kind.LINE, columns, tuple(rows), drawn=1, share=True, weekly=steps.weekly)


def by_service(total: Day) -> Picture:
    names = ("opened", *OUTCOMES, "turned")
    counts = {name: _beginning(total, f"offer {name} ") for name in names}
    services = {service: None for name in names for service in counts[name]}
    rows = [Row(one, tuple(counts[name].get(one, 0) for name in (*OUTCOMES, "opened", "turned"))) for one in services]
    rows.sort(key=lambda row: -sum(number or 0 for number in row.numbers[: len(OUTCOMES)]))
    return Picture("by_service", Kind.BARS, (*OUTCOMES, "opened", "turned"), tuple(rows), drawn=len(OUTCOMES))


def answered(total: Day) -> Picture:
    return _within("answered", total, WAYS, LATER)


def replies(total: Day) -> Picture:
    return _within("reply", total, CHANNELS, SOON)


def helped(total: Day) -> Picture:
    return _within("helped", total, CHANNELS, PATIENT)


def _within(name: str, total: Day, ways: Sequence[str], bounds: Sequence[tuple[int, str]]) -> Picture:
    rows = [
        Row(within, tuple(total.get(f"{name} {way} {within}", 0) for way in ways))
        for within in (*(called for _, called in bounds), MORE)
    ]
    return Picture(name, Kind.BARS, tuple(ways), tuple(rows))


def deliveries(total: Day) -> Picture:
    return _arrivals("deliveries", _beginning(total, "left "), _beginning(total, "report "))


def casts(total: Day) -> Picture:
    """The same of broadcasts."""
    return _arrivals("casts", _beginning(total, "cast "), _beginning(total, "cast-report "))


def _arrivals(picture: str, left: Day, reports: Day) -> Picture:
    """Who carried a letter may deliver it, lose it, or say nothing of it. What nobody took stands by its channel."""
    counts: dict[str, dict[str, int]] = {}
    for name, number in left.items():
        channel, route, status = name.split(" ")
        if channel in CHANNELS:
            one = counts.setdefault(channel if route == "-" else route, dict.fromkeys(ARRIVALS, 0))
            what = {"accepted": "taken", "delivered": "delivered"}.get(status, "unsent")
            one[what] += number
    for name, number in reports.items():
        route, status = name.split(" ")
        reported = {"delivered": "delivered", "failed": "failed", "rejected": "failed"}.get(status)
        if reported and route in counts:
            counts[route][reported] += number
            counts[route]["taken"] = max(0, counts[route]["taken"] - number)
    rows = [Row(route, tuple(one[name] for name in ARRIVALS)) for route, one in counts.items()]
    rows.sort(key=lambda row: -sum(number or 0 for number in row.numbers))
    return Picture(picture, Kind.BARS, ARRIVALS, tuple(rows))


def spending(steps: Steps, spent: Mapping[date, Mapping[tuple[str, bool], Spent]]) -> Picture:
    rows = []
    for first, days in steps.days():
        own = summed(one for day in days for (_, many), one in spent.get(day, {}).items() if not many)
        many = summed(one for day in days for (_, many), one in spent.get(day, {}).items() if many)
        price = (own.price + many.price) / 100
        rows.append(Row(first, (own.parts, many.parts, own.letters + many.letters, price)))
    columns = ("own_parts", "broadcast_parts", "letters", "tenge")
    return Picture("spending", Kind.COLUMNS, columns, tuple(rows), drawn=2, weekly=steps.weekly)


def by_route(spent: Mapping[date, Mapping[tuple[str, bool], Spent]]) -> Picture:
    routes = sorted({route for day in spent.values() for route, _ in day})
    rows = []
    for route in routes:
        one = summed(found for day in spent.values() for (of, _), found in day.items() if of == route)
        rows.append(Row(route, (one.price / 100, one.letters, one.parts)))
    return Picture("by_route", Kind.BARS, ("tenge", "letters", "parts"), tuple(rows), drawn=1)


def summed(of: Iterable[Spent]) -> Spent:
    letters = parts = price = 0
    for one in of:
        letters, parts, price = letters + one.letters, parts + one.parts, price + one.price
    return Spent(letters, parts, price)


def heard(steps: Steps) -> Picture:
    rows = [Row(day, tuple(one.get(f"heard {name}", 0) for name in SURFACES)) for day, one in steps]
    return Picture("heard", Kind.COLUMNS, SURFACES, tuple(rows), weekly=steps.weekly)


def unmet(steps: Steps) -> Picture:
    rows = [Row(day, tuple(one.get(f"unmet {name}", 0) for name in SURFACES)) for day, one in steps]
    return Picture("unmet", Kind.COLUMNS, SURFACES, tuple(rows), weekly=steps.weekly)


def asked(total: Day) -> Picture:
    return _often("asked", _beginning(total, "asked "))


def wishes(total: Day) -> Picture:
    events = _beginning(total, "event ")
    return _often("wishes", {wish: sum(events.get(one, 0) for one in of) for wish, of in WISHES.items()})


def _often(name: str, counts: Mapping[str, int]) -> Picture:
    rows = [Row(one, (number,)) for one, number in sorted(counts.items(), key=lambda held: -held[1]) if number]
    return Picture(name, Kind.BARS, ("count",), tuple(rows))


def share(part: int, of: int) -> Number:
    return round(100 * part / of, 1) if of else None


def half(picture: Picture) -> str | None:
    """Of rows in the order of time: within what half of all had come."""
    so_far = 0.0
    for row in picture.rows:
        so_far += sum(number or 0 for number in row.numbers)
        if so_far and so_far * 2 >= picture.total:
            return str(row.key)
    return None
