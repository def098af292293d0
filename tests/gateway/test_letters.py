import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.connection import Batched, Client
from gateway.letters import Letters, Status

NUMBERS = itertools.count()
ORDER = [Status.ACCEPTED, Status.BUFFERED, Status.SENT]


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
        if expected is None or (expected in ORDER and ORDER.index(expected) < (*ORDER, report).index(report)):
            expected = report
        assert await letters.status(name) is expected


async def test_what_became_of_a_letter_is_kept_for_a_month(batched: Batched, redis: Client) -> None:
    await Letters(batched).mark("a", Status.SENT)
    (key,) = [key async for key in redis.scan_iter()]
    assert 29 * 86400 < await redis.ttl(key) <= 30 * 86400
