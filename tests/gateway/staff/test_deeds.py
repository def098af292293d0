"""The audit of staff."""

from datetime import date, datetime, timedelta

import pytest

from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, Client
from gateway.staff.deeds import DEEDS, Deed, Deeds
from gateway.staff.deeds_search import Asked, Search

IIN = "680412400123"
PHONE = "+77011234567"


class Standing(Clock):
    """Still, until somebody moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 26, 10, tzinfo=ALMATY)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture
def deeds(batched: Batched, clock: Standing) -> Deeds:
    return Deeds(batched, "a-secret", clock)


@pytest.fixture
def search(batched: Batched) -> Search:
    return Search(batched, by_ids=False)


async def found(search: Search, asked: Asked) -> list[Deed]:
    return list((await search.page(asked)).deeds)


async def test_nobody_can_be_read_out_of_it(deeds: Deeds, redis: Client) -> None:
    await deeds.note("aigul", "person.seen", about=IIN)
    await deeds.note("aigul", "person.seen", about=PHONE)
    whole = repr(await redis.xrange(DEEDS)) + repr([key async for key in redis.scan_iter()])
    for personal in (IIN, IIN[:8], PHONE, "7701123", "1234567"):
        assert personal not in whole
    assert "0123" in whole
    assert "4567" in whole


@pytest.mark.parametrize("typed", [PHONE, "87011234567", "8 701 123-45-67", " 7011234567 "])
async def test_a_person_is_found_however_the_phone_is_typed(deeds: Deeds, search: Search, typed: str) -> None:
    await deeds.note("aigul", "person.seen", about=PHONE)
    await deeds.note("aigul", "person.seen", about="+77011234568")
    assert [one.tail for one in await found(search, Asked(mark=deeds.mark(typed)))] == ["4567"]


async def test_without_the_secret_a_mark_cannot_be_made(batched: Batched, deeds: Deeds) -> None:
    assert Deeds(batched, "another", Clock()).mark(IIN) != deeds.mark(IIN)
    assert deeds.mark("680412 400123") == deeds.mark(IIN)


async def test_the_newest_comes_first_by_who_what_and_day(deeds: Deeds, search: Search, clock: Standing) -> None:
    for number in range(6):
        await deeds.note(
            ("aigul", "bolat")[number % 2], ("login.right", "login.left")[number // 3], detail=str(number)
        )
        clock.at += timedelta(days=1)

    async def details(asked: Asked) -> str:
        return "".join(one.detail for one in await found(search, asked))

    assert await details(Asked()) == "543210"
    assert await details(Asked(who="aigul")) == "420"
    assert await details(Asked(what="login.left")) == "543"
    assert await details(Asked(first=date(2026, 11, 27), last=date(2026, 11, 29))) == "321"
    assert await details(Asked(who="bolat", what="login.right", last=date(2026, 11, 27))) == "1"


@pytest.mark.parametrize("about", ["", IIN])
async def test_page_by_page_every_deed_comes_once(deeds: Deeds, search: Search, about: str) -> None:
    for number in range(23):
        await deeds.note("aigul", "person.seen", about=about, detail=str(number))
        await deeds.note("aigul", "person.seen", about=PHONE)
    asked = Asked(mark=deeds.mark(about)) if about else Asked()
    seen, place = [], ""
    while True:
        page = await search.page(asked, place, length=5)
        seen += [one.detail for one in page.deeds if one.detail]
        if not page.older:
            break
        place = page.older
    assert seen == [str(number) for number in reversed(range(23))]


async def test_days_bound_what_is_looked_through_where_the_clock_is_real(batched: Batched) -> None:
    deeds, search = Deeds(batched, "a-secret", Clock()), Search(batched, by_ids=True)
    await deeds.note("aigul", "login.right")
    today = Clock().now().date()
    assert len(await found(search, Asked(first=today, last=today))) == 1
    assert await found(search, Asked(last=today - timedelta(days=3))) == []
    assert await found(search, Asked(first=today + timedelta(days=3))) == []


async def test_the_table_has_all_of_it(deeds: Deeds, search: Search) -> None:
    for _ in range(7):
        await deeds.note("aigul", "login.right")
    assert len([one async for one in search.everything(Asked())]) == 7


async def test_an_entry_that_is_none_spoils_nothing(deeds: Deeds, search: Search, redis: Client) -> None:
    await redis.xadd(DEEDS, {"deed": b"{}"})
    await deeds.note("aigul", "login.right")
    assert len(await found(search, Asked())) == 1
