"""The journal page by page, its index, and the sixteen streams read as one."""

import asyncio
import random
from datetime import date, timedelta

import msgspec
import pytest
from msgspec import structs

from gateway.connection import Batched
from gateway.journal.index import JournalIndex, Placed, placed
from gateway.journal.journal import Direction, Entry, Period, journal_key
from gateway.journal.pages import JournalPages, Wanted
from gateway.letters import Letters, Status
from gateway.store import SHARDS, tag
from gateway.strands import Range, Spot, newest, oldest, read_spot
from tests.gateway.lines import AIGUL, CONSENT, NOON, encode

IVAN = structs.replace(
    AIGUL, iin="550301300456", name="Орлов Иван Ильич", phone="+77017654321", service="sanatorium_treatment"
)


@pytest.fixture
async def index(batched: Batched) -> JournalIndex:
    return JournalIndex(batched)


@pytest.fixture
async def pages(batched: Batched, index: JournalIndex) -> JournalPages:
    return JournalPages(batched, index)


async def put(redis: Batched, number: int, entry: Entry, shard: int = 7) -> None:
    """As if it was written in that millisecond."""
    await redis("XADD", journal_key(shard), f"{number}-0", "entry", encode(entry))


def place(number: int, entry: Entry) -> Placed:
    return placed(Spot(number, 0, 7), entry.at.date(), entry.iin, entry.phone)


async def test_pages_show_every_line_once_the_newest_first(batched: Batched, pages: JournalPages) -> None:
    for number in range(1, 121):
        entry = structs.replace(AIGUL, at=NOON + timedelta(minutes=number), parts=number)
        await put(batched, number, entry, number % SHARDS)
    seen: list[int] = []
    page = await pages.page(Wanted(), count=50)
    while True:
        seen += [one.entry.parts for one in page.lines]
        if page.next is None:
            break
        page = await pages.page(Wanted(), page.next, 50)
    assert seen == list(range(120, 0, -1))
    assert await pages.count(Wanted()) == 120


async def test_lines_of_the_same_moment_are_neither_lost_nor_shown_twice(
    batched: Batched, pages: JournalPages
) -> None:
    for shard in range(SHARDS):
        await put(batched, 1000, structs.replace(AIGUL, parts=shard), shard)
    seen: list[int] = []
    before = None
    while True:
        page = await pages.page(Wanted(), before, 3)
        seen += [one.entry.parts for one in page.lines]
        if (before := page.next) is None:
            break
    assert seen == list(reversed(range(SHARDS)))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(service="sanatorium_treatment"), [2]),
        (Wanted(nature="answer.consent"), [3]),
        (Wanted(direction=Direction.IN), [3]),
        (Wanted(channel="telegram"), [4]),
        (Wanted(whose=IVAN.iin), [2]),
        (Wanted(whose=IVAN.phone), [2]),
        (Wanted(whose=AIGUL.iin), [4, 3, 1]),
        (Wanted(period=Period(date(2026, 11, 16), date(2026, 11, 16))), [3, 2, 1]),
        (Wanted(period=Period(date(2026, 11, 17), date(2026, 11, 18))), [4]),
        (Wanted(period=Period(date(2026, 11, 18), date(2026, 11, 18))), []),
        (Wanted(undelivered=True), [2]),
    ],
)
async def test_only_what_is_wanted_is_shown(
    wanted: Wanted, expected: list[int], batched: Batched, pages: JournalPages
) -> None:
    tomorrow = NOON + timedelta(1)
    lines = (
        structs.replace(AIGUL, parts=1),
        structs.replace(IVAN, parts=2, letter="failed"),
        structs.replace(CONSENT, parts=3),
        structs.replace(AIGUL, parts=4, channel="telegram", at=tomorrow, letter="delivered"),
    )
    letters = Letters(batched)
    await letters.mark("failed", Status.FAILED)
    await letters.mark("delivered", Status.DELIVERED)
    for number, entry in enumerate(lines, 1):
        await put(batched, number, entry, number)
    page = await pages.page(wanted)
    assert [one.entry.parts for one in page.lines] == expected
    assert page.next is None
    assert await pages.count(wanted) in (None, len(expected))


@pytest.mark.parametrize("look", [1, 40, 100, 10_000])
@pytest.mark.parametrize("count", [1, 7, 50])
async def test_who_looks_for_something_rare_goes_on_where_the_look_has_ended(
    look: int, count: int, batched: Batched, pages: JournalPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.journal.pages.LOOK", look)
    chance = random.Random(look)
    expected = []
    for number in range(1, 1001):
        is_rare = chance.random() < 0.05
        shard = chance.choice((1, 1, 1, 1, 2, 2, 3, 4, 5))  # they are not as full as each other
        await put(batched, number, structs.replace(IVAN if is_rare else AIGUL, parts=number), shard)
        expected += [number] if is_rare else []
    seen: list[int] = []
    before = None
    while True:
        page = await pages.page(Wanted(service=IVAN.service), before, count)
        assert len(page.lines) <= count
        seen += [one.entry.parts for one in page.lines]
        if (before := page.next) is None:
            break
    assert seen == expected[::-1]


async def test_the_index_follows_the_journal_and_takes_a_line_in_once(batched: Batched, index: JournalIndex) -> None:
    await put(batched, 1, AIGUL)
    assert await index.places(AIGUL.iin) == [Spot(1, 0, 7)]
    await put(batched, 2, CONSENT)
    for _ in range(2):
        assert await index.places(AIGUL.iin) == await index.places(AIGUL.phone) == [Spot(2, 0, 7), Spot(1, 0, 7)]
    days = await index.days(Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert {day: held.count for day, held in days[7].items()} == {date(2026, 11, 16): 2}


async def test_two_who_follow_at_once_take_every_line_in_once(batched: Batched) -> None:
    for number in range(1, 1201):
        await put(batched, number, AIGUL)
    both = JournalIndex(batched), JournalIndex(batched)
    await asyncio.gather(*(one.advance() for one in both))
    assert len(await both[0].places(AIGUL.iin)) == 1200


async def test_a_day_is_found_wherever_the_clock_stood_when_it_was_written(
    batched: Batched, pages: JournalPages
) -> None:
    """The clock of the sandbox goes back to real time."""
    future = structs.replace(AIGUL, at=NOON + timedelta(90), parts=2)
    for number, entry in enumerate((structs.replace(AIGUL, parts=1), future, structs.replace(AIGUL, parts=3)), 1):
        await put(batched, number, entry)
    wanted = Wanted(period=Period(NOON.date(), NOON.date()))
    assert [one.entry.parts for one in (await pages.page(wanted)).lines] == [3, 1]


async def test_what_is_no_line_stops_nobody(batched: Batched, pages: JournalPages) -> None:
    await batched("XADD", journal_key(7), "1-0", "entry", b"broken")
    await put(batched, 2, AIGUL)
    assert len((await pages.page(Wanted())).lines) == 1
    assert len((await pages.page(Wanted(whose=AIGUL.iin))).lines) == 1


async def test_lines_that_are_gone_are_forgotten(batched: Batched, index: JournalIndex) -> None:
    other_day = structs.replace(AIGUL, at=NOON + timedelta(1))
    for number, entry in enumerate((AIGUL, CONSENT, other_day), 1):
        await put(batched, number, entry)
    await index.advance()
    gone = [place(1, AIGUL), place(3, other_day)]
    assert await index.delete(7, gone) == 2
    assert await index.delete(7, gone) == 0
    assert await index.places(AIGUL.iin) == await index.places(AIGUL.phone) == [Spot(2, 0, 7)]
    days = await index.days(Period(date(2026, 1, 1), date(2026, 12, 31)))
    assert {day: held.count for day, held in days[7].items()} == {NOON.date(): 1}
    assert await index.delete(7, [place(2, CONSENT)]) == 1
    assert await index.places(AIGUL.iin) == []
    left = await batched("KEYS", f"{tag(7)}:journal-*")
    assert left == [f"{tag(7)}:journal-read".encode()]


async def test_both_ends_read_the_same(batched: Batched) -> None:
    for number in range(1, 301):
        await put(batched, number // 3 + 1, AIGUL, number % 3)
    ranges = {shard: Range() for shard in range(SHARDS)}
    forwards = [spot async for spot, _ in oldest(batched, journal_key)]
    backwards = [spot for spot, _ in (await newest(batched, journal_key, ranges, dict, want=1000)).found]
    assert forwards == sorted(forwards)
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 300


@pytest.mark.parametrize("text", ["", "1-2", "1-2.x", "a-b.1", "1-2.3 ", "1-2.3\n"])
def test_a_place_that_is_none_is_none(text: str) -> None:
    assert read_spot(text) is None


def test_a_place_is_read_as_it_was_written() -> None:
    assert read_spot(str(Spot(5, 6, 7))) == Spot(5, 6, 7)


def test_an_entry_of_old_still_reads() -> None:
    old = msgspec.json.decode(encode(AIGUL))[:-1]
    assert msgspec.json.decode(msgspec.json.encode(old), type=Entry) == AIGUL
