"""Numbers that no operator has: what becomes of a letter shows in them, and nobody ever gets it."""

from datetime import timedelta

import phonenumbers

from dialogs.broadcasts.states import State
from gateway.broadcasts import simulated
from gateway.broadcasts.broadcast import Mode
from gateway.broadcasts.fates import Fate
from gateway.broadcasts.intake import phones
from gateway.broadcasts.rolls import Recipient
from gateway.broadcasts.simulated import Simulated
from gateway.connection import Batched
from tests.gateway.broadcasts.sending import NOON, desk, people

DELIVERS, FAILS, LATER, STOPPED = (f"+7799000000{number}" for number in (1, 2, 3, 4))


def test_no_operator_has_a_number_that_begins_so() -> None:
    for end in ("0000000", "0000001", "1234567", "9999999"):
        number = phonenumbers.parse(f"{phones.SIMULATED}{end}")
        assert not phonenumbers.is_valid_number(number)
        assert phones.read(f"{phones.SIMULATED}{end}") == f"{phones.SIMULATED}{end}"


async def test_each_number_does_what_is_told_of_it_and_nobody_gets_anything(batched: Batched) -> None:
    async with desk(batched) as it:
        played = Simulated(batched, it.clock)
        it.channels[simulated.CHANNEL] = played
        named = [
            Recipient(row, phone, None, ("Х",)) for row, phone in enumerate((DELIVERS, FAILS, LATER, STOPPED), 2)
        ]
        made = await it.broadcast([*named, *people(3)], mode=Mode.TEST)
        await it.until(made, lambda known, _: known.state is State.DONE)
        await played.ring()
        counts = (await it.counts(made)).by_fate
        assert counts == {Fate.DELIVERED: 4, Fate.FAILED: 1, Fate.ACCEPTED: 1, Fate.OPTED_OUT: 1}
        await it.clock.move(NOON + timedelta(seconds=75))
        await played.ring()
        await played.ring()
        counts = (await it.counts(made)).by_fate
        assert counts == {Fate.DELIVERED: 5, Fate.FAILED: 1, Fate.OPTED_OUT: 1}
        assert it.carrier.letters == []


async def test_what_was_to_be_told_later_outlives_the_program(batched: Batched) -> None:
    async with desk(batched) as it:
        it.channels[simulated.CHANNEL] = Simulated(batched, it.clock)
        made = await it.broadcast([Recipient(2, LATER)], mode=Mode.TEST)
        await it.until(made, lambda known, _: known.state is State.DONE)
        await it.clock.move(NOON + timedelta(minutes=2))
        await Simulated(batched, it.clock).ring()
        assert (await it.counts(made)).by_fate == {Fate.DELIVERED: 1}


def test_who_has_an_iin_is_not_asked_for_a_test() -> None:
    assert simulated.of_iin("850101300123") == "+77991300123"
