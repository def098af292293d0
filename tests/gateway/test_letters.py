import itertools
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.clock import ALMATY
from gateway.connection import Batched, Client
from gateway.letters import Letters, News, Status

NUMBERS = itertools.count()
ORDER = [Status.ACCEPTED, Status.BUFFERED, Status.SENT]
RANKS = {Status.ACCEPTED: 1, Status.EXPIRED: 1, Status.BUFFERED: 2, Status.SENT: 3}


async def test_a_status_goes_forward(batched: Batched) -> None:
    letters = Letters(batched)
    assert await letters.status("a") is None
    for status in (*ORDER, Status.DELIVERED):
        assert await letters.mark("a", status) == 1
        assert await letters.status("a") is status


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(reports=st.lists(st.sampled_from(Status), min_size=1, max_size=8))
async def test_a_status_never_goes_back(batched: Batched, reports: list[Status]) -> None:
    letters, name = Letters(batched), f"letter {next(NUMBERS)}"
    expected: Status | None = None
    for report in reports:
        await letters.mark(name, report)
        if expected is None or RANKS.get(report, 9) > RANKS.get(expected, 9):
            expected = report
        assert await letters.status(name) is expected


@pytest.mark.parametrize("early", [True, False])
async def test_what_a_provider_has_did_leave_though_it_never_confirmed_it_in_time(
    early: bool, batched: Batched
) -> None:
    letters = Letters(batched)
    for status in (Status.SENT, Status.EXPIRED) if early else (Status.EXPIRED, Status.SENT):
        await letters.mark("a", status, proof=True)
    assert await letters.status("a") is Status.SENT


async def test_what_became_of_a_letter_is_kept_for_a_month(batched: Batched, redis: Client) -> None:
    await Letters(batched).mark("a", Status.SENT)
    (key,) = [key async for key in redis.scan_iter()]
    assert 29 * 86400 < await redis.ttl(key) <= 30 * 86400


AT = datetime(2026, 11, 25, 10, 0, tzinfo=ALMATY)


async def test_news_of_many_letters_comes_at_once_and_in_their_order(batched: Batched) -> None:
    letters = Letters(batched)
    await letters.mark("a", Status.ACCEPTED, at=AT.timestamp(), carriage="7b1f 9", proof=True)
    await letters.mark("b", Status.FAILED, at=AT.timestamp() + 60)
    assert await letters.news(["b", "nobody's", "a"]) == [
        News(Status.FAILED, AT.replace(minute=1), ""),
        None,
        News(Status.ACCEPTED, AT, "7b1f 9"),
    ]
    assert await letters.news([]) == []


@pytest.mark.parametrize("early", [True, False])
async def test_what_proves_something_is_kept_for_good_whenever_the_report_comes(
    early: bool, batched: Batched, redis: Client
) -> None:
    letters, at = Letters(batched), AT.timestamp()

    async def report() -> None:
        await letters.mark("a", Status.DELIVERED, at=at)

    async def taken() -> None:
        await letters.mark("a", Status.ACCEPTED, at=at + 1, carriage="7b1f", proof=True)

    for step in (report, taken, report, taken) if early else (taken, report, taken, report):
        await step()
    assert await letters.news(["a"]) == [News(Status.DELIVERED, AT, "7b1f")]
    (key,) = [key async for key in redis.scan_iter()]
    assert await redis.ttl(key) == -1


async def test_a_report_that_tells_nothing_new_does_not_keep_a_record_longer(batched: Batched, redis: Client) -> None:
    letters = Letters(batched)
    await letters.mark("a", Status.DELIVERED)
    (key,) = [key async for key in redis.scan_iter()]
    await redis.expire(key, 100)
    assert await letters.mark("a", Status.SENT, carriage="7b1f") == 0
    assert 0 < await redis.ttl(key) <= 100
    (news,) = await letters.news(["a"])
    assert news is not None
    assert (news.status, news.provider) == (Status.DELIVERED, "7b1f")
