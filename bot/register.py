"""For staff: when E-Sobes last told the register of organisations, and how many there are."""

import asyncio

from bot.redis import open_redis
from bot.settings import Settings
from gateway.esobes.register import SETTINGS, Copies


def show(settings: Settings) -> int:
    print("\n".join(asyncio.run(told(settings))))
    return 0


async def told(settings: Settings) -> list[str]:
    async with open_redis(settings) as redis:
        copies = await Copies(redis).all()
    width = max(map(len, SETTINGS))
    return [
        f"{setting:{width}}  fetched {copy.fetched:%d.%m.%Y %H:%M}, {copy.count} organisations"
        if (copy := copies.get(setting))
        else f"{setting:{width}}  not fetched within the last week"
        for setting in SETTINGS
    ]
