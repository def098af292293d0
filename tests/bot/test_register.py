"""Staff can see when E-Sobes last told the register of organisations."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import register
from bot.settings import Settings
from dialogs.inquiries import Organisation, Register
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.esobes.register import Copies


@pytest.fixture
def settings(redis_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


async def test_every_setting_is_told_with_its_time(batched: Batched, settings: Settings) -> None:
    homes = tuple(Organisation(bin=str(number), name="Нұр") for number in range(12))
    await Copies(batched).keep("inpatient", Register(homes, datetime(2026, 11, 23, 10, 5, tzinfo=ALMATY)))
    assert await register.told(settings) == [
        "inpatient       fetched 23.11.2026 10:05, 12 organisations",
        "semi_inpatient  not fetched within the last week",
        "home            not fetched within the last week",
        "temporary       not fetched within the last week",
    ]
