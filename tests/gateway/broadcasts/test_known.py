"""Whom the assistant knows, found by what E-Sobes has told of them."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
from msgspec import structs

from gateway.broadcasts.broadcast import Broadcast, Filter, Reading
from gateway.broadcasts.known import COLUMNS, STAGES, Known
from gateway.broadcasts.lists import UPLOAD, Lists
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.store import BroadcastStore
from gateway.esobes.register import Registers
from gateway.esobes.telling import Esobes
from gateway.inquiries import Inquiries
from gateway.proofs import Proofs
from tests.gateway.affairs import AIGUL, MONDAY, OTHER, PAVEL, PHONE, Affairs, changed, opened
from tests.gateway.duty_events import PLACE, invited
from tests.gateway.ministry import TOKEN

THIRD = "+77059998877"
SOMEBODY = structs.replace(AIGUL, iin="900101300017")
CITIZEN = {
    "iin": SOMEBODY.iin,
    "name": SOMEBODY.name,
    "birth_date": "1990-01-01",
    "language": "kk",
    "phones": [PHONE, THIRD],
}
REGION = "Жетісу облысы"


async def told(affairs: Affairs) -> Known:
    """Айгүл was offered hygiene aids and is invited; Павел has an application, and a chat."""
    await affairs.told(opened())
    await affairs.told(invited(place=structs.replace(PLACE, region=REGION)))
    await affairs.told(changed(person=PAVEL, phones=(OTHER,), service="sanatorium_treatment"))
    await affairs.link("chat:pavel", OTHER)
    await affairs.until(MONDAY.replace(hour=12))
    return Known(affairs.redis, affairs.batched)


@pytest.mark.parametrize(
    ("wanted", "phones"),
    [
        (Filter(), {PHONE, OTHER}),
        (Filter(language="kk"), {PHONE}),
        (Filter(language="ru"), {OTHER}),
        (Filter(service="technical_aids_hygiene"), {PHONE}),
        (Filter(stage="proactive:asked"), {PHONE}),
        (Filter(stage="proactive:refused"), set()),
        (Filter(stage="invitation:invited"), {PHONE}),
        (Filter(stage="application:under_review"), {OTHER}),
        (Filter(telegram="yes"), {OTHER}),
        (Filter(telegram="no"), {PHONE}),
        (Filter(region="область Жетісу"), {PHONE}),
        (Filter(region="Ұлытау облысы"), set()),
        (Filter(language="kk", telegram="yes"), set()),
    ],
)
async def test_people_are_found_by_what_is_known_of_them(affairs: Affairs, wanted: Filter, phones: set[str]) -> None:
    known = await told(affairs)
    summary, rows = await known.find(wanted)
    assert {row.phone for row in rows} == phones
    assert (summary.columns, summary.good) == (COLUMNS, len(phones))


async def test_somebody_with_several_affairs_is_found_once_with_their_given_name(affairs: Affairs) -> None:
    known = await told(affairs)
    _, rows = await known.find(Filter(language="kk"))
    assert [(row.phone, row.language, row.values) for row in rows] == [(PHONE, AIGUL.language, ("Айгүл", "Айгүл"))]


async def test_a_phone_whose_owner_calls_the_person_a_stranger_is_not_written_to(affairs: Affairs) -> None:
    known = await told(affairs)
    await affairs.sms("не мой номер")
    _, rows = await known.find(Filter())
    assert [row.phone for row in rows] == [OTHER]


async def test_who_is_named_by_an_iin_is_written_to_where_nobody_calls_them_a_stranger(
    affairs: Affairs, tmp_path: Path
) -> None:
    known, batched, clock = Known(affairs.redis, affairs.batched), affairs.batched, affairs.clock
    affairs.ministry.known[f"/persons/{SOMEBODY.iin}"] = {"person": CITIZEN}
    await affairs.told(opened(person=SOMEBODY))
    await affairs.sms("не мой номер")
    store, rolls, made = BroadcastStore(batched), Rolls(batched), Broadcast(id="b1", title="", author="", made=MONDAY)
    reading = Reading("b1.1", "list.csv", MONDAY, "aigul")
    await store.add(structs.replace(made, reading=reading))
    async with aclosing(Esobes(affairs.ministry.url, TOKEN)) as esobes:
        registers = Registers(esobes, batched, clock)
        inquiries = Inquiries(
            esobes, requests=affairs.requests, proofs=Proofs(batched), news=affairs.news, registers=registers
        )
        async with aclosing(Lists(batched, store, rolls, inquiries, known, clock=clock, folder=tmp_path)) as lists:
            lists.folder("b1.1").mkdir()
            (lists.folder("b1.1") / UPLOAD).write_text(f"ИИН\n{SOMEBODY.iin}\n")
            lists.read(made, reading, ())
            while lists.under_way:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert [one.phone async for _, one, _ in rolls.everybody("b1.1")] == [THIRD]


async def test_regions_and_stages_that_can_be_asked_for(affairs: Affairs) -> None:
    assert await (await told(affairs)).regions() == (REGION,)
    assert {"proactive:asked", "invitation:invited", "application:queued"} <= set(STAGES)


async def test_somebody_with_several_phones_gets_it_once_rather_in_a_chat(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    known = Known(affairs.redis, affairs.batched)
    assert [row.phone for row in (await known.find(Filter()))[1]] == [PHONE]
    await affairs.link("chat:aigul", OTHER)
    assert [row.phone for row in (await known.find(Filter()))[1]] == [OTHER]
    assert [row.phone for row in (await known.find(Filter(telegram="no")))[1]] == [PHONE]
