"""What staff see of what SMS have cost."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import costs
from bot.settings import Settings
from gateway.channels import Letter
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.routes.route import Route
from tests.gateway.affairs import Hands
from tests.gateway.carrying import carried_by
from tests.gateway.routes.scripted import Scripted


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


async def test_where_nothing_was_sent_that_is_said(settings: Settings, batched: Batched) -> None:
    assert await costs.told(settings, "2026-11") == ["no SMS was taken by a provider in 2026-11"]


async def test_what_a_month_has_cost_is_told_by_day_and_route(settings: Settings, batched: Batched) -> None:
    clock = Hands(datetime(2026, 11, 23, 12, 0, tzinfo=ALMATY))
    kannel, smsc = Scripted("kannel"), Scripted("smsc")

    async def send(route: Route, *letters: Letter) -> None:
        routes = carried_by(batched, clock, route, prices={"kannel": 1250, "smsc": 1805})
        for letter in letters:
            await routes.send(letter)

    now = clock.now().timestamp()
    await send(kannel, *(Letter(f"{n}", "sms:+77011234567", "ә" * 71, now) for n in range(3)))
    await send(smsc, Letter("b", "sms:+77011234567", "ә", now, broadcast=True))
    await clock.move(datetime(2026, 11, 30, 23, 59, 59, tzinfo=ALMATY))
    await send(kannel, Letter("late", "sms:+77011234567", "ә", clock.now().timestamp()))
    await clock.move(datetime(2026, 12, 1, tzinfo=ALMATY))
    await send(kannel, Letter("next month", "sms:+77011234567", "ә", clock.now().timestamp()))
    assert await costs.told(settings, "2026-11") == [
        "day         route     what              letters    parts       tenge",
        "2026-11-23  kannel    to one person           3        6       75.00",
        "2026-11-23  smsc      broadcasts              1        1       18.05",
        "2026-11-30  kannel    to one person           1        1       12.50",
        "2026-11     kannel    in all                  4        7       87.50",
        "2026-11     smsc      in all                  1        1       18.05",
        "2026-11     all       in all                  5        8      105.55",
    ]
