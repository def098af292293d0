"""Which message shows the buttons of what."""

import pytest

from dialogs.messages import Button
from gateway.channels import Letter
from gateway.connection import Batched, Client
from gateway.screens import Screens, concerns

MENU = (Button("menu", "Мәзір"),)


def letter(screen: str = "", **more: object) -> Letter:
    return Letter("x", "tg:77", "Сәлем", 0.0, screen=screen, **more)  # type: ignore[arg-type]


async def test_what_showed_the_same_before_is_named_once(batched: Batched) -> None:
    screens = Screens(batched)
    steps = [("", 5), ("offer:a", 6), ("", 7), ("", 7), ("offer:a", None), ("offer:a", 9), ("", 10)]
    before = [await screens.show(letter(screen), message) for screen, message in steps]
    assert before == [None, None, 5, None, 6, None, 7]


async def test_chats_are_told_apart_and_only_the_newest_are_kept(batched: Batched, redis: Client) -> None:
    screens = Screens(batched)
    for number in range(100):
        await screens.show(letter(f"offer:{number}"), number)
    assert await screens.show(letter("offer:99"), 200) == 99
    assert await screens.show(letter("offer:1"), 201) is None
    (key,) = await redis.keys("*screens*")
    assert await redis.zcard(key) == 32
    assert 0 < await redis.ttl(key) <= 8 * 7 * 24 * 3600


@pytest.mark.parametrize(
    ("written", "does"),
    [
        (letter(), True),
        (letter(buttons=MENU, unasked=True), True),
        (letter("offer:a", unasked=True), True),
        (letter(unasked=True), False),
        (letter(broadcast=True), False),
    ],
)
def test_what_comes_unasked_and_without_buttons_leaves_the_talk_as_it_is(written: Letter, does: bool) -> None:
    assert concerns(written) is does
