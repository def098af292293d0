"""Messages of citizens and events of E-Sobes, as the bytes that Telegram, Kannel and E-Sobes put on the wire."""

from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import quote

import msgspec

from bench import pending
from bench.talks import Step, Talk, endless
from dialogs.messages import Message, Pressed, Text
from gateway.web.events import PATH as EVENTS_PATH
from gateway.web.sms_doors import KANNEL_PATH
from gateway.web.webhooks import TELEGRAM_PATH

SECRET = "a-secret-of-the-benchmark"

_MESSAGE, _CITIZEN = 700_000_001, 700_000_002
"""Places in a prepared request; numbers of nine digits take them."""
_CHAT = {"id": _CITIZEN, "first_name": "Айгүл", "last_name": "Серікқызы", "username": "aigul", "type": "private"}
_FROM = {"id": _CITIZEN, "is_bot": False, "first_name": "Айгүл", "last_name": "Серікқызы", "username": "aigul"}
_BOT = {"id": 123456789, "is_bot": True, "first_name": "Kelisim", "username": "kelisim_bot"}
_AT = 1_795_280_000
_APART = 50_000_000
"""Between the numbers of a person's two phones."""


def telegram(talks: list[Talk], base: int) -> Iterator[bytes]:
    return _fill([[_update(step) for step in talk] for talk in talks], base)


def kannel(talks: list[Talk], base: int) -> Iterator[bytes]:
    return _fill([[_mo(_typed(step)) for step in talk] for talk in talks], base)


def answers(code: Callable[[int], str], base: int) -> Iterator[bytes]:
    """By SMS, each from a phone of its own; `code`: what the phone with this number sends."""
    message, citizen = b"%d" % _MESSAGE, b"%d" % _CITIZEN
    prepared: dict[str, bytes] = {}
    for number in count(base):
        text = code(number)
        answer = prepared.get(text) or prepared.setdefault(text, _mo(text))
        yield answer.replace(message, b"%09d" % number).replace(citizen, b"%09d" % number)


def events(base: int) -> Iterator[bytes]:
    """`offer.opened`, each about a person of their own; every other one has two phones."""
    number, other = b"%d" % _MESSAGE, b"%d" % _CITIZEN
    prepared = [_opened(place) for place in range(2 * len(pending.PEOPLE) * len(pending.OFFERS))]
    for place in count(base):
        written = prepared[place % len(prepared)]
        yield written.replace(number, b"%09d" % place).replace(other, b"%09d" % (place + _APART))


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


def _typed(step: Step) -> str:
    return step.content.text if isinstance(step.content, Text) else ""


def _mo(text: str) -> bytes:
    path = (
        f"{KANNEL_PATH}{SECRET}/mo?from=%2B77{_CITIZEN}&to=1414&text={quote(text, safe='')}"
        f"&id={_MESSAGE}-4f0e-4c59-9f6b-6c1f0e6f5d0a&ts=2026-11-23+13%3A30%3A00"
    )
    return f"GET {path} HTTP/1.1\r\nHost: bot.kelisim.kz\r\nUser-Agent: Kannel/1.4.5\r\n\r\n".encode()


def _opened(place: int) -> bytes:
    name, birth_date, language = pending.PEOPLE[place % len(pending.PEOPLE)]
    kind, service, device = pending.OFFERS[place % len(pending.OFFERS)]
    phones = [pending.phone(_MESSAGE), pending.phone(_CITIZEN)][: 1 + place % 2]
    who = {"iin": pending.iin(_MESSAGE), "name": name, "birth_date": birth_date, "language": language}
    told = {
        "id": pending.event(_MESSAGE),
        "type": "offer.opened",
        "at": pending.MONDAY,
        "person": {**who, "phones": phones},
        "specialist": pending.SPECIALIST,
        "case_number": "41-26",
        "offer": {"id": pending.offer(_MESSAGE), "service": service, "kind": kind, "device": device},
    }
    body = msgspec.json.encode(told)
    return (
        f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: bot.kelisim.kz\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\nAuthorization: Bearer {SECRET}\r\n\r\n"
    ).encode() + body
