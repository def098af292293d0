"""A bare aiogram bot as its documentation shows it: states in Redis, webhook, reply in the webhook's answer.

It keeps one number per person and says back what was said. It is spared aiohttp's server, the multipart answer and
filters that run in threads: all that would only make it slower. It remembers no message it has seen, and writes no
letter or journal.
"""

import json
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.filters import CommandStart, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message
from redis.asyncio import Redis
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.requests import SECRET
from gateway.web.raw import header, same_secret

COUNT = "said"

router = Router()


class Talk(StatesGroup):
    talking = State()


@router.message(CommandStart())
@router.message(StateFilter(None))
async def begin(message: Message, state: FSMContext) -> TelegramMethod[Any]:
    await state.set_state(Talk.talking)
    await state.set_data({COUNT: 1})
    return message.answer(message.text or "")


@router.message(Talk.talking)
async def say(message: Message, state: FSMContext) -> TelegramMethod[Any]:
    await _count(state)
    return message.answer(message.text or "")


@router.callback_query(Talk.talking)
async def press(callback: CallbackQuery, state: FSMContext) -> TelegramMethod[Any]:
    await _count(state)
    assert isinstance(callback.message, Message)
    return callback.message.answer(callback.data or "")


async def _count(state: FSMContext) -> None:
    data = await state.get_data()
    data[COUNT] += 1
    await state.set_data(data)


def build(url: str, token: str) -> ASGIApp:
    bot, dispatcher, secret = Bot(token), Dispatcher(storage=RedisStorage(Redis.from_url(url))), SECRET.encode()
    dispatcher.include_router(router)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        status, answer = 401, b"Unauthorized"
        if same_secret(header(scope, b"x-telegram-bot-api-secret-token"), secret):
            body, more = b"", True
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
            result: TelegramMethod[Any] | None = await dispatcher.feed_webhook_update(bot, json.loads(body))
            status, answer = 200, json.dumps(_call(bot, result) if result else {}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


def _call(bot: Bot, result: TelegramMethod[Any]) -> dict[str, Any]:
    fields = {
        name: bot.session.prepare_value(value, bot=bot, files={})
        for name, value in result.model_dump(warnings=False).items()
    }
    return {"method": result.__api_method__, **{name: value for name, value in fields.items() if value}}


def counted(stored: bytes) -> int:
    return int(json.loads(stored)[COUNT])
