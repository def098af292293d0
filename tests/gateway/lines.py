"""Lines of a journal as they could stand there."""

import asyncio
from datetime import date, datetime

import msgspec

from dialogs.language import Language
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.journal.journal import Direction, Entry, journal_key

HEADINGS = {
    Language.KK: (
        "№",
        "Жеке сәйкестендіру нөмірі",
        "Тегі, аты, әкесінің аты (бар болса)",
        "Туған күні",
        "Іс №",
        "Қызмет атауы",
        "Хабарламаның сипаты / жауаптың коды",
        "Смс-хабарлама жіберілген күні",
        "Телефон №",
        "Маман",
    ),
    Language.RU: (
        "№",
        "Индивидуальный идентификационный номер",
        "Фамилия, имя, отчество (при его наличии)",
        "Дата рождения",
        "№ дела",
        "Наименование услуги",
        "Характер уведомления / код ответа",
        "Дата передачи смс",
        "№ телефона",
        "Специалист",
    ),
}
"""Of the form, as the law prints them."""

NOON = datetime(2026, 11, 16, 12, tzinfo=ALMATY)
"""A Monday."""

AIGUL = Entry(
    at=NOON,
    direction=Direction.OUT,
    channel="sms",
    iin="680412400123",
    name="Нұрғалиева Айгүл Серікқызы",
    birth_date=date(1968, 4, 12),
    case="2026/118",
    service="technical_aids_hygiene",
    nature="question",
    code=None,
    phone="+77011234567",
    specialist="Оспанов Ерлан",
    letter="offer:118:question:1:0",
    parts=2,
)
CONSENT = msgspec.structs.replace(
    AIGUL,
    at=NOON.replace(hour=14),
    direction=Direction.IN,
    nature="answer.consent",
    code="472",
    letter="",
    parts=0,
)


async def write(redis: Batched, *entries: Entry, shard: int = 7) -> None:
    await asyncio.gather(*(redis("XADD", journal_key(shard), "*", "entry", encode(entry)) for entry in entries))


encode = msgspec.json.Encoder().encode
