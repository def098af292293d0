"""A list becomes a roll: by phones and by IINs, nobody twice, and what is wrong as the list has it."""

import asyncio
from collections.abc import Iterable

from dialogs.language import Language
from gateway.broadcasts.filling import AWAY, Filled, Filling, Found
from gateway.broadcasts.intake.rows import Fault, Row, Summary
from gateway.broadcasts.rolls import Rolls
from gateway.connection import Batched
from gateway.store import shard_number

ROLL = "b1.1"
SUMMARY = Summary(
    headings=("Тіл", "Телефон", "Аты", "ЖСН"), columns=("Аты",), phone="Телефон", iin="ЖСН", language="Тіл"
)
KNOWN = {
    "680412400123": Found("+77010000001", Language.RU),
    "550301300456": Found("+77010000002"),
    "900101300123": Found(fault="staff.broadcast.list.nobody"),
}


def phone(number: int, digits: str, language: Language | None = None) -> Row:
    return Row(number, digits, "", language, (f"Адам {number}",))


def iin(number: int, digits: str) -> Row:
    return Row(number, "", digits, None, (f"Адам {number}",))


class Asked:
    def __init__(self, known: dict[str, Found]) -> None:
        self.times = 0
        self._known = known

    async def __call__(self, digits: str) -> Found:
        self.times += 1
        return self._known.get(digits, Found(fault=AWAY))


async def fill(
    batched: Batched, phones: Iterable[Row], iins: Iterable[Row], asked: Asked | None = None
) -> tuple[Filled, list[Fault]]:
    faults: list[Fault] = []
    there = list(phones)

    async def filled(_: int) -> None:
        return None

    found = await Filling(Rolls(batched), asked or Asked(KNOWN)).fill(
        ROLL,
        SUMMARY,
        lambda shard: [row for row in there if shard_number(f"sms:{row.phone}") == shard],
        iins,
        faults.extend,
        unfit=lambda _: "",
        filled=filled,
    )
    return found, faults


async def test_people_are_found_by_phone_and_by_iin(batched: Batched) -> None:
    found, faults = await fill(batched, [phone(2, "+77010000009", Language.KK)], [iin(3, "680412400123")])
    assert (found, faults) == (Filled(2, 0, 0), [])
    everybody = [one async for _, one, _ in Rolls(batched).everybody(ROLL)]
    assert sorted((one.phone, one.language, one.values) for one in everybody) == [
        ("+77010000001", Language.RU, ("Адам 3",)),
        ("+77010000009", Language.KK, ("Адам 2",)),
    ]


async def test_whoever_nobody_knows_is_told_as_the_list_has_them(batched: Batched) -> None:
    found, faults = await fill(batched, [], [iin(2, "900101300123")])
    assert found == Filled(0, 1, 0)
    assert [(one.number, one.column, one.reason.id, one.cells) for one in faults] == [
        (2, "iin", "staff.broadcast.list.nobody", ("", "", "Адам 2", "900101300123"))
    ]


async def test_a_phone_that_was_found_by_an_iin_is_not_given_away(batched: Batched) -> None:
    found, faults = await fill(batched, [phone(2, "+77010000001", Language.KK)], [iin(5, "680412400123")])
    assert found == Filled(1, 0, 1)
    assert [one.cells for one in faults] == [("ru", "", "Адам 5", "680412400123")]
    found, faults = await fill(batched, [phone(2, "+77010000001"), phone(7, "+77010000001")], [])
    assert [one.cells for one in faults] == [("", "+77010000001", "Адам 7", "")]


async def test_where_e_sobes_does_not_answer_it_is_not_asked_for_everybody(batched: Batched) -> None:
    asked = Asked({})
    found, faults = await fill(batched, [], [iin(number, f"{number:012}") for number in range(2, 502)], asked)
    assert found == Filled(0, 500, 0)
    assert {one.reason.id for one in faults} == {AWAY}
    assert asked.times == 24


async def test_others_are_served_while_many_are_told_that_e_sobes_is_away(batched: Batched) -> None:
    served = 0

    async def serve() -> None:
        nonlocal served
        while True:
            await asyncio.sleep(0)
            served += 1

    serving = asyncio.create_task(serve())
    found, _ = await fill(batched, [], (iin(number, f"{number:012}") for number in range(4000)), Asked({}))
    serving.cancel()
    assert found == Filled(0, 4000, 0)
    assert served > 400
