"""The whole way of a message: Telegram → store → dialogue → outbox → Telegram, against a Bot API server."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from bot.errors import StartError
from bot.telegram import COMMANDS, Telegram, Webhook
from dialogs.dialogue import Dialogue
from dialogs.messages import Pressed, Surface, Text
from gateway.connection import Batched, Client
from gateway.store import Store
from tests.bot.bot_api import TOKEN, USERNAME, BotApi, Fault
from tests.bot.whole import CHAT, GROUP, HOOK, SENDER, added, button, running, text

Starting = Callable[..., AbstractAsyncContextManager[Telegram]]


@pytest.fixture(name="starting")
def _starting(api: BotApi, batched: Batched, dialogue: Dialogue) -> Starting:
    @asynccontextmanager
    async def start(webhook: Webhook | None = None, token: str = TOKEN) -> AsyncIterator[Telegram]:
        async with running(api, batched, dialogue, webhook=webhook, token=token) as whole:
            yield whole.telegram

    return start


async def test_a_person_is_answered_and_the_update_taken_off_the_queue(api: BotApi, starting: Starting) -> None:
    await api.add(text(812, "/start"))
    async with starting():
        await api.until(lambda: len(api.sent()) == 1 and api.confirmed == 813)
    assert api.sent()[0]["chat_id"] == "77"
    callbacks = [b["callback_data"] for row in api.sent()[0]["reply_markup"]["inline_keyboard"] for b in row]
    assert callbacks == ["lang:kk", "lang:ru"]


async def test_a_chat_is_answered_in_its_order(api: BotApi, starting: Starting) -> None:
    await api.add(text(1, "/start"), button(2, "lang:ru", 101), text(3, "/help"), text(4, "нужна коляска"))
    async with starting():
        await api.until(lambda: len(api.sent()) == 4)
    assert "Сіз" not in api.sent()[3]["text"]
    assert [sent["callback_query_id"] for sent in api.sent("answerCallbackQuery")] == ["c2"]


async def test_an_update_that_came_twice_is_answered_once(api: BotApi, starting: Starting) -> None:
    await api.add(text(1, "/start"))
    async with starting():
        await api.until(lambda: api.confirmed == 2)
    api.confirmed = 0
    await api.add(text(1, "/start"), text(2, "/start"))
    async with starting():
        await api.until(lambda: api.confirmed == 3)
        await api.until(lambda: len(api.sent()) == 2)
    assert len(api.sent()) == 2


async def test_an_update_is_not_taken_off_before_it_is_stored(
    api: BotApi, starting: Starting, redis: Client, store: Store
) -> None:
    stored_when_taken_off: list[bool] = []

    async def look() -> None:
        stored_when_taken_off.append(await store.load("tg:77") is not None)

    api.queue.taken_off = look
    async with starting():
        await api.until(lambda: bool(api.sent("setMyShortDescription")))
        await redis.client_pause(300, all=False)  # writing takes its time
        await api.add(text(1, "/start"))
        await api.until(lambda: api.confirmed == 2)
    assert stored_when_taken_off == [True]


async def test_one_update_that_nobody_understands_does_not_hold_up_the_rest(api: BotApi, starting: Starting) -> None:
    broken = {"update_id": 1, "message": {"chat": "strange"}}
    await api.add(broken, {"update_id": 2, "brand_new": {}}, text(3, "/start"))
    async with starting():
        await api.until(lambda: api.confirmed == 4 and len(api.sent()) == 1)


async def test_trouble_while_asking_for_updates_is_waited_out(api: BotApi, starting: Starting) -> None:
    faults = [Fault(429, "Too Many Requests", retry_after=1), Fault(502, page="<html>"), Fault(cut=True)]
    api.faults["getUpdates"].extend(faults)
    await api.add(text(1, "/start"))
    async with starting():
        await api.until(lambda: len(api.sent()) == 1)


async def test_a_tick_changes_the_message_in_place(api: BotApi, starting: Starting) -> None:
    await api.add(text(1, "/start"), button(2, "lang:kk", 101), button(3, "svc:4", 102))
    async with starting():
        await api.until(lambda: len(api.sent()) == 3)
        number = 10
        while not (ticks := _callbacks(api.sent()[-1], "tick:")):
            onwards = [*_callbacks(api.sent()[-1], "o:"), *_callbacks(api.sent()[-1], "agree")]
            before = len(api.sent())
            await api.add(button(number, onwards[0], 104))
            await api.until(lambda before=before: len(api.sent()) > before)  # type: ignore[misc]
            number += 1
        under = max(api.chats.clickable(77))
        await api.add(button(number, ticks[0], under))
        await api.until(lambda: bool(api.sent("editMessageText")))
    assert api.sent("editMessageText")[0]["message_id"] == str(under)


def _callbacks(sent: dict[str, Any], beginning: str) -> list[str]:
    rows = sent["reply_markup"].get("inline_keyboard", [])
    return [b["callback_data"] for row in rows for b in row if b["callback_data"].startswith(beginning)]


async def test_a_group_hears_one_line_in_its_life(api: BotApi, starting: Starting) -> None:
    command = f"/start@{USERNAME}"
    await api.add(added(1), text(2, command, GROUP), text(3, "коляска керек", GROUP), text(4, command, GROUP))
    async with starting():
        await api.until(lambda: api.confirmed == 5)
    await api.add(added(5), text(6, "/start"))
    async with starting():
        await api.until(lambda: api.confirmed == 7)
        await api.until(lambda: {sent["chat_id"] for sent in api.sent()} == {"77", "-100500"})
    told = [sent["text"] for sent in api.sent() if sent["chat_id"] == "-100500"]
    assert len(told) == 1
    assert f"https://t.me/{USERNAME}" in told[0]
    assert "\n" not in told[0]


async def test_who_blocked_the_bot_is_not_written_to_again(api: BotApi, starting: Starting) -> None:
    api.faults["sendMessage"].append(Fault(403, "Forbidden: bot was blocked by the user"))
    blocked = {"chat": CHAT, "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}
    await api.add(text(1, "/start"), {"update_id": 2, "my_chat_member": {**blocked, "from": SENDER, "date": 1}})
    async with starting():
        await api.until(lambda: api.confirmed == 3 and not api.faults["sendMessage"])
        await api.add(text(3, "/start"))
        await api.until(lambda: len(api.sent()) == 1)


async def test_the_bot_says_what_it_is_in_both_languages(api: BotApi, starting: Starting) -> None:
    async with starting():
        await api.until(lambda: len(api.sent("setMyShortDescription")) == 3)
    languages = [None, "kk", "ru"]
    for method in ("setMyCommands", "setMyDescription", "setMyShortDescription"):
        assert [call.get("language_code") for call in api.sent(method)] == languages
    assert [command["command"] for command in api.sent("setMyCommands")[1]["commands"]] == list(COMMANDS)
    both, kazakh, russian = (call["description"] for call in api.sent("setMyDescription"))
    assert both == f"{kazakh} / {russian}"


def test_every_command_is_one_that_the_dialogue_knows(dialogue: Dialogue) -> None:
    from dialogs import session as sessions
    from dialogs.understand import understand

    for command in COMMANDS:
        event = understand(Text(f"/{command}"), sessions.new("x"), Surface.CHAT, list)
        assert event.name != "unknown_command", command


async def test_fetching_updates_begins_by_giving_up_the_webhook_and_keeps_what_is_pending(
    api: BotApi, starting: Starting
) -> None:
    await api.add(text(1, "/start"))
    async with starting():
        await api.until(lambda: api.confirmed == 2)
    assert api.sent("deleteWebhook") == [{"drop_pending_updates": "false"}]
    assert api.sent("getUpdates")[0]["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


async def test_a_webhook_is_told_to_telegram_with_its_secret(api: BotApi, starting: Starting) -> None:
    async with starting(HOOK) as whole:
        update = json.dumps(button(5, "lang:kk", 101)).encode()
        inbound = whole.read(update)
        assert inbound is not None
        assert inbound.content == Pressed("lang:kk", 101)
        await whole.receive(inbound)
        await api.until(lambda: len(api.sent()) == 1)
        answer = json.loads(whole.acknowledgement(update))
        assert answer == {"method": "answerCallbackQuery", "callback_query_id": "c5"}
        assert whole.acknowledgement(json.dumps(text(6, "x")).encode()) == b""
        assert whole.read(b"nonsense") is None
    (call,) = api.sent("setWebhook")
    assert (call["url"], call["secret_token"]) == (HOOK.url, HOOK.secret)
    assert "getUpdates" not in {call.method for call in api.calls}


async def test_a_wrong_token_is_told_in_one_line(api: BotApi, starting: Starting) -> None:
    with pytest.raises(StartError, match=r"^KELISIM_TELEGRAM_TOKEN: Telegram does not know this token$"):
        async with starting(token="1:wrong"):
            pass


async def test_a_webhook_that_telegram_will_not_call_is_told_in_one_line(api: BotApi, starting: Starting) -> None:
    api.faults["setWebhook"].append(Fault(400, "Bad Request: bad webhook: HTTPS url must be provided"))
    with pytest.raises(StartError, match=r"^KELISIM_TELEGRAM_WEBHOOK: .*HTTPS url must be provided"):
        async with starting(HOOK):
            pass


async def test_telegram_out_of_reach_is_waited_for(api: BotApi, starting: Starting) -> None:
    api.faults["getMe"].extend([Fault(cut=True), Fault(502, page="<html>")])
    await api.add(text(1, "/start"))
    async with starting():
        await api.until(lambda: len(api.sent()) == 1)
