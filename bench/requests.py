"""A citizen's message as the bytes that Telegram and Kannel put on the wire."""

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from bench.talks import Step, Talk, endless
from dialogs.messages import Message, Pressed, Text
from gateway.web.webhooks import KANNEL_PATH, TELEGRAM_PATH

SECRET = "a-secret-of-the-benchmark"

_MESSAGE, _CITIZEN = 700_000_001, 700_000_002
"""Places in a prepared request; numbers of nine digits take them."""
_CHAT = {"id": _CITIZEN, "first_name": "Айгүл", "last_name": "Серікқызы", "username": "aigul", "type": "private"}
_FROM = {"id": _CITIZEN, "is_bot": False, "first_name": "Айгүл", "last_name": "Серікқызы", "username": "aigul"}
_BOT = {"id": 123456789, "is_bot": True, "first_name": "Kelisim", "username": "kelisim_bot"}
_AT = 1_795_280_000


def telegram(talks: list[Talk], base: int) -> Iterator[bytes]:
    return _fill([[_update(step) for step in talk] for talk in talks], base)


def kannel(talks: list[Talk], base: int) -> Iterator[bytes]:
    return _fill([[_mo(step) for step in talk] for talk in talks], base)


def _fill(prepared: list[list[bytes]], base: int) -> Iterator[bytes]:
    """`base` keeps the citizens of one contender apart from those of the others."""
    message, citizen_place = b"%d" % _MESSAGE, b"%d" % _CITIZEN
    number = base
    for citizen, talk, step in endless([len(talk) for talk in prepared]):
        number += 1
        yield prepared[talk][step].replace(message, b"%d" % number).replace(citizen_place, b"%d" % (base + citizen))


def _update(step: Step) -> bytes:
    said: dict[str, object]
    if isinstance(step.content, Pressed):
        query = {"id": f"{_MESSAGE}{_CITIZEN}", "from": {**_FROM, "language_code": "kk"}, "data": step.content.choice}
        under = {"message_id": step.content.message, "from": _BOT, "chat": _CHAT, "date": _AT, **_shown(step.shown)}
        said = {"callback_query": {**query, "message": under, "chat_instance": "-4611686018427387904"}}
    else:
        text = {"text": step.content.text if isinstance(step.content, Text) else ""}
        sender = {**_FROM, "language_code": "kk"}
        said = {"message": {"message_id": 4070, "from": sender, "chat": _CHAT, "date": _AT, **text}}
    body = msgspec.json.encode({"update_id": _MESSAGE, **said})
    return (
        f"POST {TELEGRAM_PATH} HTTP/1.1\r\nHost: bot.kelisim.kz\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
        "Accept-Encoding: gzip, deflate\r\n\r\n"
    ).encode() + body


def _shown(message: Message | None) -> dict[str, object]:
    """Telegram sends along the message under which a button was pressed, with all its buttons."""
    if message is None:
        return {}
    rows = [[{"text": button.label, "callback_data": button.id}] for button in message.buttons]
    return {"text": message.text, "reply_markup": {"inline_keyboard": rows}}


def _mo(step: Step) -> bytes:
    text = quote(step.content.text, safe="") if isinstance(step.content, Text) else ""
    path = (
        f"{KANNEL_PATH}{SECRET}/mo?from=%2B77{_CITIZEN}&to=1414&text={text}"
        f"&id={_MESSAGE}-4f0e-4c59-9f6b-6c1f0e6f5d0a&ts=2026-11-23+13%3A30%3A00"
    )
    return f"GET {path} HTTP/1.1\r\nHost: bot.kelisim.kz\r\nUser-Agent: Kannel/1.4.5\r\n\r\n".encode()
