"""The loopback Bot API server is as strict as the real one: asked as plain HTTP, without the bot."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import telegram, telegram_calls
from tests.bot.bot_api import TOKEN, BotApi, serving
from tests.bot.bot_api_chats import Flood, Shown
from tests.bot.bot_api_schema import METHODS
from tests.bot.whole import button, text


class Asking:
    def __init__(self, api: BotApi, http: aiohttp.ClientSession) -> None:
        self._api = api
        self._http = http

    async def __call__(self, method: str, **given: Any) -> tuple[int, Any]:
        async with self._http.post(f"{self._api.url}/bot{TOKEN}/{method}", json=given) as response:
            answer = await response.json()
        return response.status, answer["result"] if answer["ok"] else answer["description"]


@pytest.fixture(name="ask")
async def _ask(api: BotApi) -> AsyncIterator[Asking]:
    async with aiohttp.ClientSession() as http:
        yield Asking(api, http)


def keyboard(data: str, times: int = 1) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": data}]] * times}


TEXT = {"chat_id": 1, "text": "x"}


@pytest.mark.parametrize(
    ("method", "given", "said"),
    [
        ("sendMessage", {"chat_id": 1}, "text is missing in sendMessage"),
        ("sendMessage", {**TEXT, "colour": "red"}, "sendMessage has no colour"),
        ("sendMessage", {**TEXT, "chat_id": [1]}, "sendMessage.chat_id is not of type Integer|String!"),
        ("sendMessage", {**TEXT, "disable_notification": "yes"}, "sendMessage.disable_notification is not of type"),
        ("sendMessage", {**TEXT, "text": " \n"}, "message text is empty"),
        ("sendMessage", {**TEXT, "text": "🦽" * 2048 + "a"}, "message is too long"),
        ("sendMessage", {**TEXT, "reply_markup": keyboard("")}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**TEXT, "reply_markup": keyboard("ә" * 33)}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**TEXT, "reply_markup": keyboard("x", 101)}, "reply markup has too many buttons"),
        (
            "sendMessage",
            {**TEXT, "reply_markup": {"inline_keyboard": ["x"]}},
            "InlineKeyboardMarkup.inline_keyboard is",
        ),
        ("sendMessage", {**TEXT, "reply_markup": {"keyboard": [[{}]]}}, "text is missing in KeyboardButton"),
        ("sendMessage", {**TEXT, "link_preview_options": {"is_disabled": 1}}, "LinkPreviewOptions.is_disabled is"),
        ("sendDocument", {"chat_id": 1, "document": "x", "caption": "a" * 1025}, "message caption is too long"),
        ("editMessageText", {**TEXT, "message_id": 7}, "message to edit not found"),
        ("editMessageReplyMarkup", {"chat_id": 1, "message_id": 7}, "message to edit not found"),
        ("deleteMessage", {"chat_id": 1, "message_id": 7}, "message to delete not found"),
        ("answerCallbackQuery", {"callback_query_id": "9"}, "query is too old and response timeout expired or query"),
        ("setMyCommands", {"commands": [{"command": "Menu", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "menu"}]}, "description is missing in BotCommand"),
        ("setMyDescription", {"description": "a" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "a" * 121}, "short description is too long"),
        ("setWebhook", {"url": "http://a.kz"}, "bad webhook: HTTPS URL must be provided"),
        ("setWebhook", {"url": "https://a.kz", "secret_token": "a b"}, "secret token contains illegal characters"),
        ("getUpdates", {"limit": 101}, "limit must be between 1 and 100"),
    ],
)
async def test_what_telegram_would_not_take_is_refused(
    ask: Asking, method: str, given: dict[str, object], said: str
) -> None:
    status, answer = await ask(method, **given)
    assert status == 400
    assert answer.startswith(f"Bad Request: {said}")


async def test_a_method_or_a_token_that_is_none_is_not_found(ask: Asking, api: BotApi) -> None:
    assert (await ask("sendMesage", **TEXT))[0] == 404
    api.token = "1:another"
    assert (await ask("getMe"))[0] == 401


async def test_messages_are_remembered(ask: Asking, api: BotApi) -> None:
    _, sent = await ask("sendMessage", **TEXT, reply_markup=keyboard("menu"))
    which = {"chat_id": 1, "message_id": sent["message_id"]}
    assert api.chats.clickable(1) == {sent["message_id"]: ["menu"]}
    assert (await ask("editMessageReplyMarkup", **which))[0] == 200
    assert not api.chats.clickable(1)
    status, said = await ask("editMessageReplyMarkup", **which)
    assert status == 400
    assert "message is not modified" in said
    assert "message is not modified" in (await ask("editMessageText", **which, text="x"))[1]
    assert (await ask("editMessageText", **which, text="y"))[0] == 200
    assert (await ask("deleteMessage", **which))[0] == 200
    assert "message to edit not found" in (await ask("editMessageText", **which, text="z"))[1]


async def test_what_a_person_wrote_can_be_deleted_and_not_changed(ask: Asking, api: BotApi) -> None:
    await api.add(text(1, "x"))
    which = {"chat_id": 77, "message_id": -1}
    assert (await ask("editMessageText", **which, text="y"))[1] == "Bad Request: message can't be edited"
    assert (await ask("deleteMessage", **which))[0] == 200


async def test_a_file_has_no_text_to_change(ask: Asking, api: BotApi) -> None:
    api.chats[1][7] = Shown(None)
    assert "there is no text in the message" in (await ask("editMessageText", **TEXT, message_id=7))[1]


async def test_a_button_can_be_answered_while_it_is_not_too_old(ask: Asking, api: BotApi) -> None:
    await api.add(button(5, "menu", 101))
    assert (await ask("answerCallbackQuery", callback_query_id="c5"))[0] == 200
    api.callbacks.expire()
    assert (await ask("answerCallbackQuery", callback_query_id="c5"))[0] == 400


async def test_updates_are_taken_off_below_the_offset_and_no_others(ask: Asking, api: BotApi) -> None:
    await api.add(*(text(number, "x") for number in range(1, 151)))
    fetched = [[one["update_id"] for one in (await ask("getUpdates", **given))[1]] for given in ({}, {"limit": 2})]
    assert fetched == [list(range(1, 101)), [1, 2]]
    assert (await ask("getUpdates", offset=50, limit=1))[1][0]["update_id"] == 50
    assert (await ask("getUpdates", offset=3, limit=1))[1][0]["update_id"] == 50, "it is confirmed"
    assert [one["update_id"] for one in (await ask("getUpdates", offset=-2))[1]] == [149, 150]
    assert (await ask("getUpdates", limit=1))[1][0]["update_id"] == 149, "all before are forgotten"
    assert (await ask("getUpdates", offset=151)) == (200, [])


async def test_who_fetches_waits_and_gives_way_to_another(ask: Asking, api: BotApi) -> None:
    first = asyncio.create_task(ask("getUpdates", timeout=30))
    await api.until(lambda: api.queue._fetching is not None)
    second = asyncio.create_task(ask("getUpdates", timeout=30))
    status, said = await first
    assert status == 409
    assert said.startswith("Conflict: terminated by other getUpdates request")
    await api.add(text(1, "x"))
    assert len((await second)[1]) == 1


async def test_what_was_not_asked_for_does_not_come(ask: Asking, api: BotApi) -> None:
    await ask("getUpdates", allowed_updates=["callback_query"])
    await api.add(text(1, "x"), button(2, "menu", 101))
    assert [one["update_id"] for one in (await ask("getUpdates"))[1]] == [2]


async def test_a_webhook_gets_each_chat_in_its_order_again_and_again_until_it_takes_it(
    ask: Asking, api: BotApi
) -> None:
    got: list[tuple[int, int]] = []
    secrets = set()

    async def take(request: web.Request) -> web.Response:
        update = await request.json()
        secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        got.append((update["update_id"], update["message"]["chat"]["id"]))
        if got.count(got[-1]) < 3:
            return web.Response(status=503)
        return web.json_response({"method": "sendMessage", "chat_id": got[-1][1], "text": str(got[-1][0])})

    async with hooked(api, take):
        assert (await ask("setWebhook", url="https://a.kz/hook", secret_token="s", max_connections=2))[0] == 200
        await api.add(*(text(number, "x", {"id": number % 3 + 1, "type": "private"}) for number in range(9)))
        await api.until(lambda: len(api.sent()) == 9)
        assert (await ask("getUpdates"))[0] == 409
        assert (await ask("deleteWebhook"))[0] == 200
        assert (await ask("getUpdates")) == (200, [])
    assert secrets == {"s"}
    for chat in (1, 2, 3):
        own = [number for number, where in got if where == chat]
        assert own == sorted(own)
        assert len(own) == 9
    assert len([1 for call in api.calls if call.start == "webhook"]) == 9


class hooked:  # noqa: N801 - a `with` block
    def __init__(self, api: BotApi, take: Any) -> None:
        application = web.Application()
        application.router.add_post("/hook", take)
        self._api = api
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)

    async def __aenter__(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._api.front = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._api.stop()
        await self._runner.cleanup()


async def test_more_than_one_message_in_its_time_to_a_chat_is_too_many() -> None:
    async with serving(Flood(each=60.0)) as api, aiohttp.ClientSession() as http:
        ask = Asking(api, http)
        answers = [await ask("sendMessage", chat_id=chat, text="x") for chat in (1, 2, 1)]
    assert [status for status, _ in answers] == [200, 200, 429]
    assert answers[2][1] == "Too Many Requests: retry after 1"


def test_more_than_thirty_in_a_second_in_all_are_too_many() -> None:
    flood = Flood()
    assert [flood.too_many("editMessageText", chat, 0.01 * chat) for chat in range(31)] == [False] * 30 + [True]
    assert not flood.too_many("editMessageText", 31, 1.0)
    assert (flood.busiest, flood.refused) == (30, 1)


def test_a_short_burst_may_be_allowed() -> None:
    flood = Flood(burst=3)
    assert [flood.too_many("sendMessage", 1, 0.1 * number) for number in range(4)] == [False] * 3 + [True]
    assert not flood.too_many("sendMessage", 1, 3.0)


def test_every_method_that_the_bot_calls_is_described() -> None:
    own = [one for module in (telegram, telegram_calls) for one in vars(module).values() if isinstance(one, type)]
    called = {name for one in own if isinstance(name := getattr(one, "__api_method__", None), str)}
    assert {"getUpdates", "sendMessage", "sendDocument", "editMessageText", "deleteMessage"} <= called
    assert called <= METHODS.keys()
