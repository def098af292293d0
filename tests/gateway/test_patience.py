from datetime import datetime, timedelta

from gateway.patience import REMEMBERED, Patience

NOW = datetime.fromisoformat("2026-11-23T10:00:00+05:00")


def test_more_than_enough_a_day_is_too_often() -> None:
    patience = Patience(2)
    assert [patience.spent("+77010000001", f"m{number}", NOW) for number in range(4)] == [False, False, True, True]
    assert not patience.spent("+77010000001", "m9", NOW + timedelta(days=1))


def test_a_message_that_is_looked_at_anew_counts_once() -> None:
    patience = Patience(2)
    looks = ["m1", "m1", "m1", "m2", "m2", "m3", "m3"]
    assert [patience.spent("+77010000001", message, NOW) for message in looks] == [False] * 5 + [True] * 2


def test_people_do_not_share_it_and_are_forgotten_in_turn() -> None:
    patience = Patience(1)
    assert not patience.spent("+77010000001", "m1", NOW)
    assert patience.spent("+77010000001", "m2", NOW)
    assert not any(patience.spent(f"+7702{number:07}", "m1", NOW) for number in range(REMEMBERED))
    assert not patience.spent("+77010000001", "m3", NOW)
