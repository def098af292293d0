"""Buttons that are outdated are taken away, after the new ones are there; and nothing hangs on that."""

import asyncio
from collections.abc import AsyncIterator
from time import time

import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.messages import Button
from gateway.channels import Letter
from gateway.connection import Batched
from tests.bot.bot_api import BLOCKED, BotApi, Fault
from tests.bot.whole import Whole, button, running, text

YES, MENU = Button("offer:a:yes", "Иә"), Button("menu", "Мәзір")
OFFER = Letter("q:1", "tg:77", "Келісесіз бе?", time(), (YES,), unasked=True, screen="offer:a")
NEWS = Letter("n:1", "tg:77", "Өтініш қаралды.", time(), unasked=True)


@pytest.fixture(name="whole")
async def _whole(api: BotApi, batched: Batched, dialogue: Dialogue) -> AsyncIterator[Whole]:
    async with running(api, batched, dialogue) as whole:
        yield whole


def talk(api: BotApi) -> list[int]:
    """Messages with buttons that are not about the offer."""
    return [number for number, buttons in api.chats.clickable(77).items() if YES.id not in buttons]


def offered(api: BotApi) -> list[int]:
    return [number for number, buttons in api.chats.clickable(77).items() if YES.id in buttons]


async def test_only_the_last_message_of_a_talk_can_be_clicked(api: BotApi, whole: Whole) -> None:
    await api.add(text(1, "/start"))
    await api.until(lambda: len(api.sent()) == 1)
    await api.add(text(2, "1"), text(3, "/menu"))
    await api.until(lambda: len(api.sent()) == 3 and len(api.sent("editMessageReplyMarkup")) == 2)
    assert talk(api) == [103]
    order = [call.method for call in api.calls if call.method in ("sendMessage", "editMessageReplyMarkup")]
    assert order[:2] == ["sendMessage"] * 2, "the new message is there before the old buttons go"


async def test_a_message_that_is_changed_in_place_costs_no_further_call(api: BotApi, whole: Whole) -> None:
    await whole.write(Letter("t:1", "tg:77", "1?", time(), (MENU,)))
    await api.until(lambda: len(api.sent()) == 1)
    await whole.write(Letter("t:2", "tg:77", "2?", time(), (MENU,), replaces=101))
    await api.until(lambda: len(api.sent("editMessageText")) == 1)
    await whole.outbox.drained()
    assert not whole.channel._outdated._work
    assert not api.sent("editMessageReplyMarkup")
    assert talk(api) == [101]


async def test_offers_and_the_talk_leave_one_another_alone(api: BotApi, whole: Whole) -> None:
    await whole.write(OFFER)
    await whole.write(Letter("t:1", "tg:77", "?", time(), (MENU,)))
    await whole.write(NEWS)
    await api.until(lambda: len(api.sent()) == 3)
    await whole.outbox.drained()
    assert (offered(api), talk(api)) == ([101], [102])
    await whole.write(structs.replace(OFFER, id="q:2", text="Еске саламыз."))
    await api.until(lambda: offered(api) == [104])
    assert talk(api) == [102]
    await whole.write(structs.replace(OFFER, id="q:3", text="Мерзім өтті.", buttons=()))
    await api.until(lambda: not offered(api))
    assert talk(api) == [102]


@pytest.mark.parametrize(
    "fault", [Fault(500), Fault(cut=True), Fault(400, "Bad Request: message can't be edited"), BLOCKED]
)
async def test_a_letter_does_not_care_whether_old_buttons_can_be_taken_away(
    api: BotApi, whole: Whole, fault: Fault
) -> None:
    api.faults["editMessageReplyMarkup"].append(fault)
    await api.add(text(1, "/start"), text(2, "1"), text(3, "/menu"))
    await api.until(lambda: len(api.sent()) == 3 and len(api.sent("editMessageReplyMarkup")) == 1)
    assert talk(api) == [101, 103]
    await api.add(button(4, "lang:ru", 101))
    await api.until(lambda: len(api.sent()) + len(api.sent("editMessageText")) == 4)


async def test_too_many_at_once_only_means_later(api: BotApi, whole: Whole) -> None:
    api.faults["editMessageReplyMarkup"].append(Fault(429, "Too Many Requests: retry after 1", retry_after=1))
    await api.add(text(1, "/start"), text(2, "1"))
    await api.until(lambda: len(api.sent()) == 2)
    await api.until(lambda: talk(api) == [102])


async def test_a_message_that_gets_new_buttons_keeps_them(api: BotApi, whole: Whole) -> None:
    """Somebody presses an old button just before it would have gone."""
    for number in range(1, 4):
        await whole.write(Letter(f"t:{number}", "tg:77", f"{number}?", time(), (MENU,)))
    await whole.write(Letter("t:4", "tg:77", "4?", time(), (MENU,), replaces=102))
    await api.until(lambda: len(api.sent("editMessageText")) == 1 and talk(api) == [102])
    async with asyncio.timeout(60):
        while whole.channel._outdated._work:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert talk(api) == [102]
