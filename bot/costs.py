"""For staff: what the SMS of a month have cost, day by day, by who carried them."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping

from bot.redis import open_redis
from bot.settings import Settings
from gateway.routes.trails import Spent, Trails

_PURPOSES = {False: "to one person", True: "broadcasts"}


def show(settings: Settings, month: str) -> int:
    """`month`: like 2026-11."""
    print("\n".join(asyncio.run(told(settings, month))))
    return 0


async def told(settings: Settings, month: str) -> list[str]:
    async with open_redis(settings) as redis:
        return list(_lines(await Trails(redis).spent(month), month))


def _lines(spent: Mapping[tuple[int, str, bool], Spent], month: str) -> Iterator[str]:
    if not spent:
        yield f"no SMS was taken by a provider in {month}"
        return
    yield f"{'day':<12}{'route':<10}{'what':<16}{'letters':>9}{'parts':>9}{'tenge':>12}"
    for (day, route, broadcast), one in spent.items():
        yield _line(f"{month}-{day:02}", route, _PURPOSES[broadcast], one)
    for route in sorted({route for _, route, _ in spent}):
        yield _line(month, route, "in all", _sum(one for (_, of, _), one in spent.items() if of == route))
    yield _line(month, "all", "in all", _sum(spent.values()))


def _sum(of: Iterable[Spent]) -> Spent:
    letters = parts = price = 0
    for one in of:
        letters, parts, price = letters + one.letters, parts + one.parts, price + one.price
    return Spent(letters, parts, price)


def _line(when: str, route: str, what: str, spent: Spent) -> str:
    tenge = f"{spent.price // 100}.{spent.price % 100:02}"
    return f"{when:<12}{route:<10}{what:<16}{spent.letters:>9}{spent.parts:>9}{tenge:>12}"
