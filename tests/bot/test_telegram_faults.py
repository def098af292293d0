"""Every method that writes into chats meets every fault, whether updates are fetched or brought: what the person has
got in the end, as a table."""

import asyncio
from time import time

import pytest

from dialogs.dialogue import Dialogue
from dialogs.matters import pocket
from gateway.channels import Letter
from gateway.connection import Batched
from gateway.matters.store import MatterStore
from tests.bot.bot_api import BotApi, Fault, serving
from tests.bot.bot_api_chats import Shown
from tests.bot.whole import HOOK, Whole, button, running, text
from tests.papers import CALENDAR

FAULTS = {
    "429": Fault(429, "Too Many Requests: retry after 1", retry_after=1),
    "blocked": Fault(403, "Forbidden: bot was blocked by the user"),
    "gone": Fault(403, "Forbidden: user is deactivated"),
    "unknown": Fault(400, "Bad Request: chat not found"),
    "502": Fault(502, page="<html>Bad Gateway</html>"),
    "500": Fault(500),
    "slow": Fault(slow=0.5),
    "cut": Fault(cut=True),
    "after": Fault(cut=True, after=True),
    "torn": Fault(torn=True),
}
"""What the first call meets; `cut`: nothing was carried out; `after`, `torn`: it was, and the answer got lost."""

TABLE = """
                        429    blocked  gone    unknown  502    500    slow   cut    after   torn
sendMessage             once   marked   marked  marked   once   once   once   once   twice   twice
sendDocument            once   marked   marked  marked   once   once   once   once   twice   twice
editMessageText         once   marked   marked  anew     once   once   once   once   once    once
deleteMessage           kept   kept     kept    kept     kept   kept   once   kept   once    once
editMessageReplyMarkup  once   kept     kept    kept     kept   kept   once   kept   once    once
answerCallbackQuery     busy   busy     busy    busy     busy   busy   once   busy   once    once
"""
"""`once`: done, and the letter is there once; `twice`: the letter is; `anew`: it is a new message; `marked`: nothing
is there, and the chat is known as one that takes nothing; `kept`: the letter is there once, the old message or its
buttons are as well; `busy`: the letter is there, the button hears nothing."""

EXPECTED = {
    (row.split()[0], fault): found
    for row in TABLE.strip().splitlines()[1:]
    for fault, found in zip(FAULTS, row.split()[1:], strict=True)
}
METHODS = tuple(dict.fromkeys(method for method, _ in EXPECTED))
OLD = 1000
"""A message of the bot that stands there from the beginning."""


@pytest.mark.parametrize("way", ["fetched", "brought"])
async def test_every_method_meets_every_fault(
    api: BotApi, batched: Batched, dialogue: Dialogue, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.web.webhooks.AT_ONCE", 60.0)
    chats = {cell: 6000 + number for number, cell in enumerate(EXPECTED)}
    async with running(api, batched, dialogue, webhook=HOOK if way == "brought" else None, each=0.06) as whole:
        for (method, fault), chat in chats.items():
            name = f"c{chat}" if method == "answerCallbackQuery" else chat
            api.faults[f"{method}:{name}"].append(FAULTS[fault])
            api.chats[chat][OLD] = Shown("?", {"inline_keyboard": [[{"text": "?", "callback_data": "menu"}]]})
            if method == "editMessageReplyMarkup":
                await whole.channel._screens.show(Letter(f"first:{chat}", f"tg:{chat}", "?", time()), OLD)
        for (method, _), chat in chats.items():  # one after the other: what comes later has a higher number
            await begin(method, chat, api, whole)
        await settled(api, whole)
        marked = {chat for chat in chats.values() if await takes_nothing(chat, batched)}
        found = {cell: became(cell[0], chat, api, chat in marked) for cell, chat in chats.items()}
    assert not api.wrong
    expected = dict(EXPECTED)
    if way == "brought":  # the answer to the update says it: no call that could meet anything
        expected |= {cell: "once" for cell in EXPECTED if cell[0] == "answerCallbackQuery"}
    assert table(found) == table(expected)


async def begin(method: str, chat: int, api: BotApi, whole: Whole) -> None:
    """What brings such a call about."""
    person = {"id": chat, "type": "private"}
    match method:
        case "sendMessage" | "editMessageReplyMarkup":
            await api.add(text(chat, "/start", person))
        case "answerCallbackQuery":
            await api.add(button(chat, "menu", OLD, person))
        case "sendDocument":
            await whole.write(Letter(f"t:{chat}", f"tg:{chat}", "Сәлем", time(), paper=CALENDAR, unasked=True))
        case "editMessageText":
            await whole.write(Letter(f"t:{chat}", f"tg:{chat}", "Сәлем", time(), replaces=OLD))
        case "deleteMessage":
            await whole.write(Letter(f"t:{chat}", f"tg:{chat}", "Сәлем", time(), erases=OLD))


async def settled(api: BotApi, whole: Whole) -> None:
    """Nobody is served any more, and nothing is tried again. What fetches updates never ends."""
    async with asyncio.timeout(60):
        while True:
            await whole.outbox.drained()
            resting = whole.outbox._lanes._lanes
            if not (api.queue.waiting or resting or whole.channel._outdated._work or len(whole.telegram._work) > 1):
                return
            await asyncio.sleep(0.05)


async def takes_nothing(chat: int, batched: Batched) -> bool:
    address = f"tg:{chat}"
    return pocket.read((await MatterStore(batched).pockets([address]))[address]).blocked


def became(method: str, chat: int, api: BotApi, marked: bool) -> str:
    shown = api.chats[chat]
    came = [number for number, one in shown.items() if one.own and number != OLD]
    if marked:
        return "marked" if not came else f"marked, {len(came)}"
    if len(came) != 1 and method != "editMessageText":
        return {0: "nothing", 2: "twice"}.get(len(came), str(len(came)))
    match method:
        case "editMessageText":
            return "once" if shown[OLD].text == "Сәлем" and not came else "anew" if len(came) == 1 else "nothing"
        case "deleteMessage":
            return "kept" if OLD in shown else "once"
        case "editMessageReplyMarkup":
            return "kept" if shown[OLD].buttons else "once"
        case "answerCallbackQuery":
            return "once" if f"c{chat}" in api.callbacks.answered else "busy"
        case _:
            return "once"


def table(cells: dict[tuple[str, str], str]) -> str:
    lines = [f"{'':24}" + "".join(f"{fault:9}" for fault in FAULTS)]
    lines += [f"{method:24}" + "".join(f"{cells[method, fault]:9}" for fault in FAULTS) for method in METHODS]
    return "\n".join(lines)


START_FAULTS = ("429", "502", "500", "slow", "cut", "after", "torn")
START_TABLE = """
                        429    502    500    slow   cut    after  torn
getMe                   done   done   done   done   done   done   done
setWebhook              done   done   done   done   done   again  again
deleteWebhook           done   done   done   done   done   again  again
getUpdates              done   done   done   done   done   done   done
setMyCommands           less   less   less   done   less   done   done
setMyDescription        less   less   less   done   less   done   done
setMyShortDescription   less   less   less   done   less   done   done
"""
"""`done`: as often as without a fault, and updates are served; `again`: it was done twice, which changes nothing;
`less`: it is left out until the next start, and updates are served all the same."""
START_EXPECTED = {
    (row.split()[0], fault): found
    for row in START_TABLE.strip().splitlines()[1:]
    for fault, found in zip(START_FAULTS, row.split()[1:], strict=True)
}
TIMES = {"setMyCommands": 3, "setMyDescription": 3, "setMyShortDescription": 3, "setWebhook": 1, "deleteWebhook": 1}


async def test_every_method_of_the_start_meets_every_fault(batched: Batched, dialogue: Dialogue) -> None:
    async def one(method: str, fault: str) -> str:
        async with serving() as api:
            api.faults[method].append(FAULTS[fault])
            await api.add({"update_id": 1, "brand_new": {}})
            async with running(api, batched, dialogue, webhook=HOOK if method == "setWebhook" else None):
                await api.until(lambda: api.confirmed == 2 or (api.bringing is not None and not api.queue.waiting))
                await api.until(
                    lambda: any(given.get("language_code") == "ru" for given in api.sent("setMyShortDescription"))
                )
            assert not api.wrong
            times = len(api.sent(method))
        expected = TIMES.get(method, times)
        return "done" if times == expected else "again" if times > expected else "less"

    cells = list(START_EXPECTED)
    found = dict(zip(cells, await asyncio.gather(*(one(*cell) for cell in cells)), strict=True))
    assert found == START_EXPECTED
