"""A pressed button hears something at once, before its turn is worked on, however long that takes."""

import asyncio
from time import time
from typing import Any

import pytest

from dialogs.dialogue import Dialogue
from dialogs.matters import pocket
from gateway.channels import Letter
from gateway.connection import Batched
from gateway.matters.store import MatterStore
from gateway.outbox.pace import Pace, Place
from tests.bot.bot_api import BotApi, serving
from tests.bot.bot_api_chats import Flood
from tests.bot.whole import CHAT, HOOK, SENDER, button, running, text


@pytest.mark.parametrize("way", ["fetched", "brought"])
@pytest.mark.parametrize("hangs", [False, True])
async def test_a_button_hears_at_once_and_only_once(
    api: BotApi, batched: Batched, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch, *, way: str, hangs: bool
) -> None:
    if not hangs:
        monkeypatch.setattr("gateway.web.webhooks.AT_ONCE", 60.0)
    worked_on = asyncio.Event() if hangs else None
    async with running(api, batched, dialogue, webhook=HOOK if way == "brought" else None, slow=worked_on):
        await api.add(button(1, "menu", 5))
        await api.until(lambda: "c1" in api.callbacks.answered)
        if worked_on is not None:
            assert not api.sent()
            worked_on.set()
        await api.until(lambda: len(api.sent()) == 1)
        await api.until(lambda: api.confirmed == 2 or (way == "brought" and not api.queue.waiting))
    assert api.callbacks.answered == {"c1": 1}
    assert not api.wrong
    (call,) = [call for call in api.calls if call.method == "answerCallbackQuery"]
    assert (call.start == "webhook") == (way == "brought" and not hangs)


async def test_several_buttons_behind_a_slow_turn_all_hear_at_once(
    api: BotApi, batched: Batched, dialogue: Dialogue
) -> None:
    worked_on = asyncio.Event()
    async with running(api, batched, dialogue, slow=worked_on):
        await api.add(*(button(number, "menu", 5) for number in range(1, 6)))
        await api.until(lambda: len(api.callbacks.answered) == 5)
        assert not api.sent()
        worked_on.set()


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
    batched: Batched, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As fast as it goes. What counts is when they leave: some may arrive together that have left one by one, and so
    this server takes more in a second than the real one."""
    left: list[float] = []
    place = Pace.place

    def noted(pace: Pace, now: float, chat: str = "", **how: Any) -> Place:
        found = place(pace, now, chat, **how)
        if found.taken:
            left.append(found.at)
        return found

    monkeypatch.setattr(Pace, "place", noted)
    async with serving(Flood(total=50)) as api, running(api, batched, dialogue, each=1.0) as whole:
        crowd = [
            asyncio.create_task(
                whole.channel.send(Letter(f"b:{chat}", f"tg:{chat}", "Жаңалық", time(), broadcast=True, unasked=True))
            )
            for chat in range(1000, 1100)
        ]
        await api.until(lambda: len(api.sent()) >= 20)
        await api.add(text(1, "/start"))
        await api.until(lambda: "77" in {sent["chat_id"] for sent in api.sent()})
        assert len(api.sent()) < 60, "the broadcast is not half over"
        await asyncio.gather(*crowd)
    assert api.flood.refused == 0
    assert len(left) == len(api.sent()) == 101
    left.sort()
    assert all(later - earlier > 1.0 for earlier, later in zip(left, left[30:], strict=False))
