"""The journal is read for whole days in Kazakhstan, in order, however long it is."""

import tracemalloc
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.journal.journal import Direction, Entry, Found, Journal, JournalError, Period, journal_key
from gateway.store import SHARDS
from tests.gateway.lines import AIGUL, CONSENT, NOON, encode, write

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
MANY = 50_000


async def read(
    redis: Batched, period: Period = NOVEMBER, service: str | None = None, *, form: bool = False
) -> list[Entry]:
    with Found() as found:
        await Journal(redis).read(found, period, service, form=form)
        lines = list(found)
        assert len(lines) == found.count
        return lines


async def test_days_begin_and_end_at_midnight_in_kazakhstan(batched: Batched) -> None:
    before = replace(AIGUL, at=datetime(2026, 10, 31, 23, 59, 59, 999999, ALMATY))
    first = replace(AIGUL, at=datetime(2026, 11, 1, tzinfo=ALMATY))
    last = replace(AIGUL, at=datetime(2026, 11, 30, 18, 59, 59, 999999, UTC))
    after = replace(AIGUL, at=datetime(2026, 11, 30, 19, tzinfo=UTC))
    await write(batched, after, last, before, first)
    assert [line.at for line in await read(batched)] == [first.at, last.at]
    assert [line.at for line in await read(batched, Period(date(2026, 12, 1), date(2026, 12, 1)))] == [after.at]


def test_a_month_is_all_of_its_days() -> None:
    assert Period.month(date(2026, 11, 17)) == NOVEMBER
    assert Period.month(date(2028, 2, 1)).last == date(2028, 2, 29)
    assert Period.month(date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2026, 12, 31))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(JournalError, match="ends on 2026-11-01, before it begins on 2026-11-02"):
        Period(date(2026, 11, 2), date(2026, 11, 1))


async def test_lines_of_all_shards_stand_in_the_order_of_their_time(batched: Batched) -> None:
    """Also where a shard holds them in another order: a letter is written down before the morning it leaves on."""
    for number in range(100):
        at = NOON + timedelta(minutes=number * 37 % 100)
        await write(batched, replace(AIGUL, at=at, letter=str(number)), shard=number % SHARDS)
    lines = await read(batched)
    assert [line.at for line in lines] == [NOON + timedelta(minutes=number) for number in range(100)]
    assert {int(line.letter) for line in lines} == set(range(100))


async def test_an_answer_stands_before_the_letter_that_it_brought_about_at_the_same_moment(batched: Batched) -> None:
    answer = replace(CONSENT, at=NOON)
    await write(batched, answer, AIGUL)
    assert await read(batched) == [answer, AIGUL]


async def test_only_lines_of_the_service_asked_for_are_read(batched: Batched) -> None:
    chair = replace(AIGUL, service="special_transport_wheelchair")
    await write(batched, AIGUL, chair)
    assert await read(batched, service="special_transport_wheelchair") == [chair]


async def test_the_form_has_every_sms_and_every_answer_but_no_letter_to_a_chat(batched: Batched) -> None:
    to_chat = replace(AIGUL, channel="telegram")
    from_chat = replace(CONSENT, channel="telegram")
    await write(batched, AIGUL, to_chat, CONSENT, from_chat)
    assert await read(batched, form=True) == [AIGUL, CONSENT, from_chat]
    assert to_chat in await read(batched)


async def test_what_is_no_line_is_told_and_the_others_are_read(
    batched: Batched, caplog: pytest.LogCaptureFixture
) -> None:
    for broken in (b"{", b"[]", encode(replace(AIGUL, at=datetime(2026, 11, 16)))):
        await batched("XADD", journal_key(3), "1-*", "entry", broken)
    await write(batched, AIGUL, shard=3)
    assert await read(batched) == [AIGUL]
    assert [record.getMessage() for record in caplog.records] == [
        f"entry 1-{number} of shard 3 is no line of the journal" for number in range(3)
    ]


async def test_pages_end_anywhere(batched: Batched) -> None:
    lines = [replace(AIGUL, at=NOON + timedelta(seconds=number)) for number in range(2000)]
    await write(batched, *lines)
    assert await read(batched) == lines
    await write(batched, *lines[:1])
    assert len(await read(batched)) == 2001


def test_lines_that_do_not_fit_into_memory_come_out_in_order() -> None:
    """Most of them lie in files: what is held is one piece of them, whatever their number."""
    with Found() as found:
        tracemalloc.start()
        for number in range(MANY):
            entry = replace(AIGUL, at=NOON + timedelta(seconds=number * 37 % MANY), phone=str(number))
            found.add(entry.at, encode(entry))
        assert found.count == MANY
        assert in_order(found)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 20_000_000


def in_order(lines: Iterable[Entry]) -> bool:
    seen = 0
    for number, line in enumerate(lines):
        assert line.at == NOON + timedelta(seconds=number)
        seen += 1
    return seen == MANY


def test_a_line_printed_by_mistake_shows_nobody() -> None:
    assert repr(replace(AIGUL, direction=Direction.IN)) == "Entry(in question)"
