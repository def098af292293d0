"""Whom the assistant knows, found by what E-Sobes has told of them."""

import pytest
from msgspec import structs

from gateway.broadcasts.broadcast import Filter
from gateway.broadcasts.known import COLUMNS, STAGES, Known
from tests.gateway.affairs import AIGUL, MONDAY, OTHER, PAVEL, PHONE, Affairs, changed, opened
from tests.gateway.duty_events import PLACE, invited

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


async def test_regions_and_stages_that_can_be_asked_for(affairs: Affairs) -> None:
    assert await (await told(affairs)).regions() == (REGION,)
    assert {"proactive:asked", "invitation:invited", "application:queued"} <= set(STAGES)
