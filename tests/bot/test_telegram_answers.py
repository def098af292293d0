"""A pressed button hears something at once, before its turn is worked on, however long that takes."""

import asyncio
from time import monotonic, time

import pytest

from dialogs.dialogue import Dialogue
from dialogs.matters import pocket
from gateway.channels import Letter
from gateway.connection import Batched
from gateway.matters.store import MatterStore
from tests.bot.bot_api import BotApi, serving
from tests.bot.whole import CHAT, HOOK, SENDER, button, running, text

HANGS = 2.0


@pytest.mark.parametrize("way", ["fetched", "brought"])
@pytest.mark.parametrize("hangs", [0.0, HANGS])
async def test_a_button_hears_at_once_and_only_once(
    api: BotApi, batched: Batched, dialogue: Dialogue, way: str, hangs: float
) -> None:
    async with running(api, batched, dialogue, webhook=HOOK if way == "brought" else None, slow=hangs):
        pressed = monotonic()
        await api.add(button(1, "menu", 5))
        await api.until(lambda: "c1" in api.callbacks.answered)
        assert monotonic() - pressed < 0.8, "about 0.3 s at most"
        await api.until(lambda: len(api.sent()) == 1)
        await api.until(lambda: api.confirmed == 2 or (way == "brought" and not api.queue.waiting))
    assert api.callbacks.answered == {"c1": 1}
    assert not api.wrong
    (call,) = [call for call in api.calls if call.method == "answerCallbackQuery"]
    assert (call.start == "webhook") == (way == "brought" and not hangs)


async def test_several_buttons_behind_a_slow_turn_all_hear_at_once(
    api: BotApi, batched: Batched, dialogue: Dialogue
) -> None:
    async with running(api, batched, dialogue, slow=HANGS):
        pressed = monotonic()
        await api.add(*(button(number, "menu", 5) for number in range(1, 6)))
        await api.until(lambda: len(api.callbacks.answered) == 5)
        assert monotonic() - pressed < 1.0


@pytest.mark.parametrize("way", ["fetched", "brought"])
async def test_a_button_pressed_too_long_ago_is_no_trouble(
    api: BotApi, batched: Batched, dialogue: Dialogue, way: str
) -> None:
    async with running(api, batched, dialogue, webhook=HOOK if way == "brought" else None):
        await api.add(text(1, "/start"))
        await api.until(lambda: len(api.sent()) == 1)
        press = button(2, "menu", 5)
        await api.queue.add((press,))  # the server knows nothing of it any more
        await api.until(lambda: len(api.sent()) == 2)
    assert not api.callbacks.answered


@pytest.mark.parametrize("way", ["fetched", "brought"])
async def test_who_blocks_the_bot_and_comes_back_is_known_as_such(
    api: BotApi, batched: Batched, dialogue: Dialogue, way: str
) -> None:
    store, states = MatterStore(batched), []
    member, kicked = {"status": "member"}, {"status": "kicked"}
    async with running(api, batched, dialogue, webhook=HOOK if way == "brought" else None):
        for number, (before, after) in enumerate([(member, kicked), (kicked, member)], 1):
            change = {"chat": CHAT, "from": SENDER, "date": 1, "old_chat_member": before, "new_chat_member": after}
            await api.add({"update_id": number, "my_chat_member": change})
            await api.until(lambda: api.confirmed > number or not api.queue.waiting)  # noqa: B023
            states.append(pocket.read((await store.pockets(["tg:77"]))["tg:77"]).blocked)
    assert states == [True, False]
    assert not api.sent()


async def test_nobody_is_told_too_much_in_a_second_and_a_reply_passes_a_broadcast(
    batched: Batched, dialogue: Dialogue
) -> None:
    """As fast as it goes against the real limits: the server says by itself when it is too much."""
    async with serving() as api, running(api, batched, dialogue, each=1.0) as whole:
        crowd = [
            asyncio.create_task(
                whole.channel.send(Letter(f"b:{chat}", f"tg:{chat}", "Жаңалық", time(), broadcast=True, unasked=True))
            )
            for chat in range(1000, 1100)
        ]
        await api.until(lambda: len(api.sent()) >= 20)
        asked = monotonic()
        await api.add(text(1, "/start"))
        await api.until(lambda: "77" in {sent["chat_id"] for sent in api.sent()})
        reply = monotonic() - asked
        await asyncio.gather(*crowd)
        took = monotonic() - asked
    assert reply < 1.0
    assert api.flood.refused == 0
    assert 24 <= api.flood.busiest <= 30
    assert took < 100 / 20
