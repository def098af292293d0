from gateway.channels import Letter
from gateway.outbox.lanes import Held, Lanes, pause


def held(name: str, address: str = "sms:+77011234567") -> Held:
    return Held(0, name.encode(), Letter(name, address, name, 0.0))


def names(taken: list[Held]) -> list[str]:
    return [one.letter.id for one in taken]


def test_letters_of_one_address_leave_one_after_the_other() -> None:
    lanes = Lanes(10)
    first, second = held("1"), held("2")
    lanes.add(first)
    lanes.add(second)
    assert names(lanes.take(0)) == ["1"]
    assert lanes.take(0) == []
    lanes.done(first)
    assert names(lanes.take(0)) == ["2"]
    lanes.done(second)
    assert not lanes.busy(1e12)


def test_a_letter_that_rests_keeps_those_behind_it_waiting() -> None:
    lanes = Lanes(10)
    first = held("1")
    lanes.add(first)
    lanes.add(held("2"))
    lanes.take(0)
    lanes.rest(first, 5)
    assert lanes.next_due(0) == 5
    assert not lanes.busy(4)
    assert lanes.take(4) == []
    assert names(lanes.take(5)) == ["1"]


def test_other_addresses_do_not_wait() -> None:
    lanes = Lanes(10)
    for name, address in (("1", "sms:a"), ("2", "sms:b"), ("3", "tg:c")):
        lanes.add(held(name, address))
    assert names(lanes.take(0)) == ["1", "2", "3"]


def test_a_slow_channel_does_not_take_the_places_of_another() -> None:
    lanes = Lanes(2)
    for number in range(5):
        lanes.add(held(f"sms{number}", f"sms:{number}"))
    lanes.add(held("tg", "tg:1"))
    assert names(lanes.take(0)) == ["sms0", "sms1", "tg"]
    assert lanes.take(0) == []


def test_pauses_grow_and_are_spread_and_end_somewhere() -> None:
    assert [pause(tries, None, 1.0) for tries in range(1, 6)] == [1, 2, 4, 8, 16]
    assert pause(3, None, 0.0) == 2
    assert pause(100, None, 1.0) == 300


def test_the_provider_is_not_asked_before_the_time_it_named() -> None:
    assert pause(1, 40, 0.0) == 40
    assert pause(9, 0.5, 1.0) == 1.5


def test_while_a_channel_is_closed_nothing_leaves_by_it_and_everything_by_others() -> None:
    lanes = Lanes(10)
    for name, address in (("1", "sms:a"), ("2", "tg:b")):
        lanes.add(held(name, address))
    lanes.close("sms", 5)
    assert names(lanes.take(4)) == ["2"]
    assert lanes.next_due(4) == 5
    assert not lanes.is_due("sms:a", 4)
    assert lanes.is_due("sms:a", 5)
    assert names(lanes.take(5)) == ["1"]
    assert lanes.next_due(5) is None


def test_what_rests_can_be_woken_and_what_does_not_rest_is_left_alone() -> None:
    lanes = Lanes(10)
    first, other = held("1"), held("2", "sms:other")
    for one in (first, other):
        lanes.add(one)
    lanes.take(0)
    lanes.rest(first, 900)
    lanes.wake("sms:other")
    lanes.wake("sms:nobody")
    assert lanes.take(1) == []
    lanes.wake(first.letter.address)
    lanes.wake(first.letter.address)
    assert names(lanes.take(1)) == ["1"]
    assert lanes.next_due(1) is None
