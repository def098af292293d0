"""What staff see of what may be a misuse."""

from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from bot import audit
from bot.settings import Settings
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.store import AuditLine, tag

AT = datetime(2026, 11, 25, 10, 5, tzinfo=ALMATY)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


async def wrote(redis: Batched, shard: int, what: str, hours: int, *, ref: str = "Ab1", about: str = "") -> None:
    line = AuditLine(int((AT + timedelta(hours=hours)).timestamp()), ref, "sms", what, about)
    await redis("XADD", f"{tag(shard)}:audit", "*", "audit", msgspec.json.encode(line))


async def test_where_nothing_happened_that_is_said(settings: Settings, batched: Batched) -> None:
    assert await audit.told(settings) == ["nothing is in the audit"]


async def test_what_happened_is_told_in_its_order_whichever_shard_it_lies_in(
    settings: Settings, batched: Batched
) -> None:
    await wrote(batched, 3, "code_wrong", 2, about="0a1b2c3d4e5f")
    await wrote(batched, 9, "code_not_sent", 1, ref="")
    await wrote(batched, 3, "code_wrong", 0)
    assert await audit.told(settings) == [
        "when                 what           surface  ref  about",
        "25.11.2026 10:05:00  code_wrong     sms      Ab1  -",
        "25.11.2026 11:05:00  code_not_sent  sms      -    -",
        "25.11.2026 12:05:00  code_wrong     sms      Ab1  0a1b2c3d4e5f",
    ]


async def test_only_what_happened_since_a_day_is_told_if_so_asked(settings: Settings, batched: Batched) -> None:
    await wrote(batched, 1, "proven", -11)
    await wrote(batched, 2, "code_asked", -10)
    lines = await audit.told(settings, date(2026, 11, 25))
    assert [line.split()[2] for line in lines[1:]] == ["code_asked"]
    assert await audit.told(settings, date(2026, 11, 26)) == ["nothing is in the audit"]


async def test_many_lines_are_told_and_one_that_is_none_is_left_out(settings: Settings, batched: Batched) -> None:
    for number in range(1005):
        await wrote(batched, 5, "code_wrong", number)
    await batched("XADD", f"{tag(5)}:audit", "*", "audit", "{")
    assert len(await audit.told(settings)) == 1 + 1005
