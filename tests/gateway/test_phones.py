import asyncio

import pytest

from dialogs.messages import Button
from gateway.channels import Letter, Rejected, Sent
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.phones import Direction, Phones
from tests.papers import NOTICE

ANNA = "chat:anna"


@pytest.fixture
def phones(batched: Batched, redis: Client) -> Phones:
    return Phones(batched, redis, Clock())


def letter(name: str, text: str, replaces: int | None = None) -> Letter:
    return Letter(name, ANNA, text, 1.0, (Button("yes", "Иә"),), replaces)


async def test_a_phone_shows_both_sides_in_their_order(phones: Phones) -> None:
    await phones.write(ANNA, "сәлем")
    await phones.send(letter("a:0", "Сәлеметсіз бе!"))
    first, second = await phones.history(ANNA)
    assert (first.number, first.direction, first.text, first.status) == (1, Direction.IN, "сәлем", "received")
    assert (second.number, second.direction, second.text, second.status) == (2, "out", "Сәлеметсіз бе!", "delivered")
    assert second.buttons == (Button("yes", "Иә"),)
    assert first.at <= second.at
    assert await phones.history("chat:berik") == []


async def test_a_letter_that_comes_twice_is_shown_once(phones: Phones) -> None:
    for _ in range(2):
        await phones.send(letter("a:0", "hello"))
    assert [entry.text for entry in await phones.history(ANNA)] == ["hello"]


async def test_a_letter_that_replaces_changes_the_earlier_message_where_it_stands(phones: Phones) -> None:
    await phones.send(letter("a:0", "one"))
    await phones.send(letter("b:0", "two"))
    await phones.send(letter("c:0", "one, ticked", replaces=1))
    await phones.send(letter("d:0", "three"))
    assert [(e.number, e.text) for e in await phones.history(ANNA)] == [(1, "one, ticked"), (2, "two"), (4, "three")]


async def test_what_nobody_else_should_read_is_erased_from_the_screen_once_it_is_answered(
    phones: Phones,
) -> None:
    number = await phones.write(ANNA, "680412400123")
    for _ in range(2):
        await phones.send(Letter("a:0", ANNA, "Код жібердік.", 1.0, erases=number))
    wrote, answer = await phones.history(ANNA)
    assert (wrote.number, wrote.direction, wrote.text) == (number, Direction.IN, "•••")
    assert (answer.direction, answer.text) == (Direction.OUT, "Код жібердік.")


async def test_whoever_watches_sees_what_comes_at_once(phones: Phones) -> None:
    await phones.send(letter("a:0", "before"))
    live = phones.live(ANNA, after=1)
    next_one = asyncio.ensure_future(anext(live))
    await phones.send(letter("b:0", "after"))
    entry = await next_one
    assert entry is not None
    assert (entry.text, entry.place) == ("after", 2)
    await phones.send(letter("c:0", "changed", replaces=1))
    entry = await anext(live)
    assert entry is not None
    assert (entry.text, entry.number, entry.place) == ("changed", 1, 3)


async def test_a_watcher_hears_now_and_then_that_nothing_happens(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.phones._BREATH", 0.01)
    assert await anext(phones.live(ANNA, after=0)) is None


async def test_a_phone_that_is_switched_off_gets_nothing_until_it_is_on_again(phones: Phones) -> None:
    await phones.unreachable(ANNA, on=True)
    assert await phones.is_unreachable(ANNA)
    assert await phones.send(letter("a:0", "hello")) == Rejected("switched off")
    await phones.unreachable(ANNA, on=False)
    assert not await phones.is_unreachable(ANNA)
    assert await phones.send(letter("b:0", "hello again")) == Sent(delivered=True)
    assert [entry.text for entry in await phones.history(ANNA)] == ["hello again"]


async def test_a_screen_does_not_grow_for_ever(phones: Phones) -> None:
    for number in range(800):
        await phones.write(ANNA, str(number))
    history = await phones.history(ANNA)
    assert 500 <= len(history) < 700
    assert history[-1].number == 800


async def test_a_cleared_phone_is_like_a_new_one(phones: Phones) -> None:
    await phones.write(ANNA, "сәлем")
    await phones.clear(ANNA)
    assert await phones.history(ANNA) == []
    assert await phones.write(ANNA, "тағы") == 1


async def test_a_file_stands_with_its_message_and_neither_changes(phones: Phones) -> None:
    await phones.send(letter("a:0", "one"))
    await phones.send(Letter("b:0", ANNA, "two", 1.0, replaces=1, paper=NOTICE))
    await phones.send(letter("c:0", "three", replaces=2))
    screen = await phones.history(ANNA)
    assert [(entry.number, entry.text, entry.paper) for entry in screen] == [
        (1, "one", None),
        (2, "two", NOTICE),
        (3, "three", None),
    ]


async def test_no_sms_carries_a_file(phones: Phones) -> None:
    await phones.send(Letter("a:0", "sms:+77011234567", "one", 1.0, paper=NOTICE))
    (entry,) = await phones.history("sms:+77011234567")
    assert entry.paper is None
