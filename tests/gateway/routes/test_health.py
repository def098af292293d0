"""How a route is judged, by seconds."""

from gateway.routes.health import Health


def well(health: Health, now: float) -> bool:
    return health.opens(now) <= now


def failing(times: int, now: float = 0.0) -> Health:
    health = Health(0.5)
    for _ in range(times):
        health.leaves(now)
        health.failed(now)
    return health


def test_two_failures_in_a_row_change_nothing_and_the_third_lets_the_route_rest() -> None:
    assert well(failing(2), 0)
    health = failing(3)
    assert health.opens(0) == 1
    assert health.state == "resting"


def test_a_letter_that_gets_through_between_them_begins_the_count_anew() -> None:
    health = failing(2)
    health.took()
    health.failed(0)
    health.failed(0)
    assert well(health, 0)


def test_after_the_rest_one_letter_at_a_time_leaves_and_the_third_opens_the_route() -> None:
    health = failing(3)
    for _ in range(3):
        assert well(health, 1)
        health.leaves(1)
        assert not well(health, 1)
        health.took()
    assert well(health, 1)
    health.leaves(1)
    assert well(health, 1)
    assert health.state == "well"


def test_one_that_left_alone_and_was_never_heard_of_holds_up_the_next_for_twenty_seconds() -> None:
    health = failing(3)
    health.leaves(1)
    assert health.opens(1) == 1.5
    assert health.opens(20.8) == 21
    assert well(health, 21)


def test_each_rest_is_twice_as_long_up_to_ten_seconds_and_short_again_after_a_recovery() -> None:
    health, now, rests = failing(3), 0.0, []
    for _ in range(7):
        rests.append(health.opens(now) - now)
        now = health.opens(now)
        health.leaves(now)
        health.failed(now)
    assert rests == [1, 2, 4, 8, 10, 10, 10]
    now = health.opens(now)
    for _ in range(3):
        health.leaves(now)
        health.took()
    for _ in range(3):
        health.failed(now)
    assert health.opens(now) == now + 1


def test_a_route_that_asks_for_a_pause_gets_it_at_once() -> None:
    health = Health(0.5)
    health.failed(0, 90)
    assert health.opens(0) == 90


def test_a_pause_is_kept_though_others_that_were_under_way_get_through() -> None:
    health = Health(0.5)
    for _ in range(6):
        health.leaves(0)
    health.failed(0, 90)
    for _ in range(5):
        health.took()
    assert health.opens(0) == 90
    assert health.state == "resting"


def test_ten_refusals_in_a_row_let_it_rest_and_a_single_one_says_nothing() -> None:
    health = Health(0.5)
    for _ in range(9):
        health.refused(0)
    assert well(health, 0)
    health.refused(0)
    assert not well(health, 0)


def checked(health: Health, *results: tuple[bool, int], now: float = 0.0) -> None:
    for delivered, times in results:
        for _ in range(times):
            health.checked(delivered, now)


def test_a_route_by_which_fewer_are_delivered_than_before_gives_way_for_five_minutes() -> None:
    health = Health(0.5)
    checked(health, (True, 20))
    assert health.delivers(0)
    checked(health, (False, 21))
    assert not health.delivers(0)
    assert health.state == "limping"
    assert well(health, 0)
    assert not health.delivers(299)
    assert health.delivers(300)


def test_then_one_letter_in_ten_seconds_shows_how_it_is_and_five_delivered_bring_it_back() -> None:
    health = Health(0.5)
    checked(health, (True, 20), (False, 21))
    health.leaves(300)
    assert not health.delivers(309)
    assert health.delivers(310)
    checked(health, (True, 5), now=600)
    assert health.state == "well"
    health.leaves(600)
    assert health.delivers(600)


def test_what_left_before_the_rest_does_not_count_and_each_rest_is_twice_as_long_up_to_an_hour() -> None:
    health, now, rests = Health(0.5), 0.0, []
    checked(health, (True, 20), (False, 21))
    for _ in range(6):
        checked(health, (False, 9), now=now + 10)
        ends = next(at for at in range(int(now), int(now) + 4000) if health.delivers(at))
        rests.append(ends - now)
        now = float(ends)
        checked(health, (False, 5), now=now)
    assert rests == [300, 600, 1200, 2400, 3600, 3600]


def test_a_provider_that_never_reports_is_not_judged_by_its_reports() -> None:
    health = Health(0.5)
    checked(health, (False, 200))
    assert health.delivers(0)


def test_nobody_minds_where_the_share_is_nought() -> None:
    health = Health(0.0)
    checked(health, (True, 20), (False, 200))
    assert health.delivers(0)


def test_however_long_a_provider_asks_us_to_wait_it_is_tried_again_within_minutes() -> None:
    health = Health(0.5)
    health.failed(0, after=10**9)
    assert not well(health, 299)
    assert well(health, 300)


def test_letters_that_were_under_way_when_the_rest_began_do_not_lengthen_it() -> None:
    health = Health(0.5)
    for _ in range(100):
        health.failed(0)
    assert well(health, 1)


def test_a_clock_that_is_set_back_keeps_no_route_closed() -> None:
    health, ago = Health(0.5), 10.0**6
    for _ in range(3):
        health.failed(ago)
    health.leaves(ago)
    assert well(health, 0)
    checked(health, (True, 20), (False, 21), now=ago)
    assert health.delivers(10)
