"""One letter after the other, by two routes and a clock; with the real Redis."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.channels import Attempt, Letter, Rejected, Retry, Sent, Unclear
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.letters import Delivery, Status
from gateway.routes.reports import Reported
from gateway.routes.routes import Preference, Routes
from gateway.routes.trails import Spent, Trails
from gateway.store import outbox_key, shard, shard_number
from tests.gateway.affairs import Hands
from tests.gateway.carrying import PATIENCE, carried_by
from tests.gateway.cutting import wire
from tests.gateway.routes.scripted import Scripted

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ALMATY)
ANNA = "sms:+77011234567"
AWAY = Retry("away")
CUT = Unclear("cut")
NO = Rejected("no")
NO_WAY = Rejected("refused by first")


@pytest.fixture
def clock() -> Hands:
    return Hands(NOW)


@pytest.fixture
def first() -> Scripted:
    return Scripted("first")


@pytest.fixture
def second() -> Scripted:
    return Scripted("second")


@pytest.fixture
def routes(batched: Batched, clock: Hands, first: Scripted, second: Scripted) -> Routes:
    return carried_by(batched, clock, first, second, prices={"first": 1250, "second": 1800})


@pytest.fixture
def reported(batched: Batched, clock: Hands, routes: Routes) -> Reported:
    return Reported(batched, routes, clock, lambda _: None)


def letter(name: str = "a", **more: object) -> Letter:
    return Letter(name, ANNA, "Сәлем!", NOW.timestamp(), **more)  # type: ignore[arg-type]


async def later(clock: Hands, seconds: float) -> None:
    await clock.move(clock.now() + timedelta(seconds=seconds))


async def test_a_letter_leaves_by_the_first_route_with_its_price(routes: Routes, second: Scripted) -> None:
    assert await routes.send(letter()) == Sent("first-1", route="first", price=1250)
    assert second.sent == []


async def test_the_price_is_counted_for_each_part_and_once(routes: Routes, batched: Batched) -> None:
    long = Letter("long", ANNA, "ә" * 71, NOW.timestamp())
    for _ in range(3):  # as if we had died each time before it was struck off
        assert isinstance(await routes.send(long), Sent)
    await routes.send(letter(broadcast=True))
    assert await Trails(batched).spent("2026-11") == {
        (23, "first", False): Spent(1, 2, 2500),
        (23, "first", True): Spent(1, 1, 1250),
    }


async def test_what_was_taken_is_not_sent_again(routes: Routes, first: Scripted) -> None:
    await routes.send(letter())
    assert await routes.send(letter()) == Sent("", route="first", price=1250)
    assert first.sent == ["a"]


async def test_where_a_route_surely_failed_the_next_takes_over(routes: Routes, first: Scripted) -> None:
    first.answers.append(AWAY)
    assert await routes.send(letter()) == Sent("second-1", route="second", price=1800)


async def test_where_a_route_refuses_it_the_next_takes_over_and_it_never_goes_back(
    routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers.append(NO)
    second.answers.append(AWAY)
    assert isinstance(await routes.send(letter()), Retry)
    await later(clock, 60)
    assert await routes.send(letter()) == Sent("second-2", route="second", price=1800)
    assert first.sent == ["a"]


async def test_only_where_every_route_refuses_it_it_is_given_up(
    routes: Routes, first: Scripted, second: Scripted
) -> None:
    first.answers.append(NO)
    second.answers.append(NO)
    assert await routes.send(letter()) == Rejected("refused by first, second")
    assert await routes.send(letter()) == Rejected("refused by first, second")
    assert (first.sent, second.sent) == (["a"], ["a"])


async def test_an_unclear_letter_stays_with_its_route_and_waits_for_a_report(
    routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers.append(CUT)
    assert await routes.send(letter()) == Retry("first: cut; a report may come", PATIENCE)
    await later(clock, PATIENCE - 1)
    assert await routes.send(letter()) == Retry("first: a report may come", 1)
    await later(clock, 1)
    assert await routes.send(letter()) == Sent("first-2", route="first", price=1250)
    assert second.sent == []
    assert routes.counts["first", "unclear"] == routes.counts["first", "unclear_again"] == 1


async def test_of_what_goes_to_many_nobody_gets_it_twice_because_a_report_is_late(
    routes: Routes, first: Scripted, clock: Hands
) -> None:
    first.answers.append(CUT)
    assert await routes.send(letter(broadcast=True)) == Retry("first: cut; a report may come", 900)
    await later(clock, 899)
    assert await routes.send(letter(broadcast=True)) == Retry("first: a report may come", 1)
    await later(clock, 1)
    assert await routes.send(letter(broadcast=True)) == Sent("first-2", route="first", price=1250)


@pytest.mark.parametrize("status", [Status.SENT, Status.DELIVERED, Status.BUFFERED, Status.FAILED])
async def test_a_report_proves_that_the_route_has_it(
    status: Status, routes: Routes, first: Scripted, clock: Hands, reported: Reported
) -> None:
    first.answers.append(CUT)
    await routes.send(letter())
    await reported.reported("first", Delivery("a", status))
    await later(clock, 60)
    assert await routes.send(letter()) == Sent("", route="first", price=1250)
    assert first.sent == ["a"]


async def test_a_letter_that_was_under_way_when_we_died_counts_as_unclear(
    batched: Batched, clock: Hands, first: Scripted, second: Scripted, routes: Routes
) -> None:
    first.answers.append(RuntimeError("killed"))
    with pytest.raises(RuntimeError):
        await routes.send(letter())
    await later(clock, 3600)  # a report could not come meanwhile
    anew = carried_by(batched, clock, first, second)
    assert await anew.send(letter()) == Retry("first: a report may come", PATIENCE)
    assert (first.sent, second.sent) == (["a"], [])


async def test_a_provider_that_can_be_asked_settles_it(
    routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers += (CUT, CUT, CUT)
    for name in ("a", "b", "c"):
        await routes.send(letter(name))
    await later(clock, 1)
    first.told = Sent("known")
    assert await routes.send(letter("a")) == Sent("known", route="first", price=1250)
    await later(clock, 60)
    first.told = Retry("unknown")
    assert await routes.send(letter("b")) == Sent("first-4", route="first", price=1250)
    first.told = NO
    assert await routes.send(letter("c")) == Sent("second-1", route="second", price=1800)
    assert first.sent == ["a", "b", "c", "b"]


async def test_after_an_unclear_end_a_sure_failure_does_not_open_another_way(
    routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers += (CUT, AWAY, AWAY)
    await routes.send(letter())
    for _ in range(2):
        await later(clock, 60)
        assert isinstance(await routes.send(letter()), Retry)
    assert (first.sent, second.sent) == (["a", "a", "a"], [])
    await later(clock, 60)
    assert isinstance(await routes.send(letter()), Sent)


async def test_however_long_a_route_asks_us_to_wait_an_unclear_letter_is_tried_again_when_the_route_is(
    routes: Routes, first: Scripted, clock: Hands
) -> None:
    first.answers += (CUT, Retry("come back tomorrow", 86400.0))
    await routes.send(letter())
    await later(clock, 60)
    outcome = await routes.send(letter())
    assert isinstance(outcome, Retry)
    assert outcome.after == 300


async def test_but_a_refusal_does(routes: Routes, first: Scripted, second: Scripted, clock: Hands) -> None:
    first.answers += (CUT, NO)
    await routes.send(letter())
    await later(clock, 60)
    assert await routes.send(letter()) == Sent("second-1", route="second", price=1800)


async def test_a_list_full_of_dead_numbers_holds_up_no_answer(
    batched: Batched, clock: Hands, first: Scripted
) -> None:
    alone = carried_by(batched, clock, first)
    first.answers += [NO] * 10
    for number in range(10):
        assert await alone.send(letter(f"list-{number}", broadcast=True)) == NO_WAY
    assert isinstance(await alone.send(letter("list-10", broadcast=True)), Retry)
    assert isinstance(await alone.send(letter("answer")), Sent)


async def test_a_route_that_fails_again_and_again_is_passed_over_and_comes_back_carefully(
    routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers += (AWAY, AWAY, AWAY)
    for number in range(6):
        await routes.send(letter(f"{number}"))
    assert len(first.sent) == 3
    assert len(second.sent) == 6
    await later(clock, 1)
    for number in range(6, 9):
        await routes.send(letter(f"{number}"))
    assert len(first.sent) == 6
    assert len(second.sent) == 6


async def test_while_all_rest_nobody_is_tried(
    routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    for route in (first, second):
        route.answers += [AWAY] * 9
    for number in range(3):
        await routes.send(letter(f"{number}"))
    assert await routes.send(letter("next")) == Retry("first, second: at rest", 1, everybody=True)
    assert "next" not in first.sent


async def test_a_letter_of_which_something_is_known_now_need_not_wait(
    batched: Batched, clock: Hands, routes: Routes, first: Scripted
) -> None:
    hurried: list[Letter] = []
    reported = Reported(batched, routes, clock, hurried.append)
    first.answers += (CUT, CUT)
    await routes.send(letter("a"))
    await routes.send(letter("b"))
    await reported.reported("first", Delivery("a", Status.SENT))
    await reported.reported("first", Delivery("b", Status.REJECTED))
    await reported.reported("first", Delivery("a", Status.DELIVERED))
    assert [one.id for one in hurried] == ["a", "b"]


async def test_the_pause_of_an_unclear_letter_grows_to_a_quarter_of_an_hour(
    routes: Routes, first: Scripted, clock: Hands
) -> None:
    first.answers += [CUT] * 12
    pauses = []
    for _ in range(12):
        outcome = await routes.send(letter(until=NOW.timestamp() + 7 * 86400))
        assert isinstance(outcome, Retry)
        assert outcome.after is not None
        pauses.append(outcome.after)
        await later(clock, outcome.after)
    assert pauses[:3] == [PATIENCE, 2 * PATIENCE, 4 * PATIENCE]
    assert max(pauses) == pauses[-1] == 900


async def test_a_refusal_that_comes_as_a_report_sends_it_another_way_once(
    batched: Batched, routes: Routes, reported: Reported, second: Scripted
) -> None:
    await routes.send(letter())
    for _ in range(2):
        await reported.reported("first", Delivery("a", Status.REJECTED))
    entries = await batched("XRANGE", outbox_key(shard_number("a")), "-", "+")
    assert len(entries) == 1
    assert await routes.send(letter()) == Sent("second-1", route="second", price=1800)
    assert (await reported._letters.news(["a"])) == [None]


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.FAILED])
async def test_a_refusal_that_comes_after_the_end_sends_it_nowhere(
    status: Status, batched: Batched, routes: Routes, reported: Reported
) -> None:
    await routes.send(letter())
    for one in (status, Status.REJECTED):
        await reported.reported("first", Delivery("a", one))
    assert await batched("XLEN", f"{shard('a')}:outbox") == 0
    assert await reported._letters.status("a") is status


async def test_what_the_first_route_says_later_changes_nothing_unless_the_person_has_it(
    routes: Routes, first: Scripted, reported: Reported
) -> None:
    first.answers.append(NO)
    await routes.send(letter())
    await reported.reported("first", Delivery("a", Status.FAILED))
    assert await reported._letters.status("a") is None
    await reported.reported("second", Delivery("a", Status.SENT))
    assert await reported._letters.status("a") is Status.SENT
    await reported.reported("first", Delivery("a", Status.DELIVERED))
    assert await reported._letters.status("a") is Status.DELIVERED


async def test_the_only_route_that_refuses_it_by_a_report_is_believed(
    batched: Batched, clock: Hands, first: Scripted
) -> None:
    routes = carried_by(batched, clock, first)
    reported = Reported(batched, routes, clock, lambda _: None)
    await routes.send(letter())
    await reported.reported("first", Delivery("a", Status.REJECTED))
    assert await reported._letters.status("a") is Status.REJECTED


class Racing(Scripted):
    """A provider whose report is faster than its answer."""

    reported: Reported
    status: Status

    async def send(self, letter: Letter) -> Attempt:
        answer = await super().send(letter)
        await self.reported.reported(self.name, Delivery(letter.id, self.status))
        return answer


async def test_a_refusal_reported_before_the_answer_sends_it_another_way(
    batched: Batched, clock: Hands, second: Scripted
) -> None:
    racing = Racing("first")
    routes = carried_by(batched, clock, racing, second)
    racing.reported, racing.status = Reported(batched, routes, clock, lambda _: None), Status.REJECTED
    assert await routes.send(letter()) == Sent("second-1", route="second")
    assert (racing.sent, second.sent) == (["a"], ["a"])


async def test_an_arrival_reported_before_the_answer_is_counted_once(
    batched: Batched, clock: Hands, second: Scripted
) -> None:
    racing = Racing("first")
    routes = carried_by(batched, clock, racing, second, prices={"first": 1250})
    racing.reported, racing.status = Reported(batched, routes, clock, lambda _: None), Status.DELIVERED
    assert await routes.send(letter()) == Sent("first-1", route="first", price=1250)
    assert await Trails(batched).spent("2026-11") == {(23, "first", False): Spent(1, 1, 1250)}
    assert await racing.reported._letters.status("a") is Status.DELIVERED


async def test_what_a_provider_has_answered_is_written_down_however_long_redis_is_away(
    redis_url: str, tmp_path: Path, batched: Batched, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.routes.routes._LOOK", 0.01)
    async with wire(redis_url, tmp_path, b"EVALSHA") as (cutting, client):
        for number, (answer, *more) in enumerate(((Sent(),), (AWAY, Sent()), (NO, Sent()))):
            name, first, second = f"{number}", Scripted("first", answer), Scripted("second", *more)
            routes = carried_by(Batched(client), clock, first, second, prices={"first": 1, "second": 1})
            for when in ("before", "after"):
                cutting.cut_at(2, when)
                assert isinstance(await routes.send(letter(f"{name} {when}")), Sent)
                first.answers.append(answer)
                second.answers.extend(more)
    spent = await Trails(batched).spent("2026-11")
    assert {route: sums.letters for (_, route, _), sums in spent.items()} == {"first": 2, "second": 4}


async def test_what_nobody_knows_is_sent_again_at_growing_intervals(
    routes: Routes, first: Scripted, clock: Hands
) -> None:
    first.answers += [CUT] * 20
    for second in range(3600):
        clock.at = NOW + timedelta(seconds=second)
        await routes.send(letter())
    assert len(first.sent) < 12


async def test_a_failure_after_an_unclear_end_does_not_lengthen_the_intervals(
    routes: Routes, first: Scripted, clock: Hands
) -> None:
    first.answers += (CUT, *[AWAY] * 10)
    await routes.send(letter())
    for _ in range(11):
        await later(clock, 60)
        outcome = await routes.send(letter())
    assert isinstance(outcome, Sent)


async def test_a_provider_that_does_not_know_the_letter_yet_may_still_get_it(
    batched: Batched, routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers.append(CUT)
    await routes.send(letter())
    first.told = Retry("never heard of it")
    assert await routes.send(letter()) == Retry("first: a report may come", PATIENCE)
    anew = carried_by(batched, clock, second, first)
    await later(clock, PATIENCE)
    assert await anew.send(letter()) == Sent("second-1", route="second")


async def test_a_letter_whose_route_is_gone_waits_for_a_report_and_goes_another_way(
    batched: Batched, routes: Routes, first: Scripted, second: Scripted, clock: Hands
) -> None:
    first.answers.append(CUT)
    await routes.send(letter())
    anew = carried_by(batched, clock, second)
    assert await anew.send(letter()) == Retry("first serves nobody any more; a report may come", PATIENCE)
    await later(clock, PATIENCE)
    assert await anew.send(letter()) == Sent("second-1", route="second")
    assert anew.counts["first", "unclear_elsewhere"] == 1


async def test_an_unclear_letter_outlives_a_clock_that_is_set_back(
    routes: Routes, first: Scripted, clock: Hands
) -> None:
    first.answers.append(CUT)
    await routes.send(letter())
    clock.at -= timedelta(days=2)
    assert isinstance(await routes.send(letter()), Sent)


@pytest.mark.parametrize("others", [0, 1])
async def test_that_it_was_taken_is_known_as_long_as_the_letter_is_of_use(
    others: int, batched: Batched, clock: Hands, first: Scripted, second: Scripted
) -> None:
    routes = carried_by(batched, clock, *(first, second)[: 1 + others])
    await routes.send(letter())
    key = f"{shard('a')}:trail:a"
    assert await batched("TTL", key) >= 86400
    assert await batched("EXISTS", f"{shard('a')}:copy:a") == others


def test_prefixes_come_first_and_the_longest_of_them_counts() -> None:
    preference = Preference(
        ("kannel", "smsc"), ("smsc",), {"+7701": ("smsc",), "+77012": ("mobizon", "kannel"), "+7705": ("kannel",)}
    )
    assert preference.order("+77771234567", False) == ("kannel", "smsc")
    assert preference.order("+77771234567", True) == ("smsc",)
    assert preference.order("+77011234567", False) == ("smsc", "kannel")
    assert preference.order("+77012234567", False) == ("mobizon", "kannel", "smsc")
    assert preference.order("+77051234567", True) == ("kannel", "smsc")
