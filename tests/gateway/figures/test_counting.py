"""Lines of streams, counted once each, whoever counts and whatever dies."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from dialogs.messages import Surface
from gateway.clock import ALMATY
from gateway.connection import Batched, Client, RedisAwayError
from gateway.figures import counting, views
from gateway.figures.counting import PAGE, Counting
from gateway.figures.figures import Figures, Span
from gateway.store import SHARDS, Line, tag
from tests.gateway.affairs import MONDAY, Affairs, opened

FIRST = datetime(2026, 11, 1, 0, 30, tzinfo=ALMATY)
SPAN = Span(date(2026, 10, 31), date(2026, 11, 30))
encode = msgspec.json.Encoder().encode


async def write(
    redis: Batched, lines: int, *, shards: int = SHARDS, note: str = "svc documents.answer sanatorium"
) -> None:
    """Spread over the shards and over the days of a month."""
    await asyncio.gather(
        *(
            redis(
                "XADD",
                f"{tag(number % shards)}:journal",
                "*",
                "line",
                encode(Line(int((FIRST + timedelta(days=number % 30)).timestamp()), "r", Surface.SMS, note, ())),
            )
            for number in range(lines)
        )
    )


async def heard(redis: Batched) -> int:
    days = await Figures(redis).days(SPAN)
    return sum(views.added(days.values()).get(f"heard {one}", 0) for one in views.SURFACES)


async def test_lines_count_on_their_days_of_kazakhstan(batched: Batched) -> None:
    await write(batched, 60)
    assert await Counting(batched).catch_up()
    days = await Figures(batched).days(SPAN)
    assert days[date(2026, 10, 31)] == {}, "half past midnight in Kazakhstan is another day in London"
    assert days[date(2026, 11, 1)] == {"heard sms": 2, "event svc": 2, "asked sanatorium": 2}


async def test_counted_again_nothing_changes(batched: Batched) -> None:
    await write(batched, 40)
    for _ in range(3):
        await Counting(batched).catch_up()
    await write(batched, 2)
    await Counting(batched).catch_up()
    assert await heard(batched) == 42


async def test_many_who_count_at_once_count_every_line_once(batched: Batched) -> None:
    await write(batched, 3 * PAGE + 7, shards=2)
    counters = [Counting(batched) for _ in range(5)]
    await asyncio.gather(*(one.catch_up() for one in counters))
    await counters[0].catch_up()
    assert await heard(batched) == 3 * PAGE + 7


class Dying:
    """Redis goes away before or after so many commands have been done."""

    def __init__(self, redis: Batched, commands: int, *, after: bool) -> None:
        self._redis = redis
        self._left = commands
        self._after = after

    def script(self, source: str) -> Any:
        return self._redis.script(source)

    def __call__(self, *command: Any) -> Any:
        return self._do(*command)

    async def _do(self, *command: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise RedisAwayError("gone")
        answer = await self._redis(*command)
        if self._left == 0:
            raise RedisAwayError("nobody knows whether it was done")
        return answer


@pytest.mark.parametrize("after", [True, False])
async def test_whoever_dies_at_whichever_command_the_next_one_goes_on(batched: Batched, after: bool) -> None:
    await write(batched, 2 * PAGE, shards=1)
    for commands in range(1, 9):
        dying: Any = Dying(batched, commands, after=after)
        with pytest.raises(RedisAwayError):
            await Counting(dying).catch_up()
    assert await Counting(batched).catch_up()
    assert await heard(batched) == 2 * PAGE


async def test_who_has_no_time_counts_a_part_and_the_rest_comes_later(batched: Batched) -> None:
    await write(batched, 4 * PAGE, shards=1)
    assert not await Counting(batched).catch_up(0.0)
    assert await Counting(batched).behind() > 0
    assert await Counting(batched).catch_up(60.0)
    assert await Counting(batched).behind() == 0
    assert await heard(batched) == 4 * PAGE


async def test_a_line_that_cannot_be_read_holds_up_nobody(batched: Batched, caplog: pytest.LogCaptureFixture) -> None:
    await batched("XADD", f"{tag(0)}:journal", "*", "line", "{")
    await batched("XADD", f"{tag(0)}:journal", "*", "other", "x")
    await write(batched, 3, shards=1)
    assert await Counting(batched).catch_up()
    assert await heard(batched) == 3
    assert caplog.text.count("cannot be counted") == 2


async def test_a_page_is_all_that_is_read_at_once(
    batched: Batched, redis: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "BREATH", 0.0)
    await write(batched, PAGE + 1, shards=1)
    counter = Counting(batched)
    task = asyncio.create_task(counter.rounds.run())
    async with asyncio.timeout(60):
        while await heard(batched) <= PAGE:  # noqa: ASYNC110 - another task counts
            await asyncio.sleep(0.01)
    counter.rounds.stop()
    await task
    assert await redis.hget(f"{tag(0)}:counted", "journal")


async def test_the_sms_journal_counts_by_way_and_nature(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms("не знаю, что это?")
    await affairs.sms((await affairs.matter()).yes)
    assert await Counting(affairs.batched).catch_up()
    day = await Figures(affairs.batched).day(MONDAY.date())
    assert day["told sms question"] == 1
    assert day["answer sms answer.consent"] == 1
    assert day["told sms consented"] == 1
